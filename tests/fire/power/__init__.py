"""Power cuts, replayed: a bot runs under strace, and its disk is made again as it may be after a cut at any moment.

    scenes.py     what the bot does meanwhile                     a Scene: what was there, what it did, what was there in the end
    events.py     what a process does                             trace.py: strace's words, wire.py: what was said to Telegram
    disk.py       a disk that forgets whatever was not synced
    cuts.py       where to cut; what each cut leaves
    recovered.py  what a start finds on it, by the bot's own code  seals.py: whether everything opens
    judge.py      whether anything that was promised is lost

To cut the power in something else, trace it as a new scene: a function that gives a `Scene`; the rest stays as it is.
"""
