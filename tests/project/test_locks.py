"""What is installed is what was chosen: pinned, hashed, from wherever a machine gets its packages."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-peers.lock"]
PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)")


def pinned(lock: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version, _ in PIN.findall((ROOT / lock).read_text(encoding="ascii"))}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="ascii")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_its_hashes(lock: str) -> None:
    starts = [line for line in (ROOT / lock).read_text(encoding="ascii").splitlines() if line and not line.startswith((" ", "#"))]
    assert len(starts) == len(PIN.findall((ROOT / lock).read_text(encoding="ascii")))
    assert len(starts) > 10


def test_developers_run_what_operators_run() -> None:
    development = pinned("requirements-dev.lock")
    assert {name: version for name, version in pinned("requirements.lock").items() if development.get(name) != version} == {}


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *(each for extra in extras for each in extra)]
    for lock, requirements in [("requirements.lock", wanted), ("requirements-dev.lock", wanted + project["dependency-groups"]["dev"])]:
        versions = pinned(lock)
        for requirement in map(Requirement, requirements):
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)], prereleases=True)
