"""What every command has in common."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import COMMANDS, alwand
from tests.cli.test_keys import alwand as process


def test_help_names_every_command_with_a_sentence() -> None:
    shown = CliRunner().invoke(alwand, ["--help"]).output
    for name in COMMANDS:
        line = next(line for line in shown.splitlines() if line.strip().startswith(f"{name} "))
        assert len(line.split()) > 3


@pytest.mark.parametrize("command", [["run"], ["check"], ["forum", "list"], ["forum", "code", "khanaqin"]])
def test_a_wrong_setting_ends_with_2_and_one_line(tmp_path: Path, command: list[str]) -> None:
    """B112, F37."""
    told = process(*command, "--config", tmp_path / "none.toml")
    assert told.returncode == 2
    assert told.stderr == f"{tmp_path}/none.toml: cannot be read (no such file or directory); begin with a copy of config.example.toml\n"
    assert told.stdout == ""


def test_an_unknown_command_is_told() -> None:
    result = CliRunner().invoke(alwand, ["rnu"])
    assert result.exit_code == 2
    assert "No such command 'rnu'" in result.output


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """A list of processes shows arguments to everybody on the machine."""
    for name in COMMANDS:
        shown = CliRunner().invoke(alwand, [name, "--help"]).output.lower()
        assert "--token" not in shown
        assert "--key" not in shown
