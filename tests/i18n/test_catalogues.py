"""Catalogues in memory: sentences by id, context and number."""

import pytest
from babel import Locale

from bot.i18n.catalogues import catalogue, parse
from bot.model.ids import LANGUAGES, Language
from bot.model.text import C_, N_, P_

HEAD = 'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plural}\\n"\n\n'
ARABIC = HEAD.format(
    locale="ar_IQ",
    plural="nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);",
)
FILES = """
msgid "{count} file"
msgid_plural "{count} files"
msgstr[0] "لا توجد ملفات"
msgstr[1] "ملف واحد"
msgstr[2] "ملفان"
msgstr[3] "{count} ملفات"
msgstr[4] "{count} ملفًا"
msgstr[5] "{count} ملف"
"""


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "لا توجد ملفات"), (1, "ملف واحد"), (2, "ملفان"), (3, "{count} ملفات"), (11, "{count} ملفًا"), (100, "{count} ملف")],
)
def test_arabic_counts_in_six_forms(count: int, form: str) -> None:
    """B38: 0, 1, 2, 3, 11 and 100."""
    assert parse((ARABIC + FILES).encode()).sentence(P_("{count} file", "{count} files", count)) == form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_every_count_is_the_one_that_cldr_gives(language: Language) -> None:
    """B38: Babel itself writes a wrong rule into new Arabic catalogues, so ours is held against CLDR for 0 to 1000."""
    loaded = catalogue(language)
    order = [tag for tag in ("zero", "one", "two", "few", "many") if tag in loaded.locale.plural_form.rules]
    forms = [*order, "other"]
    for count in range(1001):
        assert forms[loaded.plural(count)] == loaded.locale.plural_form(count), count


def test_babels_own_arabic_rule_would_not_pass() -> None:
    """Why the rule is written by hand; if this fails, Babel has been mended."""
    from gettext import c2py

    from babel.messages.plurals import get_plural

    theirs = c2py(get_plural("ar").plural_expr)
    assert [catalogue("ar").plural(n) for n in (11, 100)] != [theirs(n) for n in (11, 100)]


def test_languages_are_those_of_iraq() -> None:
    assert {language: str(catalogue(language).locale) for language in LANGUAGES} == {"ar": "ar_IQ", "ckb": "ckb_IQ", "en": "en"}


def test_a_context_tells_homonyms_apart() -> None:
    content = HEAD.format(locale="en", plural="nplurals=2; plural=(n != 1);")
    content += 'msgid "Note"\nmsgstr "a"\n\nmsgctxt "button"\nmsgid "Note"\nmsgstr "b"\n'
    loaded = parse(content.encode())
    assert loaded.sentence(N_("Note")) == "a"
    assert loaded.sentence(C_("button", "Note")) == "b"
    assert loaded.sentence(C_("menu", "Note")) == "Note"


def test_a_fuzzy_entry_is_no_translation() -> None:
    content = HEAD.format(locale="en", plural="nplurals=2; plural=(n != 1);") + '#, fuzzy\nmsgid "Yes"\nmsgstr "No"\n'
    assert parse(content.encode()).sentence(N_("Yes")) == "Yes"


def test_an_empty_plural_form_falls_back_to_english() -> None:
    content = ARABIC + FILES.replace("ملفان", "")
    assert parse(content.encode()).sentence(P_("{count} file", "{count} files", 2)) == "{count} files"


def test_a_catalogue_that_names_no_language_is_refused() -> None:
    with pytest.raises(ValueError, match="language"):
        parse(b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n')


def test_month_names_come_with_the_locale() -> None:
    assert catalogue("ar").locale != Locale.parse("ar")
