"""The bot under fire: struck at random, cut off from power, fed rubbish, run beside itself; and somebody outside who judges it.

To add a fault:

1. raise a town (`tests/town/town.py`) on the database that it concerns, and let people talk (`talk.py`: `Crowd`);
2. do it: script the stand-in (`town.telegram.faults.add(...)`), the disk, the process (`kills.py` strikes at random, from a seed);
3. wait for what people have to see in the end, never for a time;
4. stop the bot and judge: `(await judge(town, kills, crowd.threads)).sound()`; a promise of another kind is one more small function
   in `judge.py`;
5. name the test after its row of the fault table: `test_f16_...`, and see it red once.
"""
