"""The province as configured: districts with their forums, categories, numbers to call. The nouns that configuration alone changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.model.ids import PROVINCE, ForumId, Language
from bot.model.text import Names


@dataclass(frozen=True, slots=True)
class Locality:
    """A town, village or quarter inside a district, with the spellings people type."""

    names: Names
    spellings: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    has_forum: bool = True


@dataclass(frozen=True, slots=True)
class District:
    """An area with a forum of its own.

    Attributes:
        spellings: what people type for it, in any script.
        ambiguous: forms that are also ordinary words: taken only as an answer to "Which area?".
        not_this: look-alike names of other places.
        latitude, longitude: the town centre, WGS 84 degrees.
        channel: the address of its public channel, where it has one.
    """

    id: ForumId
    code: str
    names: Names
    spellings: tuple[str, ...]
    latitude: float
    longitude: float
    language: Language
    ambiguous: tuple[str, ...] = ()
    not_this: tuple[str, ...] = ()
    localities: tuple[Locality, ...] = ()
    emergency: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of concern. `desk` is where its text goes: the district's forum, or the focal chat of the province."""

    key: str
    names: Names
    hint: Names
    urgent: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number to call; shown to residents only with `show`."""

    key: str
    number: str
    names: Names
    show: bool
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class Province:
    """Everything configured that a decision may know.

    `greetings`: the languages in which the first screen can be heard. `paid`: how many messages a second a broadcast is sent at the
    channel's price, 0 where that is not wanted.
    """

    names: Names
    language: Language
    districts: tuple[District, ...]
    categories: tuple[Category, ...]
    hotlines: tuple[Hotline, ...]
    outside: tuple[Locality, ...] = ()
    keep_after_close: timedelta = timedelta(days=180)
    draft_reminder: timedelta = timedelta(hours=1)
    draft_expiry: timedelta = timedelta(days=7)
    reply_within: timedelta = timedelta(days=2)
    late_after: timedelta = timedelta(minutes=30)
    transfers: int = 3
    greetings: frozenset[Language] = frozenset()
    paid: int = 0

    def district(self, forum: ForumId) -> District | None:
        """Return the district of a forum; None for the province and for what is no longer configured."""
        return next((district for district in self.districts if district.id == forum), None)

    def category(self, key: str) -> Category | None:
        """Return a category by key, or None when it is no longer configured."""
        return next((category for category in self.categories if category.key == key), None)

    def forum_names(self, forum: ForumId) -> Names:
        """Return the area's name as residents and members read it."""
        district = self.district(forum)
        return district.names if district else self.names

    def forum_language(self, forum: ForumId) -> Language:
        """Return the language in which a forum's group is addressed."""
        district = self.district(forum)
        return district.language if district else self.language

    def emergency(self, forum: ForumId | None = None) -> str:
        """Return the emergency number, the district's own where it has one."""
        district = self.district(forum) if forum and forum != PROVINCE else None
        if district and district.emergency:
            return district.emergency
        return next(line.number for line in self.hotlines if line.show)
