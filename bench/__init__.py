"""How fast, how big, how soon: `python -m bench` measures what the design aims at and prints one table.

Every figure stands beside that of a peer, measured in the same run on the same stand-in for Telegram: what a machine can do changes, the
ratio hardly. The stand-in and the people live in this process, each bot in a process of its own. Nothing leaves 127.0.0.1. Nothing here
is a test: no figure fails a build.

table.py      a row, and the table of all rows
process.py    a bot as a process: its memory, its CPU, its end
scene.py      the stand-in with the forums' groups, and how each bot is started on it
crowd.py      residents who answer as soon as they are asked
seeding.py    subscribers and broadcasts that are due, written into a bot's database
casting.py    a broadcast from its first message to its last
launch.py     our bot without limits of its own; intake.py: its way in alone; ticking.py: its timers and turns alone; counting.py: a count
peers/        bare bots on python-telegram-bot and aiogram
rows/         what is measured, one file for each subject
results/      the tables of past runs
"""
