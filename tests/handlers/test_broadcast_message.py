"""What people read: the preview, the test and the sending are one message, to the letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.i18n import render
from bot.model.broadcasts import Audience, Question, Quiz
from bot.model.effects import OpenOccurrence, Send
from bot.model.ids import LANGUAGES, PROVINCE, Language, OccurrenceId
from bot.model.messages import Attachment, Message, ToForum, ToResident
from bot.model.outgoing import Outgoing
from bot.model.subscriptions import TOPICS
from bot.pipeline.saying import written as outgoing
from handlers.broadcasts.message import channel_message, excess, message_for, plain, units
from tests.handlers.build import KHANAQIN, PLACES, english, only, sends, situation
from tests.handlers.casting import FORUM, LAYLA, MYSELF, OFFICE, OMAR, QUIZ, TEXTS, Writing, begun, seated, written

ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


def asked_in_all(*, picture: bool = False) -> Writing:
    """Return a broadcast with text and quiz in every language, and a picture."""
    writing = written()
    for language in LANGUAGES:
        writing.press("quiz", language)
        writing.replies(QUIZ)
    if picture:
        writing.press("file")
        writing.sends("photo")
    return writing


def as_read(message: Message, reader: Language) -> tuple[object, ...]:
    """Return a message as somebody gets it: words, labels, verbs and files, without the ids inside the buttons."""
    shown: Outgoing = outgoing(message, reader, render)
    labels = tuple(tuple((label.text, label.action.verb, label.action.args) for label in row) for row in shown.rows)
    return shown.text, labels, shown.attachment, shown.protect, shown.expects_reply, shown.door, shown.call


@pytest.mark.parametrize("picture", [False, True])
def test_preview_test_and_sending_are_the_same_to_the_letter(picture: bool) -> None:
    """B87: golden, byte for byte but for the ids in the buttons, in whatever language the group and the tester read."""
    writing = asked_in_all(picture=picture)
    writing.press("preview")
    previews = [send.message for send in sends(writing.said, FORUM) if send.slot is None and send.message.answers is None]
    writing.press("test")
    tests = [send.message for send in sends(writing.said, ToResident(MYSELF))]
    writing.press("submit")
    announced, *in_the_office = [send.message for send in sends(writing.said, OFFICE) if send.slot is None]
    assert "People will read it like this" in english(announced.body)
    writing.taps("Approve", writing.card, **seated(OMAR))
    opened = only(writing.said, OpenOccurrence)
    assert list(opened.messages) == list(LANGUAGES)
    for index, language in enumerate(LANGUAGES):
        sent = as_read(opened.messages[language], language)
        for reader in LANGUAGES:
            assert as_read(previews[index], reader) == sent
            assert as_read(tests[index], reader) == sent
            assert as_read(in_the_office[index], reader) == sent


def test_a_preview_makes_no_sound_and_what_people_get_does() -> None:
    writing = asked_in_all()
    writing.press("preview")
    assert all(send.message.silent for send in sends(writing.said, FORUM) if send.slot is None and send.message.answers is None)
    assert not any(message.silent for message in message_for(writing.broadcast, writing.here).values())


def test_report_and_stop_are_always_there() -> None:
    """B94."""
    writing = begun()
    for language in LANGUAGES:
        writing.press("text", language)
        writing.replies(TEXTS[language])
    for topic in TOPICS:
        broadcast = replace(writing.broadcast, topic=topic)
        for message in message_for(broadcast, writing.here, OccurrenceId("occurrenceaa")).values():
            about, stop = (row[0].action for row in message.rows[-2:])
            assert (about.verb, about.args) == ("about", (topic,))
            assert (stop.verb, stop.args, stop.occurrence) == ("optout", (topic,), "occurrenceaa")


def test_only_a_sending_has_buttons_that_count() -> None:
    writing = asked_in_all()
    for occurrence in (None, OccurrenceId("occurrenceaa")):
        for message in message_for(writing.broadcast, writing.here, occurrence).values():
            actions = [button.action for row in message.rows for button in row]
            assert {action.occurrence for action in actions if action.verb in ("quiz", "optout")} == {occurrence}
            assert [action.args for action in actions if action.verb == "quiz"] == [("0",), ("1",), ("2",)]


def test_in_the_group_the_buttons_of_a_preview_say_what_they_are() -> None:
    writing = asked_in_all()
    writing.press("preview")
    [shown] = [send for send in sends(writing.said, FORUM) if send.slot is None and send.message.rows and "quiz" in str(send.message.rows)][
        :1
    ]
    for row in shown.message.rows:
        [effect] = writing.presses(row[0].action)
        assert not isinstance(effect, Send)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ar", "اخترتم استلام رسائل التوعية من منتدى Khanaqin"),
        ("ckb", "هەڵتانبژاردووە پەیامی هۆشیارکردنەوە لە کۆڕبەندی Khanaqin وەربگرن"),
        ("en", "you chose to receive awareness messages from the forum of Khanaqin"),
    ],
)
def test_everybody_reads_whose_message_it_is_and_how_to_stop(language: Language, says: str) -> None:
    writing = written()
    message = message_for(writing.broadcast, writing.here)[language]
    shown = render(message.body, "en").translate(ISOLATES)
    assert TEXTS[language] in shown
    assert says in shown


def test_the_province_speaks_for_itself_unless_it_means_one_district() -> None:
    writing = written(LAYLA)
    assert "the forum of Diyala" in _english(writing)
    writing.press("area", "+KHN")
    assert "the forum of Khanaqin" in _english(writing)
    writing.press("area", "+MND")
    assert "the forum of Diyala" in _english(writing)


def _english(writing: Writing) -> str:
    return render(message_for(writing.broadcast, writing.here)["en"].body, "ar").translate(ISOLATES)


def test_long_answers_stand_in_the_words_and_the_buttons_have_their_numbers() -> None:
    writing = written()
    long = ("I would ask somebody whom I trust before I open it", "Delete it")
    quiz = Quiz({language: Question("And you?", long) for language in LANGUAGES}, 0)
    message = message_for(replace(writing.broadcast, quiz=quiz), writing.here)["en"]
    assert "1. I would ask somebody whom I trust before I open it\n2. Delete it" in render(message.body, "en").translate(ISOLATES)
    assert [row[0].label for row in message.rows[:2]] == [plain("1"), plain("2")]


def test_a_public_channel_gets_all_languages_and_the_way_to_the_bot() -> None:
    writing = asked_in_all()
    district = PLACES.districts[0]
    post = channel_message(writing.broadcast, district)
    shown = render(post.body, "en").translate(ISOLATES)
    positions = [shown.index(TEXTS[language]) for language in LANGUAGES]
    assert positions == sorted(positions)
    assert "2. Delete it" in shown
    assert "Stop messages" not in shown
    assert post.rows == ()
    assert post.door is not None


def test_a_language_outside_the_audience_gets_nothing() -> None:
    writing = written()
    only_arabic = replace(writing.broadcast, audience=Audience(frozenset({KHANAQIN}), frozenset({"ar"})))
    assert list(message_for(only_arabic, writing.here)) == ["ar"]
    assert TEXTS["en"] not in render(channel_message(only_arabic, PLACES.districts[0]).body, "en")


def test_what_fits_is_one_message_to_the_last_letter() -> None:
    writing = written()
    for attachment, whole in ((None, 4096), (Attachment("photo", "file"), 1024)):
        for text in ("ب" * 6000, "😀" * 3000, "\n".join("پ" for _ in range(3000))):
            longest = 0
            for length in (10, 700, 800, 2000, 3500):
                tried = replace(writing.broadcast, texts={"ckb": text[:length]}, attachment=attachment)
                if not excess(tried, writing.here, "ckb"):
                    longest = max(longest, units(render(message_for(tried, writing.here)["ckb"].body, "ckb")))
            assert 0 < longest <= whole


def test_what_members_type_cannot_turn_the_message_round() -> None:
    """B36, B42."""
    writing = written()
    nasty = replace(writing.broadcast, texts={"en": "\u202eevil <b>bold</b> {district} \u2066"})
    shown = render(message_for(nasty, writing.here)["en"].body, "en")
    assert "evil <b>bold</b> {district}" in shown
    assert "\u202e" not in shown
    assert shown.count("\u2068") == shown.count("\u2069")


def test_the_author_is_nowhere_in_what_people_read() -> None:
    """B52."""
    writing = asked_in_all(picture=True)
    for message in message_for(writing.broadcast, situation(ticket=None, forum=PROVINCE)).values():
        assert not [canary for canary in ("Sara", "person-sara", "memberssaraa") if canary in repr(message)]
    assert isinstance(FORUM, ToForum)
