"""Is the bot well? Numbers for machines, a look from outside, and a sign of life for the service manager.

    /healthz   the loop turns: whoever answers is alive
    /readyz    the database takes what is written and knows our key, sender and timers go round, the channel was heard
    /metrics   numbers, for Prometheus
    alwand status    the same in words, read from the database, so that it also works when the bot is dead

`standing.py` reads how much waits, `vitals.py` knows whether the parts of this process go on, `meters.py` counts and `gauges.py` shows,
`pages.py` answers on a port of this machine alone, `pulse.py` feels the loop and `systemd.py` passes that on, `attending.py` puts all this
around a machine that runs; `findings.py` puts it into words.

Nothing in here may say who wrote, what, or to whom: every label has a fixed set of values, and the only names are those of the configured
forums, which are public. When something happens can be seen in numbers that move, so they are for the operator alone.
"""
