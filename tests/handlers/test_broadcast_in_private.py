"""A coordinator writes a broadcast in private: the same composer, nothing in the group before it is submitted, and no report ever in it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.engine.decide import decide
from bot.model.broadcasts import Audience, Figures, Occurrence, home
from bot.model.effects import (
    DropBroadcast,
    Effect,
    KeepDraft,
    MoveBroadcast,
    MoveOccurrence,
    OpenBroadcast,
    OpenOccurrence,
    Send,
    SetResident,
    Toast,
    Withdraw,
)
from bot.model.events import ButtonPressed, CommandGiven, Event, MediaReceived, OccurrenceEnded, TextEdited, TextReceived, TimerFired
from bot.model.ids import PROVINCE, DraftId, ResidentId, TicketId
from bot.model.messages import Action, Attachment, ToForum, ToResident, cast_slot, progress_slot
from bot.model.people import Draft, Resident
from bot.model.situation import Situation
from handlers import BOOK
from handlers.broadcasts.panel import panel
from tests.handlers.build import NOW, english, sends, situation, told
from tests.handlers.casting import FORUM, LAYLA, MYSELF, OFFICE, OMAR, SARA, TEXTS, Writing, approved, begun, seated, travelled, written

HERE = ToResident(MYSELF)
ALONE = Resident(MYSELF, "en", consented=True)
REPORT = Draft(DraftId("draftaaaaaaa"), "report", NOW, pending="story", touched=NOW)
SECRET = "My uncle sells pills in our house."


def in_private(**changes: Any) -> dict[str, Any]:
    """Return what the machine hands over for what Layla does to broadcasts in her own chat."""
    return {**seated(LAYLA), "place": "private", "resident": ALONE, "myself": MYSELF, **changes}


@dataclass
class Desk(Writing):
    """Layla's chat with the bot, and the group of the province; everything goes through the engine, as it does in the machine."""

    here: Situation = field(default_factory=lambda: situation(ticket=None, **in_private()))
    talk: dict[str, Send] = field(default_factory=dict)

    @property
    def panel(self) -> Send:
        return self.talk[cast_slot(self.broadcast.id)]

    @property
    def resident(self) -> Resident:
        assert self.here.resident is not None
        return self.here.resident

    @property
    def asked(self) -> str | None:
        """What she was asked for, if her next words are the answer."""
        return self.resident.asked.slot if self.resident.asked else None

    def open(self) -> Desk:
        self.happens(CommandGiven("broadcast"))
        return self

    def happens(self, event: Event, **changes: Any) -> list[Effect]:
        here = replace(self.here, prompt=None, **changes)
        before, effects = self.here, decide(BOOK, here, event)
        self._decided(effects)
        assert (self.here.place, self.here.forum) == (before.place, before.forum)
        return self.said

    def says(self, words: str, **changes: Any) -> list[Effect]:
        return self.hears(words, None, **changes)

    def answers(self, slot: str, words: str, **changes: Any) -> list[Effect]:
        return self.hears(words, slot, **changes)

    def hears(self, words: str, slot: str | None, **changes: Any) -> list[Effect]:
        """Hear words, in reply to the message of a slot or to none."""
        return self._decided(decide(BOOK, replace(self.here, prompt=slot, **changes), TextReceived(words)))

    def presses(self, action: Action, **changes: Any) -> list[Effect]:
        return self.happens(ButtonPressed(action), **changes)

    def taps(self, label: str, send: Send | None = None, **changes: Any) -> list[Effect]:
        for each in [send] if send else [self.panel]:
            for button in (button for row in each.message.rows for button in row):
                if english(button.label) == label:
                    return self.presses(travelled(button), **changes)
        raise AssertionError(f"no button {label}")

    def in_office(self, label: str, send: Send, **changes: Any) -> list[Effect]:
        """Let Omar press a button in the group of the province."""
        return self.taps(label, send, **{"place": "group", "resident": None, "draft": None, "myself": None, **seated(OMAR), **changes})

    def prompt(self) -> str:
        """Return the slot of the last question of the chat."""
        return next(slot for slot in reversed(self.talk) if slot.count(":") >= 3 and slot.startswith("cast:"))

    def _decided(self, effects: Iterable[Effect]) -> list[Effect]:
        effects = super()._decided(effects)
        for effect in effects:
            match effect:
                case Send(to) if to == HERE:
                    slot = effect.slot or f"once:{len(self.talk)}"
                    self.talk.pop(slot, None)
                    self.talk[slot] = effect
                case Send(to):
                    assert to == OFFICE
                case Withdraw(to, slot) if to == HERE:
                    self.talk.pop(slot, None)
                case SetResident(reask=True, asked=asked):
                    self.here = replace(self.here, resident=replace(self.resident, asked=asked))
                case _:
                    pass
        return effects


