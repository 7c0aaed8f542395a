"""What residents send besides words, and what of it a group gets: looked at in the bytes that the group has."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.demo.world import Message
from bot.model.ids import PROVINCE
from tests.town.people import Forum, Resident
from tests.town.town import Town
from tests.town.words import REFERENCE, label, parts, plain

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = b"canary"
"""In every sample file of the stand-in: in names, Exif, comments, tags and films' padding."""


async def media_of(forum: Forum, reference: str, count: int) -> list[Message]:
    """Wait for a report's files in its group."""
    await forum.hears(reference)

    def found() -> list[Message]:
        return [message for message in forum.chat.from_bot if message.media and reference in message.text]

    return await forum.until(lambda: found() if len(found()) >= count else [])


async def reports_with(town: Town, *kinds: str, agree: str = "yes", district: str = "khanaqin") -> tuple[Resident, str]:
    """Let somebody report with files; returns them and the reference."""
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story(district={"khanaqin": "Khanaqin", "khalis": "Khalis"}[district])
    sara.says("This is what I saw.")
    for kind in kinds:
        sara.acts(lambda person, kind=kind: person.sends(kind, caption=f"see {kind}" if kind == "photo" else ""))  # type: ignore[misc]
    await sara.hears(f"{len(kinds)} file")
    await sara.taps("done")
    await sara.answers("media?", agree)
    return sara, await sara.finishes()


async def test_a_photo_reaches_the_group_as_pixels_alone(town: Town) -> None:
    """B43, B49: no Exif, no position, no comment, no thumbnail, no name."""
    _, reference = await reports_with(town, "photo")
    forum = town.forums["khanaqin"]
    (photo,) = await media_of(forum, reference, 1)
    assert photo.media == "photo"
    assert photo.is_protected
    assert photo.reply_to == await forum.card(reference)
    assert CANARY not in photo.data
    with Image.open(io.BytesIO(photo.data)) as picture:
        assert not picture.getexif()
        assert not set(picture.info) & {"exif", "comment", "photoshop", "icc_profile", "xmp"}


async def test_a_voice_and_a_film_come_without_what_the_phone_put_into_them(town: Town) -> None:
    """B43, B49."""
    _, reference = await reports_with(town, "voice", "video")
    voice, video = sorted(await media_of(town.forums["khanaqin"], reference, 2), key=lambda message: message.media or "", reverse=True)
    assert (voice.media, video.media) == ("voice", "video")
    assert CANARY not in voice.data
    assert b"canary-encoder" not in voice.data
    assert b"VID_2026" not in video.data
    assert "canary" not in str(video.raw)


async def test_a_voice_stays_with_us_without_a_yes(town: Town) -> None:
    """A voice is a fingerprint: nothing of it reaches the group, the words do."""
    _, reference = await reports_with(town, "voice", agree="no", district="khalis")
    forum = town.forums["khalis"]
    card = await forum.card(reference)
    assert "This is what I saw." in card.text
    assert not any(message.media for message in forum.about(reference))


async def test_an_album_and_its_caption_come_whole_and_in_order(town: Town) -> None:
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story(district="Khalis")
    sara.acts(lambda person: person.sends_album(4, caption="The wall, from four sides."))
    await sara.hears("4 files")
    await sara.taps("done")
    await sara.answers("media?", "yes")
    reference = await sara.finishes()
    forum = town.forums["khalis"]
    photos = await media_of(forum, reference, 4)
    assert len(photos) == 4
    assert "The wall, from four sides." in (await forum.card(reference)).text


async def test_a_long_story_comes_whole(town: Town) -> None:
    """B23: over 4096 characters, in parts, nothing cut."""
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story(district="Khalis")
    story = " ".join(f"word{number}" for number in range(700))
    sara.says(story)
    sara.person.writes(" ".join(f"again{number}" for number in range(300)))
    await sara.taps("done")
    reference = await sara.finishes()
    forum = town.forums["khalis"]
    await forum.hears(reference)
    await forum.hears("word699")
    await forum.hears("again299")
    shown = plain(" ".join(message.text for message in forum.chat.from_bot))
    assert all(f"word{number}" in shown for number in range(700))


