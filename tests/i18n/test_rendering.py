"""From a piece of text to words in one language."""

import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import render
from bot.i18n.isolates import FSI, PDI, RLM
from bot.model.ids import LANGUAGES, Language
from bot.model.text import C_, N_, P_, InLanguage, Joined, Names, Text, Words, lines, paragraphs

DIRECTION_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SOMETHING_TYPED = st.text(st.sampled_from([*DIRECTION_CONTROLS, *"{}<>&\n\r\u2029\u200c", *"abc", *"سڵاو", *" 12:"]) | st.characters())


def said(msgid: str, **values: str | int | date | datetime | time | Text | Names | Words | Joined) -> Text:
    """Return a sentence that no catalogue has: it appears as written here."""
    return Text(msgid, values)


def outside(text: str) -> str:
    """Return what stands outside every isolate, checking that each line closes what it opens."""
    kept = []
    for line in text.split("\n"):
        depth = 0
        for character in line:
            depth += (character == FSI) - (character == PDI)
            assert depth >= 0, "an isolate was closed that was not open"
            if depth == 0 and character != PDI:
                kept.append(character)
        assert depth == 0, "a line ended inside an isolate"
        kept.append("\n")
    return "".join(kept)[:-1]


def test_every_inserted_value_stands_in_an_isolate() -> None:
    """B36: a code, a number or a Latin name is one island in a sentence that runs the other way."""
    sentence = said("البلاغ {reference} – بمتابعة: {member}.", reference="KHN-7F3K9", member=Words("Sara 2"))
    assert render(sentence, "ar") == f"البلاغ {FSI}KHN-7F3K9{PDI} – بمتابعة: {FSI}Sara 2{PDI}."


@given(SOMETHING_TYPED, st.sampled_from(LANGUAGES))
def test_nothing_that_people_type_turns_the_sentence_round(typed: str, language: Language) -> None:
    """B36: isolates stay balanced on every line, and what we say keeps its order whatever stands between."""
    shown = render(said("Start {words} middle {again} end", words=Words(typed), again=typed), language)
    inner = [part for part in outside(shown).replace(RLM, "").split("\n") if part]
    assert " ".join("".join(inner).split()) == "Start middle end"
    assert not set(shown) & (set(DIRECTION_CONTROLS) - {FSI, PDI, RLM})


@given(SOMETHING_TYPED)
def test_words_that_stand_alone_are_kept_to_the_letter_inside_isolates(typed: str) -> None:
    """B36: only direction controls and the kind of line break are lost; the Kurdish non-joiner and braces stay."""
    shown = render(Words(typed), "ckb")
    assert not outside(shown).replace(RLM, "").strip("\n")
    kept = "".join(character for character in typed if character not in DIRECTION_CONTROLS)
    assert [line.strip(RLM + FSI + PDI) for line in shown.split("\n")] == (kept.splitlines() or [""])


def test_braces_in_what_people_type_mean_nothing() -> None:
    typed = "{0.__class__} {count} {{x}} %s {"
    assert render(said("{words}", words=Words(typed), count=1), "en") == f"{FSI}{typed}{PDI}"


def test_each_line_of_a_longer_text_has_its_own_isolate() -> None:
    """B36: a line break ends every open isolate, so one pair around two lines would protect none."""
    shown = render(said("Text: {words}", words=Words("one\r\ntwo\n\nthree")), "en")
    assert shown == f"Text: {FSI}one{PDI}\n{FSI}two{PDI}\n\n{FSI}three{PDI}"


def test_a_line_of_only_arabic_words_is_set_from_the_right() -> None:
    shown = render(lines(said("Text:"), Words("ماكو ماي"), Words("KHN 7")), "en")
    assert shown.split("\n") == ["Text:", f"{RLM}{FSI}ماكو ماي{PDI}", f"{FSI}KHN 7{PDI}"]


def test_a_sentence_inside_a_sentence_speaks_the_same_language() -> None:
    name = Names(en="Khanaqin", ar="خانقين", ckb="خانەقین")
    sentence = said("{inner}", inner=said("A: {district}", district=name))
    assert render(sentence, "ar") == f"{FSI}A: {FSI}خانقين{PDI}{PDI}"
    assert render(name, "ckb") == "خانەقین"


@pytest.mark.parametrize(("language", "marked"), [("ar", True), ("ckb", True), ("en", False)])
def test_a_value_of_values_alone_runs_the_way_its_words_do(language: Language, marked: bool) -> None:
    """B36: a weekday and its date, each in an isolate, leave no letter to say where to begin; from the left, the day came last."""
    dated = C_("weekday and date", "{weekday}, {date}", weekday=C_("weekday", "Tuesday"), date=date(2026, 12, 15))
    told = render(N_("Date: {date}", date=dated), language)
    assert (f"{FSI}{RLM}{FSI}" in told) is marked


def test_a_command_in_a_sentence_keeps_its_slash_in_front() -> None:
    """B36: `/start` between Arabic words would show as `start/`."""
    assert render(said("ابدأ: /start. نعم/لا"), "ar") == f"ابدأ: {FSI}/start{PDI}. نعم/لا"
    assert render(said("اكتبوا: /link CODE"), "ar") == f"اكتبوا: {FSI}/link CODE{PDI}"
    assert render(said("Begin: /start"), "en") == "Begin: /start"


def test_the_first_screen_can_speak_all_languages_at_once() -> None:
    """B13."""
    name = Names(en="forum", ar="منتدى", ckb="کۆڕبەند")
    assert render(lines(*(InLanguage(name, language) for language in LANGUAGES)), "en").split("\n") == ["منتدى", "کۆڕبەند", "forum"]