def at_desk(**changes: Any) -> Desk:
    """Return a broadcast about drugs, just begun in private."""
    desk = Desk()
    desk.here = replace(desk.here, **changes)
    desk.open().taps("Protection from drugs")
    return desk


def whole() -> Desk:
    """Return one with all its texts, its people counted."""
    desk = at_desk()
    for language, name in (("ar", "Arabic"), ("ckb", "Kurdish"), ("en", "English")):
        desk.taps(f"Text: {name}")
        desk.says(TEXTS[language])  # type: ignore[index]  # a literal of the loop
    desk.counted()
    return desk


def waiting() -> Desk:
    desk = whole()
    desk.taps("Preview")
    desk.taps("Submit")
    assert desk.state() == "submitted"
    return desk


def sending() -> tuple[Desk, Occurrence]:
    """Return one that Omar has approved, and that is being sent."""
    desk = waiting()
    desk.in_office("Approve", desk.card)
    [opened] = [effect.occurrence for effect in desk.said if isinstance(effect, OpenOccurrence)]
    return desk, opened


def test_it_is_the_provinces_and_the_group_hears_nothing_until_it_is_submitted() -> None:
    desk = whole()
    assert (desk.broadcast.forum, desk.broadcast.author, home(desk.broadcast)) == (PROVINCE, LAYLA.id, HERE)
    assert desk.broadcast.audience == Audience()
    desk.taps("Preview")
    desk.taps("Send me a test", sends(desk.said, HERE)[-1])
    assert len(sends(desk.said, HERE)) == 3
    assert desk.shown == {}
    desk.taps("Submit")
    assert [send.to for send in sends(desk.said)] == [HERE, OFFICE, OFFICE, OFFICE, OFFICE, OFFICE]
    assert "Written by: Layla H." in english(desk.card.message.body)


def test_the_panel_is_the_one_of_the_group() -> None:
    """One composer: what differs is where it stands."""
    desk = whole()
    in_the_group = replace(desk.broadcast, desk=None)
    assert panel(in_the_group, desk.here).message == panel(desk.broadcast, desk.here).message == desk.panel.message


def test_the_next_words_are_the_answer_and_the_ones_after_it_are_not() -> None:
    desk = at_desk()
    desk.taps("Text: English")
    [prompt] = sends(desk.said, HERE)
    assert prompt.message.expects_reply
    assert "Layla" not in english(prompt.message.body)
    desk.says("Drugs destroy families.")
    assert desk.broadcast.texts == {"en": "Drugs destroy families."}
    pointer = sends(desk.said, HERE)[-1].message
    assert (english(pointer.body), pointer.answers) == ("Taken, thank you. Please go on in this message.", cast_slot(desk.broadcast.id))
    assert desk.asked is None


def test_a_reply_to_the_question_is_the_answer_too() -> None:
    desk = at_desk()
    desk.taps("Text: Arabic")
    first = desk.prompt()
    desk.taps("Text: English")
    desk.answers(first, TEXTS["ar"])
    assert desk.broadcast.texts == {"ar": TEXTS["ar"]}


def test_an_answer_that_the_messenger_has_kept_open_is_asked_about() -> None:
    """Something else was done since: what is typed now goes out as a reply to the old question without anybody having meant it."""
    desk = at_desk()
    desk.taps("Text: English")
    old = desk.prompt()
    desk.happens(CommandGiven("report"), forum=None, member=None, actor="resident")
    desk.answers(old, SECRET)
    assert "It is not clear" in told(desk.said, HERE)
    assert desk.broadcast.texts == {}
    desk.answers(desk.prompt(), "Drugs destroy families.")
    assert desk.broadcast.texts == {"en": "Drugs destroy families."}


