"""Whatever kind of message a person sends, they get an answer in their language; in a group nobody is disturbed. B29, B44."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from bot.model.ids import Language
from tests.fire.canaries import classes
from tests.fire.canaries.mint import Mint
from tests.fire.canaries.shapes import MESSAGE_FIELDS, Json, Shapes
from tests.fire.kept import settled
from tests.town.people import Resident
from tests.town.town import Town, raised
from tests.town.words import said

REFUSAL: Final = "Sorry, we cannot take this kind of message here. Please send text, a voice note or a photo."
UNHEARD_OF: Final[dict[str, Json]] = {"rich_message": {"text": "Rich"}, "hologram": {"file_id": "?"}, "text": {"of another": "type"}}
"""What Telegram had not yet when this was written, or never sends."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


def kinds() -> dict[str, Json]:
    """Return every content that is refused, by its name."""
    shapes = Shapes(Mint(1))
    return {name: shapes.message({name}) for name in sorted(classes.REFUSED)} | {name: {name: held} for name, held in UNHEARD_OF.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One town for all of them."""
    async with raised(tmp_path_factory.mktemp("town")) as town:
        yield town


def sends(resident: Resident, content: Json) -> None:
    """Let somebody send any content at all to the bot."""
    resident.acts(lambda person: person.post(None, content))


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
async def test_what_cannot_be_taken_gets_a_kind_answer(town: Town, language: Language) -> None:
    """In the middle of a report, which goes on afterwards as if nothing had been."""
    sara = town.resident(language)
    await sara.arrives()
    await sara.goes_to_story()
    for content in kinds().values():
        sends(sara, content)
        await sara.hears(said(REFUSAL, language))
    sara.says("They sell pills.")
    await sara.taps("done")
    await town.forums["khanaqin"].card(await sara.finishes())


async def test_what_comes_first_of_all_is_answered_with_the_languages(town: Town) -> None:
    for content in kinds().values():
        stranger = town.resident()
        sends(stranger, content)
        await stranger.hears("911")


async def test_what_telegram_itself_tells_is_answered_to_nobody(town: Town) -> None:
    """The timer of messages that vanish, a new picture of the chat: nobody said anything."""
    sara, shapes = town.resident("en"), Shapes(Mint(1))
    await sara.arrives()
    before = len(sara.talk.from_bot)
    for name in sorted(classes.SERVICE):
        sara.person.post(None, shapes.message({name}))
    await answered(sara)
    assert len(sara.talk.from_bot) == before + 1


async def answered(sara: Resident) -> None:
    """Wait until the bot has come to what is said now."""
    sara.says("/help")
    await sara.hears("With this bot you can")


async def test_a_group_hears_of_none_of_them(town: Town) -> None:
    """B58: among members it is chatter, of whatever kind."""
    forum, shapes = town.forums["baquba"], Shapes(Mint(1))
    for name in sorted(set(MESSAGE_FIELDS) - classes.AROUND - {"migrate_to_chat_id", "left_chat_member"}):
        forum.ali.post(forum.chat, shapes.message({name}))
    for content in kinds().values():
        forum.ali.post(forum.chat, content)
    await settled(town)
    assert [call.method for call in town.world.calls if call.chat_id == forum.chat.id] == []
