"""A fresh machine: `make` says what is missing and how to mend it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def python(folder: Path, name: str, answers: str) -> str:
    """Make a stand-in for a Python that is not as it should be."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{answers}\n")
    file.chmod(0o755)
    return str(file)


def test_a_missing_python_is_told_with_how_to_install_it(checkout: Path) -> None:
    told = make(checkout, "demo", "PYTHON=python-that-is-not-there")
    assert told.returncode != 0
    assert "python3 is missing. Install it: apt-get install python3 python3-pip" in told.stdout


def test_an_old_python_is_told_with_how_to_name_another(checkout: Path) -> None:
    old = python(checkout, "old-python", 'case "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac')
    told = make(checkout, "demo", f"PYTHON={old}")
    assert told.returncode != 0
    assert "Python 3.11 or newer is needed" in told.stdout
    assert "is Python 3.9.2. Name a newer one: make demo PYTHON=python3.12" in told.stdout


def test_a_python_without_pip_is_told_with_how_to_install_it(checkout: Path) -> None:
    bare = python(checkout, "bare-python", 'case "$2" in *pip*) exit 1;; *) exit 0;; esac')
    told = make(checkout, "test", f"PYTHON={bare}")
    assert told.returncode != 0
    assert "pip 22.3 or newer is needed" in told.stdout
    assert "apt-get install python3-pip" in told.stdout


def test_installing_is_done_once_and_again_when_a_lock_changes(checkout: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    python(checkout / ".venv" / "bin", "python", "echo ran: $*")
    pip = python(checkout, "machine-python", "exit 0")
    first = make(checkout, "demo", f"PYTHON={pip}")
    assert (first.returncode, first.stdout.count("Installing what requirements.lock pins")) == (0, 1)
    assert "ran: -m bot demo --port 8700" in first.stdout
    again = make(checkout, "demo", f"PYTHON={pip}", "PORT=8710")
    assert (again.returncode, again.stdout) == (0, "ran: -m compileall -q bot handlers\nran: -m bot demo --port 8710\n")
    future = (checkout / ".venv" / "demo.stamp").stat().st_mtime + 10
    os.utime(checkout / "requirements.lock", (future, future))
    assert "Installing what requirements.lock pins" in make(checkout, "demo", f"PYTHON={pip}").stdout


def test_help_names_every_target() -> None:
    told = make(ROOT, "help").stdout
    targets = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY: ")).split()[1:]
    assert [target for target in targets if target not in ("help", "test-slow") and f"make {target}" not in told] == []
