"""Power cuts while a command writes: a key is whole or not there, an upgrade is done or not begun, and so with the rest (F7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.keys import make
from bot.storage.seal import Keyring
from tests.fire.power import scenes, trace
from tests.fire.power.cuts import choose, how_many, made, seed, written

pytestmark = pytest.mark.skipif(bool(trace.hindrance()), reason=trace.hindrance())


def test_f07_a_key_file_is_whole_or_not_there_and_whole_once_it_was_told(tmp_path: Path) -> None:
    """F7: half a key would be found by nobody before the day on which it is needed."""
    root = tmp_path / "keys"
    root.mkdir()
    scene = scenes.command(root, "-m", "bot", "keys", "new", root / "alwand.key")
    whole, told = scene.end[str(root / "alwand.key")], scene.begins(root / scenes.SAID)
    Keyring.parse(whole.decode())
    for cut, files in made(scene, choose(scene, how_many(60), seed())):
        key = files.get(str(root / "alwand.key"))
        assert key in (None, whole), cut
        assert key == whole or cut.at <= told, f"{cut}: it had been told"
        if key is None:
            written(files, root, tmp_path / "again")
            make(tmp_path / "again" / "alwand.key")
