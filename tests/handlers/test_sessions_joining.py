"""Like requests are followed together where members say so, and everybody who asked is kept informed."""

from __future__ import annotations

from dataclasses import replace

from bot.model.effects import AddEntry, OpenSession
from bot.model.events import TextReceived
from bot.model.ids import ResidentId
from bot.model.messages import ToResident
from handlers import BOOK
from handlers.cards import card
from handlers.likeness import CLOSE, likeness
from tests.handlers.build import RESIDENT, alert, english, sends, told
from tests.handlers.meeting import GROUP, Meeting, announced, another, request, scheduled, to_group

OTHER = ToResident(ResidentId("residentbbbb"))
LIKE = another("No water in the old town", 1, resident=OTHER.resident)
UNLIKE = another("Street dogs", 2, resident=OTHER.resident)


def both() -> Meeting:
    return Meeting().knows(LIKE, UNLIKE)


def joined() -> Meeting:
    meeting = scheduled(both())
    meeting.taps("KHN-BBB1")
    meeting.taps("Back")
    return meeting


def test_likeness_is_of_topic_and_words_and_for_the_same_people() -> None:
    assert likeness(request(), LIKE) >= CLOSE > likeness(request(), UNLIKE)
    assert likeness(request("المياه في الحي القديم"), request("الماء في الحيّ القديم")) >= CLOSE
    wanted = LIKE.content.request
    assert wanted is not None
    women = replace(LIKE, content=replace(LIKE.content, request=replace(wanted, audience="women")))
    assert likeness(request(), women) == 0


def test_who_takes_a_request_is_asked_about_one_like_it() -> None:
    meeting = both()
    meeting.press("take", about=meeting.tickets[request().id])
    assert "Report KHN-AAAA looks like report KHN-BBB1. Follow them together?" in to_group(meeting.said)
    meeting.taps("Yes")
    session = meeting.session
    assert (session.state, session.topic) == ("planned", "Water in the old town")
    assert {asked.reference for asked in meeting.tickets.values() if asked.session == session.id} == {"KHN-AAAA", "KHN-BBB1"}
    assert "A forum member is now following your request KHN-BBB1." in told(meeting.said, OTHER)


def test_nothing_is_suggested_where_nothing_is_alike() -> None:
    meeting = Meeting().knows(UNLIKE)
    meeting.press("take", about=meeting.tickets[request().id])
    assert "Follow them together" not in to_group(meeting.said)


def test_scheduling_offers_like_requests_first_the_most_alike_on_top() -> None:
    meeting = scheduled(both())
    assert "Which requests does this session answer?" in meeting.reads()
    assert meeting.labels() == ["✓ KHN-AAAA", "KHN-BBB1", "KHN-BBB2", "Back"]
    assert "KHN-BBB1 – No water in the old town" in meeting.reads()


def test_a_request_is_joined_and_let_go_again() -> None:
    meeting = joined()
    assert meeting.tickets[LIKE.id].session == meeting.session.id
    assert "Requests: KHN-AAAA, KHN-BBB1" in meeting.reads()
    meeting.taps("Join requests")
    meeting.taps("✓ KHN-BBB1")
    assert meeting.tickets[LIKE.id].session is None
    assert sends(meeting.said, OTHER) == []


def test_an_answer_to_one_goes_to_everybody_who_asked_each_about_their_own() -> None:
    meeting = joined()
    meeting.press("reply", about=meeting.tickets[request().id])
    prompt = next(slot for slot in reversed(meeting.shown) if slot.startswith("prompt:reply"))
    here = meeting.loaded(request().id)
    effects = list(BOOK.desk_events[TextReceived](replace(here, prompt=prompt), TextReceived("We meet the water office on Monday.")))
    assert "Answer from the forum about request KHN-AAAA" in told(effects, RESIDENT)
    assert "Answer from the forum about request KHN-BBB1" in told(effects, OTHER)
    assert "KHN-AAAA" not in told(effects, OTHER)
    added = [effect.entry for effect in effects if isinstance(effect, AddEntry)]
    assert {entry.ticket for entry in added} == {request().id, LIKE.id}
    assert len({entry.id for entry in added}) == 2


def test_who_does_not_want_messages_gets_no_copy() -> None:
    silent = replace(LIKE, contact=False)
    meeting = scheduled(Meeting().knows(silent))
    meeting.taps("KHN-BBB1")
    assert sends(meeting.said, OTHER) == []


def test_a_request_joined_to_an_announced_session_is_invited_at_once() -> None:
    meeting = announced()
    meeting.knows(replace(LIKE, state="new"))
    meeting.press("take", about=meeting.tickets[LIKE.id])
    meeting.taps("Yes")
    assert not [effect for effect in meeting.said if isinstance(effect, OpenSession)]
    assert meeting.tickets[LIKE.id].session == meeting.session.id
    assert "You are invited to a dialogue session." in told(meeting.said, OTHER)


def test_an_old_suggestion_says_so() -> None:
    meeting = both()
    assert "old" in alert(meeting.press("join", "ticketgoneaa", "tokenn000001", about=meeting.tickets[request().id]))


def test_a_report_has_no_schedule_button_and_cannot_be_scheduled() -> None:
    meeting = Meeting()
    report = replace(request(), kind="report")
    shown = card(report, meeting.here, GROUP.forum)
    assert "Schedule" not in [english(button.label) for row in shown.rows for button in row]
    meeting.knows(report)
    assert "old" in alert(meeting.press("schedule", about=report))


def test_scheduling_a_request_like_one_that_has_a_session_asks_first() -> None:
    meeting = announced()
    meeting.knows(LIKE)
    meeting.press("schedule", about=LIKE)
    assert "Report KHN-BBB1 looks like report KHN-AAAA. Follow them together?" in to_group(meeting.said)
    former = meeting.session.id
    meeting.taps("A session of its own")
    assert meeting.session.id != former
    assert meeting.tickets[LIKE.id].session == meeting.session.id


def test_a_request_that_goes_to_another_forum_leaves_its_session() -> None:
    meeting = joined()
    meeting.press("transfer", about=meeting.tickets[LIKE.id])
    meeting.taps("Jalawla")
    meeting.taps("Yes")
    assert meeting.tickets[LIKE.id].session is None
