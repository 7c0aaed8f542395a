"""Files: what may be sent, what can be fetched, and what people's own files look like."""

import io

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD

from bot.demo.world import Person, samples
from tests.demo.conftest import Bot

MEBIBYTE = 2**20


@pytest.fixture
def sara(bot: Bot) -> Person:
    sara = bot.world.person(phone="+9647701234567")
    sara.starts()
    bot.telegram.service.pace.limits = None
    return sara


async def fetched(bot: Bot, file_id: str) -> bytes:
    path = (await bot.asks("getFile", file_id=file_id))["file_path"]
    async with bot.session.get(f"{bot.telegram.url}/file/bot{bot.telegram.token}/{path}") as found:
        assert found.status == 200
        return await found.read()


async def test_a_persons_photo_comes_in_sizes_and_can_be_fetched_whole(bot: Bot, sara: Person) -> None:
    sent = sara.sends_photo(caption="The road")
    sizes = (await bot.updates())[-1]["message"]["photo"]
    assert [size["width"] for size in sizes] == [320, 640]
    assert await fetched(bot, sizes[-1]["file_id"]) == samples.jpeg() == sent.data
    assert sizes[0]["file_unique_id"] != sizes[1]["file_unique_id"]


def test_the_sample_photo_is_full_of_what_must_not_leak() -> None:
    with Image.open(io.BytesIO(samples.jpeg())) as picture:
        picture.load()
        exif = picture.getexif()
        assert exif[0x0110] == "canary-camera"
        assert exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] == "N"
        assert picture.info["comment"] == samples.COMMENT
        assert exif.get_ifd(IFD.IFD1)[0x0202] > 100
    assert samples.jpeg().count(b"\xff\xd8\xff") == 2


def test_the_sample_voice_is_ogg_with_opus_whose_sums_are_right() -> None:
    sound = samples.opus()
    pages = sound.split(b"OggS")[1:]
    assert sound.startswith(b"OggS")
    assert pages[0].endswith(b"OpusHead" + bytes([1, 1, 56, 1, 128, 187, 0, 0, 0, 0, 0]))
    for page in pages:
        whole = b"OggS" + page
        assert samples._ogg_sum(whole[:22] + bytes(4) + whole[26:]) == int.from_bytes(whole[22:26], "little")


async def test_a_file_over_20_mb_cannot_be_fetched(bot: Bot, sara: Person) -> None:
    large = sara.sends("video", size=20 * MEBIBYTE + 1)
    assert await bot.refused("getFile", file_id=large.file_ids[0]) == "Bad Request: file is too big"
    just = sara.sends("video", size=20 * MEBIBYTE)
    assert (await bot.asks("getFile", file_id=just.file_ids[0]))["file_size"] == 20 * MEBIBYTE


async def test_a_file_that_is_not_there_answers_404(bot: Bot) -> None:
    async with bot.session.get(f"{bot.telegram.url}/file/bot{bot.telegram.token}/photos/file_99.jpg") as found:
        assert found.status == 404
        assert await found.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_what_the_bot_uploads_arrives_byte_for_byte(bot: Bot, sara: Person) -> None:
    for kind, data in (("photo", samples.jpeg()), ("voice", samples.opus()), ("video", samples.mp4()), ("document", b"x")):
        answer = await bot.uploads(f"send{kind.capitalize()}", {kind: data}, chat_id=sara.id, caption="C")
        assert answer["ok"], answer
        assert (sara.last.media, sara.last.text, sara.last.data) == (kind, "C", data)
    assert bot.world.calls[-1].files == {"document": 1}


async def test_a_file_telegram_holds_can_be_sent_again_by_its_id(bot: Bot, sara: Person) -> None:
    voice = sara.sends_voice()
    sent = await bot.asks("sendVoice", chat_id=sara.id, voice=voice.file_ids[0])
    assert sent["voice"]["file_unique_id"] == voice.raw["voice"]["file_unique_id"]
    assert await bot.refused("sendPhoto", chat_id=sara.id, photo=voice.file_ids[0]) == (
        "Bad Request: can't use file of type Voice as Photo"
    )


@pytest.mark.parametrize(
    ("kind", "data", "complaint"),
    [
        ("photo", b"no picture", "IMAGE_PROCESS_FAILED"),
        ("photo", b"", "file must be non-empty"),
    ],
)
async def test_uploads_that_telegram_cannot_take(bot: Bot, sara: Person, kind: str, data: bytes, complaint: str) -> None:
    answer = await bot.uploads(f"send{kind.capitalize()}", {kind: data}, chat_id=sara.id)
    assert answer["description"] == f"Bad Request: {complaint}"