def test_what_cannot_be_taken_may_be_sent_again_without_a_reply() -> None:
    desk = at_desk()
    desk.taps("Text: English")
    desk.happens(MediaReceived(Attachment("photo", "file-1")))
    assert "Please write it as text" in told(desk.said, HERE)
    assert sends(desk.said, HERE)[0].message.answers == desk.prompt()
    desk.says("Words.")
    assert desk.broadcast.texts == {"en": "Words."}


def test_a_file_and_a_quiz_are_sent_like_words() -> None:
    desk = at_desk()
    desk.taps("Picture, video, voice, file")
    desk.happens(MediaReceived(Attachment("document", "file-1")))
    assert desk.broadcast.attachment == Attachment("document", "file-1")
    desk.taps("Quiz")
    desk.taps("English")
    desk.says("Which?\n* This\nThat")
    assert desk.broadcast.quiz is not None
    assert desk.broadcast.quiz.right == 0


def test_of_an_album_the_last_picture_stays() -> None:
    desk = at_desk()
    desk.taps("Picture, video, voice, file")
    for number in (1, 2):
        desk.happens(MediaReceived(Attachment("photo", f"file-{number}"), album="a"))
    assert desk.broadcast.attachment == Attachment("photo", "file-2")


@pytest.mark.parametrize(
    "event",
    [CommandGiven("report"), CommandGiven("start"), ButtonPressed(Action("home")), TextReceived("Emergency 911")],
    ids=["a command", "another command", "a button", "the emergency number"],
)
def test_whatever_else_is_done_closes_the_question(event: Event) -> None:
    """Nobody's next words become a part of a broadcast because of what they pressed before they did something else."""
    desk = at_desk()
    desk.taps("Text: English")
    ours = isinstance(event, TextReceived)
    desk.happens(event, **({} if ours else {"forum": None, "member": None, "actor": "resident", "broadcast": None}))
    assert desk.asked is None


def test_another_button_of_the_broadcast_closes_the_question_too() -> None:
    desk = at_desk()
    desk.taps("Text: English")
    desk.taps("✓ Topic")
    assert desk.asked is None


def test_an_edit_of_what_was_sent_changes_nothing_and_closes_nothing() -> None:
    desk = at_desk()
    desk.taps("Text: English")
    desk.happens(TextEdited("other words", "5"), forum=None, member=None, actor="resident")
    assert desk.asked is not None
    assert not [effect for effect in desk.said if isinstance(effect, MoveBroadcast)]


@pytest.mark.parametrize("open_too", [{"draft": REPORT}, {"resident": replace(ALONE, focus=TicketId("ticketaaaaaa"))}])
def test_words_that_may_be_for_a_report_are_taken_nowhere_until_it_is_clear(open_too: dict[str, Any]) -> None:
    """Not into the broadcast, which thousands read; not to a forum, which would learn who the resident is."""
    desk = at_desk()
    desk.taps("Text: English")
    forced = desk.prompt()
    if "resident" in open_too:
        open_too = {"resident": replace(open_too["resident"], asked=desk.resident.asked)}
    for prompt in (None, forced):
        desk.hears(SECRET, prompt, **open_too)
        assert "It is not clear whether this is for the broadcast" in told(desk.said, HERE)
        assert desk.broadcast.texts == {}
        assert not [effect for effect in desk.said if isinstance(effect, KeepDraft | MoveBroadcast)]
        assert {send.to for send in sends(desk.said)} == {HERE}
        assert desk.asked is None
    assert not sends(desk.said, HERE)[-1].message.expects_reply
    desk.answers(desk.prompt(), "Drugs destroy families.", **open_too)
    assert desk.broadcast.texts == {"en": "Drugs destroy families."}


