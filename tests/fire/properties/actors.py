"""Everybody on the street: residents, members, those who should not be able to do anything, and what breaks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.world import Chat
from bot.demo.world.chat import Member
from tests.fire.properties.members import AMONG, Members
from tests.fire.properties.residents import Residents
from tests.fire.properties.stage import picked
from tests.town.words import plain

FORGED = "take~ticketaaaaaa.AAAAAAAAAAA"


@dataclass
class Actors(Residents, Members):
    """Everybody, each of whose acts is one line of the story."""

    def __post_init__(self) -> None:
        world, khanaqin = self.street.world, self.forum(0).chat
        self.anonymous = world.person("Nameless", last_name="Adminzade")
        khanaqin.members[self.anonymous.id] = Member(self.anonymous.user, "administrator", is_anonymous=True)
        self.stranger = world.person("Stranger", last_name="Outsidezade")
        self.strange = world.group("A strange group", self.stranger)

    def forges(self, whose: int, where: int, pick: int) -> None:
        """Somebody presses in their own chat what was made for another chat, or by nobody."""
        source, here = self._chats()[whose], self._chats()[where]
        if source is here or not here.from_bot:
            return
        found, before = picked(source, 0, pick, AMONG), self._shown()
        who = here.person or next(forum.ali for forum in self.street.forums.values() if forum.chat is here)
        self.pressed(who, (here.last, "a forged button", found[2] if found is not None and pick else FORGED))
        assert self._shown() == before, "a forged button did something"

    def _chats(self) -> list[Chat]:
        return [*(resident.talk for resident in self.street.residents.values()), *(forum.chat for forum in self.street.forums.values())]

    def _shown(self) -> list[str]:
        return [plain(message.text) for forum in self.street.forums.values() for message in forum.chat.from_bot]

    def speaks_unseen(self, back: int) -> None:
        """An anonymous administrator replies to the bot."""
        shown = self.forum(0).chat.from_bot[-AMONG:]
        if shown:
            message, text = shown[-1 - back % len(shown)], f"{self.marked('nobody')} it is me"
            self.does(f"an anonymous administrator replies “{text}”", lambda: self.anonymous.replies(message, text))

    def strays(self) -> None:
        """Somebody types a command in a group that is no forum's."""
        self.does("a stranger types /open in a strange group", lambda: self.stranger.writes("/open", self.strange))

    def breaks(self, kind: str, method: str) -> None:
        """The next such call of the bot goes wrong."""
        self.story.append(f"the next {method} meets: {kind}")
        self.street.telegram.faults.clear()
        self.street.telegram.faults.add(kind, method)

    def keeps_the_line(self) -> None:
        """Let no answer to a message get lost now.

        Where the bot dies over that message too, it is rightly put aside: nobody knows twice (`_unsure` in bot/pipeline/delivery.py).
        """
        faults = self.street.telegram.faults.all
        faults[:] = [fault for fault in faults if fault.method != "sendMessage" or fault.kind not in ("reset_before", "reset_after")]

    def restarts(self, after: float = 0.0) -> None:
        """The bot dies, after so many seconds more, and another one starts."""
        self.story.append("the bot is restarted")
        self.street.restarts(after)
