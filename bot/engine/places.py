"""The question "where": from the list, a shared point, or a name typed in any spelling. Where it is not sure it asks; it never guesses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from rapidfuzz import fuzz

from bot.engine.questions import Option, rows
from bot.engine.talk import Answered, Misfit, Progress, Question, Shown, Taken, Unanswered
from bot.engine.typed import chosen
from bot.model.events import Event, LocationReceived, TextReceived
from bot.model.folding import fold
from bot.model.ids import PROVINCE, ForumId
from bot.model.province import District, Province
from bot.model.situation import Situation
from bot.model.text import C_, N_, Names, Piece

NEAR_KM = 45.0
"""Farther than this from every town centre, a point is outside our areas: the widest area, Khanaqin's, reaches about 40 km."""
BORDER = 1.35
"""A second centre less than this many times as far as the nearest one is offered as well."""
CLOSE = 85.0
"""How alike (0 to 100) a typed name must be to a spelling to be asked about; of six letters with one wrong 83 are, of seven 86."""


@dataclass(frozen=True, slots=True)
class Where:
    """An answer: the forum of the area (`PROVINCE` outside all areas), and the place inside it as named, or empty."""

    forum: ForumId
    locality: str = ""


@dataclass(frozen=True)
class Place(Question[Where]):
    """Which area. Stored: `{"forum", "locality"}`, or while unsure `{"ask": [forum, …], "locality"}`."""

    name: str
    prompt: Piece

    def show(self, situation: Situation, stored: Any) -> Shown:
        """Show the list, or what has to be confirmed."""
        candidates = tuple(_candidates(situation.province, stored))
        if candidates:
            return self._confirm(situation.province, candidates)
        if stored == {"locate": True}:
            return Shown(
                N_(
                    "Press the button below to share where it is. It is used only to find the area, and is not kept. "
                    "You can also choose here:"
                ),
                (((C_("button", "Choose from the list"), "list"),),),
                asks_location=True,
            )
        options = [Option(district.id, district.names) for district in situation.province.districts]
        tail = ((C_("button", "Somewhere else"), "outside"), (C_("button", "📍 Share a location"), "locate"))
        return Shown(self.prompt, (*rows(options, 2), tail))

    def _confirm(self, province: Province, candidates: Sequence[ForumId]) -> Shown:
        again = ((C_("button", "Choose from the list"), "list"),)
        if candidates == (PROVINCE,):
            body = N_(
                "This place seems to be outside our areas. "
                "We can send the report to the provincial head of the forums in Baquba. Do you agree?"
            )
            return Shown(body, (((C_("button", "Yes"), PROVINCE),), again))
        choices = tuple(((province.forum_names(forum), str(forum)),) for forum in candidates)
        body = (
            N_("Is it here? Please confirm the area:") if len(candidates) == 1 else N_("It could be one of these areas. Which one is it?")
        )
        return Shown(body, (*choices, again))

    def take(self, situation: Situation, event: Event, stored: Any) -> Taken:
        """Read a point or a name."""
        if isinstance(event, LocationReceived):
            return Progress(located(situation.province, event))
        if not isinstance(event, TextReceived):
            return Misfit()
        shown = [pair for row in self.show(situation, stored).choices for pair in row]
        index = chosen(situation, event.text, [label for label, _ in shown])
        if index is not None:
            return self.choose(situation, shown[index][1], stored)
        if chosen(situation, event.text, [SHARE_LOCATION], digits=False) == 0:
            # Telegram's desktop clients send only the label of a location button.
            return Progress({"list": True}, N_("This device cannot share a location. Please choose from the list, or write the name:"))
        found = named(situation.province, event.text)
        if found is None:
            return Misfit()
        forums, local, sure = found
        locality = event.text.strip() if local else ""
        if sure and len(forums) == 1:
            return Answered({"forum": forums[0], "locality": locality})
        return Progress({"ask": list(forums), "locality": locality})

    def choose(self, situation: Situation, key: str, stored: Any) -> Taken:
        """Take an area, or go back to the list."""
        locality = stored.get("locality", "") if isinstance(stored, dict) else ""
        if key == "list":
            return Progress({"list": True})
        if key == "locate":
            return Progress({"locate": True})
        if key == "outside":
            return Progress({"ask": [PROVINCE]})
        if key == PROVINCE or situation.province.district(ForumId(key)):
            return Answered({"forum": key, "locality": locality})
        return Misfit()

    def parse(self, situation: Situation, stored: Any) -> Where:
        """Return the confirmed area; one that configuration no longer has is asked for again."""
        forum = ForumId(stored.get("forum", "")) if isinstance(stored, dict) else ForumId("")
        if forum != PROVINCE and situation.province.district(forum) is None:
            raise Unanswered
        return Where(forum, stored.get("locality", ""))

    def samples(self, situation: Situation) -> Sequence[Any]:
        """The first area, one with a locality, and outside."""
        first = situation.province.districts[0].id
        return [{"forum": first}, {"forum": first, "locality": "Sample"}, {"forum": PROVINCE}]