def test_while_a_report_is_open_the_question_does_not_open_an_answer_by_itself() -> None:
    desk = at_desk(draft=REPORT)
    desk.taps("Text: English")
    [prompt] = sends(desk.said, HERE)
    assert not prompt.message.expects_reply
    assert "please answer with a reply" in english(prompt.message.body)
    assert desk.asked is None
    desk.answers(desk.prompt(), "Drugs destroy families.")
    assert desk.broadcast.texts == {"en": "Drugs destroy families."}


def test_words_of_danger_still_bring_the_number_where_a_report_is_open() -> None:
    """B8: it may well be the report that they are for."""
    desk = at_desk()
    desk.taps("Text: English")
    desk.says("He wants to kill me, help", draft=REPORT)
    assert any(send.message.call or "911" in english(send.message.body) for send in sends(desk.said, HERE))


def test_words_that_come_late_are_asked_about() -> None:
    desk = at_desk()
    desk.taps("Text: English")
    late = NOW + timedelta(hours=2)
    desk.says(SECRET, now=late, at=late)
    assert desk.broadcast.texts == {}
    assert "It is not clear" in told(desk.said, HERE)


def test_words_that_waited_for_the_bot_are_not_late() -> None:
    """After a power cut what counts is when they were written."""
    desk = at_desk()
    desk.taps("Text: English")
    desk.says("Words.", now=NOW + timedelta(hours=9), at=NOW + timedelta(minutes=5))
    assert desk.broadcast.texts == {"en": "Words."}


def test_a_reply_to_the_broadcast_itself_says_what_to_press() -> None:
    desk = at_desk()
    desk.answers(cast_slot(desk.broadcast.id), SECRET)
    assert told(desk.said, HERE) == "To write a part of the broadcast, please press its button first."


def test_nothing_is_approved_in_private() -> None:
    """B87: not even by another coordinator with a button that was made for it."""
    desk = waiting()
    for who in (LAYLA, OMAR):
        desk.press("approve", verb="cast_ok", **seated(who))
        assert [english(each.text) for each in desk.said if isinstance(each, Toast)] == [
            "Only a coordinator can do this, in the group of the province."
        ]
    assert desk.state() == "submitted"


def test_who_wrote_it_in_private_cannot_approve_it_in_the_group() -> None:
    """B87."""
    desk = waiting()
    desk.in_office("Approve", desk.card, **seated(LAYLA))
    assert desk.state() == "submitted"
    desk.in_office("Approve", desk.card)
    assert desk.state() == "approved"


def test_who_is_no_coordinator_any_more_is_told_so_and_nothing_else() -> None:
    desk = at_desk()
    desk.taps("Text: English")
    gone: dict[str, Any] = {"actor": "former_member", "broadcast": None}
    writing = desk.broadcast
    for label in ("✓ Topic", "Preview", "Submit"):
        toast = desk.taps(label, **gone)[-1]
        assert isinstance(toast, Toast)
        assert english(toast.text) == "You are no longer a member of this forum."
    desk.here = replace(desk.here, broadcast=writing)
    desk.answers(desk.prompt(), "Words.", actor="former_member")
    assert told(desk.said, HERE) == "You are no longer a member of this forum."
    assert desk.broadcast == writing


def test_one_coordinator_does_not_write_in_anothers_private_broadcast() -> None:
    """Nor the author themselves from where it is not any more."""
    desk = whole()
    desk.press("topic", "online", resident=replace(ALONE, id=ResidentId("residentomar")), member=OMAR)
    assert desk.broadcast.topic == "drugs"
    fallen = replace(desk.broadcast, desk=None)
    desk.press("topic", "online", broadcast=fallen)
    assert "written in the group of the province now" in english(next(each.text for each in desk.said if isinstance(each, Toast)))


def test_it_is_given_back_to_its_author_in_private() -> None:
    desk = waiting()
    desk.in_office("Give it back", desk.card)
    question = sends(desk.said, OFFICE)[0]
    assert "Its author will read it." in english(question.message.body)
    assert question.slot is not None
    desk.answers(question.slot, "Please name the school.", **{"place": "group", "resident": None, **seated(OMAR)})
    assert desk.state() == "draft"
    assert "The province gave it back: Please name the school." in told(desk.said, HERE)
    assert "its author is changing it" in english(desk.card.message.body)


