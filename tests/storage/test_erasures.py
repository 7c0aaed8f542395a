"""The list of what was erased: on disk before the erasure is, and telling nobody anything."""

from __future__ import annotations

import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import erasures
from bot.storage.database import Database
from bot.storage.erasures import Erased, Erasures, merged, token_of
from bot.storage.errors import StorageUnavailable
from bot.storage.seal import Keyring
from tests.storage.samples import TODAY

KEEP = timedelta(days=365)


@pytest.fixture
def listed(tmp_path: Path) -> Erasures:
    return Erasures(tmp_path / "alwand.erased", KEEP)


def erased(number: int, days_ago: int = 0) -> Erased:
    return Erased(number, TODAY - timedelta(days=days_ago), f"{number:064x}")


def test_a_line_is_found_again_and_only_after_the_number_that_is_asked_for(listed: Erasures) -> None:
    for number in (1, 2, 3):
        listed.add(erased(number))
    assert listed.after(1) == (erased(2), erased(3))
    assert listed.since() == TODAY
    assert stat.S_IMODE(listed.path.stat().st_mode) == 0o600


def test_without_a_list_nothing_is_known_and_it_begins_once(listed: Erasures) -> None:
    assert listed.after(0) == ()
    assert listed.since() is None
    listed.begin(TODAY)
    listed.begin(TODAY + timedelta(days=9))
    assert listed.since() == TODAY


@pytest.mark.parametrize("kept", [1, 12, 40, 77])
def test_a_line_that_a_power_cut_tore_is_none_and_does_not_spoil_the_next(listed: Erasures, kept: int) -> None:
    """F7: nothing was erased with it, since the commit comes behind it."""
    listed.add(erased(1))
    listed.add(erased(2))
    whole = listed.path.read_bytes()
    listed.path.write_bytes(whole[: len(whole) - len(str(erased(2))) + kept])
    assert listed.after(0) == (erased(1),)
    listed.add(erased(2))
    assert merged([listed.after(0)]) == (erased(1), erased(2))


def test_old_lines_go_and_the_list_says_from_when_on_it_is_complete(listed: Erasures) -> None:
    listed.begin(TODAY - timedelta(days=500))
    for number, days in ((1, 400), (2, 366), (3, 365), (4, 0)):
        listed.add(erased(number, days))
    assert listed.forget(TODAY) == 2
    assert listed.after(0) == (erased(3, 365), erased(4))
    assert listed.since() == TODAY - KEEP
    assert listed.forget(TODAY) == 0


def test_several_who_add_at_once_do_not_mix_their_lines(listed: Erasures) -> None:
    """Also while old lines are forgotten, which makes another file of it."""
    listed.begin(TODAY - timedelta(days=500))
    for number in range(20):
        listed.add(erased(number, 400))

    def add(first: int) -> None:
        for number in range(first, first + 30):
            listed.add(erased(number))

    adding = [threading.Thread(target=add, args=(first,)) for first in (100, 200, 300)]
    for thread in adding:
        thread.start()
    listed.forget(TODAY)
    for thread in adding:
        thread.join()
    assert sorted(each.number for each in listed.after(-1)) == [*range(100, 130), *range(200, 230), *range(300, 330)]


def test_lists_of_several_machines_are_one_in_the_order_of_their_numbers(listed: Erasures, tmp_path: Path) -> None:
    other = Erasures(tmp_path / "other", KEEP)
    listed.add(erased(1))
    listed.add(erased(3))
    other.add(erased(2))
    assert [each.number for each in merged([listed.after(0), other.after(0)])] == [1, 2, 3]
    other.adopt(listed.after(0), TODAY - timedelta(days=3))
    assert [each.number for each in other.after(0)] == [1, 2, 3]
    assert other.since() == TODAY - timedelta(days=3)


def test_a_list_that_cannot_be_written_forbids_the_erasure(tmp_path: Path) -> None:
    """F8, F9: what is not on the list would come back with an old backup."""
    with pytest.raises(StorageUnavailable):
        Erasures(tmp_path / "none" / "alwand.erased", KEEP).add(erased(1))


def test_the_list_tells_nothing_without_the_key(keys: Keyring) -> None:
    """B50: not of what kind it was, nor whose, and one person's do not look related."""
    assert token_of(keys, "ticket", "a") != token_of(keys, "resident", "a") != token_of(keys, "subscription", "a")
    assert token_of(keys, "ticket", "a") != token_of(Keyring(bytes(32)), "ticket", "a")


async def test_a_line_is_there_before_the_commit_and_its_number_from_the_commit_on(database: Database, listed: Erasures) -> None:
    """F36: whichever moment a crash or a backup chooses, no erasure is in neither of both."""
    keys = database.keys

    async def fails(conn: AsyncConnection) -> None:
        await erasures.note(conn, keys, listed, "ticket", "a", TODAY)
        assert [each.number for each in listed.after(0)] == [1]
        raise LookupError

    with pytest.raises(LookupError):
        await database.transact(fails)
    assert await database.read(lambda conn: erasures.number(conn, keys)) == 0
    await database.transact(lambda conn: erasures.note(conn, keys, listed, "ticket", "b", TODAY))
    assert await database.read(lambda conn: erasures.number(conn, keys)) == 1
    assert [(each.number, each.token == token_of(keys, "ticket", "b")) for each in listed.after(0)] == [(1, False), (1, True)]