SHARE_LOCATION = C_("button", "📍 Send my location")
"""The label of the channel's own location button."""


def place(name: str, prompt: Piece) -> Place:
    """Ask which area it is about."""
    return Place(name, prompt)


def _candidates(province: Province, stored: Any) -> Iterator[ForumId]:
    asked = stored.get("ask", ()) if isinstance(stored, dict) else ()
    for forum in asked:
        if forum == PROVINCE or province.district(forum):
            yield ForumId(forum)


def located(province: Province, point: LocationReceived) -> dict[str, Any]:
    """Return what is stored of a point: the areas it may be in, to be confirmed, and never the point itself."""
    near = nearest(province, point.latitude, point.longitude)
    return {"ask": list(near) or [PROVINCE], "locality": point.title}


def nearest(province: Province, latitude: float, longitude: float) -> tuple[ForumId, ...]:
    """Return the area whose centre is nearest, with the next one where the point lies between both; none outside all areas."""
    by_distance = sorted((distance(latitude, longitude, d.latitude, d.longitude), d.id) for d in province.districts)
    if not by_distance or by_distance[0][0] > NEAR_KM:
        return ()
    closest = by_distance[0][0]
    return tuple(forum for km, forum in by_distance[:2] if km <= max(closest * BORDER, 1.0))


def distance(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Return the great-circle distance in kilometres (haversine, mean Earth radius 6,371 km)."""
    a, b = radians(latitude), radians(to_latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(to_longitude - longitude) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))


def named(province: Province, typed: str) -> tuple[tuple[ForumId, ...], bool, bool] | None:
    """Return the areas a typed name may mean, whether it names a place inside one, and whether it was exact; None for no area of ours.

    A place without a forum of its own and a place outside are never sure: the person is asked.
    """
    folded = fold(typed)
    if not 2 <= len(folded) <= 80:
        return None
    best: tuple[float, tuple[ForumId, ...], bool, bool] | None = None
    for spelling, forum, local, own in _spellings(province):
        score = 100.0 if spelling == folded else fuzz.ratio(spelling, folded) if min(len(spelling), len(folded)) >= 4 else 0.0
        if score < CLOSE or (best is not None and score < best[0]):
            continue
        forums: tuple[ForumId, ...] = (forum,) if own or forum == PROVINCE else (forum, PROVINCE)
        if best is not None and score == best[0] and best[1] != forums:
            forums = tuple(dict.fromkeys((*best[1], *forums)))
        best = (score, forums, local, own and score == 100.0)
    if best is None:
        return None
    _, forums, local, sure = best
    return forums, local, sure and len(forums) == 1


def _spellings(province: Province) -> Iterator[tuple[str, ForumId, bool, bool]]:
    for district in province.districts:
        barred = {fold(name) for name in district.not_this}
        for spelling in (*_all_names(district.names), *district.spellings, *district.ambiguous):
            if (folded := fold(spelling)) not in barred:
                yield folded, district.id, False, True
        yield from _localities(district)
    for locality in province.outside:
        for spelling in (*_all_names(locality.names), *locality.spellings):
            yield fold(spelling), PROVINCE, True, False


def _localities(district: District) -> Iterator[tuple[str, ForumId, bool, bool]]:
    for locality in district.localities:
        for spelling in (*_all_names(locality.names), *locality.spellings, *locality.ambiguous):
            yield fold(spelling), district.id, True, locality.has_forum


def _all_names(names: Names) -> tuple[str, str, str]:
    return names.en, names.ar, names.ckb
