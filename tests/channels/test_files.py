"""Attachments on their way through: fetched, cleaned, shown in some form, or replaced by a sentence."""

from __future__ import annotations

import pytest

from bot.channels.telegram.layout import note_for
from bot.demo.world import membership, samples
from bot.demo.world.people import Person
from bot.i18n import render
from bot.model.messages import Attachment, AttachmentKind
from bot.model.outgoing import Later, Never, Outgoing
from tests.channels.conftest import Line
from tests.documents import samples as documents

KINDS: list[AttachmentKind] = ["photo", "voice", "video"]


def sent_by(person: Person, kind: AttachmentKind) -> Attachment:
    return Attachment(kind, person.sends(kind).file_ids[-1], duration=0 if kind == "photo" else 3)


def note(attachment: Attachment) -> str:
    return render(note_for(attachment), "en")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_is_sent_on_clean_new_and_nameless(line: Line, sara: Person, kind: AttachmentKind) -> None:
    """B44, B48, B49, B53: neither its id nor its name nor what it held beside its content."""
    omar = line.world.person("Omar")
    group = line.world.group("Khanaqin", admins=(omar,))
    attachment = sent_by(sara, kind)
    assert b"canary" in line.world.files.by_id[attachment.file].data
    await line.shows(group.id, Outgoing("the card's photo", "en", attachment=attachment, protect=True))
    assert (group.last.media, group.last.text, group.last.is_protected) == (kind, "the card's photo", True)
    assert b"canary" not in group.last.data
    assert attachment.file not in group.last.file_ids
    assert "canary" not in str(group.last.raw)
    assert attachment.file not in str(line.world.calls[-1].params)


async def test_a_long_caption_goes_on_below_the_picture(line: Line, sara: Person) -> None:
    """B23."""
    text = "word " * 500
    shown = await line.shows(sara, Outgoing(text.strip(), "en", attachment=sent_by(sara, "photo")))
    parts = [sara.talk.message(int(message)) for message in shown]
    assert [part.media for part in parts] == ["photo", None]
    assert " ".join(part.text for part in parts) == text.strip()


async def test_a_caption_is_edited_and_the_picture_stays(line: Line, sara: Person) -> None:
    attachment = sent_by(sara, "photo")
    shown = await line.shows(sara, Outgoing("before", "en", attachment=attachment))
    assert await line.shows(sara, Outgoing("after", "en", attachment=attachment), shown=shown) == shown
    assert (sara.last.media, sara.last.text) == ("photo", "after")
    assert len(line.world.asked("getFile")) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_that_is_gone_leaves_a_sentence(line: Line, sara: Person, kind: AttachmentKind) -> None:
    """F39: the message goes out without it and says so; edited, it keeps saying so."""
    attachment = Attachment(kind, "AgACAgIAAx-no-such-file")
    shown = await line.shows(sara, Outgoing("what happened", "en", attachment=attachment))
    assert sara.last.text == f"what happened\n\n{note(attachment)}"
    assert await line.shows(sara, Outgoing("what happened then", "en", attachment=attachment), shown=shown) == shown
    assert sara.last.text == f"what happened then\n\n{note(attachment)}"


async def test_a_file_that_is_too_big_is_not_even_asked_for(line: Line, sara: Person) -> None:
    """B28, F39."""
    await line.shows(sara, Outgoing("", "en", attachment=Attachment("video", "f", too_big=True)))
    assert sara.last.text == note(Attachment("video", "f"))
    assert not line.world.asked("getFile")


async def test_a_picture_that_is_none_leaves_a_sentence(line: Line, sara: Person) -> None:
    broken = sara.sends_document(samples.jpeg()[:900], name="x.jpg", mime="image/jpeg")
    await line.shows(sara, Outgoing("look", "en", attachment=Attachment("photo", broken.file_ids[0])))
    assert sara.last.media is None
    assert "could not be passed on" in sara.last.text


@pytest.mark.parametrize("kind", ["stall", "reset_before"])
async def test_a_download_that_breaks_is_tried_once_more_and_then_left(line: Line, sara: Person, kind: str) -> None:
    """F39: it does not hold up the chat."""
    attachment = sent_by(sara, "photo")
    line.telegram.faults.add(kind, "file", times=None)
    await line.shows(sara, Outgoing("look", "en", attachment=attachment))
    assert sara.last.text == f"look\n\n{note(attachment)}"
    line.telegram.faults.clear()
    await line.shows(sara, Outgoing("look", "en", attachment=attachment))
    assert sara.last.media == "photo"


