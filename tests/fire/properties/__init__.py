"""Whatever people do, in whatever order, and whatever breaks meanwhile: what has to hold, always.

street      Telegram, everybody, and the real bot, in this process: time goes only while somebody acts, and then until all is quiet
actors      what people can do, each as one short act that a failing story reads like
invariants  what has to hold after each of them
machine     Hypothesis puts the acts together, and makes a story that breaks something as short as it can
"""
