"""`alwand demo`: one command, no account, no network (B111)."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bot.cli.demo import settings
from bot.config import example, load
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
    file.write_text(settings(example().read_text(encoding="utf-8"), "http://127.0.0.1:1", chats), encoding="utf-8")
    config = load(file)
    assert config.chats() == {forum: str(chat) for forum, chat in chats.items()}
    assert config.telegram.api_url == "http://127.0.0.1:1"
    assert not config.service.production
    assert config.places() == load(example()).places()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_demo_and_its_bot(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "kept"
    with subprocess.Popen((*DEMO, "--port", "0", "--keep", str(folder)), cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = running.stdout.readline()
        url = told.split()[4]
        with urllib.request.urlopen(f"{url}/console/state", timeout=5) as answer:
            assert b'"cast"' in answer.read()
        assert len(commands_naming(folder)) == 2  # the demo and its bot
        running.send_signal(number)
        assert running.wait(20) == 0
    assert told == f"Alwand's demo is at {url} (Ctrl-C ends it)\n"
    assert (folder / "alwand.key").stat().st_mode & 0o777 == 0o400
    assert not commands_naming(folder)
