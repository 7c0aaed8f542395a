"""What a chart looks like: decoded again, in each language."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image

from bot.charts import drawing
from bot.charts.drawing import Chart, drawn
from bot.charts.lettering import Letters, known

BARS = (("خانقين", 1240, True), ("جلولاء", 310, False), ("المقدادية", 0, False))
ROOM = 500.0


def pixels(chart: Chart) -> np.ndarray:
    """The picture as rows of red, green and blue."""
    made = Image.open(io.BytesIO(drawn(chart)))
    assert made.format == "PNG"
    return np.asarray(made.convert("RGB")).astype(int)


def columns(found: np.ndarray, colour: str) -> np.ndarray:
    """Which columns hold pixels of a colour."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return np.flatnonzero((np.abs(found - wanted).max(axis=2) < 3).any(axis=0))


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_a_chart_is_as_wide_as_a_phone_shows_pictures_and_not_blank(language: str) -> None:
    found = pixels(Chart("تسليم", BARS, language))
    assert found.shape[1] == drawing.WIDTH
    assert 500 < found.shape[0] < 1000
    assert (found < 100).any()


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_bars_grow_from_where_the_reader_begins(language: str) -> None:
    left = columns(pixels(Chart("x", (("a", 10, True), ("b", 1, False)), "en")), drawing._USUAL)
    right = columns(pixels(Chart("x", (("a", 10, True), ("b", 1, False)), language)), drawing._USUAL)
    assert (left.min(), right.max()) == (drawing._MARGIN, drawing.WIDTH - drawing._MARGIN - 1)
    assert len(left) == len(right)
    assert left.max() < drawing.WIDTH / 4 < right.min()


def test_a_bar_is_as_long_as_its_number() -> None:
    found = pixels(Chart("x", (("a", 400, True), ("b", 100, False)), "en"))
    full = drawing.WIDTH - 2 * drawing._MARGIN - drawing._NUMBER_ROOM
    usual = columns(found, drawing._USUAL)
    assert usual.max() - usual.min() + 1 == pytest.approx(full / 4, abs=1)


def test_the_marked_bar_differs_by_more_than_its_colour() -> None:
    """Whoever tells no hues apart sees an arrow before its label; and the two blues differ in depth."""
    marked, plain = (pixels(Chart("x", (("label", 5, flag),), "en")) for flag in (True, False))
    before_label = slice(drawing._MARGIN, drawing._MARGIN + 24)
    above_bars = slice(drawing._MARGIN + 72, drawing._MARGIN + 72 + drawing._GAP + 55)
    assert (marked[above_bars, before_label] != plain[above_bars, before_label]).any()
    depth = [sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in (drawing._DEEP, drawing._USUAL)]
    assert depth[1] - depth[0] > 200


def test_nothing_is_drawn_of_nothing_but_its_place() -> None:
    found = pixels(Chart("x", (("a", 0, False), ("b", 0, True)), "en"))
    assert not columns(found, drawing._USUAL).size
    assert columns(found, drawing._RAIL).size


@pytest.mark.parametrize("count", [0, 1, 12, 40])
def test_any_number_of_bars_makes_a_picture_that_telegram_takes(count: int) -> None:
    found = pixels(Chart("عنوان " * 60, tuple(("جواب طويل " * 30, number, False) for number in range(count)), "ar"))
    height, width = found.shape[:2]
    assert height + width <= 10_000
    assert max(height, width) <= 20 * min(height, width)


@pytest.mark.parametrize("words", ["وەڵامەکانی پرسیارەکە", "تسليم رسالة الأمان على الإنترنت"])
def test_letters_are_joined(words: str) -> None:
    """Joined, Arabic script is narrower than letter beside letter."""
    letters = Letters(40)
    assert letters.width(words) < sum(letters.width(letter) for letter in words if letter != " ") * 0.93


def test_joined_letters_are_what_is_drawn() -> None:
    """The same letters kept apart by a mark that joins nothing look different."""
    word = "سلام"
    assert (line(word) != line("\u200c".join(word))).any()


def line(words: str) -> np.ndarray:
    renderer = RendererAgg(400, 120, 100)  # type: ignore[no-untyped-call]
    renderer.draw_text(renderer.new_gc(), 20, 80, words, Letters(40).font, 0, ismath=False)  # type: ignore[no-untyped-call]
    return np.asarray(renderer.buffer_rgba())[..., 3].copy()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_a_long_label_is_wrapped_into_its_room_and_then_cut(language: str) -> None:
    letters = Letters(40)
    lines = letters.lines("كلمة أخرى " * 40, ROOM, 2, language)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert max(letters.width(line) for line in lines) <= ROOM + 1


def test_a_word_without_end_is_cut() -> None:
    (only,) = Letters(40).lines("ا" * 400, ROOM, 2, "ar")
    assert only.endswith("…")
    assert Letters(40).width(only) <= ROOM + 1


def test_a_line_runs_as_its_language_does_even_if_it_begins_with_a_number() -> None:
    assert Letters(40).lines("2 ڕۆژ", ROOM, 2, "ckb") == ["\u200f2 ڕۆژ"]


def test_what_the_font_has_no_letter_for_is_left_out() -> None:
    assert known("نعم 👍🏽 \u2068OK\u2069 ڕڵێۆە") == "نعم  OK ڕڵێۆە"


def test_a_dollar_is_a_dollar() -> None:
    """`parse_math` is off: an option of a quiz is never a formula."""
    one, two = (pixels(Chart(title, (("a", 1, False),), "en")) for title in ("$x$", "x"))
    assert (one != two).any()


def test_a_picture_says_nothing_of_how_it_was_made() -> None:
    data = drawn(Chart("x", (("a", 1, True),), "en"))
    opened = Image.open(io.BytesIO(data))
    opened.load()
    assert {*opened.info} <= {"dpi"}
    assert b"atplotlib" not in data


def test_every_letter_of_the_three_languages_is_in_the_font() -> None:
    letters = "ابپتجچحخدرڕزژسشعغفڤقکكگلڵمنهھەوۆویێيئءأإآؤةى،؛؟«»–…‌0123456789%"
    assert known(letters) == letters
