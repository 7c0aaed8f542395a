"""What is installed is complete: the wheel, in an environment of its own."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    script = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    built = subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return folder / built.stdout.split()[-1]


@pytest.fixture(scope="module")
def alwand(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it where nothing of the checkout can be found, beside the dependencies that are here already."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    uv = Path(sys.executable).parent / "uv"
    install = [str(uv), "pip", "install", "-q", "--offline", "--no-deps", "--python", str(python), str(wheel)]
    subprocess.run(install, check=True, timeout=120)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "alwand"


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=60)


def test_the_wheel_holds_catalogues_migrations_page_and_settings(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    expected = [name for name in tracked if name.startswith(("bot/", "handlers/"))]
    assert [name for name in expected if name not in names and (ROOT / name).exists()] == []
    assert {f"bot/locales/{language}/LC_MESSAGES/messages.po" for language in ("ar", "ckb", "en")} <= names
    assert any(name.startswith("bot/storage/migrations/versions/") for name in names)
    assert {"bot/config.example.toml", "bot/demo/page/index.html", "bot/py.typed"} <= names
    assert not any(name.startswith(("tests/", "bench/", "docs/")) for name in names)


def test_an_installed_alwand_runs_without_the_checkout(alwand: Path, tmp_path: Path) -> None:
    assert run(alwand, "--version", folder=tmp_path).stdout.startswith("alwand, version ")
    assert run(alwand, "keys", "new", "alwand.key", folder=tmp_path).returncode == 0
    shown = run(alwand.parent / "python", "-c", "import bot.config as c; print(c.example())", folder=tmp_path).stdout.strip()
    assert str(ROOT) not in shown
    (tmp_path / "config.toml").write_text(Path(shown).read_text(encoding="utf-8"), encoding="utf-8")
    checked = run(alwand, "check", "--config", "config.toml", folder=tmp_path)
    assert checked.stderr == ""
    assert "✔ key: only its owner can read it" in checked.stdout
    assert "✔ language ckb: all " in checked.stdout


def test_python_m_bot_is_the_same(alwand: Path, tmp_path: Path) -> None:
    python = alwand.parent / "python"
    assert run(python, "-m", "bot", "--help", folder=tmp_path).stdout == run(alwand, "--help", folder=tmp_path).stdout
