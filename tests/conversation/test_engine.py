"""What every conversation can do, whatever it asks: back, edit, cancel, language, old buttons, drafts."""

from __future__ import annotations

from datetime import timedelta

from bot.engine.exploring import explore
from bot.i18n import render
from bot.model.effects import KeepDraft, OpenTicket, Send
from bot.model.ids import LANGUAGES
from bot.model.province import Province
from handlers import FLOWS
from tests.conversation.phone import Phone
from tests.conversation.steps import label, said, to_category, to_review, to_story
from tests.conversation.words import STORY


def test_back_works_on_every_step_to_the_first_and_keeps_later_answers(phone: Phone) -> None:
    """B15: back from the review to the first question, and forward again without typing the story twice."""
    to_review(phone)
    assert phone.draft is not None
    answers = {key: value for key, value in phone.draft.answers.items() if key != "story"}
    asked = []
    for _ in range(7):
        phone.taps(label(phone, "back"))
        assert phone.draft is not None
        asked.append(phone.draft.pending)
    assert asked == ["contact", "when", "story", "place", "district", "category", "danger"]
    assert phone.draft is not None
    assert {key: value for key, value in phone.draft.answers.items() if key != "story"} == answers
    assert STORY[phone.language or "en"] in str(phone.draft.answers["story"])


def test_one_answer_is_edited_from_the_review_and_the_review_comes_back(phone: Phone) -> None:
    """B16."""
    to_review(phone).taps(label(phone, "edit"))
    area = {"en": "Type", "ar": "النوع", "ckb": "جۆر"}[phone.language or "en"]
    phone.taps(area).hears(said(phone, "category?")).taps(label(phone, "services"))
    phone.hears(label(phone, "services"), STORY[phone.language or "en"])
    phone.offers(label(phone, "send"))


def test_the_story_is_edited_from_the_review(english: Phone) -> None:
    """B16: what was written stays, more is added, and the review comes back."""
    to_review(english).taps("Edit").taps("What happened").says("And today again.").taps("Done")
    english.hears(STORY["en"], "And today again.")
    english.offers("Send")


def test_cancel_asks_once_and_leaves_no_draft(phone: Phone) -> None:
    """B17."""
    to_story(phone).says("x").taps(label(phone, "cancel"))
    assert phone.draft is not None
    phone.taps(label(phone, "yes")).hears(said(phone, "cancelled"))
    assert phone.draft is None
    assert not phone.tickets


def test_no_to_cancel_goes_on_where_it_was(phone: Phone) -> None:
    """B17: the other answer loses nothing; a typed answer counts as well."""
    to_story(phone).says("/cancel").taps(label(phone, "no")).hears(said(phone, "story?"))
    phone.says("/cancel").says(label(phone, "no")).hears(said(phone, "story?"))
    assert phone.draft is not None


def test_start_never_traps(phone: Phone) -> None:
    """B17: in the middle of a report /start offers to go on, to begin again, or to stop."""
    to_story(phone).says("/start").hears(said(phone, "waiting")).taps(label(phone, "continue")).hears(said(phone, "story?"))


def test_an_old_button_says_so_and_shows_where_we_are(phone: Phone) -> None:
    """B20: never an error, never a wrong answer."""
    to_category(phone)
    no = phone.button(label(phone, "drugs")).action
    phone.taps(label(phone, "drugs"))
    phone.presses(no)
    assert phone.draft is not None
    assert phone.draft.pending == "district"
    phone.presses(None).hears()
    assert phone.toasts


def test_a_button_of_an_earlier_draft_changes_nothing(phone: Phone) -> None:
    """B20: the id of the draft is part of the button."""
    to_category(phone)
    old = phone.button(label(phone, "drugs")).action
    phone.draft = None
    to_category(phone).presses(old)
    assert phone.draft is not None
    assert "category" not in phone.draft.answers


def test_another_choice_on_an_earlier_step_changes_that_answer(english: Phone) -> None:
    """B20: an old step's button goes to that step: the answer is replaced, the later ones stay."""
    to_category(english)
    services = english.button("Services").action
    english.taps("Drugs").taps("Khanaqin")
    english.presses(services)
    assert english.draft is not None
    assert english.draft.answers["category"] == "services"
    assert english.draft.pending == "place"


def test_the_language_changes_at_any_step_without_losing_the_draft(english: Phone) -> None:
    """B35: the open question is asked again in the new language, and everything answered stays."""
    to_story(english).says("Near the school").says("/language").taps("العربية").hears(said_in("story?", "ar"))
    assert english.language == "ar"
    english.taps("تم").taps("تخطّي").taps("نعم").hears("Near the school").taps("إرسال")
    assert english.made(OpenTicket)


def said_in(key: str, language: str) -> str:
    """Return a sentence in a language."""
    from tests.conversation.words import SAYS

    return SAYS[key][language]  # type: ignore[index]  # a test's literal


def test_a_draft_is_reminded_of_once_and_never_again(phone: Phone) -> None:
    """B33: after an hour of rest, once; then nothing until it is deleted."""
    to_story(phone).says(STORY[phone.language or "en"])
    phone.waits(timedelta(minutes=61)).hears(said(phone, "waiting"))
    reminders = 0
    for _ in range(24 * 6):
        phone.screen.clear()
        phone.waits(timedelta(hours=1))
        reminders += len(phone.screen)
    assert reminders == 0
    phone.waits(timedelta(days=2))
    assert phone.draft is None


def test_a_reminder_waits_for_an_hour_of_rest(english: Phone) -> None:
    """B33: somebody who is writing is not reminded; an hour after their last word they are."""
    to_category(english)
    english.now += timedelta(minutes=50)
    english.taps("Drugs")
    english.waits(timedelta(minutes=15)).hears_not("You started a report")
    english.waits(timedelta(minutes=50)).hears("You started a report")


def test_an_edited_message_changes_the_unfinished_story(english: Phone) -> None:
    """What was corrected in the chat is corrected in the report."""
    to_story(english).says("Near the scool", "m1").edits("m1", "Near the school").taps("Done").taps("Skip").taps("Yes")
    english.hears("Near the school").hears_not("scool")


def test_every_path_of_every_conversation_ends_and_fits(province: Province) -> None:
    """Each path ends; each sentence and label on it has words in all languages and fits the channel's limits."""
    for name, flow in FLOWS.items():
        walked = 0
        situation = Phone(province, "en", consented=True).situation()
        seen: set[object] = set()
        for path in explore(flow, situation, name):
            walked += 1
            for question in path.asked:
                if (name, question.name) in seen:
                    continue
                seen.add((name, question.name))
                shown = question.show(situation, None)
                for language in LANGUAGES:
                    assert 0 < len(render(shown.body, language)) <= 4096
                    assert all(0 < len(render(label, language)) <= 64 for row in shown.choices for label, _ in row)
        assert walked >= 1, name


def test_a_draft_is_small_enough_to_store_at_every_step(english: Phone) -> None:
    """Buttons carry the draft's id, the question and the choice within Telegram's 64 bytes."""
    from bot.model.buttons import LIMIT, encode

    to_review(english)
    english.taps("Back").taps("Back").taps("Back").taps("Back").taps("Back")
    for button in english.buttons():
        assert len(encode(button.action).encode()) <= LIMIT
    assert english.made(KeepDraft)
    assert [effect for effect in english.effects if isinstance(effect, Send)]
