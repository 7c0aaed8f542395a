"""Reading: what each kind of update says, and that nothing in one can do harm."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.read import read
from bot.demo.world import membership
from bot.model.events import (
    Arrival,
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    CommandGiven,
    Event,
    GroupJoined,
    GroupLost,
    GroupMoved,
    LocationReceived,
    MediaReceived,
    MemberJoined,
    MemberLeft,
    TextEdited,
    TextReceived,
    UnsupportedReceived,
)
from bot.model.messages import Action, Attachment
from bot.model.outgoing import Label, Outgoing
from tests.channels.conftest import Line

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SARA: dict[str, Any] = {
    "id": 512345678,
    "is_bot": False,
    "first_name": "Sara",
    "last_name": "Canary",
    "username": "canary",
    "language_code": "ar",
}
PRIVATE: dict[str, Any] = {"id": 512345678, "type": "private", "first_name": "Sara", "username": "canary"}
BOT: dict[str, Any] = {"id": 7, "is_bot": True, "first_name": "Alwand"}
GROUP: dict[str, Any] = {"id": -1001234567890, "type": "supergroup", "title": "Khanaqin forum"}


def message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    return {"message_id": 5, "from": SARA, "chat": chat, "date": 1_790_000_000, **content}


def arrival_of(kind: str, body: dict[str, Any]) -> Arrival | None:
    return read(json.dumps({"update_id": 1, kind: body}).encode(), account=BOT["id"], username="alwand_bot", now=lambda: NOW)


def event_of(**content: Any) -> Event | None:
    arrival = arrival_of("message", message(**content))
    return None if arrival is None else arrival.event


def test_a_resident_is_an_address_and_nothing_more() -> None:
    """B43: name, username and language code of a resident are never read."""
    arrival = arrival_of("message", message(text="hello"))
    assert arrival is not None
    assert arrival.name == ""
    assert "anary" not in str(asdict(arrival))
    assert "Sara" not in str(asdict(arrival))
    assert (arrival.chat, arrival.person, arrival.place, arrival.message) == ("512345678", "512345678", "private", "5")
    assert arrival.at == datetime.fromtimestamp(1_790_000_000, UTC)


def test_a_member_has_a_name_for_the_card() -> None:
    arrival = arrival_of("message", message(GROUP, text="hello", reply_to_message={"message_id": 3}))
    assert arrival is not None
    assert (arrival.name, arrival.place, arrival.speaker, arrival.reply_to) == ("Sara Canary", "group", "person", "3")


def test_words_that_no_database_takes_are_made_whole() -> None:
    """F26: half an emoji and a NUL, which JSON can write and neither UTF-8 nor PostgreSQL can."""
    assert event_of(text="a\ud83d b\0c \ud83d\ude00") == TextReceived("a\ufffd bc 😀", "5")


def test_a_forwarded_message_has_lost_its_origin() -> None:
    """B44: what is taken from it is its content."""
    origin = {"type": "user", "sender_user": {"id": 99, "is_bot": False, "first_name": "Origin"}, "date": 1}
    arrival = arrival_of("message", message(text="look", forward_origin=origin, quote={"text": "Origin", "position": 0}))
    assert arrival is not None
    assert arrival.event == TextReceived("look", "5")
    assert "Origin" not in str(asdict(arrival))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/start", CommandGiven("start")),
        ("/start abc", CommandGiven("start", "abc")),
        ("/Status@Alwand_Bot", CommandGiven("status")),
        ("/link KHN 123\n45", CommandGiven("link", "KHN 123\n45")),
        ("/start@another_bot", None),
        ("/", TextReceived("/", "5")),
        ("a /start", TextReceived("a /start", "5")),
        ("/نعم", TextReceived("/نعم", "5")),
    ],
)
def test_commands_are_told_from_text(text: str, said: Event | None) -> None:
    assert event_of(chat=GROUP, text=text) == said


def sized(width: int, size: int, name: str) -> dict[str, Any]:
    return {"file_id": name, "file_unique_id": "u", "width": width, "height": width, "file_size": size}


def test_the_largest_photo_that_can_be_fetched_is_taken() -> None:
    event = event_of(photo=[sized(90, 10, "s"), sized(1280, 900, "l"), sized(9000, 30 << 20, "xl")], caption="here", media_group_id="77")
    assert isinstance(event, MediaReceived)
    assert (event.attachment.file, event.attachment.kind, event.attachment.too_big) == ("l", "photo", False)
    assert (event.caption, event.album) == ("here", "77")


@pytest.mark.parametrize(
    ("field", "file", "kind"),
    [
        ("document", {"mime_type": "image/png", "file_name": "canary.png"}, "photo"),
        ("document", {"mime_type": "video/mp4"}, "video"),
        ("voice", {"duration": 4}, "voice"),
        ("audio", {"mime_type": "audio/mpeg", "title": "canary"}, "voice"),
        ("video", {"mime_type": "video/mp4", "duration": 9}, "video"),
        ("video_note", {"duration": 9, "length": 240}, "video"),
    ],
)
def test_files_are_taken_for_what_they_hold(field: str, file: dict[str, Any], kind: str) -> None:
    """B48, B49: a picture sent as a file is a photo, and its name stays behind."""
    event = event_of(**{field: {"file_id": "f", "file_unique_id": "u", "file_size": 7, **file}})
    assert isinstance(event, MediaReceived)
    assert event.attachment.kind == kind
    assert "canary" not in str(asdict(event))


def test_an_animation_counts_once_and_as_what_it_is() -> None:
    file = {"file_id": "f", "file_unique_id": "u", "mime_type": "video/mp4"}
    event = event_of(animation=file, document=file)
    assert isinstance(event, MediaReceived)
    assert event.attachment.kind == "video"


def test_a_file_above_the_download_limit_is_marked() -> None:
    """B28."""
    event = event_of(video={"file_id": "f", "file_unique_id": "u", "file_size": 20 * 1024 * 1024 + 1})
    assert isinstance(event, MediaReceived)
    assert event.attachment.too_big


@pytest.mark.parametrize("kind", ["contact", "poll", "sticker", "game", "dice", "story", "document", "audio", "checklist", "paid_media"])
def test_what_we_do_not_take_is_named(kind: str) -> None:
    """B29, B44: a shared contact above all."""
    content = {"file_id": "f", "mime_type": "application/pdf", "phone_number": "+964canary", "first_name": "canary"}
    event = event_of(**{kind: content})
    assert event == UnsupportedReceived(kind)


def test_a_place_is_a_point_with_a_title() -> None:
    """B25."""
    point = {"latitude": 34.35, "longitude": 45.39, "live_period": 900}
    assert event_of(location=point) == LocationReceived(34.35, 45.39)
    assert event_of(location=point, venue={"location": point, "title": "Alwand bridge"}) == LocationReceived(34.35, 45.39, "Alwand bridge")


@pytest.mark.parametrize(
    "point", [{"latitude": 91, "longitude": 0}, {"latitude": float("nan"), "longitude": 0}, {"latitude": 10**400}, {"latitude": True}]
)
def test_a_place_that_is_none_is_not_understood(point: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="latitude"):
        event_of(location=point)


@pytest.mark.parametrize(
    "service", [{"pinned_message": {}}, {"new_chat_title": "x"}, {"migrate_from_chat_id": -5}, {"new_chat_members": []}]
)
def test_service_messages_concern_nobody(service: dict[str, Any]) -> None:
    assert arrival_of("message", message(GROUP, **service)) is None


def test_an_edit_tells_the_new_words() -> None:
    """B32; a live location that moves on is no news."""
    edited = arrival_of("edited_message", message(caption="changed", edit_date=1))
    assert edited is not None
    assert edited.event == TextEdited("changed", "5")
    assert arrival_of("edited_message", message(location={"latitude": 1, "longitude": 1})) is None
    bare = arrival_of("edited_message", message(photo=[sized(90, 10, "s")], edit_date=1))
    assert bare is not None
    assert bare.event == TextEdited("", "5"), "a caption that is taken away is gone"


def test_a_group_that_moves_tells_where() -> None:
    """B73, F21: it arrives in the old chat's order."""
    arrival = arrival_of("message", message({"id": -55, "type": "group", "title": "x"}, migrate_to_chat_id=-1001000001009))
    assert arrival is not None
    assert (arrival.chat, arrival.event) == ("-55", GroupMoved("-1001000001009"))


