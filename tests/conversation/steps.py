"""The usual way through a report, step by step, in the language of the phone."""

from __future__ import annotations

from tests.conversation.phone import Phone
from tests.conversation.words import BUTTONS, SAYS, STORY


def said(phone: Phone, key: str) -> str:
    """Return a sentence in the phone's language."""
    return SAYS[key][phone.language or "en"]


def label(phone: Phone, key: str) -> str:
    """Return a button's label in the phone's language."""
    return BUTTONS[key][phone.language or "en"]


def to_category(phone: Phone) -> Phone:
    """Open a report and say that nobody is in danger."""
    return phone.says("/report").hears(said(phone, "danger?")).taps(label(phone, "no")).hears(said(phone, "category?"))


def to_story(phone: Phone, category: str = "drugs") -> Phone:
    """Go on to the question what happened."""
    to_category(phone).taps(label(phone, category)).taps(label(phone, "khanaqin"))
    return phone.taps(label(phone, "skip")).hears(said(phone, "story?"))


def to_review(phone: Phone, category: str = "drugs") -> Phone:
    """Go on to the review, with words only."""
    to_story(phone, category).says(STORY[phone.language or "en"]).taps(label(phone, "done")).hears(said(phone, "when?"))
    return phone.taps(label(phone, "skip")).hears(said(phone, "contact?")).taps(label(phone, "yes"))


def to_receipt(phone: Phone, category: str = "drugs") -> Phone:
    """Send the report."""
    return to_review(phone, category).taps(label(phone, "send"))
