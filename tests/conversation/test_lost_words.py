"""Nothing a resident says is lost, put into the wrong thread, or undone by an old button."""

from __future__ import annotations

from datetime import timedelta

from bot.model.effects import AddEntry, OpenTicket
from bot.model.tickets import Content
from tests.conversation.phone import Phone
from tests.conversation.steps import to_category, to_receipt, to_review, to_story


def entries(phone: Phone) -> list[str]:
    """Return the words that the last act added to a thread."""
    return [effect.entry.text for effect in phone.effects if isinstance(effect, AddEntry)]


def content(phone: Phone) -> Content:
    """Return what the report that the last act sent holds."""
    (opened,) = [effect for effect in phone.effects if isinstance(effect, OpenTicket)]
    return opened.ticket.content


def story(phone: Phone) -> str:
    """Return the words kept so far in the open conversation."""
    assert phone.draft is not None
    return "\n".join(piece.text for piece in phone.draft.kept)


def test_a_number_that_answers_the_forum_is_not_a_press_on_the_menu(english: Phone) -> None:
    """B10, B22: "How many were there?" – "3"."""
    ticket = next(iter(to_receipt(english).tickets))
    english.focus = ticket
    english.says("3")
    assert entries(english) == ["3"]
    english.focus, english.reply_to = None, ticket
    english.says("Help")
    assert entries(english) == ["Help"]


def test_an_old_skip_takes_no_words_back(english: Phone) -> None:
    """B20: it is pressed in the instant in which they write, or by mistake; in the review they can still be taken out."""
    to_story(english).says("They sell it behind the school").taps("Done")
    skip = english.button("Skip").action
    english.says("and every night").hears("May the forum ask you questions")
    answer = english.button("Yes").action
    english.presses(skip).hears("This step is already done.").presses(answer).hears("every night")
    english.taps("Edit").taps("Time").taps("Skip").hears("behind the school").hears_not("every night")


def test_an_old_skip_takes_no_place_back(english: Phone) -> None:
    """B20: whichever question it belongs to."""
    to_category(english).taps("Drugs").taps("Khanaqin")
    skip = english.button("Skip").action
    english.says("Near the bridge").presses(skip).hears("This step is already done.")
    assert english.draft is not None
    assert english.draft.answers["place"] == "Near the bridge"


def test_a_photo_in_reply_to_the_forum_does_not_throw_away_an_unfinished_report(english: Phone) -> None:
    """B10: the reporter is reminded of it; the photo gets into neither."""
    ticket = next(iter(to_receipt(english).tickets))
    to_story(english).says("A second thing")
    draft = english.draft
    english.reply_to = ticket
    english.sends("photo").hears("You started a report but did not send it.")
    assert english.draft == draft
    english.shares(34.34, 45.39).hears("You started a report but did not send it.")
    assert english.draft == draft


def test_further_files_of_an_album_in_reply_to_the_forum_stay_together(english: Phone) -> None:
    """B24: while the question about the first is open, the others join it."""
    ticket = next(iter(to_receipt(english).tickets))
    english.reply_to = ticket
    english.sends("photo", album="a").sends("photo", album="a")
    assert english.draft is not None
    assert len(english.draft.kept) == 2


def test_writing_about_a_report_waits_for_the_unfinished_one(english: Phone) -> None:
    """What is written next would go into the unfinished report: the bot must not say that it goes to the forum."""
    to_receipt(english)
    to_story(english)
    english.says("/status").taps("Write about").hears("You started a report but did not send it.").hears_not("Please write now")


def test_an_old_yes_to_cancelling_asks_again(english: Phone) -> None:
    """B20: the question was answered with No; its Yes lies there still, and does no harm."""
    to_story(english).says("Words").taps("Cancel")
    yes = english.button("Yes").action
    english.taps("No").presses(yes).hears("Do you want to stop?")
    assert english.draft is not None
    english.taps("Yes")
    assert english.draft is None


def test_an_old_start_again_does_not_throw_away_a_later_report(english: Phone) -> None:
    """B20: the button belongs to the report it was shown for."""
    to_story(english).says("/start")
    again = english.button("Start again").action
    english.taps("Start again")
    to_story_again = english.draft
    english.presses(again).hears("You started a report but did not send it.")
    assert english.draft == to_story_again


