"""Buttons that were not made for this chat, this thing, this moment: they do nothing, and who pressed them is told so (B45)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.read import read
from bot.model.events import Arrival, ButtonPressed
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Recipient, ToForum, ToResident, recipient_key
from bot.pipeline.surroundings import signed, verified
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.databases import KEYS
from tests.fire.authorisation.hamlet import CENTRE, HERE, OMAR, OTHER, OWNER, PEOPLE, SARA, THERE, Hamlet, Somebody, resident
from tests.fire.authorisation.trying import Raw, tries
from tests.handlers.build import JALAWLA, KHANAQIN
from tests.pipeline.wire import NOW

PRESSING = [somebody for name in ("owner", "resident", "member", "elsewhere", "head", "alone", "stranger") for somebody in PEOPLE[name]]
OTHERS = Keyring(bytes(reversed(range(32))))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hamlet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hamlet]:
    folder: Path = tmp_path_factory.mktemp("hamlet")
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'alwand.db'}", KEYS)
    yield await Hamlet(database).settles()
    await database.close()


def real(hamlet: Hamlet, keys: Keyring = KEYS, to: str = recipient_key(ToForum(KHANAQIN))) -> list[str]:
    """Return the data of buttons that work where they were made for."""
    report, cast, session = hamlet.reports["new"].id, hamlet.casts["draft"].broadcast.id, hamlet.meetings["planned"].id
    actions = (
        Action("take", report),
        Action("write", report),
        Action("cast", None, ("submit", "", "3"), broadcast=cast),
        Action("plan", None, ("show",), session),
        Action("rules", None, ("show", "", "0", "token0000001")),
        Action("erase", None, ("yes",)),
    )
    return [signed(keys, to, action) for action in actions]


async def refused(hamlet: Hamlet, presses: list[tuple[Somebody, str]]) -> list[tuple[Somebody, str]]:
    """Return the presses that were taken for a button of ours, or did anything."""

    async def work(conn: Any) -> list[tuple[Somebody, str]]:
        taken = []
        for who, data in presses:
            cell = await tries(hamlet, conn, who, Raw(data))
            if cell.loaded.event != ButtonPressed(None) or cell.acts or not cell.effects:
                taken.append((who, data))
        return taken

    return await hamlet.db.transact(work)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_button_of_another_chat_does_nothing(hamlet: Hamlet) -> None:
    """B45: the right data, from a message of another chat."""
    chats: dict[Somebody, Recipient] = {
        Somebody(HERE, SARA): ToForum(KHANAQIN),
        Somebody(THERE, SARA): ToForum(JALAWLA),
        Somebody(CENTRE, OMAR): ToForum(PROVINCE),
        Somebody(OWNER, OWNER): ToResident(resident(OWNER)),
        Somebody(OTHER, OTHER): ToResident(resident(OTHER)),
    }
    presses = [
        (who, data) for who, here in chats.items() for to in chats.values() if to != here for data in real(hamlet, to=recipient_key(to))
    ]
    assert len(presses) > 100
    assert await refused(hamlet, presses) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_button_in_which_anything_was_changed_does_nothing(hamlet: Hamlet) -> None:
    """Another report, another revision, another verb, under the signature of a button that was really shown."""
    here = real(hamlet)
    changed = [
        *(data.replace(hamlet.reports["new"].id, other.id) for data in here[:2] for other in hamlet.reports.values()),
        here[2].replace("~3.", "~4."),
        here[2].replace("submit", "delete"),
        here[4].replace("~0~", "~1~"),
        *(data.replace("take", "move").replace("plan", "off") for data in here),
        *(data[:-1] + ("A" if data[-1] != "A" else "B") for data in here),
        *(data.swapcase() for data in here),
        *(data.rpartition(".")[0] for data in here),
        *(f"{data.rpartition('.')[0]}." for data in here),
        *(f"{data}=" for data in here),
        *(f" {data}" for data in here),
    ]
    assert await refused(hamlet, [(Somebody(HERE, SARA), data) for data in set(changed) - set(here)]) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_button_of_another_installation_does_nothing(hamlet: Hamlet) -> None:
    assert await refused(hamlet, [(Somebody(HERE, SARA), data) for data in real(hamlet, OTHERS)]) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_in_a_group_that_is_no_forums_no_button_does_anything(hamlet: Hamlet) -> None:
    strangers = PEOPLE["stranger"][:1]
    keys = [recipient_key(ToForum(KHANAQIN)), "forum:", "", "forum:None", "chat:wire:-77"]
    assert await refused(hamlet, [(who, data) for who in strangers for to in keys for data in real(hamlet, to=to)]) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_button_made_for_an_earlier_state_does_nothing(hamlet: Hamlet) -> None:
    """Validly signed, and shown once: of a broadcast's, a plan's, a calendar's, a conversation's earlier self."""
    cast, session, report = hamlet.casts["draft"].broadcast.id, hamlet.meetings["planned"].id, hamlet.reports["new"].id
    member, head, owner = PEOPLE["member"][0], PEOPLE["head"][0], PEOPLE["owner"][0]
    steps, decisions, rules = (
        ("submit", "delete", "right", "unquiz", "unfile"),
        ("approve", "return"),
        ("show", "holiday", "drop", "restore"),
    )
    submitted = hamlet.casts["submitted"].broadcast.id
    shapes = ((), ("x",), ("x", "y"), ("x", "y", "z"))
    old = [
        *((member, Action("cast", None, (step, "yes", "2"), broadcast=cast)) for step in steps),
        *((member, Action("cast_when", None, ("open", "", revision), broadcast=cast)) for revision in ("2", "4", "", "x")),
        *((head, Action("cast_ok", None, (step, "2"), broadcast=submitted)) for step in decisions),
        *((member, Action("announce", None, args, session)) for args in shapes),
        *((head, Action("rules", None, (step, "", "7", "token0000001"))) for step in rules),
        *((member, Action("send", report, args)) for args in shapes),
        *((member, Action(verb, report, args)) for verb in ("to", "move", "outcome", "skip") for args in shapes),
        *((owner, Action(verb, None, args)) for verb in ("answer", "back", "cancel", "drop", "resume") for args in shapes),
    ]

    async def work(conn: Any) -> list[Action]:
        return [action for who, action in old if (await tries(hamlet, conn, who, action)).acts]

    assert await hamlet.db.transact(work) == []


garbage: Callable[[], st.SearchStrategy[str]] = lambda: st.one_of(  # noqa: E731
    st.text(max_size=64).filter(lambda text: len(text.encode(errors="replace")) <= 64),
    st.binary(max_size=64).map(lambda raw: raw.decode("latin-1")),
    st.lists(st.sampled_from(["take", "~", ".", "@", "!", "=", "ticket000000", "AAAAAAAAAAA", "\0", "٣"]), max_size=12).map("".join),
)


@settings(max_examples=300, deadline=None)
@given(data=garbage(), who=st.sampled_from(PRESSING))
def test_garbage_is_no_button(data: str, who: Somebody) -> None:
    """0 to 64 bytes of anything: whatever it is, it is not signed."""
    arrival = Arrival("wire", "group", who.chat, who.person, who.speaker, "", NOW, ButtonPressed(None), button=data)
    assert verified(KEYS, who.here, arrival) == ButtonPressed(None)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        garbage(),
        st.none(),
        st.integers(),
        st.booleans(),
        st.lists(st.text(max_size=3), max_size=3),
        st.dictionaries(st.text(max_size=3), st.text()),
    )
)
def test_whatever_a_press_carries_it_is_read_or_refused_whole(data: object) -> None:
    """A press whose data is no text, or no data at all, is a press without a button."""
    message = {"message_id": 5, "date": 0, "chat": {"id": -1001, "type": "supergroup"}}
    press = {"id": "1", "from": {"id": 11, "is_bot": False, "first_name": "Sara"}, "message": message, "data": data}
    arrival = read(json.dumps({"update_id": 1, "callback_query": press}).encode(), account=7, username="alwand", now=lambda: NOW)
    assert arrival is not None
    assert arrival.event == ButtonPressed(None)
    assert arrival.button is None or (isinstance(data, str) and arrival.button in data.replace("\0", ""))
    assert verified(KEYS, ToForum(KHANAQIN), arrival) == ButtonPressed(None)
