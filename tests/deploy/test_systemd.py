"""The units for systemd: they hold together, leave the bot little that it could do, and name what there is."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from bot.check.machine import key_file
from bot.cli.keys import make
from bot.config import example, load

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
SERVICES = ["alwand.service", "alwand@.service", "alwand-backup.service"]
RUNNING = ["alwand.service", "alwand@.service"]
PROGRAM = "/opt/alwand/venv/bin/alwand"
MOST_EXPOSED = 1.5

analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here: apt-get install systemd")


def settings(unit: str) -> dict[str, list[str]]:
    """Return what a unit sets, by name."""
    found = defaultdict(list)
    for line in (UNITS / unit).read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name].append(value)
    return found


def hardening(unit: str) -> list[str]:
    """Return the lines of a unit that take something from it."""
    lines = (UNITS / unit).read_text(encoding="utf-8").splitlines()
    return [line for line in lines[lines.index("CapabilityBoundingSet=") :] if line.partition("=")[0] not in ("", "WantedBy", "[Install]")]


@analyze
@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_exposed_as_little_as_it_can_be(unit: str) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNITS / unit)], capture_output=True, text=True, check=True
    )
    level = re.search(r"Overall exposure level for \S+: (\d+\.\d+)", told.stdout)
    assert level is not None, told.stdout + told.stderr
    assert float(level[1]) <= MOST_EXPOSED


@analyze
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """In a copy whose program exists; the template as its first process."""
    names = {"alwand@.service": "alwand@1.service"}
    copies = []
    for unit in [*SERVICES, "alwand-backup.timer"]:
        copy = tmp_path / names.get(unit, unit)
        copy.write_text((UNITS / unit).read_text(encoding="utf-8").replace(PROGRAM, "/bin/true"), encoding="utf-8")
        copies.append(str(copy))
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", *copies], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("unit", RUNNING)
def test_a_bot_that_hangs_or_falls_is_started_again_and_leaves_no_image_of_its_memory(unit: str) -> None:
    """F34; and it has longer to end than it takes (F33)."""
    found = settings(unit)
    assert found["Type"] == ["notify"]
    assert int(found["WatchdogSec"][0]) <= 60
    assert (found["Restart"], found["StartLimitIntervalSec"], found["LimitCORE"]) == (["always"], ["0"], ["0"])
    assert int(found["TimeoutStopSec"][0]) > 11


@pytest.mark.parametrize("unit", SERVICES)
def test_key_and_token_come_as_credentials_and_nothing_secret_is_in_a_unit(unit: str) -> None:
    found = settings(unit)
    given = dict(credential.split(":") for credential in found["LoadCredential"])
    assert given["alwand_key"] == "/etc/alwand/alwand.key"
    assert all("%d/" in value for value in " ".join(found["Environment"]).split() if "_FILE=" in value)
    assert not re.search(r"\d{6,}:|PASSWORD", (UNITS / unit).read_text(encoding="utf-8"))


def test_all_services_are_held_alike() -> None:
    one, several, backup = (hardening(unit) for unit in SERVICES)
    assert one == several
    allowed = "SystemCallFilter=adjtimex"
    assert [line for line in one if not line.startswith(("#", allowed))] == [line for line in backup if not line.startswith(("#", allowed))]


def test_processes_beside_each_other_have_ports_of_their_own_and_share_the_rest() -> None:
    one, several = settings("alwand.service"), settings("alwand@.service")
    assert {name for name in one.keys() | several.keys() if one[name] != several[name]} == {
        "Description", "After", "Environment", "RuntimeDirectoryPreserve",
    }  # fmt: skip
    assert "ALWAND_HEALTH__PORT=946%i ALWAND_TELEGRAM__WEBHOOK_PORT=808%i" in several["Environment"]


def test_what_the_environment_sets_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in (UNITS / "environment").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("ALWAND_HEALTH__PORT", "9461")
    monkeypatch.setenv("ALWAND_TELEGRAM__WEBHOOK_PORT", "8081")
    config = load(example())
    assert config.storage.url == "sqlite+aiosqlite:////var/lib/alwand/alwand.db"
    assert str(config.backup.erased) == "/var/lib/alwand/alwand.erased"
    assert (config.health.port, config.telegram.webhook_port) == (9461, 8081)


def test_a_key_that_systemd_holds_is_not_taken_for_one_that_others_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lets the bot's user in by a list of its own, which shows as a right of the group."""
    make(tmp_path / "alwand_key")
    (tmp_path / "alwand_key").chmod(0o440)
    monkeypatch.setenv("ALWAND_KEYS__FILE", str(tmp_path / "alwand_key"))
    assert key_file(load(example())).level == "wrong"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert key_file(load(example())).level == "fine"


def test_a_command_beside_the_bot_runs_as_its_user_with_what_it_may_read(tmp_path: Path) -> None:
    """With a `systemd-run` that shows what it was asked for, and does it."""
    (tmp_path / "credentials").mkdir()
    program = tmp_path / "alwand"
    program.write_text('#!/bin/sh\necho "$ALWAND_KEYS__FILE $ALWAND_TELEGRAM__TOKEN_FILE $*"\n')
    program.chmod(0o755)
    stand_in = tmp_path / "systemd-run"
    stand_in.write_text(
        '#!/bin/sh\nfor asked; do case "$asked" in --) shift; break;; *) echo "$asked" >> "$ASKED"; shift;; esac; done\nexec "$@"\n'
    )
    stand_in.chmod(0o755)
    script = tmp_path / "script"
    script.write_text((UNITS / "alwand").read_text(encoding="utf-8").replace(PROGRAM, str(program)), encoding="utf-8")
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "ASKED": str(tmp_path / "asked"), "CREDENTIALS_DIRECTORY": "/run/credentials/x",
    }  # fmt: skip
    told = subprocess.run(["sh", str(script), "forum", "code", "a b"], env=environment, capture_output=True, text=True, check=True).stdout
    assert told == "/run/credentials/x/alwand_key /run/credentials/x/telegram_token forum code a b\n"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert "--property=User=alwand" in asked
    given = {line.removeprefix("--property=LoadCredential=") for line in asked if "LoadCredential" in line}
    assert given == set(settings("alwand.service")["LoadCredential"])
    assert stat.S_IMODE((UNITS / "alwand").stat().st_mode) & stat.S_IXUSR