def test_both_follow_the_sending_and_both_can_stop_it() -> None:
    """B89: somebody else must be able to stop it while its author sleeps."""
    desk, occurrence = sending()
    slot = progress_slot(occurrence.id)
    assert {send.to for send in sends(desk.said) if send.slot == slot} == {HERE, OFFICE}
    assert "The province has approved this broadcast." in told(desk.said, HERE)
    pause = Action("cast_go", None, ("pause",), occurrence=occurrence.id)
    for changes in ({}, {"place": "group", "resident": None, **seated(OMAR)}):
        desk.presses(pause, occurrence=occurrence, **changes)
        assert any(isinstance(effect, MoveOccurrence) and effect.occurrence.state == "paused" for effect in desk.said)
        shown = {send.to for send in sends(desk.said) if send.slot == slot and "Paused" in english(send.message.body)}
        assert shown == {HERE, OFFICE}


def machine(desk: Desk, occurrence: Occurrence, **changes: Any) -> Situation:
    quiet = {"place": "machine", "forum": None, "member": None, "actor": "stranger", "resident": None, "prompt": None}
    return replace(desk.here, **{**quiet, "occurrence": occurrence, **changes})


def test_both_see_it_move_and_hear_how_it_went() -> None:
    desk, occurrence = sending()
    figures = Figures(listed=1240, delivered=600)
    key = f"cast_progress:{occurrence.id}:1:0:{NOW.isoformat()}"
    looked = decide(BOOK, machine(desk, occurrence, figures=figures), TimerFired("cast_progress", key))
    assert {send.to for send in sends(looked)} == {HERE, OFFICE}
    figures = Figures(listed=1240, delivered=1240)
    ended = decide(BOOK, machine(desk, occurrence, figures=figures, occurrences=(occurrence,)), OccurrenceEnded(occurrence.id))
    for chat in (HERE, OFFICE):
        assert "The message reached 1240 people." in told(ended, chat)
    assert told(ended, FORUM) == ""


def test_where_its_author_cannot_be_told_any_more_the_group_goes_on_with_it() -> None:
    """The machine hands it over without its desk: erased, dismissed or blocked."""
    desk, occurrence = sending()
    desk.here = replace(desk.here, broadcast=replace(desk.broadcast, desk=None))
    ended = decide(BOOK, machine(desk, occurrence, occurrences=(occurrence,)), OccurrenceEnded(occurrence.id))
    assert {send.to for send in sends(ended)} == {OFFICE}
    again = [send for send in sends(ended) if send.slot == cast_slot(desk.broadcast.id)]
    assert again == [panel(only_moved(ended), desk.here)]


def only_moved(effects: Iterable[Effect]) -> Any:
    [moved] = [effect.broadcast for effect in effects if isinstance(effect, MoveBroadcast)]
    return moved


def listed(desk: Desk, *broadcasts: Any, **changes: Any) -> str:
    """Return the list that somebody gets who asks for it."""
    desk.happens(CommandGiven("broadcasts"), broadcasts=broadcasts, **changes)
    return "\n".join(english(send.message.body) for send in sends(desk.said))


def test_what_is_being_written_in_private_is_not_on_the_groups_list() -> None:
    desk = whole()
    group = {"place": "group", "resident": None, **seated(OMAR)}
    assert "Drugs destroy families." in listed(desk, desk.broadcast)
    assert "Drugs destroy families." not in listed(desk, desk.broadcast, **group)
    assert "Drugs destroy families." in listed(desk, replace(desk.broadcast, state="submitted"), **group)


def test_looking_at_a_forums_broadcast_in_private_says_nothing_in_any_group() -> None:
    desk, of_a_forum = Desk(), approved()
    desk.here = replace(desk.here, broadcast=of_a_forum.broadcast, occurrences=of_a_forum.here.occurrences)
    desk.presses(Action("casts", None, (), broadcast=of_a_forum.broadcast.id), latest={})
    assert {send.to for send in sends(desk.said)} == {HERE}
    assert "Broadcast – Khanaqin" in told(desk.said, HERE)
    assert not [button for send in sends(desk.said) for row in send.message.rows for button in row]


