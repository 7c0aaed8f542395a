"""Where: the list, a point, or a name in any spelling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.engine.places import nearest
from bot.model.ids import PROVINCE
from bot.model.province import Province
from handlers.danger import sounds_dangerous, sounds_like_self_harm
from tests.conversation.phone import Phone
from tests.conversation.steps import to_category

INPUTS = Path(__file__).with_name("inputs.jsonl")


def to_district(phone: Phone) -> Phone:
    """Go on to the question which area."""
    return to_category(phone).taps("Services").hears("Which area is it in?")


@pytest.mark.parametrize(
    ("typed", "forum"),
    [
        ("خانقين", "khanaqin"),
        ("خانه‌قین", "khanaqin"),
        ("Xaneqîn", "khanaqin"),
        ("5anaqin", "khanaqin"),
        ("بعكوبه", "baquba"),
        ("شهربان", "muqdadiya"),
        ("الخـــالـــص", "khalis"),
        ("گوڵاڵە", "jalawla"),
        ("قزلرباط", "saadiya"),
        ("‏‏  خانقين  ", "khanaqin"),
        ("mandli", "mandali"),
    ],
)
def test_a_typed_name_in_any_spelling_is_found(english: Phone, typed: str, forum: str) -> None:
    """Old names, other scripts, missing dots, Latin letters and digits for sounds."""
    to_district(english).says(typed)
    assert english.draft is not None
    assert english.draft.answers["district"] == {"forum": forum, "locality": ""}


def test_a_known_village_gives_the_area_and_the_place(english: Phone) -> None:
    """The neighbourhood is not asked for again."""
    to_district(english).says("قوره تو")
    assert english.draft is not None
    assert english.draft.answers["district"] == {"forum": "khanaqin", "locality": "قوره تو"}
    assert english.draft.pending == "story"


def test_a_town_without_a_forum_is_asked_about(english: Phone) -> None:
    """It is never routed by a guess: the near forum or the provincial head."""
    to_district(english).says("Baladruz").hears("Which one is it?")
    english.offers("Mandali")
    english.offers("Diyala")


def test_a_name_that_is_nearly_right_is_confirmed(english: Phone) -> None:
    """One wrong letter is a question, not an answer."""
    to_district(english).says("khanaqyn").hears("Please confirm the area")
    english.taps("Khanaqin")
    assert english.draft is not None
    assert english.draft.answers["district"]["forum"] == "khanaqin"


def test_a_look_alike_of_another_town_is_not_taken(english: Phone) -> None:
    """السيدية is a part of Baghdad, not السعدية: it is outside, and that is asked, not assumed."""
    to_district(english).says("السيدية").hears("outside our areas").hears_not("Sa'diya")


def test_words_that_are_no_place_are_kept_and_the_area_is_asked_for_again(english: Phone) -> None:
    """B10, at the list of areas."""
    to_district(english).says("it is near my school").hears("we keep this as part of your report", "Which area is it in?")
    assert english.draft is not None
    assert english.draft.kept


def test_a_shared_point_gives_the_nearest_centre_to_confirm(english: Phone) -> None:
    """A point near a centre is confirmed, never assumed."""
    to_district(english).shares(34.35, 45.39).hears("Is it here?").taps("Khanaqin")
    assert english.draft is not None
    assert english.draft.answers["district"]["forum"] == "khanaqin"


def test_a_point_outside_asks_for_the_province(english: Phone) -> None:
    """Erbil is none of our areas: it asks, and on yes the provincial head gets it."""
    to_district(english).shares(36.19, 44.01).hears("outside our areas").taps("Yes")
    assert english.draft is not None
    assert english.draft.answers["district"]["forum"] == PROVINCE


def test_a_point_between_two_centres_offers_both(province: Province) -> None:
    """Jalawla and Sa'diya lie ten kilometres apart."""
    between = nearest(province, (34.1906 + 34.2719) / 2, (45.1208 + 45.1681) / 2)
    assert set(between) == {"saadiya", "jalawla"}


def test_a_location_button_that_only_sends_its_label_leads_to_the_list(english: Phone) -> None:
    """B27: Telegram on a computer sends the words of the button instead of a place."""
    to_district(english).taps("Share a location")
    assert english.screen[-1].asks_location
    english.says("📍 Send my location").hears("cannot share a location")
    english.offers("Khanaqin")


@pytest.mark.parametrize("line", INPUTS.read_text(encoding="utf8").splitlines(), ids=lambda line: json.loads(line)["id"])
def test_every_message_that_means_danger_now_shows_the_number(line: str) -> None:
    """B104: of 80 messages as residents write them none that says "now" is missed, and no everyday one raises the alarm."""
    message = json.loads(line)
    alarmed = sounds_dangerous(message["text"]) or sounds_like_self_harm(message["text"])
    if message["urgency"] == "now":
        assert alarmed
    elif message["urgency"] in (None, "normal"):
        assert not alarmed
    if "self_harm" in message["flags"]:
        assert sounds_like_self_harm(message["text"])
