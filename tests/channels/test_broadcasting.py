"""What broadcasts need of the channel: a file uploaded once, a picture of numbers, a door, a public channel, a paid rate."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot import charts
from bot.demo.server import StandIn
from bot.demo.world import samples
from bot.demo.world.people import Person
from bot.model.messages import Action, Attachment, AttachmentKind
from bot.model.outgoing import UPLOAD_AGAIN, Label, Later, Never, Outgoing, Sent, Unsure
from tests.channels.conftest import Alarms, Line, channel_to
from tests.documents import samples as documents
from tests.town.people import PATIENCE

KINDS: list[AttachmentKind] = ["photo", "voice", "video", "document"]
MORE = Label("Report this", Action("about", None, ("drugs",)))


def sent_by(person: Person, kind: AttachmentKind) -> Attachment:
    data = documents.pdf() if kind == "document" else None
    return Attachment(kind, person.sends(kind, data, mime="application/pdf" if data else "").file_ids[-1])


async def uploaded(line: Line, to: Person, attachment: Attachment) -> str:
    """Send it for the first time and return what Telegram calls it."""
    outcome = await line.says(to, Outgoing("look", "en", attachment=attachment))
    assert isinstance(outcome, Sent)
    assert outcome.uploaded is not None
    return outcome.uploaded


def reader(line: Line, name: str) -> Person:
    person = line.world.person(name)
    person.starts()
    return person


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_is_uploaded_once_and_then_sent_by_its_id(line: Line, sara: Person, kind: AttachmentKind) -> None:
    """B48: the id is that of the cleaned file; of the original neither bytes nor id reach anybody."""
    attachment = sent_by(sara, kind)
    again = Outgoing("look", "en", attachment=attachment, uploaded=await uploaded(line, sara, attachment), rows=((MORE,),))
    fetched = len(line.world.asked("getFile"))
    omar = reader(line, "Omar")
    await line.shows(omar, again)
    assert (omar.last.media, omar.last.text, [button["text"] for button in omar.last.buttons[0]]) == (kind, "look", ["Report this"])
    assert omar.last.file_ids[-1] == sara.last.file_ids[-1] != attachment.file
    assert omar.last.data == sara.last.data
    assert len(line.world.asked("getFile")) == fetched


@pytest.mark.parametrize("name", ["photo:AgAC-forgotten", "photo:", "nonsense", ""])
async def test_a_file_that_telegram_has_forgotten_is_to_be_uploaded_again(line: Line, sara: Person, name: str) -> None:
    """Whoever sends to many decides when: not each message for itself."""
    outgoing = Outgoing("look", "en", attachment=sent_by(sara, "photo"), uploaded=name)
    assert await line.says(sara, outgoing) == Later(0.0, UPLOAD_AGAIN)
    assert not sara.talk.from_bot


async def test_a_file_whose_id_has_expired_is_to_be_uploaded_again(line: Line, sara: Person) -> None:
    attachment = sent_by(sara, "photo")
    name = await uploaded(line, sara, attachment)
    line.telegram.faults.add("status", "sendPhoto", status=400, description="Bad Request: FILE_REFERENCE_EXPIRED")
    assert await line.says(sara, Outgoing("look", "en", attachment=attachment, uploaded=name)) == Later(0.0, UPLOAD_AGAIN)


async def test_who_takes_no_voice_notes_gets_it_as_audio_and_the_others_as_before(line: Line, sara: Person) -> None:
    """B84."""
    attachment = sent_by(sara, "voice")
    outgoing = Outgoing("listen", "en", attachment=attachment, uploaded=await uploaded(line, sara, attachment))
    omar = reader(line, "Omar")
    omar.refuses_voices = True
    outcome = await line.says(omar, outgoing)
    assert isinstance(outcome, Sent)
    assert omar.last.media == "audio"
    assert outcome.uploaded is None


async def test_what_went_as_a_file_goes_as_a_file_again(line: Line, sara: Person) -> None:
    attachment = sent_by(sara, "photo")
    line.telegram.faults.add("status", "sendPhoto", status=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")
    name = await uploaded(line, sara, attachment)
    omar = reader(line, "Omar")
    await line.shows(omar, Outgoing("look", "en", attachment=attachment, uploaded=name))
    assert (sara.last.media, omar.last.media) == ("document", "document")


async def test_a_broadcast_is_not_sent_without_its_picture(line: Line, sara: Person) -> None:
    """One wrong broadcast costs a forum its name: no sentence stands in for its picture."""
    lost = Outgoing("look", "en", attachment=Attachment("photo", "AgAC-no-such-file"), whole=True)
    assert await line.says(sara, lost) == Never("refused", "file_lost")
    assert not sara.talk.from_bot


async def test_a_long_broadcast_goes_on_below_its_picture_every_time(line: Line, sara: Person) -> None:
    """B23."""
    attachment = sent_by(sara, "photo")
    name = await uploaded(line, sara, attachment)
    text = ("word " * 500).strip()
    omar = reader(line, "Omar")
    shown = await line.shows(omar, Outgoing(text, "en", attachment=attachment, uploaded=name, rows=((MORE,),)))
    parts = [omar.talk.message(int(message)) for message in shown]
    assert [part.media for part in parts] == ["photo", None]
    assert " ".join(part.text for part in parts) == text
    assert [bool(part.buttons) for part in parts] == [False, True]


CHART = ("How many", (("Khanaqin", 12, True), ("Mandali", 7, False)))


async def test_numbers_go_as_a_picture_with_the_words_below(sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "_SECONDS", PATIENCE)  # to draw has a time-out, which a machine busy with other tests may reach
    async with StandIn.start(limits=False) as telegram, channel_to(telegram, Alarms(), draw=charts.draw) as channel:
        line = Line(telegram, channel, Alarms())
        reader_ = reader(line, "Sara")
        await line.shows(reader_, Outgoing("12 and 7", "en", chart=CHART, rows=((MORE,),)))
        assert (reader_.last.media, reader_.last.text) == ("photo", "12 and 7")
        assert Image.open(io.BytesIO(reader_.last.data)).width == 1080
        assert reader_.last.buttons


async def test_numbers_that_cannot_be_drawn_go_as_words_alone(line: Line, sara: Person) -> None:
    """The stand-in's channel here has nobody who draws."""
    await line.shows(sara, Outgoing("12 and 7", "en", chart=CHART))
    assert (sara.last.media, sara.last.text) == (None, "12 and 7")


