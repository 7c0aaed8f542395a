"""The province of the example configuration, and a phone in it."""

from __future__ import annotations

import pytest

from bot.config import example, load
from bot.model.ids import LANGUAGES, Language
from bot.model.province import Province
from tests.conversation.phone import Phone


@pytest.fixture(scope="session")
def province() -> Province:
    """The seven districts and categories that the example configures."""
    return load(example()).places()


@pytest.fixture
def stranger(province: Province) -> Phone:
    """Somebody who has never written."""
    return Phone(province)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    """Each of the three languages."""
    chosen: Language = request.param
    return chosen


@pytest.fixture
def phone(province: Province, language: Language) -> Phone:
    """A resident who has chosen a language and agreed."""
    return Phone(province, language=language, consented=True)


@pytest.fixture
def english(province: Province) -> Phone:
    """A resident who reads English."""
    return Phone(province, language="en", consented=True)
