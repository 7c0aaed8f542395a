"""The guides: what they call a button is what it is called, and every picture is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.i18n import render
from bot.i18n.update import CHECKOUT
from bot.model.ids import LANGUAGES, Language
from bot.model.text import C_, Text
from handlers.session_words import LANGUAGE_NAMES
from tests.town.words import plain

GUIDES = CHECKOUT / "docs" / "guide"
PAGES = sorted(page.name for page in (GUIDES / "en").glob("*.md"))
BOLD = re.compile(r"\*\*([^*.]+)\*\*|(?<!\*)\*([^*\n]+)\*(?!\*)")
PICTURE = re.compile(r'<img src="([^"]+)" width="420" alt="([^"]+)">')
LINK = re.compile(r"\]\(([^)#:]+)\)")
LARGEST = 120_000
PRESSED = {"button", "promise", "when", "circle"}
"""The contexts of what stands on buttons, or is said of a promise."""


def named(page: str, language: Language) -> set[str]:
    """Return what a guide names in bold or italics."""
    text = (GUIDES / language / page).read_text(encoding="utf-8")
    return {one or other for one, other in BOLD.findall(text)}


def pictured(page: str, language: Language) -> list[tuple[str, str]]:
    """Return a guide's pictures and what they show, in words."""
    return PICTURE.findall((GUIDES / language / page).read_text(encoding="utf-8"))


def number(source: str) -> str:
    """Return which picture of its page this is, in whatever language."""
    return Path(source).stem.partition("-")[2]


def labels() -> Iterator[Text]:
    """Everything that can be pressed."""
    with (CHECKOUT / "locales" / "messages.pot").open("rb") as template:
        for message in read_po(template):
            if message.context in PRESSED and "{" not in message.id:
                yield Text(str(message.id), context=message.context)
    yield from (C_("button", "Text: {language}", language=name) for name in LANGUAGE_NAMES.values())


def called(language: Language) -> dict[str, set[str]]:
    """Return what each of them is called, by its English name."""
    found: dict[str, set[str]] = {}
    for label in labels():
        found.setdefault(plain(render(label, "en")), set()).add(plain(render(label, language)))
    return found


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_guide_calls_buttons_as_the_bot_does_in_its_language(page: str, language: Language) -> None:
    known = called(language)
    for english in named(page, "en"):
        assert english in known, f"no button is called “{english}”"
        assert known[english] & named(page, language), f"“{english}” is not in the guide in {language}"
    assert named(page, language) <= set().union(*known.values())


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guide_has_its_own_pictures_light_enough_for_a_weak_network(page: str, language: Language) -> None:
    pictures = pictured(page, language)
    assert [number(source) for source, _ in pictures] == [number(source) for source, _ in pictured(page, "en")] != []
    for source, description in pictures:
        file = (GUIDES / language / source).resolve()
        assert file.name.startswith(f"{language}-")
        assert description
        assert 0 < file.stat().st_size < LARGEST


@pytest.mark.parametrize("page", ["README.md", *(f"{language}/{page}" for language in LANGUAGES for page in PAGES)])
def test_what_a_guide_links_to_is_there(page: str) -> None:
    for link in LINK.findall((GUIDES / page).read_text(encoding="utf-8")):
        assert (GUIDES / page).parent.joinpath(link).exists(), link


def test_every_guide_is_in_every_language_and_on_the_first_page() -> None:
    first = (GUIDES / "README.md").read_text(encoding="utf-8")
    for language in LANGUAGES:
        assert sorted(page.name for page in (GUIDES / language).glob("*.md")) == PAGES
        assert all(f"({language}/{page})" in first for page in PAGES)
