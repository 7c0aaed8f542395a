"""Telling one thing to very many people, without anybody else noticing.

    OpenOccurrence ──► feeder ──► copies ──► couriers ──► channel
    (a row, `sending`)   │  finds the next people   │  claim · slot · call · mark
                         │  by cursor, two seconds  │  only where nothing else may go
                         │  ahead and no more       ▼
                         └── the end is told ◄── tallies

1. `feeder.py` looks at what is being sent. It goes through the subscribers by their number (`sieve.py` tells whom it is for) and stores a
   copy for each, as many as leave in two seconds; so memory and disk do not grow with the audience. While the calendar says no, or the
   clock is in doubt, nothing is found and nothing leaves.
2. `couriers.py` sends the copies for the sender (`bot/pipeline/sender.py`), whose other work always goes first: claimed in batches, each
   waits for a slot (`bot/pipeline/slots.py`) at the lowest urgency.
3. `marks.py` writes down what became of them, as many in one transaction as have come in during the last one. Numbers go into tallies;
   who it was is forgotten in the same transaction.
4. When the last one is settled, the feeder ends the occurrence and tells that, once.

`counting.py` counts, with the same sieve, how many people a broadcast would reach, before anybody approves it.

A pause or a cancelling is a changed row, and `wake` here: what was claimed and has no slot yet goes back at once.
"""
