"""Every sentence in every language, and fit to be filled in: what `make check` asks of the catalogues."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from dennis.linter import Linter

from bot.i18n.update import CHECKOUT, ROOMS, catalogues, problems

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
GLUED = re.compile(r"[\w\u0640\u064b-\u0652]\{|\}[\w\u0640\u064b-\u0652]")
QUOTED = re.compile(r"“([^”{]+)”")
ONLY_ONE_NUMBER = {"ar": {0, 1, 2}, "ckb": {0}, "en": {0}}
"""Plural forms that stand for a single number and may therefore say it in a word."""
FOREIGN = {
    "ar": re.compile(r"[یکەڕڵۆێھ٠-٩۰-۹,;?“”\u200b-\u200f\u202a-\u202e\u2066-\u2069]"),
    "ckb": re.compile(r"\bر|[يكةىھ٠-٩۰-۹,;?“”\u200b-\u200f\u202a-\u202e\u2066-\u2069]"),
    "en": re.compile(r"[\u0600-\u06ff\u200b-\u200f\u202a-\u202e\u2066-\u2069]"),
}
"""Letters of the neighbour's keyboard (in Kurdish also a word that begins with a plain ر), digits and signs of another script, invisible
signs: the program adds its own isolates."""

SAID_BY_TELEGRAM = {"Remain anonymous", "Start"}
"""Quoted, but labels of Telegram's and not of ours."""

LANGUAGES = {path.parts[-3]: path for path in catalogues()}


def read(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()), abort_invalid=True)


def forms(message: Message) -> list[str]:
    """Return the translations of a message, one or a plural's worth."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def english(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def labels(catalog: Catalog) -> dict[str, set[str]]:
    """Return what each single sentence may be called, whatever its context."""
    found: dict[str, set[str]] = {}
    for message in catalog:
        if isinstance(message.id, str) and message.id:
            found.setdefault(message.id, set()).update(forms(message))
    return found


def faults(language: str, message: Message, called: dict[str, set[str]]) -> Iterator[str]:
    """Say what is wrong with a translation."""
    wanted = set(PLACEHOLDER.findall(english(message)[-1]))
    for index, form in enumerate(forms(message)):
        own_words = len(forms(message)) > 1 and index in ONLY_ONE_NUMBER[language]
        there = set(PLACEHOLDER.findall(form))
        if there - wanted or wanted - there - ({"{count}"} if own_words else set()):
            yield "other placeholders"
        if re.search(r"[{}]", PLACEHOLDER.sub("", form)):
            yield "a lone brace"
        if GLUED.search(form):
            yield "a letter touches a placeholder"
        if language != "en" and form in english(message) and re.search("[A-Za-z]", PLACEHOLDER.sub("", form)):
            yield "left in English"
        if FOREIGN[language].search(form):
            yield "a sign of another script"
        if form != unicodedata.normalize("NFC", form) or form != form.strip():
            yield "not in normal form"
        for label in set(QUOTED.findall("" if own_words else english(message)[-1])) - SAID_BY_TELEGRAM:
            quotes = "“{}”" if language == "en" else "«{}»"
            if not any(quotes.format(name) in form for name in called.get(label, ())):
                yield f"does not quote the button {label!r}"


def test_the_catalogues_are_complete_and_level_with_the_code() -> None:
    """B34: nothing missing, empty, fuzzy or no longer said, in any language."""
    assert problems() == []
    assert set(LANGUAGES) == {"ar", "ckb", "en"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_can_be_filled_in_and_read(language: str) -> None:
    """B36: the same placeholders, no prefix or suffix touching one, letters and signs of its own script, buttons by their names."""
    catalog = read(LANGUAGES[language])
    called = labels(catalog)
    found = [f"{message.id!r}: {fault}" for message in catalog if message.id for fault in faults(language, message, called)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_dennis_finds_nothing(language: str) -> None:
    # Without W302, "unchanged": it also minds sentences that are all placeholders; `faults` looks for English left standing.
    rules = ["E101", "E102", "E103", "E104", "E201", "W202", "W301", "W303"]
    linter = Linter(["python-brace-format"], rules)
    assert [(found.code, found.line, found.msg) for found in linter.verify_file(LANGUAGES[language].read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("البلاغ", "other placeholders"),
        ("البلاغ {refrence}", "other placeholders"),
        ("البلاغ {reference", "other placeholders"),
        ("البلاغ {reference}}", "a lone brace"),
        ("للبلاغ بـ{reference}", "a letter touches a placeholder"),
        ("البلاغ {reference}ه", "a letter touches a placeholder"),
        ("سکاڵای {reference}", "a sign of another script"),
        ("البلاغ {reference}, ٣", "a sign of another script"),
        ("البلاغ \u2068{reference}\u2069", "a sign of another script"),
        ("البلاغ {reference} ", "not in normal form"),
        ("Press “Done” for {reference}", "left in English"),
        ("اضغطوا «إنهاء» {reference}", "does not quote the button 'Done'"),
    ],
)
def test_a_bad_translation_would_be_found(translation: str, fault: str) -> None:
    """The measures above can fail: each kind of fault, once."""
    message = Message("Press “Done” for {reference}", translation)
    assert fault in list(faults("ar", message, {"Done": {"تم"}}))
    good = Message("Press “Done” for {reference}", "اضغطوا «تم» للبلاغ {reference}")
    assert list(faults("ar", good, {"Done": {"تم"}})) == []


def test_a_count_may_be_a_word_only_where_the_form_means_one_number() -> None:
    """B38."""
    one = ("{count} file", "{count} files")
    good = Message(one, ("لا توجد", "ملف واحد", "ملفان", "{count} ملفات", "{count} ملفًا", "{count} ملف"))
    assert list(faults("ar", good, {})) == []
    assert list(faults("ar", Message(one, (*forms(good)[:3], "ملفات", *forms(good)[4:])), {})) == ["other placeholders"]


def test_every_marked_sentence_is_written_out_where_it_is_marked() -> None:
    """B34: a sentence put together or passed on in a variable would escape the extraction, and so every translator."""
    wrong = []
    for room in ROOMS:
        for path in sorted((CHECKOUT / room).rglob("*.py")):
            if path != CHECKOUT / "bot" / "model" / "text.py":
                wrong += [f"{path.relative_to(CHECKOUT)}:{line}" for line in unwritten(ast.parse(path.read_text(encoding="utf-8")))]
    assert wrong == []


def unwritten(tree: ast.AST) -> Iterator[int]:
    """Return the lines of the calls whose sentence is not a literal, and of texts made without a mark."""
    marks = {"N_": 1, "C_": 2, "P_": 2, "Text": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in marks:
            sentences = node.args[: marks[node.func.id]]
            if not sentences or not all(isinstance(sentence, ast.Constant) for sentence in sentences):
                yield node.lineno


@pytest.mark.parametrize("code", ["N_(words)", "N_('a' + b)", "P_('a', plural, 3)", "C_('menu', f'{a}')", "Text('Hello')"])
def test_a_sentence_that_escapes_the_extraction_would_be_found(code: str) -> None:
    assert list(unwritten(ast.parse(code))) == [1]
    assert list(unwritten(ast.parse("N_('a' 'b', x=words)\nP_('a', 'b', n)\nC_('menu', 'a')"))) == []