def test_the_keyboard_that_asks_for_a_location_shows_the_number(english: Phone) -> None:
    """There buttons come as typed labels: the number stays one tap away, and the label is no part of the story."""
    to_category(english).taps("Drugs").taps("Share a location")
    english.says("Emergency 911").hears("call 911 now")
    assert story(english) == ""


def test_words_that_replaced_a_photo_stay_when_more_is_said(english: Phone) -> None:
    """B10: a remark at the review is added to the report, and does not take the place of what was written before."""
    to_story(english).sends("photo").taps("Done").taps("No").says("Three men, each evening.").taps("Skip").taps("Yes")
    english.says("And one woman.").hears("Three men, each evening.", "And one woman.").taps("Send")
    assert content(english).text == "Three men, each evening.\nAnd one woman."


def test_a_report_needs_consent_also_by_command(stranger: Phone) -> None:
    """Who said no, or had everything deleted, is asked before anything is taken."""
    stranger.says("/start").taps("English").taps("I do not agree")
    stranger.says("/report").hears("Before we start").hears_not("danger right now")


def test_who_comes_back_after_deleting_everything_does_not_lose_what_they_wrote(english: Phone) -> None:
    """The address is forgotten two minutes after the farewell, unless somebody has begun anew meanwhile."""
    english.says("/privacy").taps("Delete my data").taps("Delete my data")
    english.says("It happened again.").hears("Before we start")
    agree = english.button("I agree").action
    english.waits(timedelta(minutes=3))
    assert not english.erased
    english.presses(agree)
    assert story(english) == "It happened again."


def test_who_comes_back_and_says_nothing_more_is_forgotten_all_the_same(english: Phone) -> None:
    """A conversation that rests for a week ends, and its person is forgotten with it."""
    english.says("/privacy").taps("Delete my data").taps("Delete my data")
    english.says("It happened again.")
    english.waits(timedelta(minutes=3)).waits(timedelta(hours=2)).waits(timedelta(days=8)).waits(timedelta(seconds=1))
    assert english.erased


def test_a_report_stays_within_what_a_group_can_be_shown(english: Phone) -> None:
    """A card of twenty messages and more would never get into a group of twenty messages a minute, and hold up all behind it."""
    to_category(english)
    for number in range(60):
        english.says(f"{number} " + "x" * 4000)
    english.hears("That is a lot already.")
    assert 8_000 < len(story(english)) < 20_000


def test_a_report_holds_so_many_messages_whenever_they_are_sent(english: Phone) -> None:
    """Also what is sent while a button is expected counts, before a language is chosen as well as at the review."""
    to_review(english)
    for number in range(60):
        english.says(f"word {number}")
    english.hears("That is a lot already.")
    assert english.draft is not None
    assert len(english.draft.kept) <= 40


def test_so_many_messages_before_the_first_screen(stranger: Phone) -> None:
    """Nobody fills the disk before they have even chosen a language."""
    for number in range(60):
        stranger.says(f"word {number}")
    assert stranger.draft is not None
    assert len(stranger.draft.kept) == 40
    assert stranger.draft.kept[0].text == "word 0"


def test_a_point_sent_first_of_all_answers_the_question_where(stranger: Phone) -> None:
    """B14: it is confirmed when its turn comes, and the point itself is kept nowhere."""
    stranger.shares(34.348, 45.39).taps("English").taps("I agree").hears("danger right now")
    stranger.taps("No").taps("Drugs").hears("Please confirm the area").taps("Khanaqin").hears("Where exactly?")
    assert "34.3" not in repr(stranger.draft)


def test_a_point_from_a_resident_on_the_menu_begins_a_report(english: Phone) -> None:
    """B14."""
    english.shares(34.348, 45.39).hears("we keep this as part of your report", "danger right now")
    english.taps("No").taps("Drugs").hears("Please confirm the area")


def test_a_point_sent_with_the_story_asks_once_more_where(english: Phone) -> None:
    """It is not silently dropped: the area is confirmed, and the report goes on."""
    to_story(english).shares(33.74, 44.6).hears("we keep this as part of your report", "area")
    assert english.draft is not None
    english.presses(english.buttons()[0].action).hears("what happened")


def test_a_point_while_a_file_is_asked_about_is_no_answer(english: Phone) -> None:
    """In the thread of a report there is no question where."""
    english.reply_to = next(iter(to_receipt(english).tickets))
    english.sends("photo").shares(34.348, 45.39).hears("Do you want to send it?").hears_not("we keep this")
