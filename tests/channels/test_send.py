"""Sending: what a chat sees, over real HTTP, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.splitting import units
from bot.demo.world import membership
from bot.demo.world.people import Person
from bot.i18n import render
from bot.model.ids import Language
from bot.model.messages import Action, Attachment
from bot.model.outgoing import Label, Later, Moved, Never, Outgoing, Sent, Unsure
from tests.channels.conftest import Line, signed

LONG = "كلمة ".strip() + " word" * 2000
YES, NO = Label("Yes", Action("answer", None, ("yes",))), Label("No", Action("answer", None, ("no",)))


def labels(person: Person) -> list[list[str]]:
    return [[button["text"] for button in row] for row in person.last.buttons]


def test_it_is_a_channel(line: Line) -> None:
    """B118: one contract for every messenger."""
    channel: Channel = line.channel
    assert channel.name == "telegram"


async def test_what_looks_like_markup_arrives_as_typed(line: Line, sara: Person) -> None:
    """B42."""
    text = "<b>bold</b> _under_ *star* [link](http://127.0.0.1) & `code`"
    await line.shows(sara, Outgoing(text, "en"))
    assert sara.last.text == text
    assert all("parse_mode" not in call.params for call in line.world.calls)


async def test_a_long_text_is_several_messages_with_the_buttons_under_the_last(line: Line, sara: Person) -> None:
    """B23: nothing is cut away."""
    shown = await line.shows(sara, Outgoing(LONG, "en", rows=((YES, NO),)))
    parts = [sara.talk.message(int(message)) for message in shown]
    assert len(parts) == 3
    assert all(units(part.text) <= 4096 for part in parts)
    assert " ".join(part.text for part in parts) == LONG
    assert [bool(part.buttons) for part in parts] == [False, False, True]


async def test_a_changed_length_takes_more_or_fewer_messages(line: Line, sara: Person) -> None:
    """B23: what is no longer needed goes, what is new comes after it."""
    shown = await line.shows(sara, Outgoing("short", "en", rows=((YES,),)))
    grown = await line.shows(sara, Outgoing(LONG, "en", rows=((YES,),)), shown=shown)
    assert grown[0] == shown[0]
    assert len(grown) == 3
    assert " ".join(sara.talk.message(int(message)).text for message in grown) == LONG
    assert not sara.talk.message(int(grown[0])).buttons
    shrunk = await line.shows(sara, Outgoing("short again", "en"), shown=grown)
    assert shrunk == shown
    assert [message.text for message in sara.talk.from_bot] == ["short again"]


@pytest.mark.parametrize(("language", "row"), [("en", ["Yes", "No"]), ("ar", ["No", "Yes"]), ("ckb", ["No", "Yes"])])
async def test_rows_run_the_way_the_reader_reads(line: Line, sara: Person, language: Language, row: list[str]) -> None:
    """B37."""
    await line.shows(sara, Outgoing("?", language, rows=((YES, NO),)))
    assert labels(sara) == [row]


async def test_labels_without_room_get_a_row_each(line: Line, sara: Person) -> None:
    """In reading order, from top to bottom, in every language."""
    wide = tuple(Label(f"A rather long label number {n}", Action("pick", None, (str(n),))) for n in range(3))
    await line.shows(sara, Outgoing("?", "ar", rows=(wide, (YES, NO))))
    assert labels(sara) == [[label.text] for label in wide] + [["No", "Yes"]]


@pytest.mark.parametrize("row", [["✖21", "°27", "★8", "1", "·", "30", "هەی"], ["✖08:30", "16:00", "16:30", "17:00"]])
async def test_days_and_hours_stay_in_their_grid(line: Line, sara: Person, row: list[str]) -> None:
    await line.shows(sara, Outgoing("?", "en", rows=(tuple(Label(text, Action("set", None, (text,))) for text in row),)))
    assert labels(sara) == [row]


async def test_an_edit_that_changes_nothing_is_done(line: Line, sara: Person) -> None:
    """B80."""
    shown = await line.shows(sara, Outgoing("card", "en", rows=((YES,),)))
    assert await line.shows(sara, Outgoing("card", "en", rows=((YES,),)), shown=shown) == shown


async def test_a_lost_card_is_replaced(line: Line, sara: Person) -> None:
    """B80, B61: the message is gone at Telegram; a new one takes its place."""
    shown = await line.shows(sara, Outgoing("card", "en"))
    sara.talk.remove(int(shown[0]))
    anew = await line.shows(sara, Outgoing("card, changed", "en"), shown=shown)
    assert anew != shown
    assert sara.last.text == "card, changed"


async def test_an_edit_whose_answer_was_lost_is_simply_made_again(line: Line, sara: Person) -> None:
    """F6: the same edit twice does no harm, so it is not "unsure"."""
    shown = await line.shows(sara, Outgoing("card", "en"))
    line.telegram.faults.add("reset_after", "editMessageText")
    assert isinstance(await line.says(sara, Outgoing("card 2", "en"), shown=shown), Later)
    assert await line.shows(sara, Outgoing("card 2", "en"), shown=shown) == shown


async def test_a_message_that_answers_another_quotes_it(line: Line, sara: Person) -> None:
    first = await line.shows(sara, Outgoing("first", "en"))
    await line.shows(sara, Outgoing("second", "en", protect=True, silent=True), answers=first[0])
    assert sara.last.reply_to is not None
    assert sara.last.reply_to.text == "first"
    assert sara.last.is_protected
    assert line.world.calls[-1].params["disable_notification"] is True


async def test_an_answer_to_what_is_gone_is_sent_all_the_same(line: Line, sara: Person) -> None:
    """F18."""
    first = await line.shows(sara, Outgoing("first", "en"))
    sara.talk.remove(int(first[0]))
    await line.shows(sara, Outgoing("second", "en"), answers=first[0])
    assert sara.last.text == "second"


async def test_an_answer_into_a_thread_that_is_gone_stands_alone(line: Line, sara: Person) -> None:
    """F18, F20: where Telegram refuses even though it need not find what is answered."""
    first = await line.shows(sara, Outgoing("first", "en"))
    line.telegram.faults.add("status", "sendMessage", status=400, description="Bad Request: message thread not found")
    await line.shows(sara, Outgoing("second", "en"), answers=first[0])
    assert sara.last.text == "second"
    assert sara.last.reply_to is None


async def test_a_prompt_opens_the_answer_of_the_member_whom_it_names(line: Line, sara: Person) -> None:
    """A selective forced reply opens for who is mentioned: never for a whole group, in which the next remark would be an answer."""
    await line.shows(sara, Outgoing("⁨Sara 👩‍🏫⁩\nWrite your answer", "en", expects_reply=True, asked=str(sara.id)))
    (mention,) = line.world.calls[-1].params["entities"]
    assert (mention["type"], mention["offset"], mention["user"]["id"]) == ("text_mention", 0, sara.id)
    assert "⁨Sara 👩‍🏫⁩".encode("utf-16-le")[: mention["length"] * 2].decode("utf-16-le") == "⁨Sara 👩‍🏫⁩"
    assert line.world.calls[-1].params["reply_markup"] == {"force_reply": True, "selective": True}


async def test_a_location_is_asked_for_with_the_phones_own_button(line: Line, sara: Person) -> None:
    """B25, B27: beside it the other choices, as labels to type or press."""
    shown = await line.shows(sara, Outgoing("menu", "en"))
    anew = await line.shows(sara, Outgoing("Where?", "en", asks_location=True, rows=((NO,),)), shown=shown)
    keyboard = line.world.asked("sendMessage")[-1].params["reply_markup"]
    assert keyboard["keyboard"][0][0]["request_location"] is True
    assert [key["text"] for key in keyboard["keyboard"][1]] == ["No"]
    assert keyboard["one_time_keyboard"] is True
    assert [str(message.id) for message in sara.talk.from_bot] == list(anew)


async def test_a_number_to_call_can_be_tapped(line: Line, sara: Person) -> None:
    """B104, B105: it follows the text as a contact; an edit leaves it alone, a withdrawal takes it along."""
    outgoing = Outgoing("Call 911 now.", "en", call=("911", "Emergency"))
    shown = await line.shows(sara, outgoing)
    assert sara.last.raw["contact"] == {"phone_number": "911", "first_name": "Emergency"}
    again = await line.shows(sara, Outgoing("Call 911 at once.", "en", call=("911", "Emergency")), shown=shown)
    assert again == shown
    assert len(sara.talk.from_bot) == 2
    await line.shows(sara, Outgoing("", "en", do="withdraw"), shown=shown)
    assert not sara.talk.from_bot


async def test_a_point_is_shown_on_a_map(line: Line, sara: Person) -> None:
    """Below the words; an edit of the words leaves it alone, a withdrawal takes it along."""
    shown = await line.shows(sara, Outgoing("Place: Youth Centre", "en", pin=(34.35, 45.39)))
    assert sara.last.raw["location"] == {"latitude": 34.35, "longitude": 45.39}
    assert await line.shows(sara, Outgoing("Place: Hall", "en", pin=(34.35, 45.39)), shown=shown) == shown
    assert [message.text for message in sara.talk.from_bot] == ["Place: Hall", ""]
    await line.shows(sara, Outgoing("", "en", do="withdraw"), shown=shown)
    assert not sara.talk.from_bot


async def test_what_is_withdrawn_is_gone(line: Line, sara: Person) -> None:
    """B63; twice is once."""
    shown = await line.shows(sara, Outgoing("card", "en"))
    for _ in range(2):
        assert await line.shows(sara, Outgoing("", "en", do="withdraw"), shown=shown) == ()
    assert not sara.talk.from_bot


async def test_what_is_too_old_to_delete_is_emptied(line: Line, sara: Person) -> None:
    """B63, B106: Telegram deletes within 48 hours only."""
    shown = await line.shows(sara, Outgoing("canary words", "en", rows=((YES,),)))
    line.world.clock.advance(49 * 3600)
    assert await line.shows(sara, Outgoing("", "en", do="withdraw"), shown=shown) == ()
    assert (sara.last.text, sara.last.buttons) == ("—", [])


async def test_a_picture_too_old_to_delete_is_replaced(line: Line, sara: Person) -> None:
    picture = await line.shows(sara, Outgoing("canary words", "en", attachment=await photo_of(line, sara)))
    line.world.clock.advance(49 * 3600)
    before = sara.last.data
    assert await line.shows(sara, Outgoing("", "en", do="withdraw"), shown=picture) == ()
    assert sara.last.text == ""
    assert sara.last.data != before


async def photo_of(line: Line, person: Person) -> Attachment:
    return Attachment("photo", person.sends_photo().file_ids[-1])


async def test_a_blocked_bot_is_told_so(line: Line, sara: Person) -> None:
    """B81, F19."""
    sara.blocks()
    assert await line.says(sara, Outgoing("hi", "en")) == Never("blocked", "blocked")
    sara.unblocks()
    sara.deactivates()
    assert await line.says(sara, Outgoing("hi", "en")) == Never("deactivated", "deactivated")


async def test_somebody_who_never_started_cannot_be_written_to(line: Line) -> None:
    outcome = await line.says(line.world.person("Stranger"), Outgoing("hi", "en"))
    assert isinstance(outcome, Never)
    assert outcome.reason == "blocked"


async def test_a_group_that_cannot_be_written_to_is_lost(line: Line) -> None:
    """B74, F20: muted, thrown out, deleted."""
    omar = line.world.person("Omar")
    muted, left, gone = (line.world.group(f"Group {n}", admins=(omar,)) for n in range(3))
    membership.mute_bot(muted, omar)
    membership.kick_bot(left, omar)
    gone.delete()
    for group in (muted, left, gone):
        assert await line.says(group.id, Outgoing("card", "en")) == Never("chat_lost", "chat_lost")


async def test_a_group_that_moved_says_where(line: Line) -> None:
    """B73, F21."""
    omar = line.world.person("Omar")
    group = line.world.group("Khanaqin", admins=(omar,), kind="group")
    old = group.id
    new = membership.migrate(group)
    assert await line.says(old, Outgoing("card", "en")) == Moved(str(new))


async def test_too_many_requests_wait_as_long_as_told(line: Line, sara: Person) -> None:
    """B77, F17."""
    line.telegram.faults.add("status", "sendMessage", status=429, retry_after=3600)
    assert await line.says(sara, Outgoing("hi", "en")) == Later(3600, "too many requests")


@pytest.mark.parametrize(
    ("kind", "details", "expected"),
    [
        ("status", {"status": 500}, Later),
        ("html", {"status": 502}, Later),
        ("status", {"status": 401, "description": "Unauthorized"}, Later),
        ("truncated", {}, Unsure),
        ("reset_after", {}, Unsure),
        ("reset_before", {}, Unsure),
    ],
)
async def test_trouble_is_told_from_doubt(line: Line, sara: Person, kind: str, details: dict[str, Any], expected: type) -> None:
    """F6, F16, B85: an answer that was lost may have been a yes; one that says no was a no."""
    line.telegram.faults.add(kind, "sendMessage", **details)
    assert isinstance(await line.says(sara, Outgoing("hi", "en")), expected)


async def test_a_message_that_never_left_is_no_doubt(line: Line, sara: Person, unused_tcp_port: int) -> None:
    """F14, F16: nobody there, so nothing was delivered, and everybody waits."""
    async with TelegramChannel(token="1:x", api_url=f"http://127.0.0.1:{unused_tcp_port}", render=render, alarm=line.alarms) as nowhere:
        outcome = await nowhere.send(str(sara.id), Outgoing("hi", "en"), shown=(), answers=None, sign=signed)
    assert isinstance(outcome, Later)
    assert not outcome.chat_only


def breaks_after_the_first_part(line: Line, **details: Any) -> None:
    """The next message but one meets this answer."""

    def on(event: str, _: Any) -> None:
        if event == "message":
            line.world.listeners.discard(on)
            line.telegram.faults.add("status", "sendMessage", **details)

    line.world.listeners.add(on)


async def test_the_second_part_waits_rather_than_double_the_first(line: Line, sara: Person) -> None:
    """B85."""
    breaks_after_the_first_part(line, status=429, retry_after=1)
    shown = await line.shows(sara, Outgoing("a" * 5000, "en"))
    assert len(shown) == len(sara.talk.from_bot) == 2


async def test_a_message_of_which_only_a_part_arrived_is_taken_back(line: Line, sara: Person) -> None:
    """B85: so that the next try doubles nothing."""
    breaks_after_the_first_part(line, status=403, description="Forbidden: bot was blocked by the user")
    assert await line.says(sara, Outgoing("a" * 5000, "en")) == Never("blocked", "blocked")
    assert not sara.talk.from_bot


async def test_a_press_is_answered_and_an_old_one_does_no_harm(line: Line, sara: Person) -> None:
    """B83, B20."""
    await line.shows(sara, Outgoing("?", "en", rows=((YES,),)))
    press = sara.presses("Yes")
    await line.channel.acknowledge(press.id, "Taken. " * 100, alert=True)
    assert (await press.answer()).startswith("Taken.")
    late = sara.presses("Yes")
    line.world.clock.advance(200)
    await line.channel.acknowledge(late.id, "", alert=False)
    await line.channel.acknowledge("nonsense", "", alert=False)


async def test_it_leaves_a_strange_group(line: Line) -> None:
    omar = line.world.person("Omar")
    group = line.world.group("Strangers", admins=(omar,))
    await line.channel.leave(str(group.id))
    await line.channel.leave(str(group.id))
    assert isinstance(await line.says(group.id, Outgoing("hi", "en")), Never)


async def test_sent_is_what_the_slot_shows(line: Line, sara: Person) -> None:
    assert await line.says(sara, Outgoing("hi", "en")) == Sent((str(sara.last.id),))
