"""Write a broadcast by taps and replies in the group: everything so far, and what is still missing, stands in one message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.model.broadcasts import Counted
from bot.model.effects import Audit, CountAudience, DropBroadcast, MoveBroadcast, OpenBroadcast, Send, Toast
from bot.model.events import LocationReceived, MediaReceived, TextReceived, UnsupportedReceived
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Attachment, ToForum, ToResident, approval_slot, cast_slot
from bot.model.province import District
from handlers import BOOK
from handlers.broadcasts.facts import breakdown
from handlers.broadcasts.message import LONGEST, LONGEST_CAPTION
from tests.handlers.build import JALAWLA, KHANAQIN, MANDALI, PLACES, alert, english, only, sends, situation, told, withdrawn
from tests.handlers.casting import (
    AZAD,
    FORUM,
    LAYLA,
    MYSELF,
    OFFICE,
    QUIZ,
    SARA,
    TEXTS,
    Writing,
    approved,
    begun,
    seated,
    submitted,
    written,
)


def told_aloud(writing: Writing) -> str:
    return told(writing.said, FORUM)


def with_channels() -> dict[str, Any]:
    def opened(district: District) -> District:
        return replace(district, channel=f"@{district.id}") if district.id == KHANAQIN else district

    return {"province": replace(PLACES, districts=tuple(opened(district) for district in PLACES.districts))}


def test_a_broadcast_begins_with_its_topic_and_is_the_forums_own() -> None:
    writing = Writing()
    writing.command()
    broadcast = writing.broadcast
    assert (broadcast.forum, broadcast.author, broadcast.author_person) == (KHANAQIN, SARA.id, SARA.person)
    assert broadcast.audience.districts == {KHANAQIN}
    assert "What is the message about?" in writing.reads()
    writing.taps("Safety on the internet")
    assert writing.broadcast.topic == "online"
    assert "Topic: Safety on the internet" in writing.reads()


def test_the_province_speaks_to_all_areas_unless_it_chooses_some() -> None:
    writing = begun(LAYLA)
    assert writing.broadcast.audience.districts == frozenset()
    assert "Areas: all" in writing.reads()
    writing.taps("Audience")
    writing.taps("Khanaqin")
    writing.taps("Mandali")
    assert writing.broadcast.audience.districts == {KHANAQIN, MANDALI}
    assert "Areas: Khanaqin · Mandali" in writing.reads()


def test_letting_the_last_area_go_never_means_all_of_them() -> None:
    writing = begun(LAYLA)
    writing.taps("Audience")
    writing.taps("Khanaqin")
    assert "At least one area must stay." in alert(writing.taps("✓ Khanaqin"))
    assert writing.broadcast.audience.districts == {KHANAQIN}
    writing.taps("All areas")
    assert writing.broadcast.audience.districts == frozenset()


def test_a_forum_cannot_speak_to_another_district() -> None:
    writing = begun()
    writing.taps("Audience")
    assert "Jalawla" not in writing.labels()
    for value in ("+JLW", "-KHN", "all"):
        assert "old" in alert(writing.press("area", value))
    assert writing.broadcast.audience.districts == {KHANAQIN}


def test_one_message_shows_everything_so_far_and_what_is_missing() -> None:
    writing = begun()
    assert "Still missing:\n• the text: Arabic\n• the text: Kurdish\n• the text: English\n• how many people it reaches" in writing.reads()
    writing.taps("Text: Kurdish")
    assert "Language: Kurdish. It may have 3500 letters at most." in told_aloud(writing)
    writing.replies(TEXTS["ckb"])
    assert writing.broadcast.texts == {"ckb": TEXTS["ckb"]}
    assert "Text, Kurdish: ماددەی هۆشبەر خێزان وێران دەکات. بۆ یارمەتی بۆمان بنووسن." in writing.reads()
    assert "✓ Text: Kurdish" in writing.labels()
    changed, pointer = sends(writing.said, FORUM)
    assert (changed.slot, pointer.message.answers) == (cast_slot(writing.broadcast.id), cast_slot(writing.broadcast.id))
    assert "Taken, thank you." in english(pointer.message.body)


def test_the_prompt_opens_for_who_pressed() -> None:
    writing = begun()
    writing.taps("Text: English")
    [prompt] = sends(writing.said, FORUM)
    assert prompt.message.expects_reply
    assert english(prompt.message.body).startswith("Sara K.\n")


def test_only_arabic_says_who_gets_nothing() -> None:
    """B88: a missing language is chosen, never forgotten."""
    writing = begun()
    writing.taps("Audience")
    writing.taps("✓ Kurdish")
    writing.taps("✓ English")
    assert writing.broadcast.audience.languages == {"ar"}
    assert "People who read one of these get nothing: Kurdish · English" in writing.reads()
    assert "At least one language must stay." in alert(writing.taps("✓ Arabic"))
    writing.taps("Done")
    assert "Text: Kurdish" not in writing.labels()


def test_a_text_of_a_language_that_was_left_out_comes_back_with_it() -> None:
    writing = written()
    writing.taps("Audience", writing.panel)
    writing.taps("✓ English")
    assert "Write to us" not in writing.reads()
    writing.taps("English")
    assert "Write to us" in writing.reads()


def test_two_who_press_the_same_language_at_once_do_not_undo_each_other() -> None:
    writing = begun()
    writing.taps("Audience")
    seen = writing.panel
    writing.taps("✓ English", seen)
    writing.taps("✓ English", seen, member=AZAD)
    assert writing.broadcast.audience.languages == {"ar", "ckb"}


def test_a_circle_is_for_those_who_said_so_and_never_in_a_public_channel() -> None:
    writing = begun(**with_channels())
    writing.taps("Audience")
    writing.taps("Public channel")
    assert "Also one post in the public channel" in writing.reads()
    writing.taps("For women")
    assert (writing.broadcast.audience.circle, writing.broadcast.audience.channels) == ("women", False)
    assert "Only for those who said so of themselves: For women" in writing.reads()
    assert "old" in alert(writing.press("channels", "+on"))


def test_a_district_without_a_channel_is_not_offered_one() -> None:
    writing = begun()
    writing.taps("Audience")
    assert "Public channel" not in writing.labels()
    assert "old" in alert(writing.press("channels", "+on"))


def test_the_same_text_in_two_languages_is_pointed_out() -> None:
    """It is no fault for sure, but the preview of a language one cannot read hides it."""
    writing = written()
    writing.press("text", "ckb")
    writing.replies(TEXTS["ar"])
    assert "⚠ The same text stands in several languages: Arabic · Kurdish" in writing.reads()
    writing.press("lang", "-ar")
    assert "⚠" not in writing.reads()


@pytest.mark.parametrize("empty", ["", "   ", "\n\n", "\u200b\u200f", "\u2066\u2069"])
def test_an_empty_text_is_refused(empty: str) -> None:
    """B88."""
    writing = begun()
    writing.taps("Text: English")
    writing.replies(empty)
    assert "There were no words in it." in told_aloud(writing)
    assert writing.broadcast.texts == {}


def test_a_text_that_is_too_long_is_told_by_how_much() -> None:
    writing = begun()
    writing.taps("Text: English")
    writing.replies("x" * (LONGEST + 1))
    assert "This is 1 letter too long." in told_aloud(writing)
    writing.replies("😀" * ((LONGEST + 10) // 2))
    assert "This is 10 letters too long." in told_aloud(writing)
    writing.replies("x" * LONGEST)
    assert len(writing.broadcast.texts["en"]) == LONGEST


def test_a_text_of_many_short_lines_is_measured_as_people_get_it() -> None:
    writing = begun()
    writing.taps("Text: English")
    writing.replies("x\n" * 1700)
    assert "too long" in told_aloud(writing)


def test_a_file_makes_a_text_too_long_that_was_not() -> None:
    writing = written()
    writing.press("text", "en")
    writing.replies("x" * (LONGEST_CAPTION + 5))
    writing.taps("Picture, video, voice, file", writing.panel)
    writing.sends("photo")
    assert "• English: 5 letters too long for one message" in writing.reads()
    assert "too long" in alert(writing.taps("Submit", writing.panel))
    writing.press("unfile")
    assert "too long" not in writing.reads()


def test_a_picture_is_taken_at_once_and_can_be_removed() -> None:
    writing = written()
    writing.taps("Picture, video, voice, file", writing.panel)
    writing.sends("photo", "look at this")
    assert writing.broadcast.attachment == Attachment("photo", "file-photo")
    assert "With a file: picture" in writing.reads()
    assert "The words under the file were not taken." in told_aloud(writing)
    writing.taps("✓ Picture, video, voice, file", writing.panel)
    writing.taps("Remove the file", writing.panel)
    assert writing.broadcast.attachment is None


def test_a_voice_is_sent_only_once_its_member_has_said_that_all_may_hear_it() -> None:
    """B52."""
    writing = written()
    writing.taps("Picture, video, voice, file", writing.panel)
    writing.sends("voice", duration=7)
    assert writing.broadcast.attachment is None
    assert "Everybody will hear your voice. Do you want that?" in writing.reads()
    writing.taps("No", writing.panel)
    assert writing.broadcast.attachment is None
    writing.sends("voice", duration=7)
    writing.taps("Yes", writing.panel)
    assert writing.broadcast.attachment == Attachment("voice", "file-voice", duration=7)


def test_a_video_asks_for_everyone_in_it_and_a_pdf_does_not() -> None:
    writing = written()
    writing.press("file")
    writing.sends("video")
    assert "everyone who is in it" in writing.reads()
    writing.taps("Yes", writing.panel)
    writing.press("file")
    writing.sends("document")
    assert writing.broadcast.attachment == Attachment("document", "file-document")


def test_what_is_no_file_or_too_big_is_refused_kindly() -> None:
    writing = written()
    writing.press("file")
    writing.sends("video", too_big=True)
    assert "too big" in told_aloud(writing)
    for event in (TextReceived("here"), LocationReceived(34.3, 45.4), UnsupportedReceived("document")):
        writing.replies(event)
        assert "Please send a picture, a video, a voice note or a PDF file" in told_aloud(writing)
    assert writing.broadcast.attachment is None


def test_a_photo_is_no_text() -> None:
    writing = begun()
    writing.press("text", "en")
    writing.replies(MediaReceived(Attachment("photo", "canary")))
    assert "Please write it as text" in told_aloud(writing)


def test_every_change_of_topic_or_audience_is_counted_anew() -> None:
    writing = begun()
    [asked] = writing.counts
    assert (asked.revision, asked.topic, asked.audience) == (writing.broadcast.revision, "drugs", writing.broadcast.audience)
    writing.press("lang", "-en")
    assert writing.counts[-1].revision == writing.broadcast.revision
    assert "The people whom it will reach are being counted." in writing.reads()


def test_a_count_of_an_earlier_revision_changes_nothing() -> None:
    writing = begun()
    writing.press("lang", "-en")
    late = Counted(writing.broadcast.revision - 1, 7)
    assert list(BOOK.news[type(writing_news(writing, late))](writing.here, writing_news(writing, late))) == []


def writing_news(writing: Writing, counted: Counted) -> Any:
    from bot.model.events import AudienceCounted

    return AudienceCounted(writing.broadcast.id, counted)


def test_a_changed_text_keeps_the_count_of_an_audience_that_is_the_same() -> None:
    writing = written()
    asked = len(writing.counts)
    writing.press("text", "en")
    writing.replies("Other words.")
    assert len(writing.counts) == asked
    assert "The message will go to 1240 people." in writing.reads()


def test_a_count_that_was_lost_can_be_asked_for_again() -> None:
    """A restart forgets what was being counted."""
    writing = begun()
    writing.taps("Count again")
    assert isinstance(writing.said[0], CountAudience)
    writing.counted()
    assert "Count again" not in writing.labels()
    assert "old" in alert(writing.press("count"))


def test_who_is_left_out_is_told_in_numbers() -> None:
    writing = begun(LAYLA)
    writing.counted(1240, by_language={"ar": 900, "ckb": 340, "en": 0}, by_district={KHANAQIN: 1000, JALAWLA: 240})
    assert "The message will go to 1240 people.\nArabic: 900 · Kurdish: 340 · English: fewer than 5" in writing.reads()
    assert "Khanaqin: 1000 · Jalawla: 240" in writing.reads()
    writing.taps("Audience")
    writing.press("lang", "-en")
    writing.counted(1240, other_languages=31, quiet=12, blocked=2)
    assert "Left out because they read another language: 30" in writing.reads()
    assert "Left out because they cannot be reached: fewer than 5" in writing.reads()
    assert "Left out because they have not been here for a year: 10" in writing.reads()


def test_numbers_under_five_are_not_told_nor_given_away_by_the_sum() -> None:
    """B55."""
    assert breakdown({"ar": 900, "ckb": 2, "en": 4}) == ({"ar": 900, "ckb": None, "en": None}, None)
    assert breakdown({"ar": 900, "ckb": 300, "en": 2}) == ({"ar": 900}, (frozenset({"ckb", "en"}), 302))
    assert breakdown({"ar": 4, "ckb": 4}) == ({}, (frozenset({"ar", "ckb"}), 8)), "eight, both fewer than five: four each"
    assert breakdown({"ar": 90, "ckb": 4, "en": 4}) == ({}, (frozenset({"ar", "ckb", "en"}), 98))
    assert breakdown({"ar": 1, "ckb": 2}) == ({"ar": None, "ckb": None}, None)
    writing = begun()
    writing.counted(1202, by_language={"ar": 900, "ckb": 300, "en": 2})
    assert "Arabic: 900 · Kurdish + English: 300" in writing.reads()
    writing.press("lang", "-en")
    writing.counted(3, by_language={"ar": 1, "ckb": 2})
    assert "The message will go to fewer than 5 people." in writing.reads()
    assert "Kurdish: " not in writing.reads().partition("fewer than 5 people.")[2]


def test_the_price_stands_beside_the_number_where_it_is_paid() -> None:
    writing = begun(province=replace(PLACES, paid=1000))
    writing.counted(1241)
    assert "Price in Telegram Stars, at most: 125" in writing.reads()


def test_a_quiz_is_typed_line_by_line_with_a_star() -> None:
    writing = written()
    writing.taps("Quiz", writing.panel)
    writing.taps("English", writing.panel)
    writing.replies(QUIZ)
    quiz = writing.broadcast.quiz
    assert quiz is not None
    assert (quiz.texts["en"].options, quiz.right) == (("Open it", "Delete it", "Send it on"), 1)
    assert quiz.texts["en"].explanation == "Such links steal accounts."
    assert "Quiz, English: What do you do with an unknown link?\n• Open it\n✓ Delete it\n• Send it on" in writing.reads()
    writing.taps("Back")
    assert "• the quiz: Arabic\n• the quiz: Kurdish" in writing.reads()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Only a question?", "2 to 6 answers"),
        ("Q?\none", "2 to 6 answers"),
        ("Q?\n" + "\n".join(f"answer {number}" for number in range(7)), "2 to 6 answers"),
        ("Q?\n*\nother", "2 to 6 answers"),
        ("Q?\n* a\n* b", "Only one answer"),
        ("Q?\na\na", "Two answers are the same"),
        ("Q?\na\na\u200f", "Two answers are the same"),
        ("Q?\na\n\u200b", "2 to 6 answers"),
        ("Q?\na\n* \u3164", "2 to 6 answers"),
        ("\u200e\na\nb", "2 to 6 answers"),
        (f"{'Q' * 301}?\na\nb", "300 letters"),
        (f"Q?\na\n{'b' * 101}", "300 letters"),
        (f"Q?\na\nb\n\n{'c' * 501}", "300 letters"),
        (" ", "2 to 6 answers"),
    ],
)
def test_a_quiz_that_cannot_be_read_says_why(words: str, why: str) -> None:
    writing = begun()
    writing.press("quiz", "en")
    writing.replies(words)
    assert why in told_aloud(writing)
    assert writing.broadcast.quiz is None


def test_a_star_behind_a_mark_of_direction_is_a_star() -> None:
    """Keyboards put such marks before it in a line that goes from right to left; as part of the answer it would give it away."""
    writing = begun()
    writing.press("quiz", "ar")
    writing.replies("ماذا تفعل؟\n\u200f*\u200f احذفه\nافتحه")
    assert writing.broadcast.quiz is not None
    assert writing.broadcast.quiz.right == 0
    assert writing.broadcast.quiz.texts["ar"].options == ("احذفه", "افتحه")


def test_a_quiz_with_an_empty_line_below_the_question_reads_the_same() -> None:
    writing = begun()
    writing.press("quiz", "en")
    writing.replies(QUIZ.replace("?\n", "?\n\n"))
    quiz = writing.broadcast.quiz
    assert quiz is not None
    assert (quiz.texts["en"].options[0], quiz.texts["en"].explanation) == ("Open it", "Such links steal accounts.")


def test_the_right_answer_is_one_for_all_languages() -> None:
    writing = begun()
    writing.press("quiz", "en")
    writing.replies(QUIZ)
    writing.press("quiz", "ckb")
    writing.replies("پرسیار؟\n* یەک\nدوو\nسێ")
    assert "answer number 2 is the right one" in told_aloud(writing)
    writing.replies("پرسیار؟\nیەک\nدوو")
    assert "• as many answers to the quiz in each language" in _fields(writing)
    writing.press("quiz", "ckb")
    writing.replies("پرسیار؟\nیەک\n* دوو\nسێ")
    assert "as many answers" not in _fields(writing)
    writing.press("open", "right")
    writing.taps("None: it is a poll")
    assert writing.broadcast.quiz is not None
    assert writing.broadcast.quiz.right is None


def _fields(writing: Writing) -> str:
    writing.press("show")
    return writing.reads()


def test_submit_says_what_is_missing_and_opens_nothing() -> None:
    """B88: a missing translation keeps it from everybody."""
    writing = begun()
    writing.counted()
    assert alert(writing.press("submit")) == "Still missing: the text: Arabic · the text: Kurdish · the text: English"
    for language in ("ar", "en"):
        writing.press("text", language)
        writing.replies(TEXTS[language])
    assert alert(writing.press("submit")) == "Still missing: the text: Kurdish"
    assert writing.broadcast.state == "draft"


def test_a_quiz_alone_is_enough_where_it_is_there_in_every_language() -> None:
    """B88."""
    writing = begun()
    for language in TEXTS:
        writing.press("quiz", language)
        writing.replies(QUIZ)
    writing.counted()
    writing.press("preview")
    writing.press("submit")
    assert writing.broadcast.state == "submitted"


def test_nobody_to_read_it_keeps_it_from_being_submitted() -> None:
    """B88: the number is there before the approval."""
    writing = written()
    writing.press("lang", "-en")
    assert "how many people it reaches" in alert(writing.press("submit"))
    writing.counted(0)
    assert alert(writing.press("submit")) == "Still missing: Nobody has asked to receive messages in these areas yet."


def test_it_is_submitted_only_as_it_was_last_looked_at() -> None:
    """B87."""
    writing = written()
    assert alert(writing.press("submit")) == "Still missing: a look at the preview"
    writing.press("preview")
    writing.press("text", "en")
    writing.replies("Other words.")
    assert alert(writing.press("submit")) == "Still missing: a look at the preview"
    writing.press("preview")
    writing.press("submit")
    assert writing.broadcast.state == "submitted"


def test_a_submit_button_of_an_earlier_revision_asks_to_look_again() -> None:
    writing = written()
    writing.press("preview")
    seen = writing.broadcast.revision
    writing.press("text", "en")
    writing.replies("Other words.")
    writing.press("preview")
    assert "changed meanwhile" in alert(writing.press("submit", revision=seen))
    assert writing.broadcast.state == "draft"


def test_what_was_submitted_is_changed_only_by_taking_it_back() -> None:
    writing = submitted()
    assert writing.labels() == ["Change"]
    for step, value in (
        ("lang", "-en"),
        ("text", "en"),
        ("topic", "online"),
        ("open", "topic"),
        ("delete", "yes"),
        ("unfile", ""),
        ("count", ""),
    ):
        assert "press “Change” first" in alert(writing.press(step, value))
    writing.replies("Words to an old prompt.")
    assert "were not taken" in told_aloud(writing)
    writing.taps("Change", writing.panel)
    assert "A change takes the approval back" in writing.reads()
    writing.taps("Leave as it was")
    assert writing.broadcast.state == "submitted"
    before = writing.broadcast.revision
    writing.taps("Change", writing.panel)
    writing.taps("Yes, change it")
    assert (writing.broadcast.state, writing.broadcast.revision) == ("draft", before + 1)
    assert "does not wait for an approval now" in told(writing.said, OFFICE)


def test_while_it_is_being_sent_it_cannot_be_changed() -> None:
    writing = approved()
    assert [occurrence.state for occurrence in writing.here.occurrences] == ["sending"]
    writing.taps("Change", writing.panel)
    assert "being sent at this moment" in alert(writing.taps("Yes, change it"))
    assert writing.broadcast.state == "approved"


def test_a_draft_is_deleted_after_a_question_and_its_message_goes() -> None:
    writing = written()
    writing.taps("Delete", writing.panel)
    writing.taps("Yes, delete it")
    assert isinstance(writing.said[0], DropBroadcast)
    assert cast_slot(writing.said[0].broadcast) in withdrawn(writing.said, FORUM)
    assert approval_slot(writing.said[0].broadcast) in withdrawn(writing.said, OFFICE)


def test_a_button_of_a_deleted_broadcast_says_so() -> None:
    writing = written()
    old = writing.panel
    writing.press("delete", "yes")
    assert alert(writing.taps("Preview", old)) == "This broadcast is no longer there."


def test_the_test_goes_to_the_one_who_presses_in_every_language_and_to_nobody_else() -> None:
    """B87."""
    writing = written()
    writing.press("preview")
    writing.taps("Send me a test")
    to_me = sends(writing.said, ToResident(MYSELF))
    assert len(to_me) == 3
    assert sends(writing.said) == to_me
    assert english(only(writing.said, Toast).text) == "The test is on its way to your private chat with the bot."


def test_who_has_not_opened_the_bot_gets_the_way_to_it() -> None:
    writing = written(myself=None)
    writing.press("test")
    [send] = sends(writing.said)
    assert send.to == FORUM
    assert send.message.door is not None


@pytest.mark.parametrize("actor", ["anonymous", "channel", "stranger", "former_member", "resident"])
def test_nobody_but_members_can_write(actor: Any) -> None:
    """B71, B86."""
    writing = written()
    nobody = {"actor": actor, "member": None}
    for step, value in (("text", "en"), ("submit", ""), ("delete", "yes"), ("preview", ""), ("lang", "-en")):
        alert(writing.press(step, value, **nobody))
    writing.press("text", "en")
    writing.replies("Mine", **nobody)
    assert writing.broadcast.texts == TEXTS
    assert not [effect for effect in Writing().command(**nobody) if isinstance(effect, OpenBroadcast)]


def test_another_forum_can_neither_write_nor_read_it() -> None:
    """B45."""
    writing = written()
    stranger = {**seated(replace(AZAD, forum=JALAWLA))}
    for step in ("preview", "test", "submit", "text"):
        assert alert(writing.press(step, "en", **stranger)) == "This broadcast belongs to another group."
    writing.press("text", "en")
    writing.replies("Mine", **stranger)
    assert "belongs to another group" in told(writing.said, ToForum(JALAWLA))
    assert writing.broadcast.texts == TEXTS


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("lang",),
        ("lang", "+xx", "1"),
        ("lang", "", "1"),
        ("area", "", "1"),
        ("topic", "canary", "1"),
        ("circle", "men", "1"),
        ("open", "when", "1"),
        ("open", "right", "1"),
        ("text", "", "1"),
        ("what", "ever", "1"),
    ],
)
def test_a_forged_button_does_nothing(args: tuple[str, ...]) -> None:
    from bot.model.messages import Action

    writing = begun()
    before = writing.broadcast
    assert "old" in alert(writing.presses(Action("cast", None, args, broadcast=before.id)))
    assert writing.broadcast == before


def test_a_forged_right_answer_does_nothing() -> None:
    writing = begun()
    writing.press("quiz", "en")
    writing.replies(QUIZ)
    for value in ("3", "-1", "", "x", "٢"):
        assert "old" in alert(writing.press("right", value))


def test_what_is_kept_of_a_broadcast_in_the_audit_is_no_content() -> None:
    writing = approved()
    lines = [effect for effect in writing.said if isinstance(effect, Audit)]
    assert {line.action for line in lines} >= {"cast_approve"}
    assert not [line for line in lines for text in TEXTS.values() if text[:8] in line.detail]


def test_a_preview_of_something_unfinished_shows_what_is_there_and_does_not_count() -> None:
    writing = begun()
    writing.press("text", "en")
    writing.replies(TEXTS["en"])
    writing.press("preview")
    assert "Still missing: the text: Arabic · the text: Kurdish" in told_aloud(writing)
    assert writing.broadcast.previewed != writing.broadcast.revision
    assert "nothing to look at" in alert(begun().press("preview"))


def test_steps_are_no_change_of_the_content() -> None:
    writing = written()
    revision = writing.broadcast.revision
    for step in ("topic", "audience", "quiz", "delete"):
        writing.press("open", step)
        writing.press("show")
    writing.press("topic", "drugs")
    assert writing.broadcast.revision == revision
    assert isinstance(only(writing.said, MoveBroadcast), MoveBroadcast)


def test_a_broadcast_of_the_province_reads_the_same_for_who_is_there() -> None:
    writing = Writing(here=situation(ticket=None, **seated(LAYLA)))
    writing.command()
    assert isinstance(writing.said[1], Send)
    assert writing.said[1].to == ToForum(PROVINCE)
    assert writing.broadcast.forum == ForumId("province")
