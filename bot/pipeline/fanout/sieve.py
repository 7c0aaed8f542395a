"""Whom a broadcast is for: the one rule by which people are counted before it is sent, found while it is, and looked up at the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

from bot.model.broadcasts import Audience
from bot.model.ids import LANGUAGES, ForumId
from bot.model.subscriptions import Topic
from bot.storage.subscribers import Subscriber

Fate = Literal["people", "other_languages", "quiet", "blocked"]
"""Whether somebody who asked for it gets it, and if not, why; as the fields of `Counted` are named."""


class Sieve:
    """Tells of each subscriber whether they are meant. `today` decides who has not been here for a year."""

    def __init__(self, audience: Audience, topic: Topic, today: date) -> None:
        self._languages = audience.languages
        self._in_any_language = replace(audience, languages=frozenset(LANGUAGES))
        self._topic = topic
        self._today = today

    def fate(self, person: Subscriber) -> tuple[Fate, ForumId] | None:
        """Return what becomes of somebody, and the district under which they count; None where it is not for them."""
        district = self._in_any_language.reached(person.subscription, person.language, self._topic)
        if district is None:
            return None
        if not person.reachable:
            return "blocked", district
        if person.quiet(self._today):
            return "quiet", district
        return ("people" if person.language in self._languages else "other_languages"), district

    def meant(self, person: Subscriber) -> ForumId | None:
        """Return the district under which somebody gets it, None where they do not."""
        fate = self.fate(person)
        return fate[1] if fate is not None and fate[0] == "people" else None
