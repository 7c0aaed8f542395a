"""What stands beside the table: what everybody does about themselves alone, what is said to all, and what happens by itself."""

from __future__ import annotations

from typing import Final

SAID_TO_ALL: Final = {"/help": "how the desk works"}
"""Commands in a group that say the same to everybody, and do nothing."""

OWN: Final = {
    "answer": "answer a question of their conversation", "back": "go back in it", "cancel": "ask to end it", "drop": "end it",
    "resume": "go on with it", "language": "choose a language", "listen": "hear the first screen", "restart": "begin anew",
    "home": "see the menu", "languages": "see the languages", "help": "see what can be done", "emergency": "see whom to call",
    "report": "report something", "dialogue": "ask for a session", "my_reports": "list their reports", "unfocus": "write of something else",
    "privacy": "read what is kept", "erase": "have it deleted",
    "area": "choose areas", "topics": "choose topics", "circles": "choose circles",
    "district": "see an area", "topic": "see a topic", "offer": "answer the offer of messages",
    "sessions": "list the sessions told to them",
    "stop": "stop messages", "optout": "stop messages below one", "undo": "undo that", "about": "report below a broadcast",
    "start": "begin", "status": "list their reports",
}  # fmt: skip
"""What anybody does in private, about themselves alone: their conversation, their wishes, their data. In a group it does nothing."""

FLOWS: Final = {
    "welcome": "agree", "report": "report something", "dialogue": "ask for a session", "feedback": "say more of a session",
    "answer": "write about a report with a photo or a voice note",
}  # fmt: skip
"""Conversations: a resident's, in private."""

MACHINE: Final = {
    "draft": "remind of an unfinished conversation, end it", "forget": "erase who asked for it",
    "reachable": "mark who has blocked the bot",
    "erase_ticket": "erase a report whose owner asked for it", "purge": "erase what was closed long ago",
    "resume": "send again what did not arrive", "round": "tell many people of a session", "remind": "remind of a session",
    "seats": "give on a free seat", "over": "end a session", "promise": "ask what became of a promise",
    "summary": "show what people thought of a session", "cast_due": "begin what was approved, at its time",
    "cast_progress": "show how far a sending is",
}  # fmt: skip
"""What falls due by itself: nobody can press or write it."""

HAPPENS: Final = {
    "BotBlocked": "somebody no longer lets the bot write: in their own chat", "BotUnblocked": "somebody lets it write again",
    "DeliveryChanged": "what became of a message",
    "ForumUnreachable": "a group cannot be written to", "ForumReachable": "it can again",
    "AudienceCounted": "how many a broadcast would reach", "OccurrenceEnded": "a sending is over", "ClockDoubted": "the clock jumped",
    "GroupJoined": "the bot is in a group", "GroupLost": "it is in it no more", "GroupMoved": "the group has another address",
    "MemberLeft": "somebody left it", "TextReceived": "words", "MediaReceived": "a file", "LocationReceived": "a place",
    "UnsupportedReceived": "something else",
}  # fmt: skip
"""What the bot hears of, from Telegram or from itself. Words in a group count only as a reply to one of its messages: see the table."""
