"""Files: whatever a phone or an app wrote beside the picture, the sound and the film is gone from what leaves us."""

from __future__ import annotations

import contextlib
import io
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.channels.telegram import media
from bot.channels.telegram.media import CannotClean, clean_photo, clean_video, clean_voice, ending
from bot.demo.world import samples

CANARY = b"canary"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><canary/></x:xmpmeta>'


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def pictures() -> dict[str, bytes]:
    """A picture of each format with a canary in every place the format has for one."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x9286] = "canary"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 20.0, 56.0), 3: "E", 4: (45.0, 23.0, 26.0), 29: "canary"})
    base = Image.new("RGB", (60, 30), (200, 30, 30))
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "canary")
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    made = {"stand-in": samples.jpeg()}
    places: dict[str, dict[str, Any]] = {
        "JPEG": {"exif": exif, "comment": b"canary", "xmp": XMP, "icc_profile": b"canary" * 30},
        "PNG": {"exif": exif, "pnginfo": info, "icc_profile": b"canary" * 30},
        "WEBP": {"exif": exif, "xmp": XMP, "icc_profile": b"canary" * 30},
        "GIF": {"comment": b"canary"},
    }
    for kind, how in places.items():
        written = io.BytesIO()
        base.save(written, kind, **how)
        made[kind] = written.getvalue() + b"canary behind the end"
    return made


@pytest.mark.parametrize(("name", "data"), pictures().items(), ids=list(pictures()))
def test_a_photo_is_its_pixels_and_nothing_else(name: str, data: bytes) -> None:
    """B49: Exif, position, thumbnail, comment, profile, XMP, text, and what hides behind the end."""
    if name != "PNG":  # there the text is packed
        assert CANARY in data
    cleaned = clean_photo(data)
    picture = opened(cleaned)
    assert CANARY not in cleaned
    assert (picture.format, picture.size) == ("JPEG", (640, 480) if name == "stand-in" else (60, 30))
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert cleaned.count(b"\xff\xd8") == 1


def test_a_photo_stands_upright() -> None:
    """What Exif says of the orientation is done before it is dropped."""
    exif = Image.Exif()
    exif[0x0112] = 6
    written = io.BytesIO()
    Image.new("RGB", (60, 30)).save(written, "JPEG", exif=exif)
    assert opened(clean_photo(written.getvalue())).size == (30, 60)


def test_a_large_photo_is_made_smaller_and_a_see_through_one_gets_paper() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (4000, 1000), (0, 0, 0, 0)).save(written, "PNG")
    picture = opened(clean_photo(written.getvalue()))
    assert picture.size == (2560, 640)
    assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(written, "PNG")
    assert len(written.getvalue()) < 100_000
    with pytest.raises(CannotClean):
        clean_photo(written.getvalue())
    monkeypatch.setattr(media, "MOST_PIXELS", 60 * 30 - 1)
    with pytest.raises(CannotClean):
        clean_photo(pictures()["JPEG"])


@pytest.mark.parametrize(
    "data", [b"", b"canary", b"%PDF-1.4", b"%!PS-Adobe-3.0 EPSF", b"\xff\xd8\xff\xe0" + b"\0" * 30, samples.jpeg()[:2000]]
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(CannotClean):
        clean_photo(data)


def ogg_page(body: bytes, number: int, flags: int = 0, serial: int = 7) -> bytes:
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, serial, number, 0, len(lacing))
    return head + lacing + body


def test_a_voice_note_keeps_its_sound_and_loses_its_tags() -> None:
    cleaned = clean_voice(samples.opus())
    assert CANARY in samples.opus()
    assert CANARY not in cleaned
    assert cleaned.count(b"\xf8\xff\xfe") == samples.opus().count(b"\xf8\xff\xfe")
    for at in [found for found in range(len(cleaned)) if cleaned.startswith(b"OggS", found)]:
        end = cleaned.find(b"OggS", at + 4)
        page = cleaned[at : end if end > 0 else len(cleaned)]
        assert samples._ogg_sum(page[:22] + bytes(4) + page[26:]) == struct.unpack("<I", page[22:26])[0]
    assert clean_voice(cleaned) == cleaned


def test_tags_over_several_pages_with_a_cover_go_too() -> None:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + b"canary" * 2000
    pages = [ogg_page(head, 0, 2)]
    first = tags[: 255 * 30]
    raw = struct.pack("<4sBBqIIIB", b"OggS", 0, 0, -1, 7, 1, 0, 30) + bytes([255] * 30) + first
    pages += [raw, ogg_page(tags[255 * 30 :], 2, 1), ogg_page(b"sound", 3, 4)]
    cleaned = clean_voice(b"".join(pages))
    assert CANARY not in cleaned
    assert b"sound" in cleaned


def test_a_second_stream_in_a_voice_note_is_refused() -> None:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    pages = [ogg_page(head, 0, 2), ogg_page(b"OpusTags" + bytes(8), 1), ogg_page(b"canary", 0, 2, serial=8)]
    with pytest.raises(CannotClean):
        clean_voice(b"".join(pages))


def test_an_mp3_is_its_frames() -> None:
    frame = b"\xff\xfb\x90\x00" + b"\x11" * 413  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 0, 12]) + b"canary-title"
    assert clean_voice(tag + frame * 5 + b"TAG" + b"canary".ljust(125)) == frame * 5
    assert ending(frame) == ".mp3"
    with pytest.raises(CannotClean):
        clean_voice(frame * 5 + b"canary, and more")


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind + body


def track(handler: bytes, offset: int, size: int) -> bytes:
    entry = box(b"avc1", bytes(42), b"canary-encoder".ljust(32), bytes(4)) if handler == b"vide" else box(b"mp4a", bytes(28))
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), entry),
        box(b"stts", struct.pack(">IIII", 0, 1, 1, 1)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(">IIII", 0, 0, 1, size)),
        box(b"stco", struct.pack(">III", 0, 1, offset)),
    )
    disk = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"alis", struct.pack(">I", 1), b"canary:Users")))
    times = struct.pack(">III", 0, 0x63616E61, 0x72790000)
    media_box = box(
        b"mdia",
        box(b"mdhd", times, bytes(12)),
        box(b"hdlr", bytes(8), handler, bytes(12), b"canary handler\0"),
        box(b"minf", box(b"vmhd", bytes(12)), disk, table),
    )
    return box(
        b"trak", box(b"tkhd", times, bytes(72)), media_box, box(b"udta", box(b"\xa9xyz", b"canary+34.3+45.3/")), box(b"meta", CANARY)
    )


def film() -> bytes:
    """A film whose phone wrote down its place, its make, the time, and a track of positions among the pictures."""
    start = box(b"ftyp", b"isom\0\0\2\0isom")
    payload = b"PICTURE!" + b"canary-positions" + b"SOUND!!!" + b"canary-rest"
    data = box(b"mdat", payload)
    at = len(start) + 8
    moov = box(
        b"moov",
        box(b"mvhd", struct.pack(">III", 0, 0x63616E61, 0x72790000), bytes(88)),
        track(b"vide", at, 8),
        track(b"meta", at + 8, 16),
        track(b"soun", at + 24, 8),
        box(b"udta", box(b"\xa9mak", b"canary-maker")),
        box(b"uuid", bytes(16), b"canary"),
    )
    return start + data + box(b"free", b"canary-left-over") + moov + box(b"uuid", b"canary-xmp" * 3)


def test_a_film_keeps_its_pictures_and_sound_and_nothing_else() -> None:
    """B48: place, make, times, names of encoder and disk, the track of positions, and what lies between."""
    dirty = film()
    cleaned = clean_video(dirty)
    assert CANARY in dirty
    assert CANARY not in cleaned
    assert b"cana" not in cleaned
    assert cleaned.index(b"PICTURE!") == dirty.index(b"PICTURE!")
    assert cleaned.index(b"SOUND!!!") == dirty.index(b"SOUND!!!")
    assert len(cleaned) == len(dirty)
    assert cleaned.count(b"trak") == 2
    assert clean_video(cleaned) == cleaned
    assert ending(cleaned) == ".mp4"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"canary",
        box(b"ftyp", b"isom"),
        box(b"ftyp", b"isom") + box(b"moof", b"") + box(b"moov", b""),
        film()[:-1],
        film().replace(b"stsz", b"stz2"),
        film().replace(struct.pack(">II", 0, 1), struct.pack(">II", 0, 0xFFFFFFFF)),
    ],
)
def test_a_film_that_cannot_be_told_whole_is_refused(data: bytes) -> None:
    with pytest.raises(CannotClean):
        clean_video(data)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(film()) - 1), byte=st.integers(0, 255))
def test_a_broken_film_is_cleaned_or_refused(at: int, byte: int) -> None:
    """No byte that is changed makes anything else happen."""
    broken = bytearray(film())
    broken[at] = byte
    with contextlib.suppress(CannotClean):
        assert len(clean_video(bytes(broken))) == len(broken)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: samples.opus()[:120] + tail))
def test_a_broken_recording_is_cleaned_or_refused(data: bytes) -> None:
    for clean in (clean_voice, clean_photo):
        with contextlib.suppress(CannotClean):
            clean(data)
