"""Room on the disk, and the reserve that is given back when there is none."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from bot.storage.room import Room
from tests.fire.faults import free_bytes, full_disk, small_disk


def test_a_disk_is_short_of_room_before_it_is_full_and_the_reserve_is_given_back(tmp_path: Path) -> None:
    """F8: 5 % of a small disk; the reserve is real room, not a promise."""
    with small_disk(tmp_path / "disk", 100) as disk:
        room = Room(disk / "alwand.db")
        room.keep()
        (reserve,) = disk.iterdir()
        assert reserve.stat().st_mode & 0o777 == 0o600
        with full_disk(disk, leave=6 << 20):
            assert not room.short()
        with full_disk(disk):
            assert room.short()
            assert free_bytes(disk) == 0
            room.give()
            assert free_bytes(disk) == 1 << 20
            room.keep()
            assert not reserve.exists(), "it is not taken from the little that is left"
        room.keep()
        assert reserve.stat().st_blocks * 512 == 1 << 20


def test_a_server_looks_after_its_own_disk() -> None:
    assert Room.beside(make_url("postgresql+asyncpg://alwand@127.0.0.1/alwand")) is None
