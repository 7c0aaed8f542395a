"""What members and coordinators do in their groups."""

from __future__ import annotations

from bot.demo.world.membership import remove
from tests.fire.properties.stage import Stage, inside, made, newest, picked
from tests.town.words import label, plain

COMMANDS = ("open", "sessions", "session", "broadcast", "broadcasts", "calendar", "help", "link WRONG")
AMONG = 12
"""So many of the bot's last messages in a group are pressed and answered."""


class Members(Stage):
    """Members, by the number of their forum and their own."""

    def presses(self, forum: int, member: int, back: int, pick: int, *, hurried: bool = False) -> None:
        """A member presses a button of one of the bot's last messages in the group."""
        here = self.forum(forum)
        who, found = here.members[member], picked(here.chat, back, pick, AMONG)
        if found is not None and inside(here.chat, who):
            self.pressed(who, found, hurried=hurried)

    def presses_named(self, forum: int, member: int, english: str) -> None:
        """A member presses the newest button that is called so."""
        here = self.forum(forum)
        who, wanted = here.members[member], label(english, here.language)
        found = newest(here.chat, lambda button: button[1] == wanted)
        if found is not None and inside(here.chat, who):
            self.pressed(who, found)

    def replies(self, forum: int, member: int, back: int, *, photo: bool = False, as_who: str = "member") -> None:
        """A member replies to one of the bot's last messages in the group."""
        here = self.forum(forum)
        who, shown = here.members[member], here.chat.from_bot[-AMONG:]
        if not shown or not inside(here.chat, who):
            return
        message, text = shown[-1 - back % len(shown)], f"{self.marked(as_who)} thank you"
        told = f"{who.name} replies “{text}” to “{plain(message.text)[:40]}”"
        if photo:
            self.does(told, lambda: who.sends_photo(to=here.chat, caption=text, reply_to=message))
        else:
            self.does(told, lambda: who.replies(message, text))

    def commands(self, forum: int, member: int, command: str) -> None:
        """A member types a command."""
        here = self.forum(forum)
        who = here.members[member]
        if inside(here.chat, who):
            self.does(f"{who.name} types /{command}", lambda: who.writes(f"/{command}", here.chat))

    def chats(self, forum: int, member: int) -> None:
        """A member says something to the others."""
        here, text = self.forum(forum), f"{self.marked('chatter')} shall we have tea"
        who = here.members[member]
        if inside(here.chat, who):
            self.does(f"{who.name} says “{text}”", lambda: who.writes(text, here.chat))

    def leaves(self, forum: int, member: int) -> None:
        """A member is removed from the group, or comes back."""
        here = self.forum(forum)
        who = here.members[member % 2]
        if inside(here.chat, who):
            self.does(f"{who.name} is removed", lambda: remove(here.chat, who, here.hiwa))
        else:
            self.does(f"{who.name} comes back", lambda: who.joins(here.chat))

    def broadcasts(self) -> None:
        """Somebody of the province writes a broadcast in English, and somebody else approves it."""
        self.commands(2, 0, "broadcast")
        for step in ("~topic~drugs~", "~open~audience~", "~lang~-ar~", "~lang~-ckb~", "~show~", "~text~en~"):
            self._steps(2, 0, f"^cast~.*{step}")
        self.replies(2, 0, 0, as_who="broadcast")
        for who, data in ((0, "^cast~.*~preview~"), (0, "^cast~.*~submit~"), (1, "^cast_ok~.*~approve~")):
            self._steps(2, who, data)

    def announces(self) -> None:
        """The province has a session planned in Khanaqin, whose members fill it in and announce it."""
        self.commands(2, 0, "session")
        self._steps(2, 0, "^open~~khanaqin")
        for part in ("topic", "place"):
            self._steps(0, 0, rf"^plan~.*~{part}\.")
            self.replies(0, 0, 0, as_who="plan")
        for data in (r"~day\.", r"^set~.*~day~2\d{7}\.", r"^set~.*~time~\d{4}\.", r"^plan~.*~preview\.", "^announce~"):
            self._steps(0, 0, data)

    def _steps(self, forum: int, member: int, data: str) -> None:
        here = self.forum(forum)
        who, found = here.members[member], newest(here.chat, made(data))
        if found is not None and inside(here.chat, who):
            self.pressed(who, found)
