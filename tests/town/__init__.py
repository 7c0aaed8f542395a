"""The whole bot as a process of its own, against the stand-in for Telegram. Who judges stands outside: what was asked, told, delivered."""
