"""The fault table: the whole bot as a process, one fault, and what people have to see in the end. One file for a group of rows.

Each test is named after its row (`test_f16_...`); `tests/project/test_fault_table.py` has the list of rows and sees that none is missing.
A test that takes the fixture `town` runs on SQLite and on PostgreSQL.
"""