async def test_a_file_too_big_to_fetch_is_told_of_and_not_passed_on(town: Town) -> None:
    """B28."""
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story(district="Khalis")
    sara.acts(lambda person: person.sends_video(size=30 * 1024 * 1024))
    await sara.hears("too big", "20 MB")
    sara.says("A van without plates.")
    await sara.taps("done")
    await sara.answers("media?", "yes")
    reference = await sara.finishes()
    forum = town.forums["khalis"]
    card = await forum.card(reference)
    assert "A van without plates." in card.text
    assert not any(message.media for message in forum.about(reference))


async def test_a_shared_place_finds_the_nearest_forum_and_is_not_passed_on(town: Town) -> None:
    """B27: the point itself never leaves; a desktop that sends only the button's label is shown the list."""
    sara = town.resident("en")
    await sara.arrives()
    sara.says("/report")
    await sara.answers("danger?", "no")
    await sara.answers("category?", "services")
    await sara.taps("📍 Share a location")
    await sara.hears("Press the button below")
    sara.says(label("📍 Send my location", "en"))
    await sara.hears("cannot share a location")
    sara.acts(lambda person: person.sends_location(34.3489123, 45.3907321))
    await sara.hears("Please confirm the area")
    await sara.taps("khanaqin")
    await sara.taps("skip")
    sara.says("No water since Monday.")
    await sara.taps("done")
    reference = await sara.finishes()
    await town.forums["khanaqin"].card(reference)
    assert not any("34.34" in str(call.params) or call.method == "sendLocation" for call in town.world.calls)


@pytest.mark.parametrize("first", ["text", "voice", "photo"])
async def test_whatever_comes_first_starts_a_report_with_it(town: Town, first: str) -> None:
    """B10: nothing that somebody sends before pressing a button is lost."""
    sara = town.resident("en")
    if first == "text":
        sara.says(f"They cut the cable again. {first}")
    else:
        sara.acts(lambda person: person.sends(first))
    await sara.chooses_language()
    await sara.is_told("consent")
    await sara.taps("agree")
    await sara.answers("danger?", "no")
    await sara.answers("category?", "services")
    await sara.taps("Jalawla")
    await sara.taps("skip")
    await sara.taps("done")
    if first != "text":
        await sara.answers("media?", "yes")
    reference = await sara.finishes()
    forum = town.forums["jalawla"]
    card = await forum.card(reference)
    if first == "text":
        assert "They cut the cable again. text" in card.text
    else:
        assert [message.media for message in await media_of(forum, reference, 1)] == [first]


async def test_a_sensitive_report_is_for_the_province_and_its_district_sees_only_that_there_is_one(town: Town) -> None:
    """B43, B56: the words go to the focal group alone."""
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story("Sexual harassment", "Muqdadiya")
    sara.says("The driver of the bus, each morning.")
    await sara.taps("done")
    reference = await sara.finishes()
    focal, district = town.forums[PROVINCE], town.forums["muqdadiya"]
    assert "The driver of the bus" in (await focal.card(reference)).text
    shown = await district.card(reference)
    assert "driver" not in "".join(message.text for message in district.chat.from_bot)
    assert shown.labels == []
    focal.ali.replies(await focal.card(reference), "We are with you.")
    offer = await focal.hears("We are with you.")
    focal.presses(focal.ali, offer, "Send to the person")
    heard = await sara.hears("We are with you.")
    sara.says("Thank you, I am afraid of him.", reply_to=heard)
    await focal.hears("I am afraid of him.")
    told = parts("There is a new message about sensitive report {reference}. The text is not shown here.", "ar", reference=reference)
    await district.hears(told)
    assert "afraid" not in "".join(message.text for message in district.chat.from_bot)


async def test_status_lists_the_own_reports_only(town: Town) -> None:
    """B46: and two reports one after the other have numbers that say nothing of each other."""
    sara, dara = town.resident("en"), town.resident("en")
    await sara.arrives()
    await dara.arrives()
    mine = [await sara.reports("First.", district="Khanaqin"), await sara.reports("Second.", district="Khanaqin")]
    other = await dara.reports("Other.", district="Khanaqin")
    sara.says("/status")
    listed = await sara.hears("You have 2 open reports")
    assert set(REFERENCE.findall(plain(listed.text))) == set(mine)
    assert other not in listed.text
    assert len({reference[4:8] for reference in [*mine, other]}) == 3
