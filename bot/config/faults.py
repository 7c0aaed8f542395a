"""Tells what is wrong with the settings in the words of the file: the line, the key as it stands there, and what to do.

Values are never repeated: one of them may be a secret.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.errors import ConfigError

T = TypeVar("T")
Key = tuple[str | int, ...]
"""Where a setting stands: `("district", 2, "centre", "lat")`, counted from 0."""

TABLE = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]")
ENTRY = re.compile(r"\s*([\w.\-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    key: Key
    words: str


def unless(right: object, value: T, words: str) -> T:
    """Return the value if it is right; refuse it otherwise. For validators: `words` follow the name of the setting."""
    if not right:
        raise ValueError(words)
    return value


def matching(pattern: str, words: str) -> Callable[[str], str]:
    """Return a validator for text of a form that `words` describe."""
    compiled = re.compile(pattern)
    return lambda value: unless(compiled.fullmatch(value), value, words)


def refuse(found: Sequence[Fault]) -> None:
    """Refuse the settings as a whole, with faults that each have a place of their own. For validators."""
    if found:
        raise PydanticCustomError("several", "several settings do not go together", {"faults": found})


def reason(error: Exception) -> str:
    """Return why a file could not be read, without its content."""
    return (error.strerror or type(error).__name__).lower() if isinstance(error, OSError) else "it is not text"


def read(path: Path | None) -> str:
    """Return the text of the settings file; without a file there are only those of the environment. Raises ConfigError."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({reason(error)}); begin with a copy of config.example.toml") from None


def tell(error: ValidationError, root: type[BaseModel], path: Path | None, text: str, given: Mapping[str, Any]) -> str:
    """Return one line for each fault, in the order of the file.

    Args:
        error: what pydantic found.
        root: the class of all settings, to suggest the nearest known name.
        path: the file; None if there is only the environment.
        text: its content.
        given: the same, parsed.
    """
    lines = lines_of(text)
    told = []
    for fault in _found(error, root):
        line = next((lines[fault.key[:end]] for end in range(len(fault.key), 0, -1) if fault.key[:end] in lines), None)
        variable = "ALWAND_" + "__".join(map(str, fault.key)).upper()
        if variable in os.environ:
            told.append((0, f"{variable}: {fault.words}"))
        else:
            where = f"{path or 'settings'}" + (f", line {line}" if line else "")
            told.append((line or 0, f"{where}: {in_words(fault.key, given)}: {fault.words}"))
    return "\n".join(words for _, words in sorted(told))


def in_words(key: Key, given: Mapping[str, Any]) -> str:
    """Return a setting's name as operators know it: `[[district]] no. 3 (id "mandali") centre.lat`."""
    parts: list[str] = []
    tables: list[str] = []
    here: Any = given
    for index, name in enumerate(key):
        following = key[index + 1] if index + 1 < len(key) else None
        if isinstance(name, int):
            here = here[name] if isinstance(here, list) and name < len(here) else None
            parts.append(f"no. {name + 1}{_called(here)}")
            continue
        here = here.get(name) if isinstance(here, Mapping) else None
        if _of_tables(here) or (isinstance(following, int) and len(key) > index + 2):
            tables.append(name)
            parts.append(f"[[{'.'.join(tables)}]]")
        elif index == 0 and isinstance(here, Mapping) and _of_tables(here.get(following)):
            tables.append(name)
        elif index == 0 and (following is not None or isinstance(here, Mapping)):
            parts.append(f"[{name}]")
        else:
            rest = [f" no. {part + 1}" if isinstance(part, int) else f".{part}" for part in key[index + 1 :]]
            parts.append(name + "".join(rest))
            break
    return " ".join(parts)


def _of_tables(entries: Any) -> bool:
    return isinstance(entries, list) and any(isinstance(entry, Mapping) for entry in entries)


def lines_of(text: str) -> dict[Key, int]:
    """Return the line on which each table and each entry of a TOML file begins, counted from 1."""
    found: dict[Key, int] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if opened := TABLE.match(line):
            table = _table(opened[2].split("."), counts, repeated=opened[1] == "[[")
            found.setdefault(table, number)
        elif entry := ENTRY.match(line):
            names = entry[1].split(".")
            for depth in range(1, len(names) + 1):
                found.setdefault((*table, *names[:depth]), number)
    return found


def _table(names: Sequence[str], counts: dict[Key, int], *, repeated: bool) -> Key:
    """Return the key of the table that a header opens, and count it."""
    key: Key = ()
    for depth, name in enumerate(names, start=1):
        key = (*key, name)
        if depth == len(names) and repeated:
            counts[key] = counts.get(key, -1) + 1
        if key in counts:
            key = (*key, counts[key])
    return key


def _found(error: ValidationError, root: type[BaseModel]) -> Iterator[Fault]:
    for detail in error.errors(include_url=False, include_input=False):
        several: Sequence[Fault] = detail.get("ctx", {}).get("faults", ())
        yield from several or [Fault(detail["loc"], _words(detail, root))]


def _words(detail: ErrorDetails, root: type[BaseModel]) -> str:
    kind, key = detail["type"], detail["loc"]
    section = _section(root, key)
    known = section.model_fields if section else {}
    name = str(key[-1]) if key else ""
    if kind == "missing":
        return f"is missing. {known[name].description or ''}".strip() if name in known else "is missing"
    if kind == "extra_forbidden":
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        return "is not a setting" + (f"; did you mean {nearest[0]}?" if nearest else f"; known here: {', '.join(known)}")
    words = detail["msg"].removeprefix("Value error, ").replace("Input should", "should", 1)
    return words[:1].lower() + words[1:]


def _section(root: type[BaseModel], key: Key) -> type[BaseModel] | None:
    """Return the class of the table in which a setting stands."""
    section: type[BaseModel] | None = root
    for name in key[:-1]:
        if isinstance(name, str) and section is not None:
            field = section.model_fields.get(name)
            section = _class_in(field.annotation) if field else None
    return section


def _class_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _class_in(part))), None)


def _called(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return ""
    for name in ("id", "key"):
        if isinstance(entry.get(name), str):
            return f' ({name} "{entry[name]}")'
    names = entry.get("names")
    return f' ("{names["en"]}")' if isinstance(names, Mapping) and isinstance(names.get("en"), str) else ""