def test_a_forums_sending_can_be_stopped_from_the_province() -> None:
    """Its card stands in the forum's group; who opens it elsewhere gets one with the same buttons."""
    of_a_forum = approved()
    [occurrence] = of_a_forum.here.occurrences
    of_a_forum.presses(
        Action("casts", None, (), broadcast=of_a_forum.broadcast.id),
        occurrence=occurrence, figures=Figures(listed=9), **seated(OMAR),
    )  # fmt: skip
    labels = [english(button.label) for send in sends(of_a_forum.said, OFFICE) for row in send.message.rows for button in row]
    assert "Pause" in labels


def test_deleting_it_takes_its_message_away_where_it_stood() -> None:
    desk = whole()
    desk.taps("Delete")
    desk.taps("Yes, delete it")
    assert any(isinstance(effect, DropBroadcast) for effect in desk.said)
    assert [effect.to for effect in desk.said if isinstance(effect, Withdraw)] == [HERE, OFFICE]


def test_in_the_group_nothing_is_as_in_private() -> None:
    """A coordinator who writes in the group stays there, and words without a reply are nothing to the bot."""
    writing = begun(LAYLA, resident=None)
    assert home(writing.broadcast) == OFFICE
    assert not [effect for effect in writing.press("text", "en") if isinstance(effect, SetResident)]
    assert home(written(SARA).broadcast) == FORUM


def test_nobody_opens_one_for_a_group_from_private_without_being_asked_who_they_are() -> None:
    """The engine does nothing for a forum unless the machine has said that a member of it acts."""
    plain = situation(ticket=None, place="private", forum=None, member=None, actor="resident", resident=ALONE)
    for event in (CommandGiven("broadcast"), CommandGiven("broadcasts"), ButtonPressed(Action("casts", None, ("token", "0")))):
        effects = decide(BOOK, plain, event)
        assert not [effect for effect in effects if isinstance(effect, OpenBroadcast)]
        assert "roadcast" not in told(effects, HERE)
    unknown = decide(BOOK, plain, CommandGiven("nonsense"))
    assert decide(BOOK, plain, CommandGiven("broadcast")) == unknown
    assert {send.to for send in sends(unknown)} == {HERE}
    assert not [send for send in sends(unknown) if isinstance(send.to, ToForum)]


def test_whatever_is_done_in_between_a_report_never_becomes_a_broadcast() -> None:
    """Many random afternoons: while a report is open its words are typed, or sent as a reply that the messenger has kept open."""
    taken = 0
    for seed in range(150):
        chance, desk = random.Random(seed), at_desk()
        as_a_resident: dict[str, Any] = {"forum": None, "member": None, "actor": "resident"}
        for _ in range(25):
            match chance.choice(("ask", "report", "cancel", "type", "reply", "mean")):
                case "ask":
                    desk.press("text", "en")
                case "report":
                    desk.happens(CommandGiven("report"), **as_a_resident)
                    desk.here = replace(desk.here, draft=REPORT)
                case "cancel":
                    desk.happens(CommandGiven("cancel"), **as_a_resident)
                    desk.here = replace(desk.here, draft=None)
                case "type" if desk.asked:
                    desk.says(SECRET if desk.here.draft else f"Words {seed}.")
                case "reply" if prompts := _prompts(desk, certain=False):
                    desk.answers(chance.choice(prompts), SECRET if desk.here.draft else f"Words {seed}.")
                case "mean" if prompts := _prompts(desk, certain=True):
                    desk.answers(chance.choice(prompts), f"Words {seed}.")
                case _:
                    pass
            assert SECRET not in desk.broadcast.texts.values()
        taken += bool(desk.broadcast.texts)
    assert taken > 100


def _prompts(desk: Desk, *, certain: bool) -> list[str]:
    """Return the questions of the chat, those that open an answer by themselves or those that do not."""
    return [slot for slot, send in desk.talk.items() if slot.count(":") >= 3 and send.message.expects_reply is not certain]
