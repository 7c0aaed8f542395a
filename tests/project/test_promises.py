"""What the project says of itself is true."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROMISED = "1-5 8-13 15-17 20-23 27 28 30 31 33-36 38 42-46 49-52 55-59 61 63 68 71 73 74 77 79-81 83 84 86-99 104 105 111-113 116 118"
"""The behaviours that reports, dialogue sessions and broadcasts stand for, by number."""


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


def numbers(text: str) -> set[int]:
    """Read "1-5 8" as 1, 2, 3, 4, 5 and 8."""
    found: set[int] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_promised_behaviour_is_named_by_the_test_that_proves_it() -> None:
    named: set[int] = set()
    for file in tracked("tests/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                docstring = ast.get_docstring(node) or ""
                named |= {int(number) for number in re.findall(r"\bB(\d{1,3})\b", docstring)}
                for first, last in re.findall(r"\bB(\d{1,3})\s*[-–]\s*B?(\d{1,3})\b", docstring):
                    named |= set(range(int(first), int(last) + 1))
    assert sorted(numbers(PROMISED) - named) == []


def test_the_way_of_a_message_names_files_that_exist() -> None:
    told = (ROOT / "bot" / "pipeline" / "__init__.py").read_text(encoding="utf-8")
    files = re.findall(r"\b[\w/]+\.py\b", told)
    assert len(files) >= 5
    missing = [
        name
        for name in files
        if not ((ROOT / "bot" / "pipeline" / name).exists() or (ROOT / name).exists() or (ROOT / "bot" / name).exists())
    ]
    assert missing == []


def test_every_room_says_what_it_is_for() -> None:
    silent = [file for file in tracked("bot/**/__init__.py", "handlers/**/__init__.py") if not file.read_text().lstrip().startswith('"""')]
    assert silent == []


def test_documents_link_to_files_that_exist() -> None:
    broken = []
    for document in tracked("*.md"):
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text(encoding="utf-8")):
            if not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []


def test_nothing_names_a_place_on_the_machine_it_was_written_on() -> None:
    places = re.compile(r"(?<![\w.])/(work|root|home/\w+)/")
    found = []
    for file in tracked():
        if file.suffix in {".py", ".md", ".toml", ".po", ".pot", ".js", ".css", ".html", ".lock", ""} and "vendor" not in file.parts:
            text = file.read_text(encoding="utf-8", errors="replace")
            found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in places.finditer(text)]
    assert found == []


def test_nothing_waits_for_later() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        str(file.relative_to(ROOT))
        for file in tracked("bot/*.py", "handlers/*.py", "tests/*.py", "bench/*.py")
        if unfinished.search(file.read_text(encoding="utf-8")) and file != Path(__file__)
    ]
    assert found == []
