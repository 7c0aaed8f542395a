"""What a bot may ask of Telegram, as strictly as Telegram takes it.

A request comes in at `gate.py`; `reading.py` takes the parameters out of its body, `parameters.py` checks them against
the table of methods and `methods.py` finds the function that answers, in `sending.py`, `media.py`, `editing.py`,
`polling.py`, `webhook.py`, `answering.py`, `chats.py`, `topics.py` or `profile.py`. What Telegram refuses is raised as a `Refused`;
what it would never have understood is a violation as well. `courier.py` brings updates to a webhook,
`limits.py` counts, `faults.py` breaks things on order.
"""
