"""Who may do what: every action the bot knows, tried by everybody in every state, and compared with a table that a reader can check.

    table      the table itself: who may do what, and when; nobody else, and at no other time
    beside     what needs no table: what anybody does about themselves alone, and what nobody does, since it happens by itself
    hamlet     one database with a ticket, a session and a broadcast in every state, and the people who try
    trying     one cell: somebody presses a button that is validly signed for their chat, or replies to our message, and what comes of it
    subjects   what is acted on
    presses    how each action of the table is tried
    areas      goes through the cells
    document   `docs/authorisation.md`, made from the table by `python -m tests.fire.authorisation`

Buttons here are signed with the bot's own key for the chat of whoever presses, as if each had been shown them: what refuses is then
`may` and its like, not the signature. What has no valid signature is in `test_forged.py`; whole processes are asked in `test_town.py`.
"""
