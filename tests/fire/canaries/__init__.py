"""Strings and numbers that exist nowhere else, in every field by which Telegram could tell who somebody is; then a search of everything.

    classes.py    what every field of a message and every kind of update may hold: who somebody is, what they said, or neither
    mint.py       makes canaries, knows where each was planted, finds them again in whatever form
    shapes.py     any object of Telegram's, built from the library's own signature, so that a new field is filled without being asked for
    streams.py    thousands of updates: every field in every place, every kind
    story.py      one report, worked on by people in every way
    lived.py      a town in which all of that happens, and all that it left behind
    mutations.py  updates as no Telegram ever sent them

To protect a new way out (a page, a command, a file), hand what leaves there to `Mint.found` and expect nothing.
"""
