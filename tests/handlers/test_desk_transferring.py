"""A report moves to another forum, or back."""

from __future__ import annotations

from bot.model.effects import Audit, MoveTicket, Send
from bot.model.ids import PROVINCE, EntryId, MemberId
from bot.model.messages import Attachment, ToForum, card_slot, entry_slot, media_slot
from bot.model.people import Member
from bot.model.tickets import Content
from handlers.cards import OPENING
from tests.handlers.build import (
    JALAWLA,
    KHANAQIN,
    LINKED,
    MANDALI,
    RESIDENT,
    STORY,
    Desk,
    alert,
    entry,
    from_province,
    in_slot,
    labels,
    only,
    sends,
    situation,
    taken,
    ticket,
    told,
    withdrawn,
)

KHN, JLW, HEADS, CARD = ToForum(KHANAQIN), ToForum(JALAWLA), ToForum(PROVINCE), card_slot(ticket().id)
PHOTO = Attachment("photo", "file-of-photo")


def _at_jalawla(**changes: object) -> Desk:
    member = Member(MemberId("membersdilan"), JALAWLA, "Dilan R.")
    return Desk(situation(ticket(forum=JALAWLA, came_from=KHANAQIN, hops=1, **changes), forum=JALAWLA, member=member))


def test_a_transfer_asks_where_to_and_whether_it_is_meant() -> None:
    desk = Desk(situation(taken()))
    [ask] = sends(desk.press("transfer"))
    assert ask.slot is not None
    assert labels(desk.said, KHN, ask.slot) == [["Jalawla", "Mandali"], ["Provincial head"], ["Cancel"]]
    effects = desk.press_button("Jalawla")
    assert told(effects, KHN) == "Move KHN-7F3K9 to the forum of Jalawla? New messages about it will no longer come to this group."
    assert labels(effects, KHN, ask.slot) == [["Yes"], ["Cancel"]]
    assert not any(isinstance(effect, MoveTicket) for effect in effects)


def test_a_transfer_that_is_not_meant_leaves_everything_as_it_is() -> None:
    desk = Desk(situation(taken()))
    [ask] = sends(desk.press("transfer"))
    effects = desk.press_button("Cancel")
    assert withdrawn(effects, KHN) == [ask.slot]
    assert len(effects) == 1


def _moved() -> Desk:
    about = taken(content=Content(STORY, (PHOTO,)))
    thread = (entry("message", "It was at noon", attachments=(PHOTO,)), entry("note", "We know him"), entry("answer", "Thank you"))
    desk = Desk(situation(about, entries=thread))
    desk.press("transfer")
    desk.press_button("Jalawla")
    desk.press_button("Yes")
    return desk


def test_the_first_groups_card_loses_the_content() -> None:
    """B63."""
    effects = _moved().said
    assert in_slot(effects, KHN, CARD) == "Report KHN-7F3K9 was moved to the forum of Jalawla."
    assert labels(effects, KHN, CARD) == []
    assert STORY not in told(effects, KHN)
    assert {
        media_slot(ticket().id, OPENING, 0),
        entry_slot(EntryId("entrymessage")),
        media_slot(ticket().id, EntryId("entrymessage"), 0),
        entry_slot(EntryId("entrynote")),
        entry_slot(EntryId("entryanswer")),
    } <= set(withdrawn(effects, KHN))


def test_the_second_group_gets_the_card_its_files_and_what_was_written_but_no_notes() -> None:
    """B63."""
    effects = _moved().said
    moved = only(effects, MoveTicket).ticket
    assert (moved.forum, moved.came_from, moved.state, moved.taker, moved.hops) == (JALAWLA, KHANAQIN, "new", None, 1)
    assert "Report KHN-7F3K9 came from the forum of Khanaqin." in in_slot(effects, JLW, CARD)
    assert labels(effects, JLW, CARD)[0] == ["Take", "Send back"]
    heard = told(effects, JLW)
    assert STORY in heard
    assert "It was at noon" in heard
    assert "Thank you" in heard
    assert "We know him" not in heard
    assert len([send for send in sends(effects, JLW) if send.message.attachment]) == 2


def test_the_reporter_is_told_the_forums_names_and_nothing_else() -> None:
    """B63."""
    assert told(_moved().said, RESIDENT) == (
        "Your report KHN-7F3K9 was moved from the forum of Khanaqin to the forum of Jalawla, because it is closer to the problem."
    )


def test_the_move_is_written_down() -> None:
    audit = only(_moved().said, Audit)
    assert (audit.action, audit.forum, audit.detail) == ("transfer", KHANAQIN, JALAWLA)


def test_the_first_forum_can_do_nothing_any_more() -> None:
    """B71."""
    desk = _moved()
    assert alert(desk.press("take")) == "Report KHN-7F3K9 is not with this forum now."


