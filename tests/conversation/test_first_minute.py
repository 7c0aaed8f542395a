"""From nothing to the menu: the first screen, the notice, consent, and what was sent before any of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.effects import DropDraft, EraseResident, OpenTicket, SetResident
from bot.model.ids import Language
from bot.model.province import Province
from tests.conversation.phone import Phone
from tests.conversation.steps import label, said

OWN = {"ar": "العربية", "ckb": "کوردی", "en": "English"}


def test_the_first_screen_greets_in_three_languages_with_the_number(stranger: Phone) -> None:
    """B13: each language in its own script, one sentence on privacy, and the emergency number, before anything is chosen."""
    stranger.says("/start")
    assert [stranger.shown(button.label) for button in stranger.buttons()] == ["العربية", "کوردی", "English"]
    stranger.hears("Please choose your language.", "يرجى اختيار اللغة.", "تکایە زمان هەڵبژێرن.")
    stranger.hears("Forum members do not see your name or your number.", "أعضاء المنتدى لا يرون اسمكم ولا رقمكم.")
    stranger.hears("In danger? Call 911.", "في حالة الخطر اتصلوا بالرقم 911.", "لە کاتی مەترسیدا پەیوەندی بە ژمارەی 911 بکەن.")


def test_the_first_screen_can_be_heard_where_a_recording_is_configured(province: Province) -> None:
    """B13: 🔊 for who reads little; it works before a language is chosen, and there is no button without a recording."""
    phone = Phone(replace(province, greetings=frozenset({"ckb"})))
    phone.says("/start").taps("🔊")
    (message,) = phone.screen
    assert message.attachment is not None
    assert message.attachment.file == "recording:ckb"
    silent = Phone(province).says("/start")
    assert not [button for button in silent.buttons() if "🔊" in silent.shown(button.label)]


def test_language_welcome_notice_consent_menu(stranger: Phone, language: Language) -> None:
    """The keeping period in the notice is the real one."""
    stranger.says("/start").taps(OWN[language])
    stranger.hears(said(stranger, "welcome"), said(stranger, "consent"), said(stranger, "days"))
    stranger.taps(label(stranger, "agree")).hears(said(stranger, "menu"))
    assert stranger.consented


def test_what_came_first_starts_a_report_with_it_attached(stranger: Phone, language: Language) -> None:
    """A text before any button waits through language and consent, and is part of the report."""
    stranger.says("اكو مشكلة ماي بالمحلة").taps(OWN[language]).taps(label(stranger, "agree")).hears(said(stranger, "danger?"))
    stranger.taps(label(stranger, "no")).taps(label(stranger, "services")).taps(label(stranger, "khanaqin")).taps(label(stranger, "skip"))
    stranger.taps(label(stranger, "done")).taps(label(stranger, "skip")).taps(label(stranger, "yes")).hears("اكو مشكلة ماي بالمحلة")
    stranger.taps(label(stranger, "send"))
    assert stranger.made(OpenTicket)


@pytest.mark.parametrize("kind", ["voice", "photo", "video"])
def test_a_file_as_the_first_message_starts_a_report(english: Phone, kind: str) -> None:
    """A voice note, a photo or a video alone is the beginning of a report."""
    english.sends(kind).hears("Is anyone in danger right now?")  # type: ignore[arg-type]  # a parameter's literal
    assert english.draft is not None
    assert english.draft.kept[0].attachment is not None


def test_a_resident_who_says_no_leaves_nothing_behind(stranger: Phone) -> None:
    """No draft, and within minutes no address either."""
    stranger.says("There is something").taps("English").taps("I do not agree").hears("We keep nothing of what you wrote.", "911")
    assert stranger.made(DropDraft)
    assert not any(isinstance(effect, SetResident) and effect.consented for effect in stranger.effects)
    stranger.waits(timedelta(minutes=3))
    assert stranger.made(EraseResident)
    assert stranger.draft is None


def test_words_of_danger_bring_the_number_before_the_language(stranger: Phone) -> None:
    """B104: before anything else, even before a language is chosen."""
    stranger.says("زوجي يضربني ويضرب الجهال")
    assert stranger.screen[0].call is not None
    stranger.hears("911")


def test_buttons_of_the_menu_do_nothing_before_consent(stranger: Phone) -> None:
    """Nothing is opened for somebody who has not agreed."""
    from bot.model.messages import Action

    stranger.says("/start").taps("English").presses(Action("report"))
    assert stranger.toasts
    stranger.hears("Do you agree that we continue?")


def test_an_album_before_the_language_is_answered_once(stranger: Phone) -> None:
    """B24: also where something else came before it; what is sent is never met with silence."""
    stranger.sends("voice").hears("Please choose your language.")
    stranger.sends("photo", album="a").hears("Please choose your language.")
    stranger.sends("photo", album="a")
    assert stranger.screen == []
