"""Who somebody is gets nowhere: not to a forum, not to another resident, not to the log, the disk, the pages or the processes' list.

Two thousand updates with a canary in every field by which Telegram could tell it, made from the library's own types, and one report that
is worked on in every way; then a search of all that the bot let out. `test_classified.py` sees that no field is left out.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from tests.fire.canaries import classes
from tests.fire.canaries.lived import Lived, home_of, lived
from tests.fire.canaries.mint import Planted
from tests.fire.canaries.shapes import KINDS
from tests.fire.canaries.story import MEMBER_WORDS, forms, found
from tests.fire.canaries.streams import owner_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SEED = int(os.environ.get("FIRE_SEED", "0")) or int.from_bytes(os.urandom(4), "big")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    """A town in which everything has happened, and which has stopped."""
    print(f"FIRE_SEED={SEED}")
    async with lived(tmp_path_factory.mktemp("canaries"), SEED) as town:
        yield town


async def test_two_thousand_updates_held_canaries_in_every_field_in_every_place(town: Lived) -> None:
    """B43: a test that plants nothing would find nothing."""
    assert town.streams.sent.total() >= 2000
    assert min(town.streams.sent[kind] for kind in KINDS) >= 25
    assert set(town.streams.lacking()) == set()
    planted = {planted.where.split(".")[0] for planted in town.mint.planted.values()}
    never = {"date", "edit_date", "message_thread_id", "message_id"}  # small numbers and moments: looked for in another way
    assert (classes.WHO | classes.RELAYED) - {"venue.title"} - never <= planted | {"from_user", "reply_to_message"}
    assert {"from", "venue", "callback_query", "chat_join_request", "managed_bot"} <= planted


async def test_no_group_gets_anything_but_what_was_meant_for_it(town: Lived) -> None:
    """B43, B44, B47, B48: in all requests to a group, byte by byte, file names and files among them."""
    forums = town.town.forums.values()
    homes = {owner_of(resident): home_of(resident) for resident in town.residents}
    got = {(forum.id, each) for forum in forums for each in town.mint.found(town.told(forum.chat))}
    leaked = {(forum, each) for forum, each in got if not (_meant_for(forum, each) or (each.said and homes.get(each.owner) == forum))}
    assert leaked == set()
    told = town.told(*(forum.chat for forum in forums))
    assert [file for file in town.streams.files if file.encode() in told] == [], "what has this id has everything still in it"
    assert b"canary" not in told, "what the samples hold beside the picture"
    relayed = {each.where for _, each in got}
    assert {"text", "caption"} <= relayed, "the forums got the words themselves"


def _meant_for(forum: str, planted: Planted) -> bool:
    """Whether it is what a member of this forum said there, or is called."""
    return planted.owner == f"member of {forum}" and (planted.said or planted.where in ("from.first_name", "from.last_name"))


async def test_no_group_learns_when_exactly_somebody_wrote(town: Lived) -> None:
    """A card tells the day alone."""
    told = town.told(*(forum.chat for forum in town.town.forums.values())).decode(errors="replace")
    moments = {raw["date"] for each in town.residents for raw in each.talk.messages.values()}
    zone = ZoneInfo("Asia/Baghdad")
    clocks = {datetime.fromtimestamp(moment, UTC).astimezone(each).strftime("%H:%M") for moment in moments for each in (UTC, zone)}
    assert [moment for moment in moments if str(moment) in told] == []
    assert [clock for clock in clocks if clock in told] == []


async def test_no_resident_gets_anything_of_another(town: Lived) -> None:
    """B43, B52: nor the name of a member."""
    for resident in town.residents:
        own = owner_of(resident)
        others = {
            each for each in town.mint.found(town.told(resident.talk)) if not (each.owner == own and (each.said or each.where == "chat.id"))
        }
        assert {each for each in others if not (each.said and each.owner.startswith("member of"))} == set()


async def test_nothing_of_it_goes_over_the_line_at_all(town: Lived) -> None:
    """Of who somebody is, Telegram itself hears from us no more than the address that it is to bring the words to."""
    told = b"\n".join(each.body for each in town.asked)
    names = {each.where for each in town.mint.found(told) if not each.said and not each.owner.startswith("member of")}
    assert names <= {"chat.id", "callback_query.id"}


async def test_no_line_of_the_log_holds_any_of_it(town: Lived) -> None:
    """B50: at every level, of every library; three decisions raised with a resident's words in the error."""
    assert town.log.count(b'"library": ') > 1000, "the libraries spoke up"
    assert town.log.count(b'"about": "parked"') >= 3
    assert town.mint.found(town.log) == set()
    assert [forum.id for forum in town.town.forums.values() if str(forum.chat.id).encode() in town.log] == []


async def test_no_file_holds_any_of_it_readably(town: Lived) -> None:
    """B51: the database, what is written ahead of it, and whatever else, while the bot ran and after."""
    assert len(town.kept) > 1 << 20
    assert town.mint.found(town.kept) == set()


@pytest.mark.parametrize("page", ["healthz", "readyz", "metrics", "status", "status --json", "parked list", "parked show"])
async def test_nothing_that_is_shown_to_the_operator_holds_any_of_it(town: Lived, page: str) -> None:
    """B50, B113: `alwand parked show` alone shows what was written, and not by whom."""
    shown = town.pages[page]
    assert shown
    assert {each for each in town.mint.found(shown) if not (page == "parked show" and each.said)} == set()


async def test_one_report_worked_on_in_every_way_shows_nobody(town: Lived) -> None:
    """B43, B44, B50, B51, B52, B58: what people do in a whole report's life."""
    story, groups = town.story, [forum.chat for forum in town.town.forums.values()]
    identity, written = story.canaries.identity, story.canaries.written
    assert found(identity, town.told(*groups)) == []
    assert found(written, town.told(*(each for each in groups if each not in (story.first.chat, story.second.chat)))) == []
    assert len(found(written, town.told(story.first.chat))) == len(written), "the forum got the words themselves"
    assert {each.method for each in town.asked} & {"forwardMessage", "forwardMessages", "copyMessage", "copyMessages"} == set()
    members = [name for forum in town.town.forums.values() for member in forum.members for name in (member.first_name, str(member.id))]
    members.append("Memberzade")
    assert found([*members, MEMBER_WORDS[0], MEMBER_WORDS[2]], town.told(story.sara.talk)) == []
    assert found([*identity, *written, *MEMBER_WORDS, *members, "Venuite"], town.log + town.kept) == []


async def test_the_token_is_in_no_output(town: Lived) -> None:
    """Raw, as it stands in the address of a file, and the half that is the secret."""
    outputs = {"log": town.log, "files": town.kept, "line": b"\n".join(each.body for each in town.asked), **town.pages}
    assert [name for name, output in outputs.items() if found(forms(town.town.telegram.token), output)] == []