def test_the_second_forum_sends_it_back_with_a_reason() -> None:
    """B63."""
    desk = _at_jalawla()
    desk.press("return")
    effects = desk.reply("The school is in Khanaqin")
    moved = only(effects, MoveTicket).ticket
    assert (moved.forum, moved.came_from, moved.hops) == (KHANAQIN, JALAWLA, 2)
    assert in_slot(effects, JLW, CARD) == "Report KHN-7F3K9 was moved to the forum of Khanaqin."
    assert "came from the forum of Jalawla.\nReason: The school is in Khanaqin" in in_slot(effects, KHN, CARD)
    assert told(effects, RESIDENT) == "Your report KHN-7F3K9 was moved from the forum of Jalawla to the forum of Khanaqin."


def test_a_reason_with_a_phone_number_is_asked_for_again() -> None:
    desk = _at_jalawla()
    desk.press("return")
    effects = desk.reply("Call 07701234567")
    assert not any(isinstance(effect, MoveTicket) for effect in effects)
    assert "without names and phone numbers" in told(effects, JLW)


def test_the_second_forum_takes_it_and_it_is_theirs() -> None:
    desk = _at_jalawla(return_reason="old reason")
    moved = only(desk.press("take"), MoveTicket).ticket
    assert (moved.came_from, moved.return_reason) == (None, "")
    assert "taken" in alert(desk.press("return"))


def test_a_report_cannot_wander_without_the_province() -> None:
    """B64."""
    desk = Desk(situation(taken(hops=3)))
    [ask] = sends(desk.press("transfer"))
    assert ask.slot is not None
    assert "has been moved 3 times already" in told(desk.said, KHN)
    assert labels(desk.said, KHN, ask.slot) == [["Yes"], ["Cancel"]]
    effects = desk.press_button("Yes")
    assert only(effects, MoveTicket).ticket.forum == PROVINCE
    assert STORY in in_slot(effects, HEADS, CARD)
    assert told(effects, RESIDENT) == "Your report KHN-7F3K9 was moved from the forum of Khanaqin to the forum of Diyala."


def test_an_old_transfer_button_or_a_return_cannot_get_around_the_province() -> None:
    """B64."""
    effects = Desk(situation(taken(hops=3))).press("move", JALAWLA, "tokenn000009")
    assert only(effects, MoveTicket).ticket.forum == PROVINCE
    assert "moved too often" in in_slot(effects, KHN, CARD)
    desk = Desk(situation(ticket(came_from=JALAWLA, hops=3)))
    desk.press("return")
    assert only(desk.reply("Not ours"), MoveTicket).ticket.forum == PROVINCE


def test_a_coordinator_moves_it_on_as_often_as_needed() -> None:
    """B64."""
    desk = Desk(situation(ticket(forum=PROVINCE, hops=9), **from_province()))
    desk.press("transfer")
    desk.press_button("Mandali")
    effects = desk.press_button("Yes")
    assert only(effects, MoveTicket).ticket.forum == MANDALI
    assert STORY in told(effects, ToForum(MANDALI))
    assert STORY not in told(effects, HEADS)


def test_a_transfer_to_nowhere_is_an_old_button() -> None:
    for args in ((KHANAQIN, "tokenn000001"), ("atlantis", "tokenn000001"), ()):
        for verb in ("to", "move"):
            assert alert(Desk(situation(taken())).press(verb, *args)).startswith("This button is old.")


def test_a_report_moved_to_a_forum_without_a_group_waits_with_the_province() -> None:
    """B74."""
    desk = Desk(situation(taken(), forums={**LINKED, JALAWLA: "unlinked"}))
    effects = desk.press("move", JALAWLA, "tokenn000001")
    assert only(effects, MoveTicket).ticket.forum == JALAWLA
    assert STORY in told(effects, HEADS)
    assert {send.to for send in sends(effects)} == {KHN, HEADS, RESIDENT}


def test_a_sensitive_report_stays_with_the_province_and_leaves_the_first_district() -> None:
    desk = Desk(situation(ticket(sensitive=True), **from_province()))
    effects = desk.press("move", JALAWLA, "tokenn000001")
    assert in_slot(effects, KHN, CARD) == "Report KHN-7F3K9 was moved to the forum of Jalawla."
    assert told(effects, JLW).splitlines()[0] == "Sensitive report KHN-7F3K9. The text is not shown here."
    assert STORY not in told(effects, JLW)
    assert all(not isinstance(effect, Send) or effect.to != HEADS or effect.slot == CARD for effect in effects)


def test_a_reporter_who_wants_no_messages_is_told_nothing() -> None:
    desk = Desk(situation(taken(contact=False)))
    assert sends(desk.press("move", JALAWLA, "tokenn000001"), RESIDENT) == []
