"""A town in which every update there is has arrived, and everything that left the bot there or stayed with it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from bot.demo.api.gate import Gate
from bot.demo.api.reading import read_request
from bot.demo.world import Chat, Person
from bot.demo.world.chat import Member
from bot.model.ids import LANGUAGES
from tests.fire.canaries.mint import Mint, Planted
from tests.fire.canaries.story import Story, happened
from tests.fire.canaries.streams import Streams
from tests.fire.kept import settled
from tests.health.asking import ROOT, Pages, free_port
from tests.town.people import Forum, Resident
from tests.town.town import Town, raised

TIMES: Final = 26
"""So often each kind of update comes, beside every field of a message in every place: together more than two thousand."""
TALKERS: Final = 12
WANDERERS: Final = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the bot's as it went over the line: whom it was for, and all its bytes."""

    method: str
    chat: int | None
    body: bytes


@dataclass(repr=False)
class Lived:
    """What is left of it all.

    Attributes:
        asked: every request to Telegram, byte by byte.
        pages: what the bot told of itself to who looks after it, by the page or the command.
        kept: every file that it wrote but its log, while it ran and after.
    """

    town: Town
    mint: Mint
    streams: Streams
    residents: list[Resident]
    asked: list[Asked]
    story: Story
    pages: dict[str, bytes] = field(default_factory=dict)
    kept: bytes = b""

    def told(self, *chats: Chat) -> bytes:
        """All that these chats were ever sent."""
        ids = {chat.id for chat in chats}
        return b"\n".join(each.body for each in self.asked if each.chat in ids)

    @property
    def log(self) -> bytes:
        """Every line of the log."""
        return self.town.log.encode()


@contextlib.contextmanager
def overheard() -> Iterator[list[Asked]]:
    """Keep every request that the stand-in gets, with all its bytes: parameters, file names, files."""
    heard: list[Asked] = []
    answer = Gate._call

    async def hears(self: Gate, method: str, scope: Any, body: bytes, receive: Any, send: Any) -> None:
        kind = next((value.decode() for name, value in scope["headers"] if name == b"content-type"), "")
        given, _ = read_request(scope["query_string"], kind, body)
        chat = str(given.get("chat_id", ""))
        heard.append(Asked(method, int(chat) if chat.lstrip("-").isdigit() else None, body))
        await answer(self, method, scope, body, receive, send)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gate, "_call", hears)
        yield heard


@contextlib.asynccontextmanager
async def lived(folder: Path, seed: int) -> AsyncIterator[Lived]:
    """Let all of it happen, the log at its loudest; the bot is stopped then, as its files are on disk."""
    with overheard() as asked, pytest.MonkeyPatch.context() as patch:
        (folder / "tmp").mkdir()
        patch.setenv("TMPDIR", str(folder / "tmp"))  # what is left behind there is found with the other files
        port = free_port()
        async with raised(folder, words="quick loud frail", HEALTH__PORT=str(port)) as town:
            story = await happened(town)
            mint = Mint(seed)
            residents = [_somebody(town, mint, number) for number in range(TALKERS + WANDERERS)]
            members = {forum.id: _member(town, mint, forum) for forum in town.forums.values()}
            mint.owner = "stranger"
            nowhere = town.world.group(mint.word("chat.title"), town.world.person("Nobody"))
            everybody = await asyncio.gather(*(_arrives(each, number) for number, each in enumerate(residents)))
            streams = Streams(town, mint, everybody[:TALKERS], everybody[TALKERS:], members, nowhere)
            found = Lived(town, mint, streams, residents, asked, story)
            await _happens(found)
            found.pages = await _pages(found, Pages(port))
            found.kept = _files(town)
            await town.stop()
            found.kept += _files(town)
            yield found


def home_of(resident: Resident) -> str:
    """Return the forum to which somebody reports."""
    return "khalis" if resident.language == "en" else "khanaqin"


def _somebody(town: Town, mint: Mint, number: int) -> Resident:
    mint.owner = "somebody"
    id = mint.number("from.id")
    mint.owner = f"resident {id}"
    mint.planted[id] = Planted(mint.owner, "chat.id")
    account = {"last_name": mint.word("from.last_name"), "username": mint.word("from.username"), "phone": mint.word("phone")}
    tongue = LANGUAGES[number % 3]
    return town.resident(tongue, mint.word("from.first_name"), language_code=mint.word("from.language_code"), user_id=id, **account)


def _member(town: Town, mint: Mint, forum: Forum) -> Person:
    mint.owner = f"member of {forum.id}"
    person = town.world.person(mint.word("from.first_name"), last_name=mint.word("from.last_name"), user_id=mint.number("from.id"))
    forum.chat.members[person.id] = Member(person.user, "member")
    return person


async def _arrives(resident: Resident, number: int) -> Resident:
    await resident.arrives()
    if number < TALKERS:
        await resident.goes_to_story(district="Khalis" if home_of(resident) == "khalis" else "khanaqin")
        resident.acts(lambda person: person.sends_voice())
    return resident


async def _happens(found: Lived) -> None:
    streams, talkers = found.streams, found.streams.talkers
    streams.sends_every_field()
    await settled(found.town)
    for _ in range(3):
        streams.poisons()
    streams.sends_every_kind(TIMES)
    await settled(found.town)
    await asyncio.gather(*(_finishes(talker) for talker in talkers))
    streams.sends_every_kind(1)
    for name in ("text", "photo", "voice", "document", "quote", "external_reply", "contact"):
        for place in ("as_a_reply_in_private", "by_a_member_in_answer", "edited_in_private"):
            streams.sends(name, place)
    await settled(found.town)


async def _finishes(resident: Resident) -> None:
    """Finish the report in whatever state all this left it."""
    resident.since = 0
    await resident.taps("done")
    await resident.answers("media?", "yes")
    await resident.finishes()


async def _pages(found: Lived, pages: Pages) -> dict[str, bytes]:
    shown = {page: (await pages.get(page))[1].encode() for page in ("healthz", "readyz", "metrics")}
    for command in (("status",), ("status", "--json"), ("parked", "list")):
        shown[" ".join(command)] = await _command(found.town, *command)
    numbers = [line.split()[0] for line in shown["parked list"].decode().splitlines()]
    shown["parked show"] = b"".join([await _command(found.town, "parked", "show", number) for number in numbers])
    return shown


async def _command(town: Town, *command: str) -> bytes:
    """Run a command beside the bot; return all that it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command, "--config", str(town.folder / "config.toml")),
        cwd=ROOT,
        env=town.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return told


def _files(town: Town) -> bytes:
    return b"".join(file.read_bytes() for file in town.files if file.name != "bot.log")