@pytest.mark.parametrize(
    ("content", "speaker"),
    [
        ({"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": GROUP}, "anonymous"),
        ({"from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}, "sender_chat": {"id": -9, "type": "channel"}}, "channel"),
        ({"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, "is_automatic_forward": True}, "channel"),
        ({"from": {"id": 44, "is_bot": True, "first_name": "Other"}}, "bot"),
    ],
)
def test_who_is_no_person_is_not_taken_for_one(content: dict[str, Any], speaker: str) -> None:
    """B86."""
    arrival = arrival_of("message", message(GROUP, text="hi", **content))
    assert arrival is not None
    assert (arrival.speaker, arrival.person, arrival.name) == (speaker, None, "")


def test_a_channel_is_no_place_of_ours() -> None:
    assert arrival_of("message", message({"id": -9, "type": "channel"}, text="hi")) is None
    assert arrival_of("channel_post", message({"id": -9, "type": "channel"}, text="hi")) is None


def test_in_a_topic_only_an_explicit_reply_is_one() -> None:
    opening = {"message_id": 2, "forum_topic_created": {"name": "x", "icon_color": 1}}
    arrival = arrival_of("message", message(GROUP, text="hi", is_topic_message=True, reply_to_message=opening))
    assert arrival is not None
    assert arrival.reply_to is None


async def test_a_press_brings_its_data_unread(line: Line) -> None:
    """The signature is for the turn to check; the time is that of reading, since Telegram tells none."""
    sara = line.world.person("Sara")
    async with line.receiving():
        sara.starts()
        await line.arrives()
        await line.shows(sara, Outgoing("?", "en", rows=((Label("Yes", Action("answer", None, ("yes",))),),)))
        sara.presses("Yes")
        pressed = await line.arrives()
    assert pressed.event == ButtonPressed(None)
    assert pressed.button == "answer~~yes"
    assert pressed.press
    assert pressed.message == str(sara.last.id)


async def test_who_blocks_the_bot_and_comes_back_is_heard(line: Line) -> None:
    """B81, F19."""
    sara = line.world.person("Sara")
    async with line.receiving():
        sara.starts()
        await line.arrives()
        sara.blocks()
        assert (await line.arrives()).event == BotBlocked()
        sara.unblocks()
        assert (await line.arrives()).event == BotUnblocked()


async def test_a_group_comes_is_lost_and_comes_again(line: Line) -> None:
    """B74, F20: thrown out and muted is the same to us: nothing can be said there."""
    omar = line.world.person("Omar")
    group = line.world.group("Khanaqin", admins=(omar,), bot=None)
    async with line.receiving():
        membership.bot_becomes(group, "administrator", omar)
        assert (await line.event()) == GroupJoined()
        membership.mute_bot(group, omar)
        assert (await line.event()) == GroupLost()
        membership.bot_becomes(group, "administrator", omar)
        assert (await line.event()) == GroupJoined()
        membership.kick_bot(group, omar)
        assert (await line.event()) == GroupLost()


async def test_a_member_who_goes_is_named_by_address_only(line: Line) -> None:
    """B71."""
    omar, layla = line.world.person("Omar"), line.world.person("Layla")
    group = line.world.group("Khanaqin", layla, admins=(omar,))
    async with line.receiving():
        membership.remove(group, layla, omar)
        assert (await line.event()) == MemberLeft(str(layla.id))
        layla.joins(group)
        assert (await line.event()) == MemberJoined(str(layla.id))


SAMPLES: list[dict[str, Any]] = [
    {"update_id": 1, "message": message(text="hi", reply_to_message={"message_id": 1})},
    {"update_id": 1, "message": message(GROUP, text="/start@x", sender_chat=GROUP)},
    {"update_id": 1, "message": message(photo=[sized(1, 1, "f")], caption="c", media_group_id="1")},
    {"update_id": 1, "message": message(voice={"file_id": "f", "duration": 1})},
    {"update_id": 1, "message": message(location={"latitude": 1.5, "longitude": 2}, venue={"title": "t"})},
    {"update_id": 1, "message": message(GROUP, left_chat_member=SARA)},
    {"update_id": 1, "message": message(GROUP | {"type": "group"}, migrate_to_chat_id=-1001000001009)},
    {"update_id": 1, "edited_message": message(text="hi")},
    {"update_id": 1, "callback_query": {"id": "1", "from": SARA, "message": message(), "data": "d"}},
    {
        "update_id": 1,
        "my_chat_member": {
            "chat": GROUP,
            "from": SARA,
            "date": 1_790_000_000,
            "old_chat_member": {"status": "left", "user": BOT},
            "new_chat_member": {"status": "restricted", "user": BOT, "is_member": True, "can_send_messages": True},
        },
    },
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud800") | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, held in inner for found in _places(held, (*path, key)))]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_update_whatsoever_does_harm(data: st.DataObject) -> None:
    """F26: any field may be missing or of any type; what cannot be understood raises ValueError, and what can be has whole words in it."""
    update = json.loads(json.dumps(data.draw(st.sampled_from(SAMPLES))))
    for _ in range(data.draw(st.integers(0, 3))):
        if not update:
            break
        path = data.draw(st.sampled_from([place for place in _places(update) if place]))
        holder = update
        for key in path[:-1]:
            holder = holder[key]
        if data.draw(st.booleans()):
            holder[path[-1]] = data.draw(JSON)
        else:
            holder.pop(path[-1])
    try:
        arrival = read(json.dumps(update).encode(), account=BOT["id"], username="alwand_bot", now=lambda: NOW)
    except ValueError:
        return
    str(arrival).encode()


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"[]", b"null", b"[" * 100_000, b'{"message":' * 100_000, b"9" * 10_000])
def test_bytes_that_are_no_update_are_not_understood(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(raw, account=BOT["id"], username=None, now=lambda: NOW)


PDF: dict[str, Any] = {
    "document": {"file_id": "BQAC", "file_unique_id": "u", "file_name": "canary.pdf", "mime_type": "application/pdf", "file_size": 99},
    "caption": "look",
}
OURS: dict[str, Any] = {"message_id": 3, "from": {"id": 7, "is_bot": True, "first_name": "Alwand", "username": "Alwand_Bot"}}


@pytest.mark.parametrize(
    ("answered", "about"),
    [
        (OURS | {"text": "New report \u2068KHN-7F3K-9Q2M\u2069\nType: Drugs"}, "KHN-7F3K-9Q2M"),
        (OURS | {"caption": "Report KHN-7F3K-9Q2M"}, "KHN-7F3K-9Q2M"),
        (OURS | {"text": "You have 2 open reports: KHN-7F3K-9Q2M, KHN-2222-3333"}, None),
        (OURS, None),
        ({"message_id": 3, "from": SARA, "text": "KHN-7F3K-9Q2M"}, None),
    ],
    ids=["a card", "a photo", "a list", "no number", "a person"],
)
def test_of_a_message_of_ours_that_is_answered_only_the_number_in_it_is_read(answered: dict[str, Any], about: str | None) -> None:
    """F6, B61: by it a reply to a copy whose message we never learnt finds its ticket. What members say to each other is not looked at."""
    arrival = arrival_of("message", message(GROUP, text="we come", reply_to_message=answered))
    assert arrival is not None
    assert (arrival.reply_to, arrival.reply_about) == ("3", about)


@pytest.mark.parametrize("where", [(GROUP,), ()], ids=["in a group", "in private"])
def test_a_document_in_answer_to_the_bot_is_taken_without_its_name(where: tuple[Any, ...]) -> None:
    """B48: a member's document carries neither its name nor its author, in the group and in private."""
    arrival = arrival_of("message", message(*where, **PDF, reply_to_message=OURS))
    assert arrival is not None
    assert arrival.event == MediaReceived(Attachment("document", "BQAC", 99), "look", message="5")
    assert "canary.pdf" not in str(asdict(arrival))


@pytest.mark.parametrize(
    "sent",
    [
        message(**PDF),
        message(GROUP, **PDF),
        message(GROUP, **PDF, reply_to_message={"message_id": 3, "from": SARA}),
        message(GROUP, **PDF, reply_to_message=OURS | {"from": OURS["from"] | {"username": "another_bot"}}),
        message(GROUP, document=PDF["document"] | {"mime_type": "application/msword"}, reply_to_message=OURS),
        message(GROUP, document=PDF["document"] | {"mime_type": ""}, reply_to_message=OURS),
    ],
    ids=["in private to nobody", "to nobody", "to a person", "to another bot", "of another type", "of no type"],
)
def test_any_other_document_is_refused(sent: dict[str, Any]) -> None:
    arrival = arrival_of("message", sent)
    assert arrival is not None
    assert arrival.event == UnsupportedReceived("document")


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
def test_what_is_posted_in_a_channel_concerns_nobody(kind: str) -> None:
    channel = {"id": -1009, "type": "channel", "title": "Khanaqin", "username": "khanaqin_forum"}
    assert arrival_of(kind, message(channel, text="hello", sender_chat=channel)) is None
    assert arrival_of("message", message(channel, text="hello", sender_chat=channel)) is None


@pytest.mark.parametrize(("before", "after"), [("left", "administrator"), ("administrator", "left")])
def test_coming_into_a_channel_joins_no_group(before: str, after: str) -> None:
    change = {
        "chat": {"id": -1009, "type": "channel", "title": "Khanaqin"},
        "from": SARA,
        "date": 1_790_000_000,
        "old_chat_member": {"status": before, "user": BOT},
        "new_chat_member": {"status": after, "user": BOT},
    }
    assert arrival_of("my_chat_member", change) is None
