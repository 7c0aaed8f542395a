"""Catalogues kept level with the code, tried on a small checkout of its own."""

from pathlib import Path

import pytest

from bot.i18n.update import main, problems, sentences, update

HEAD = (
    '# Alwand in Sorani.\nmsgid ""\nmsgstr ""\n"Language: ckb_IQ\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)
CODE = """
def talk():
    # For translators: said first
    yield N_("Hello {name}", name=1)
    yield C_("button", "Note")
    yield P_("{count} file", "{count} files", 3)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for language in ("ckb", "en"):
        (tmp_path / "locales" / language / "LC_MESSAGES").mkdir(parents=True)
        catalogue_of(tmp_path, language).write_text(HEAD.replace("ckb_IQ", "ckb_IQ" if language == "ckb" else "en"))
    for room in ("bot", "handlers"):
        (tmp_path / room).mkdir()
    (tmp_path / "handlers" / "talk.py").write_text(CODE)
    return tmp_path


def catalogue_of(checkout: Path, language: str) -> Path:
    return checkout / "locales" / language / "LC_MESSAGES" / "messages.po"


def translate(checkout: Path) -> None:
    """Update and fill every Kurdish sentence in."""
    update(checkout)
    path = catalogue_of(checkout, "ckb")
    content = f"{path.read_text()}\n".replace('msgstr ""\n\n', 'msgstr "سڵاو {name}"\n\n').replace('msgstr[0] ""', 'msgstr[0] "یەک"')
    path.write_text(content.replace('msgstr[1] ""', 'msgstr[1] "زۆر"').replace('msgid "Hello', '# CHECK: هەرێمی\nmsgid "Hello'))
    update(checkout)


def test_every_marked_sentence_is_found(checkout: Path) -> None:
    found = {(sentence.id, sentence.plural) for sentence in sentences(checkout)}
    assert found == {((None, "Hello {name}"), None), (("button", "Note"), None), ((None, "{count} file"), "{count} files")}


def test_english_says_itself(checkout: Path) -> None:
    update(checkout)
    content = catalogue_of(checkout, "en").read_text()
    assert 'msgstr "Hello {name}"' in content
    assert 'msgstr[1] "{count} files"' in content
    assert not [problem for problem in problems(checkout) if problem.startswith("locales/en")]


def test_a_sentence_without_a_translation_is_named(checkout: Path) -> None:
    """B34: a missing sentence fails the check, not the resident."""
    update(checkout)
    assert "locales/ckb/LC_MESSAGES/messages.po: empty: 'Hello {name}'" in problems(checkout)
    translate(checkout)
    assert problems(checkout) == []


def test_a_new_sentence_in_the_code_is_missed_until_it_is_taken_up(checkout: Path) -> None:
    """B34."""
    translate(checkout)
    (checkout / "handlers" / "more.py").write_text('N_("One more")')
    assert "locales/ckb/LC_MESSAGES/messages.po: missing: 'One more'" in problems(checkout)


def test_a_changed_sentence_is_new_and_nothing_is_guessed(checkout: Path) -> None:
    translate(checkout)
    talk = checkout / "handlers" / "talk.py"
    talk.write_text(talk.read_text().replace("Hello {name}", "Hello, {name}"))
    assert "locales/ckb/LC_MESSAGES/messages.po: stale: 'Hello {name}'" in problems(checkout)
    update(checkout)
    content = catalogue_of(checkout, "ckb").read_text()
    assert "fuzzy" not in content
    assert "#~" not in content
    assert "locales/ckb/LC_MESSAGES/messages.po: empty: 'Hello, {name}'" in problems(checkout)


def test_a_changed_plural_loses_its_old_translation(checkout: Path) -> None:
    translate(checkout)
    talk = checkout / "handlers" / "talk.py"
    talk.write_text(talk.read_text().replace("{count} files", "{count} documents"))
    update(checkout)
    assert "locales/ckb/LC_MESSAGES/messages.po: empty: '{count} file'" in problems(checkout)


def test_translations_and_their_comments_survive_and_the_head_stays(checkout: Path) -> None:
    translate(checkout)
    before = catalogue_of(checkout, "ckb").read_text()
    update(checkout)
    assert catalogue_of(checkout, "ckb").read_text() == before
    assert "# CHECK: هەرێمی" in before
    assert "#. said first" in before
    assert before.startswith(HEAD + "\n")


def test_a_fuzzy_or_obsolete_entry_is_named(checkout: Path) -> None:
    translate(checkout)
    path = catalogue_of(checkout, "ckb")
    path.write_text(path.read_text().replace('msgctxt "button"', '#, fuzzy\nmsgctxt "button"') + '\n#~ msgid "Old"\n#~ msgstr "کۆن"\n')
    found = problems(checkout)
    assert "locales/ckb/LC_MESSAGES/messages.po: fuzzy: 'Note'" in found
    assert "locales/ckb/LC_MESSAGES/messages.po: stale: 'Old'" in found


def test_one_sentence_with_two_plurals_is_refused(checkout: Path) -> None:
    (checkout / "handlers" / "more.py").write_text('P_("{count} file", "{count} papers", 3)')
    with pytest.raises(ValueError, match="different plurals"):
        sentences(checkout)


def test_moving_code_about_changes_no_catalogue(checkout: Path) -> None:
    translate(checkout)
    talk = checkout / "handlers" / "talk.py"
    talk.write_text("\n\n\n" + talk.read_text())
    assert problems(checkout) == []


def test_a_mistyped_argument_updates_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chek"]) == 2
    assert "--check" in capsys.readouterr().err
