"""docs/running.md says what is so: every file it names is there, and every command is one of the program's."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import get_args

import click
import pytest

from bot.channels.telegram.intake import Word
from bot.cli import alwand
from bot.config import Config

ROOT = Path(__file__).parents[2]
PAGES = ["docs/running.md", "docs/backup.md"]
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
CODE = re.compile(r"(?m)^    (.+)$|`([^`\n]+)`")


def code() -> list[str]:
    """Return everything that is set as code, line by line."""
    return [block or inline for block, inline in CODE.findall(PAGE)]


def commands() -> list[str]:
    """Return every call of the program, without what leads to it."""
    calls = []
    for line in code():
        found = re.search(r"(?:^|/|\bbot )alwand ((?:[a-z]+)(?: [^#`&;]*)?)", line.replace("-m bot ", "alwand "))
        if found and not line.startswith(("install", "createdb", "runuser", "git", "systemctl", "echo", "apt-get")):
            calls.append(found[1].strip())
    return calls


def test_every_file_that_is_named_is_there() -> None:
    named = {
        name
        for line in code()
        for name in re.findall(r"(?<![/\w])((?:deploy|docs)/[\w./@*-]+|config\.example\.toml|requirements[\w-]*\.lock)", line)
    }
    made = {"deploy/config.toml", "deploy/secrets"}
    missing = [name for name in named if not name.startswith(tuple(made)) and not list(ROOT.glob(name.rstrip("/.")))]
    assert len(named) > 8
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / page).parent.joinpath(link).exists(), link
    headings = {re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def test_every_command_is_one_of_the_programs() -> None:
    assert len(commands()) > 8
    for call in commands():
        found: click.Command | None = alwand
        for word in call.split():
            if not isinstance(found, click.Group):
                break
            found = found.get_command(click.Context(found), word) or (None if word.isalpha() else found)
        assert found is not None, call


def test_every_setting_that_is_named_exists() -> None:
    telegram = Config.model_fields["telegram"].default
    for name in set(re.findall(r"\bwebhook_(?:url|host|port|connections)\b", PAGE)):
        assert hasattr(telegram, name)


def test_every_alarm_of_the_channel_is_explained() -> None:
    assert [word for word in get_args(Word) if f"telegram, {word} |" not in PAGE] == []


def test_every_unit_that_is_named_can_be_installed() -> None:
    units = {re.sub(r"@\d", "@", name) for name in re.findall(r"alwand[\w@-]*\.(?:service|timer)", PAGE)}
    assert {name for name in units if not (ROOT / "deploy" / "systemd" / name).exists()} == set()


def test_the_first_page_leads_here() -> None:
    assert "(docs/running.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_is_tracked_holds_no_secret() -> None:
    tracked = subprocess.run(["git", "ls-files", "deploy"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in tracked if re.search(r"secrets/|config\.toml$|\.key$|token$", name)] == []
