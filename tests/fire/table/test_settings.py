"""F37: settings that cannot be right. The start is refused in words that name the line and the key, and no value."""

from __future__ import annotations

import pytest

from tests.town.town import Town

WRONG = {
    "not TOML": ("\n[storage]", "\n[storage", "is not valid TOML"),
    "an unknown setting": ("transfers = 3", "tranfers = 3", "[limits] tranfers: is not a setting; did you mean transfers?"),
    "an unknown forum": ("forum = false", "forum = 'maybe'", "[[district.locality]]"),
    "a chat twice": ("", "", "chat_id: is the same as in [province] chat_id; each needs its own"),
    "a number that is none": ("\nclosed_days = ", '\nclosed_days = "x" #', "[retention] closed_days"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_f37_wrong_settings_refuse_the_start_and_name_the_line(sqlite_town: Town, what: str) -> None:
    """F37: as a process, exit code 2; Telegram is asked for nothing, and with the old file the bot starts again."""
    town = sqlite_town
    await town.stop()
    file = town.folder / "config.toml"
    right = file.read_text(encoding="utf-8")
    old, new, words = WRONG[what]
    if what == "a chat twice":
        old, new = f"chat_id = {town.forums['khanaqin'].chat.id}", f"chat_id = {town.province.chat.id}"
    assert old in right
    file.write_text(right.replace(old, new, 1), encoding="utf-8")
    asked, before = len(town.world.calls), len(town.log)
    town.launches()
    assert await town.ends() == 2
    told = town.log[before:].strip().splitlines()
    assert any(words in line for line in told), told
    assert all("line " in line for line in told), told
    assert len(told) <= 2
    assert len(town.world.calls) == asked
    file.write_text(right, encoding="utf-8")
    await town.starts()