def test_joined_pieces_leave_out_the_empty_ones() -> None:
    assert render(paragraphs(said("a"), None, Words(""), said("b")), "en") == "a\n\nb"
    assert render(Joined((said("a"), said("b")), separator="، "), "ckb") == "a، b"


@pytest.mark.parametrize(
    ("language", "november", "january", "december"),
    [
        ("en", "22 November 2026", "1 January 2027", "31 December 2026"),
        ("ar", "22 تشرين الثاني 2026", "1 كانون الثاني 2027", "31 كانون الأول 2026"),
        ("ckb", "22 تشرینی دووەم 2026", "1 کانوونی دووەم 2027", "31 کانوونی یەکەم 2026"),
    ],
)
def test_days_have_the_month_names_of_iraq_and_western_digits(language: Language, november: str, january: str, december: str) -> None:
    days = {date(2026, 11, 22): november, date(2027, 1, 1): january, date(2026, 12, 31): december}
    for day, written in days.items():
        assert render(said("{day}", day=day), language).strip(RLM + FSI + PDI) == written


def test_a_moment_is_told_as_the_clock_in_baghdad_shows_it() -> None:
    late = datetime(2026, 11, 22, 22, 5, tzinfo=UTC)
    same = late.astimezone(timezone(timedelta(hours=-5)))
    for moment in (late, same):
        assert render(said("{at}", at=moment), "en") == f"{FSI}{FSI}23 November 2026{PDI}, {FSI}01:05{PDI}{PDI}"
    assert "، " in render(said("{at}", at=late), "ar")
    assert render(said("{at}", at=time(7, 5)), "en") == f"{FSI}07:05{PDI}"


def test_a_moment_in_an_arabic_sentence_reads_from_the_day_to_the_hour() -> None:
    """B36: day and hour are isolates, so only a mark before them tells that the day stands on the right."""
    moment = datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert render(said("{at}", at=moment), "ar").endswith(f"{FSI}{RLM}{FSI}24 تشرين الثاني 2026{PDI}، {FSI}10:00{PDI}{PDI}")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        render(said("{at}", at=datetime(2026, 11, 22)), "en")  # noqa: DTZ001 - that is what is refused


def test_numbers_have_western_digits_in_every_language() -> None:
    for language in LANGUAGES:
        assert render(said("{n}", n=12345), language) == f"{FSI}12345{PDI}"


def test_a_sentence_without_a_translation_appears_in_english() -> None:
    """B34: the resident gets the sentence; the missing translation is for the test run to find."""
    assert render(N_("No catalogue has this."), "ar") == "No catalogue has this."
    assert render(P_("{count} stone", "{count} stones", 1), "ckb") == f"{FSI}1{PDI} stone"
    assert render(P_("{count} stone", "{count} stones", 2), "ar") == f"{FSI}2{PDI} stones"


def test_a_placeholder_without_a_value_is_a_mistake_in_the_code() -> None:
    with pytest.raises(KeyError):
        render(said("Report {reference}"), "en")


def test_what_we_say_ourselves_has_a_direction_in_every_language() -> None:
    for language in LANGUAGES:
        day = render(said("{day}", day=date(2026, 11, 22)), language)
        assert unicodedata.bidirectional(day[0]) == ("FSI" if language == "en" else "R")


@pytest.mark.parametrize(
    ("language", "count", "shown"),
    [
        ("ar", 0, "أقل من يوم"),
        ("ar", 1, "يوم واحد"),
        ("ar", 2, "يومين"),
        ("ar", 3, f"{FSI}3{PDI} أيام"),
        ("ar", 11, f"{FSI}11{PDI} يومًا"),
        ("ar", 100, f"{FSI}100{PDI} يوم"),
        ("ckb", 1, f"{FSI}1{PDI} ڕۆژ"),
        ("ckb", 2, f"{FSI}2{PDI} ڕۆژ"),
        ("en", 1, f"{FSI}1{PDI} day"),
        ("en", 2, f"{FSI}2{PDI} days"),
    ],
)
def test_days_are_counted_as_people_say_them(language: Language, count: int, shown: str) -> None:
    """B38: 0, 1, 2, 3, 11 and 100 in Arabic, 1 and 2 in Sorani."""
    assert render(P_("{count} day", "{count} days", count), language) == shown


def test_a_receipt_reads_right_in_every_language() -> None:
    """B36: the sentences that carry a reference and a name, as they leave us."""
    receipt = lines(
        N_("Thank you. Your report was sent to the forum of {district}.", district=Names("Khanaqin", "خانقين", "خانەقین")),
        N_("Your follow-up number is {reference}. Please keep it.", reference="KHN-7F3K9"),
    )
    assert [render(receipt, language) for language in LANGUAGES] == [
        f"شكرًا لكم. أُرسل بلاغكم إلى منتدى {FSI}خانقين{PDI}.\nرقم المتابعة: {FSI}KHN-7F3K9{PDI}. يرجى الاحتفاظ به.",
        f"سوپاستان دەکەین. سکاڵاکەتان نێردرا بۆ کۆڕبەندی {FSI}خانەقین{PDI}.\n"
        f"ژمارەی بەدواداچوون: {FSI}KHN-7F3K9{PDI}. تکایە لای خۆتان هەڵیبگرن.",
        f"Thank you. Your report was sent to the forum of {FSI}Khanaqin{PDI}.\n"
        f"Your follow-up number is {FSI}KHN-7F3K9{PDI}. Please keep it.",
    ]
