"""A ticket as a line of a list, and what its number does."""

from __future__ import annotations

from bot.model.effects import Effect, MoveTicket, Priority, Send, Toast
from bot.model.events import MediaReceived, TextReceived
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Action, Attachment, Line, ToForum, card_slot, entry_slot, list_slot
from bot.model.tickets import Content, Ticket
from handlers.cards import place_cards
from handlers.desk import DESK_EVENTS
from tests.handlers.build import (
    JALAWLA,
    KHANAQIN,
    Desk,
    alert,
    english,
    entry,
    from_province,
    only,
    sends,
    situation,
    taken,
    ticket,
    told,
)

GROUP = ToForum(KHANAQIN)
SENSITIVE = ticket(category="harassment", sensitive=True)
PHOTO = Attachment("photo", "file")


def line(of: Ticket, group: ForumId = KHANAQIN) -> Line:
    [card] = [each for each in sends(place_cards(of, situation(of)), ToForum(group)) if each.slot == card_slot(of.id)]
    assert card.message.line is not None
    return card.message.line


def test_a_line_names_number_and_type_and_nothing_that_was_written() -> None:
    """B50: a list cannot be emptied when its reporter takes the report back."""
    plain = line(ticket(content=Content("canary", place="canary", when="canary")))
    assert english(plain.words) == "KHN-7F3K9 – Drugs"
    assert plain.action == Action("card", ticket().id)
    assert english(line(ticket(urgent=True)).words) == "URGENT: KHN-7F3K9 – Drugs"
    assert english(line(ticket(kind="dialogue", category="dialogue")).words) == "KHN-7F3K9 – request for a dialogue session"
    assert english(line(ticket(category="gone from the settings")).words) == "KHN-7F3K9 – report"


def test_a_line_of_a_sensitive_report_says_only_that_and_opens_at_the_province_alone() -> None:
    assert english(line(SENSITIVE).words) == "KHN-7F3K9 – sensitive report"
    assert line(SENSITIVE).action is None
    assert english(line(SENSITIVE, PROVINCE).words) == "KHN-7F3K9 – sensitive report"
    assert line(SENSITIVE, PROVINCE).action == Action("card", SENSITIVE.id)


def test_a_number_puts_the_card_up_before_all_others_with_its_files_and_what_was_written_since() -> None:
    about = ticket(content=Content("Look.", (PHOTO,)))
    effects = Desk(situation(about, entries=(entry("message", "And this."), entry("note")))).press("card")
    shown = sends(effects, GROUP)
    assert [each.slot for each in shown] == [card_slot(about.id), f"media:{about.id}:opening:0", entry_slot(entry("message").id)]
    assert {each.priority for each in shown} == {Priority.REPLY}
    assert english(only(effects, Toast).text) == "You will see report KHN-7F3K9 in a moment."
    assert not [effect for effect in effects if isinstance(effect, MoveTicket)]


def test_the_number_of_a_card_that_is_there_points_to_it() -> None:
    effects = Desk(situation(taken(), shown=True)).press("card")
    [here] = sends(effects)
    assert told(effects, GROUP) == "Here is report KHN-7F3K9."
    assert (here.message.answers, here.ticket, here.slot) == (card_slot(ticket().id), ticket().id, None)


def test_a_number_does_nothing_where_the_report_is_not_any_more() -> None:
    moved = ticket(forum=JALAWLA)
    assert alert(Desk(situation(moved)).press("card")) == "Report KHN-7F3K9 is not with this forum now."
    assert alert(Desk(situation(moved, **from_province())).press("card")) == "Report KHN-7F3K9 is not with this forum now."


def test_words_below_a_list_are_taken_for_no_answer_and_whoever_wrote_them_is_told() -> None:
    """B68: nobody knows which of the reports they are about, and silence would look as if they had been passed on."""
    below = situation(prompt=list_slot("token"))
    for event in (TextReceived("We are coming."), MediaReceived(PHOTO, "This one?", message="5")):
        effects: list[Effect] = list(DESK_EVENTS[type(event)](below, event))
        [answer] = effects
        assert isinstance(answer, Send)
        assert told(effects, GROUP).startswith("To write about one of these reports, please reply to the report itself.")
        assert answer.message.answers == list_slot("token")
