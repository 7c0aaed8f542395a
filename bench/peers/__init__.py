"""Bare bots on python-telegram-bot, as its own examples write them: they store nothing and know nothing."""
