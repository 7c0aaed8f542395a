"""Where everything lasts: one module per noun, each a few plain functions that take a connection and the keys.

Nothing here decides anything, sends anything or reads a clock; a transaction is opened by whoever needs it (`database.py`). What concerns
a resident is sealed before it is written (`seal.py`), and `tables.py` says of every column whether it is.

What runs for every message is a statement built once, in a constant beside its function: SQLAlchemy takes three times as long to build and
recognise a statement as it then takes to run it.
"""
