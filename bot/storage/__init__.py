"""Where everything lasts: one module per noun, each a few plain functions that take a connection and the keys.

Nothing here decides anything, sends anything or reads a clock; a transaction is opened by whoever needs it (`database.py`). What concerns
a resident is sealed before it is written (`seal.py`), and `tables.py` says of every column whether it is.
"""
