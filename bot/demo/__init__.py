"""Telegram without Telegram: a strict stand-in for the Bot API on 127.0.0.1.

What a bot may ask of Telegram is in `api/`, what people in Telegram do is in `world/`, and `server.py` serves both
over HTTP. The demo, the tests and the benchmarks all run the real bot against it. Nothing in this room imports any
other room of the bot, nor python-telegram-bot: they meet over HTTP only, as the bot and Telegram do.
"""
