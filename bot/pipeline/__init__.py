"""The way of one message, from its arrival to the last answer. No channel is known here by name, and nothing of what is said.

1. `bot/channels/telegram/receive.py` asks for raw updates and hands each batch to
2. `inbox.py`, which stores it in its chat's lane and only then lets it be acknowledged; its dispatcher works the lanes side by side.
3. `turn.py` takes the next item of a lane and opens one transaction:
4. `situation.py`, `groups.py`, `office.py`, `sessions.py` and `broadcasts.py` load what the decision may know (no id, name or address of
   the channel is in it),
5. `bot/engine/decide.py` asks the book of handlers, within the time that `cutting.py` allows,
6. `commit.py`, for dialogue sessions `convening.py`, for broadcasts `casting.py`, writes down each effect, `saying.py` puts what is to be
   said into the outbox; a turn that keeps failing ends in `parking.py`.
7. `at_once.py` answers a button press as soon as the turn is on disk.
8. `sender.py` picks the next row at the pace of `pace.py`, and `delivery.py` writes down what became of it; `lists.py` tells a group of
   several new tickets at once where their cards would come too late.
9. `timers.py` moves what falls due into the inbox; what the sender learnt comes back there too, as `news.py` tells it.
10. `timekeeping.py` is the clock of all of them, and does not follow one that jumps; `watch.py` notices what has stopped.
"""
