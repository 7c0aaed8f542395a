"""The guides: what they call a button is what it is called, and every picture is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.i18n import render
from bot.model.ids import LANGUAGES, Language
from bot.model.text import C_
from tests.town.words import plain

GUIDES = Path(__file__).parents[2] / "docs" / "guide"
PAGES = sorted(page.name for page in (GUIDES / "en").glob("*.md"))
BOLD = re.compile(r"\*\*([^*.]+)\*\*|(?<!\*)\*([^*\n]+)\*(?!\*)")
PICTURE = re.compile(r'<img src="([^"]+)" width="420" alt="([^"]+)">')
LARGEST = 150_000


def named(page: str, language: Language) -> set[str]:
    """Return what a guide names in bold or italics."""
    text = (GUIDES / language / page).read_text(encoding="utf-8")
    return {one or other for one, other in BOLD.findall(text)}


def called(english: str, language: Language) -> set[str]:
    """Return what the button, or the state of a promise, is called."""
    return {plain(render(C_(context, english), language)) for context in ("button", "promise")}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_guide_calls_buttons_as_the_bot_does_in_its_language(page: str, language: Language) -> None:
    for english in named(page, "en"):
        assert called(english, language) != {english}, f"no button is called “{english}”"
        assert called(english, language) & named(page, language), f"“{english}” is not in the guide in {language}"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guide_has_its_own_pictures_light_enough_for_a_weak_network(page: str, language: Language) -> None:
    pictures = PICTURE.findall((GUIDES / language / page).read_text(encoding="utf-8"))
    assert len(pictures) == len(PICTURE.findall((GUIDES / "en" / page).read_text(encoding="utf-8"))) > 0
    for source, description in pictures:
        file = (GUIDES / language / source).resolve()
        assert file.name.startswith(f"{language}-")
        assert description
        assert 0 < file.stat().st_size < LARGEST
