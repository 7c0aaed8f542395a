"""Telegram as its people know it: who is there, which chats exist, what was said, pressed and sent.

`world.py` holds it all together, `people.py` is what a person can do, `chat.py` one conversation with its members,
`crowd.py` thousands who only read, `updates.py` the queue the bot reads from. No HTTP in this room, and no rule about
what a *bot* may do: those are in `bot/demo/api`.
"""

from bot.demo.world.chat import Chat
from bot.demo.world.clock import WorldClock
from bot.demo.world.crowd import Crowd
from bot.demo.world.message import Message
from bot.demo.world.people import Person, Press
from bot.demo.world.world import Call, NeverHappened, Violation, World

__all__ = ["Call", "Chat", "Crowd", "Message", "NeverHappened", "Person", "Press", "Violation", "World", "WorldClock"]
