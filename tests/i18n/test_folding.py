"""What people type, brought to one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.folding import digits, fold


@pytest.mark.parametrize(
    "spellings",
    [
        ("كركوك", "کرکوک", "كـركـوك", "ﻛﺮﻛﻮﻙ", "كَرْكُوك", "  كركوك. "),
        ("أحمد", "احمد", "إحمد", "ٱحمد"),
        ("مؤسسة", "موسسه", "مۆسسە"),
        ("هيئة", "هيية", "هیئە"),
        ("قرى", "قري", "قری"),
        ("ماء", "ما"),
        ("خانەقین", "خانه\u200cقین", "خانەقين", "\u200fخانەقین\u200f"),
        ("گەڕەک", "گەرەك"),
        ("گوڵ", "گول"),
        ("Xaneqîn", "xaneqin", "XANEQÎN", "Ｘaneqin"),
        ("Ba'quba", "Baquba", "Ba‘quba", "baʿquba"),
        ("KIZLAR", "kızlar"),
        ("حي 14 تموز", "حي ١٤ تموز", "حی  ۱٤\u00a0تموز"),
        ("✅ Yes!", "yes", "«Yes»"),
    ],
)
def test_one_word_typed_in_different_ways_folds_into_one_spelling(spellings: tuple[str, ...]) -> None:
    """B40: ي/ی, ك/ک, ه/ە, hamza, tatweel, vowel marks, joiners, digits and accents make no difference."""
    assert {fold(spelling) for spelling in spellings} == {fold(spellings[0])}
    assert fold(spellings[0])


@pytest.mark.parametrize(("one", "other"), [("كلار", "كفري"), ("گوند", "قوند"), ("پۆلیس", "بولیس"), ("2", "3"), ("yes", "no")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("typed", ["3", "٣", "۳", " 3. ", "(٣)", "3️⃣", "۳-", "\u200f٣"])
def test_a_number_is_read_in_the_digits_of_any_script(typed: str) -> None:
    """B22: 3, ٣ and ۳ are the same choice."""
    assert digits(typed) == 3


@pytest.mark.parametrize("typed", ["", "three", "3 4", "3.5", "٣ايام", "-", "9" * 400])
def test_what_is_not_one_number_is_none(typed: str) -> None:
    assert digits(typed) is None


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
