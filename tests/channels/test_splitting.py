"""B23: long texts in pieces that fit, with nothing lost and every isolate closed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.splitting import split, units

FSI, PDI = "\u2068", "\u2069"
PIECES = st.sampled_from(
    [" ", "\n", "\n\n", "word", "كلمة", "😀", "e\u0301", "👩\u200d👩\u200d👧", "🇮🇶", "x" * 90, "ح" * 70, f"{FSI}", f"{PDI}"]
)


def bare(text: str) -> str:
    return "".join(text.split()).replace(FSI, "").replace(PDI, "")


def balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == FSI) - (character == PDI)
        if depth < 0:
            return False
    return depth == 0


@given(parts=st.lists(PIECES, max_size=120), first=st.integers(64, 200), rest=st.integers(64, 200))
def test_nothing_is_lost_and_every_piece_fits(parts: list[str], first: int, rest: int) -> None:
    text = "".join(parts)
    pieces = split(text, first, rest)
    assert bare("".join(pieces)) == bare(text)
    assert units(pieces[0]) <= first
    assert all(units(piece) <= rest for piece in pieces[1:])
    for piece in pieces:
        piece.encode("utf-16")


@given(words=st.lists(st.text("ab ح\u06a9😀", min_size=1, max_size=300), min_size=1, max_size=10))
def test_isolates_stay_balanced_in_every_piece(words: list[str]) -> None:
    """B36: a cut through somebody's words closes their isolate and opens it again."""
    text = "\n".join(f"intro {FSI}{word}{PDI} end" for word in words)
    assert all(balanced(piece) for piece in split(text, 100, 100))


def test_a_cut_through_an_isolate_closes_and_opens_it() -> None:
    """B36."""
    pieces = split(f"intro {FSI}{'كلمات ' * 40}{PDI} end", 100, 100)
    assert len(pieces) > 2
    assert all(balanced(piece) for piece in pieces)
    assert pieces[1].startswith(FSI)


def test_a_cut_falls_between_paragraphs_first_then_lines_then_words() -> None:
    paragraphs = "a " * 40 + "\n\n" + "b\nc " * 10
    assert split(paragraphs, 100, 100) == [("a " * 40).rstrip(), "b\nc " * 10]
    assert split("word " * 30, 64, 64)[0] == ("word " * 13)[:64].rstrip()


def test_an_emoji_is_never_cut_in_two() -> None:
    family = "👩\u200d👩\u200d👧"
    pieces = split(family * 30, 64, 64)
    assert all(piece.replace(family, "") == "" for piece in pieces)


def test_what_fits_stays_whole_and_nothing_is_one_empty_piece() -> None:
    assert split("a" * 4096, 4096, 4096) == ["a" * 4096]
    assert split("", 1024, 4096) == [""]
    assert [units(piece) for piece in split("😀" * 2049, 4096, 4096)] == [4096, 2]
