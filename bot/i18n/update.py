"""Keep the catalogues level with the code: `python -m bot.i18n.update`, or `--check` to only say what is wrong.

Sentences are found by their marks `N_`, `C_` and `P_` in `bot/` and `handlers/` of a checkout. A translation stays as long as its English
id stays to the letter, with the translator's comments; a changed id is a new sentence (nothing is guessed), one that is no longer used is
dropped. The files have no dates and no line numbers, so they change only with the words.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers")
NOTE = "For translators:"
"""Starts a comment in the code that is copied to the translators."""

_MARKS: dict[str, tuple[int | tuple[int, str], ...] | None] = {"N_": None, "C_": ((1, "c"), 2), "P_": (1, 2)}
_TEMPLATE_HEAD = (
    "# Every sentence of Alwand, in English. Written by `make locales`; nothing here is edited by hand.\n"
    'msgid ""\nmsgstr ""\n'
    '"Project-Id-Version: alwand\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
)

Id = tuple[str | None, str]
"""Context and English sentence: what a translation belongs to."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the code, with the files that say it and what they tell translators."""

    id: Id
    plural: str | None
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def words(self) -> str | tuple[str, str]:
        """Return the English sentence, or its two forms."""
        return self.id[1] if self.plural is None else (self.id[1], self.plural)


def sentences(checkout: Path = CHECKOUT) -> list[Sentence]:
    """Return every marked sentence of the code, grouped by the first file that says it, then by context and words.

    Raises:
        ValueError: one sentence has two plurals, so its translations could not be told apart.
    """
    found: dict[Id, Sentence] = {}
    for room in ROOMS:
        for path in sorted((checkout / room).rglob("*.py")):
            _collect(path, path.relative_to(checkout).as_posix(), found)
    return sorted(found.values(), key=lambda sentence: (sentence.files[0], sentence.id[0] or "", sentence.id[1]))


def _collect(path: Path, name: str, found: dict[Id, Sentence]) -> None:
    for _, words, notes, context in extract_from_file("python", path, _MARKS, [NOTE], strip_comment_tags=True):
        singular, plural = (words, None) if isinstance(words, str) else (words[0], words[1])
        sentence = found.setdefault((context, singular), Sentence((context, singular), plural))
        if sentence.plural != plural:
            raise ValueError(f"said with different plurals: {singular!r}")
        sentence.files.extend({name}.difference(sentence.files))
        sentence.notes.extend(note for note in notes if note not in sentence.notes)


def template(used: Iterable[Sentence]) -> str:
    """Return the content of messages.pot."""
    catalog = Catalog()
    for sentence in used:
        _add(catalog, sentence, None)
    return _written(_TEMPLATE_HEAD, catalog)


def merged(used: Iterable[Sentence], content: str) -> str:
    """Return a catalogue with exactly the used sentences: known translations and comments kept, others empty; English says itself."""
    known = read_po(BytesIO(content.encode()), abort_invalid=True)
    catalog = Catalog(known.locale)
    catalog.mime_headers = known.mime_headers
    for sentence in used:
        _add(catalog, sentence, known)
    head, _, _ = content.partition("\n\n")
    return _written(f"{head.rstrip()}\n", catalog)


def _add(catalog: Catalog, sentence: Sentence, known: Catalog | None) -> None:
    context, singular = sentence.id
    old = known.get(singular, context) if known else None
    same = old is not None and old.id == sentence.words() and not old.fuzzy
    string = old.string if old and same else None
    if catalog.locale_identifier == "en" and not any(string or ()):
        string = sentence.words()
    catalog.add(
        sentence.words(),
        string,
        locations=[(name, 0) for name in sentence.files],
        auto_comments=sentence.notes,
        user_comments=old.user_comments if old and same else (),
        context=context,
    )


def _written(head: str, catalog: Catalog) -> str:
    output = BytesIO()
    write_po(output, catalog, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return f"{head}\n{output.getvalue().decode().rstrip()}\n"


def catalogues(checkout: Path = CHECKOUT) -> list[Path]:
    """Return the catalogues of all languages."""
    return sorted(checkout.glob("locales/*/LC_MESSAGES/messages.po"))


def update(checkout: Path = CHECKOUT) -> None:
    """Write messages.pot and every catalogue anew."""
    used = sentences(checkout)
    (checkout / "locales" / "messages.pot").write_text(template(used), encoding="utf-8")
    for path in catalogues(checkout):
        path.write_text(merged(used, path.read_text(encoding="utf-8")), encoding="utf-8")


def problems(checkout: Path = CHECKOUT) -> list[str]:
    """Return, one line each, what keeps the catalogues from being complete and level with the code."""
    used = sentences(checkout)
    found = []
    pot = checkout / "locales" / "messages.pot"
    if not pot.is_file() or pot.read_text(encoding="utf-8") != template(used):
        found.append(f"{pot.relative_to(checkout)}: not level with the code, run `make locales`")
    for path in catalogues(checkout):
        found += [f"{path.relative_to(checkout)}: {problem}" for problem in _faults(used, path.read_text(encoding="utf-8"))]
    return found


def _faults(used: list[Sentence], content: str) -> Iterator[str]:
    there = {(message.context, _singular(message)): message for message in _messages(content)}
    wanted = {sentence.id: sentence for sentence in used}
    yield from (f"missing: {sentence.id[1]!r}" for sentence in used if sentence.id not in there)
    for id_, message in there.items():
        if id_ not in wanted:
            yield f"stale: {id_[1]!r}"
        elif message.fuzzy:
            yield f"fuzzy: {id_[1]!r}"
        elif not message.string or not all(message.string):
            yield f"empty: {id_[1]!r}"
    if content != merged(used, content):
        yield "not as `make locales` writes it"


def _messages(content: str) -> Iterator[Message]:
    catalog = read_po(BytesIO(content.encode()), abort_invalid=True)
    return (message for message in (*catalog, *catalog.obsolete.values()) if message.id)


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def main(arguments: list[str]) -> int:
    """Update the catalogues, or with `--check` print what is wrong; return the exit status."""
    if not arguments:
        update()
        return 0
    if arguments != ["--check"]:
        click.echo("usage: python -m bot.i18n.update [--check]", err=True)
        return 2
    found = problems()
    click.echo("\n".join(found) if found else "The catalogues are complete and level with the code.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