@pytest.mark.parametrize(("kind", "size"), [("photo", 10 * MEBIBYTE + 1), ("document", 50 * MEBIBYTE + 1)])
async def test_uploads_that_are_too_large(bot: Bot, sara: Person, kind: str, size: int) -> None:
    answer = await bot.uploads(f"send{kind.capitalize()}", {kind: bytes(size)}, chat_id=sara.id)
    assert answer["description"] == "Bad Request: file is too big"


async def test_a_picture_of_odd_shape_is_refused(bot: Bot, sara: Person) -> None:
    written = io.BytesIO()
    Image.new("RGB", (2100, 100)).save(written, "JPEG")
    answer = await bot.uploads("sendPhoto", {"photo": written.getvalue()}, chat_id=sara.id)
    assert answer["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"


async def test_a_caption_holds_1024_units(bot: Bot, sara: Person) -> None:
    answer = await bot.uploads("sendVoice", {"voice": b"x"}, chat_id=sara.id, caption="😀" * 512)
    assert answer["ok"]
    answer = await bot.uploads("sendVoice", {"voice": b"x"}, chat_id=sara.id, caption="😀" * 513)
    assert answer["description"] == "Bad Request: message caption is too long"


async def test_an_album_is_several_messages_of_one_group(bot: Bot, sara: Person) -> None:
    media = [{"type": "photo", "media": "attach://one", "caption": "C"}, {"type": "video", "media": "attach://two"}]
    files = {"one": samples.jpeg(), "two": samples.mp4()}
    sent = (await bot.uploads("sendMediaGroup", files, chat_id=sara.id, media=media, protect_content=True))["result"]
    assert len({message["media_group_id"] for message in sent}) == 1
    assert all(message["has_protected_content"] for message in sent)
    for wrong in (media[:1], [media[0]] * 11, [media[0], {"type": "document", "media": "attach://two"}]):
        assert not (await bot.uploads("sendMediaGroup", files, chat_id=sara.id, media=wrong))["ok"]
    missing = [media[0], {"type": "photo", "media": "attach://three"}]
    answer = await bot.uploads("sendMediaGroup", files, chat_id=sara.id, media=missing)
    assert "attach://three not found" in answer["description"]


async def test_a_persons_album_arrives_as_single_messages(bot: Bot, sara: Person) -> None:
    await bot.updates()
    sara.sends_album(3, caption="Three")
    updates = await bot.updates()
    assert len({update["message"]["media_group_id"] for update in updates}) == 1
    assert [update["message"].get("caption") for update in updates] == ["Three", None, None]


async def test_people_send_places_contacts_and_everything_else(bot: Bot, sara: Person) -> None:
    await bot.updates()
    sara.sends_location(34.35, 45.39)
    sara.sends_venue(34.35, 45.39, "Bridge", "Khanaqin")
    sara.sends_contact()
    sara.sends_contact("+964", "Somebody")
    for kind in ("video_note", "sticker", "audio", "document"):
        sara.sends(kind)
    sara.sends_poll("Q", ["1", "2"])
    messages = [update["message"] for update in await bot.updates()]
    assert messages[0]["location"] == {"latitude": 34.35, "longitude": 45.39}
    assert messages[1]["venue"]["title"] == "Bridge"
    assert messages[2]["contact"]["user_id"] == sara.id
    assert "user_id" not in messages[3]["contact"]
    assert messages[7]["document"]["file_name"] == "canary-letter.pdf"
    assert messages[8]["poll"]["question"] == "Q"


async def test_media_of_a_message_can_be_replaced(bot: Bot, sara: Person) -> None:
    sent = (await bot.uploads("sendPhoto", {"photo": samples.jpeg()}, chat_id=sara.id, caption="C"))["result"]
    media = {"type": "document", "media": "attach://new"}
    answer = await bot.uploads("editMessageMedia", {"new": b"x"}, chat_id=sara.id, message_id=sent["message_id"], media=media)
    assert "photo" not in answer["result"]
    assert "caption" not in answer["result"]
    assert sara.last.data == b"x"


async def test_a_web_address_is_not_fetched(bot: Bot, sara: Person) -> None:
    await bot.refused("sendPhoto", chat_id=sara.id, photo="https://example.com/a.jpg")
    assert [violation.method for violation in bot.world.violations] == ["sendPhoto"]