async def test_trouble_at_telegram_does_not_cost_the_file(line: Line, sara: Person) -> None:
    """F16: then the whole message waits."""
    attachment = sent_by(sara, "photo")
    line.telegram.faults.add("status", "getFile", status=502)
    assert isinstance(await line.says(sara, Outgoing("look", "en", attachment=attachment)), Later)
    assert not sara.talk.from_bot


async def test_who_takes_no_voice_messages_gets_a_recording(line: Line, sara: Person) -> None:
    """B84."""
    attachment = sent_by(sara, "voice")
    sara.refuses_voices = True
    await line.shows(sara, Outgoing("listen", "en", attachment=attachment))
    assert (sara.last.media, sara.last.text) == ("audio", "listen")
    assert sara.last.raw["audio"]["file_name"] == "voice.ogg"


async def test_what_is_no_photo_to_telegram_goes_as_a_file(line: Line, sara: Person) -> None:
    attachment = sent_by(sara, "photo")
    line.telegram.faults.add("status", "sendPhoto", status=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")
    await line.shows(sara, Outgoing("look", "en", attachment=attachment))
    assert sara.last.media == "document"
    assert sara.last.raw["document"]["file_name"] == "photo.jpg"


async def test_where_only_text_may_be_sent_a_sentence_stands_in(line: Line, sara: Person) -> None:
    """F20: a group that forbids photos is not lost."""
    omar = line.world.person("Omar")
    group = line.world.group("Khanaqin", admins=(omar,))
    membership.bot_becomes(group, "restricted", omar, lacks=frozenset({"can_send_photos"}))
    attachment = sent_by(sara, "photo")
    await line.shows(group.id, Outgoing("card", "en", attachment=attachment))
    assert group.last.text == f"card\n\n{note(attachment)}"
    membership.mute_bot(group, omar)
    assert await line.says(group.id, Outgoing("card", "en", attachment=attachment)) == Never("chat_lost", "chat_lost")


CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:جلسة\r\nEND:VCALENDAR\r\n"


async def test_a_file_that_the_bot_made_goes_as_a_file_of_its_name_and_type(line: Line, sara: Person) -> None:
    """B98: to the byte, and with the type by which a phone opens its calendar."""
    await line.shows(sara, Outgoing("for your calendar", "ar", attachment=Attachment("document", "session.ics", made=CALENDAR)))
    file = sara.last.raw["document"]
    assert (file["file_name"], file["mime_type"]) == ("session.ics", "text/calendar")
    assert sara.last.text == "for your calendar"
    assert sara.last.data == CALENDAR.encode()
    assert line.world.asked("getFile") == []


async def test_a_file_that_the_bot_made_anew_takes_the_place_of_the_old_one(line: Line, sara: Person) -> None:
    """A caption can be edited, the file below it cannot."""
    old, new = (Attachment("document", "session.ics", made=CALENDAR + more) for more in ("", "SEQUENCE:1"))
    shown = await line.shows(sara, Outgoing("at four", "en", attachment=old))
    again = await line.shows(sara, Outgoing("at five", "en", attachment=new), shown=shown)
    assert again != shown
    assert (sara.last.text, sara.last.data) == ("at five", new.made.encode())
    assert int(shown[0]) not in sara.talk.messages


async def test_a_members_document_goes_on_as_its_pages_alone(line: Line, sara: Person) -> None:
    """B48: neither its file name, nor its author, nor anything else that was written beside its pages."""
    omar = line.world.person("Omar")
    group = line.world.group("Khanaqin", admins=(omar,))
    sent = omar.sends_document(documents.pdf(), group, name="canary-list.pdf", mime="application/pdf")
    await line.shows(sara, Outgoing("read this", "en", attachment=Attachment("document", sent.file_ids[0])))
    file = sara.last.raw["document"]
    assert (file["file_name"], file["mime_type"], sara.last.text) == ("document.pdf", "application/pdf", "read this")
    assert documents.text_of(sara.last.data) == [documents.SHOWN]
    assert b"canary" not in sara.last.data
    assert "canary" not in str(sara.last.raw)
    assert sent.file_ids[0] not in sara.last.file_ids


async def test_a_document_that_cannot_be_told_is_never_passed_on(line: Line, sara: Person) -> None:
    locked = sara.sends_document(documents.pdf(password="secret"), mime="application/pdf")
    document = Attachment("document", locked.file_ids[-1])
    await line.shows(sara, Outgoing("Look", "en", attachment=document))
    assert sara.last.text == f"Look\n\n{note(document)}"