async def test_the_door_opens_the_private_chat_with_the_bot(line: Line) -> None:
    """Last below the message, in whatever language its reader has; and Telegram is asked only once what the bot is called."""
    channel = line.world.channel("Khanaqin", bot="administrator", username="khanaqin_forum")
    for chat in ("@khanaqin_forum", str(channel.id)):
        outgoing = Outgoing("A session on Sunday", "ar", door="Write to us in private")
        assert isinstance(await line.channel.send(chat, outgoing, shown=(), answers=None, sign=lambda _: ""), Sent)
        (row,) = channel.last.buttons
        assert row == [{"text": "Write to us in private", "url": f"https://t.me/{line.world.bot['username']}"}]
    assert len(line.world.asked("getMe")) == 1


async def test_a_post_in_a_channel_can_be_changed_and_taken_back(line: Line) -> None:
    """A broadcast that is cancelled for good does not stay in public."""
    channel = line.world.channel("Khanaqin", bot="administrator", username="khanaqin_forum")

    async def says(outgoing: Outgoing, shown: tuple[str, ...]) -> tuple[str, ...]:
        outcome = await line.channel.send("@khanaqin_forum", outgoing, shown=shown, answers=None, sign=lambda _: "")
        assert isinstance(outcome, Sent)
        return outcome.messages

    shown = await says(Outgoing("on Sunday", "ar"), ())
    assert await says(Outgoing("on Monday", "ar"), shown) == shown
    assert channel.last.text == "on Monday"
    await says(Outgoing("", "ar", do="withdraw"), shown)
    assert channel.all == []


async def test_a_channel_that_the_bot_may_not_post_in_is_lost_and_not_a_person(line: Line) -> None:
    line.world.channel("Khanaqin", bot="member", username="khanaqin_forum")
    outgoing = Outgoing("A session on Sunday", "ar")
    for chat in ("@khanaqin_forum", "@nobody_has_this", "-1009999999999"):
        outcome = await line.channel.send(chat, outgoing, shown=(), answers=None, sign=lambda _: "")
        assert isinstance(outcome, Never)
        assert outcome.reason == "chat_lost"


async def test_only_what_is_paid_for_is_sent_as_paid(line: Line, sara: Person) -> None:
    """Nothing costs anything unless it is asked for."""
    await line.shows(sara, Outgoing("a reply", "en"))
    assert "allow_paid_broadcast" not in line.world.calls[-1].params
    await line.shows(sara, Outgoing("a broadcast", "en", paid=True))
    assert line.world.calls[-1].params["allow_paid_broadcast"] is True
    photo = Outgoing("look", "en", paid=True, attachment=sent_by(sara, "photo"))
    await line.shows(sara, photo)
    assert line.world.calls[-1].params["allow_paid_broadcast"] in (True, "true")


async def test_a_message_whose_answer_makes_no_sense_may_have_arrived(line: Line, sara: Person) -> None:
    """F6: it is out; so it is unsure, and not an error of ours."""
    line.telegram.faults.add("truncated", "sendMessage")
    assert isinstance(await line.says(sara, Outgoing("hello", "en")), Unsure)


def test_the_sample_photo_holds_what_must_not_get_out() -> None:
    """Otherwise the tests above would prove nothing."""
    assert b"canary" in samples.jpeg()
