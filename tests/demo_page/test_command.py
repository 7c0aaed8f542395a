"""`alwand demo`: one command, no account, no network (B111)."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.demo import settings, until_sendable
from bot.config import example, load
from bot.model.calendar import BAGHDAD
from bot.model.ids import PROVINCE

DEMO = (sys.executable, "-m", "bot", "demo")
ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run((*DEMO, *map(str, arguments)), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def commands_naming(folder: Path) -> list[bytes]:
    """The command lines of the processes that were given this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it may end while we look
            found.append(process.read_bytes())
    return [line for line in found if bytes(folder) in line]


def test_a_port_in_use_is_told_with_another_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("--port", str(port))
    assert told.returncode == 2
    assert told.stderr == f"port {port} is in use by another program; choose another: make demo PORT={port + 1}\n"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    told = run("--port", "0", "--keep", tmp_path)
    assert told.returncode == 2
    assert told.stderr == f"{tmp_path} is not empty: --keep needs a new folder, since each demo has its own Telegram\n"
    assert [file.name for file in tmp_path.iterdir()] == ["precious"]


def test_the_explained_example_becomes_the_demos_settings(tmp_path: Path) -> None:
    """Every forum and the province are linked to a group of the stand-in, and nothing else of the example changes."""
    forums = [district.id for district in load(example()).district]
    chats = {forum: -1001000000000 - number for number, forum in enumerate([*forums, PROVINCE])}
    file = tmp_path / "config.toml"
    channels = {"khanaqin": "khanaqin_cpf_demo"}
    file.write_text(settings(example().read_text(encoding="utf-8"), "http://127.0.0.1:1", chats, channels), encoding="utf-8")
    config = load(file)
    districts = config.places().districts
    assert {district.id: district.channel for district in districts if district.channel} == {"khanaqin": "@khanaqin_cpf_demo"}
    assert config.chats() == {forum: str(chat) for forum, chat in chats.items()}
    assert config.telegram.api_url == "http://127.0.0.1:1"
    assert not config.service.production
    assert tuple(replace(district, channel=None) for district in districts) == load(example()).places().districts


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-23T12:00", "2026-11-23T12:00"),
        ("2026-11-23T02:30", "2026-11-23T08:00"),
        ("2026-11-23T20:30", "2026-11-24T08:00"),
        ("2026-11-27T11:10", "2026-11-27T14:00"),
    ],
)
def test_the_demo_begins_when_broadcasts_are_sent_for_an_hour_at_least(now: str, begins: str) -> None:
    """Not at night, nor at Friday noon: a visitor would see nothing move."""
    moment = datetime.fromisoformat(now).replace(tzinfo=BAGHDAD)
    until = timedelta(seconds=until_sendable(load(example()).times(), moment))
    assert moment + until == datetime.fromisoformat(begins).replace(tzinfo=BAGHDAD)


def until_running(url: str, folder: Path) -> int:
    """Wait until the crowd is stored and the bot was started; return how many processes use the folder, 0 if it never was."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{url}/console/state", timeout=5) as answer:
            if json.load(answer)["bot"] == "running":
                return len(commands_naming(folder))
        time.sleep(0.1)
    return 0


def test_ctrl_c_while_the_crowd_is_stored_ends_the_demo_too(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with subprocess.Popen((*DEMO, "--port", "0", "--keep", str(folder)), cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
    assert not commands_naming(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_demo_and_its_bot(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "kept"
    with subprocess.Popen((*DEMO, "--port", "0", "--keep", str(folder)), cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = running.stdout.readline()
        url = told.split()[4]
        bots = until_running(url, folder)
        running.send_signal(number)
        assert running.wait(20) == 0
    assert bots == 2  # the demo and its bot
    assert told == f"Alwand's demo is at {url} (Ctrl-C ends it)\n"
    assert (folder / "alwand.key").stat().st_mode & 0o777 == 0o400
    assert not commands_naming(folder)
