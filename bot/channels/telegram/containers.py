"""Ogg and MP3 recordings without their descriptions. MP4 is in `mp4.py`."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


class CannotClean(Exception):
    """Not everything in the file could be told: it is not passed on."""


_PAGE_HEAD: Final = struct.Struct("<4sBBqIIIB")
_BEGINS, _CONTINUED = 2, 1
_EMPTY_TAGS: Final = b"OpusTags" + struct.pack("<II", 0, 0)
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of an Ogg stream (RFC 3533, section 6)."""

    flags: int
    granule: int
    serial: int
    lacing: bytes
    body: bytes

    def written(self, serial: int, number: int) -> bytes:
        head = _PAGE_HEAD.pack(b"OggS", 0, self.flags, self.granule, serial, number, 0, len(self.lacing))
        page = head + self.lacing + self.body
        return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def clean_ogg(data: bytes) -> bytes:
    """Return an Opus recording with an empty comment header (RFC 7845, section 5.2), a neutral stream number, and the sound as it was."""
    pages = list(_pages(data))
    if not pages or not pages[0].body.startswith(b"OpusHead") or pages[0].flags != _BEGINS:
        raise CannotClean
    if any(page.serial != pages[0].serial or page.flags & _BEGINS for page in pages[1:]):
        raise CannotClean  # a second stream beside or behind the first
    sound = _after_the_tags(pages)
    head = pages[0].body[: _head_length(pages[0].body)]
    kept = [
        _Page(_BEGINS, 0, 0, bytes([len(head)]), head),
        _Page(0, 0, 0, bytes([len(_EMPTY_TAGS)]), _EMPTY_TAGS),
        *pages[sound:],
    ]
    return b"".join(page.written(1, number) for number, page in enumerate(kept))


def _head_length(head: bytes) -> int:
    """Return the length of the identification header: 19 bytes, and a channel map where the mapping family is not 0."""
    if len(head) < 19:
        raise CannotClean
    length = 19 if head[18] == 0 else 21 + head[9]
    if len(head) < length or length > 254:
        raise CannotClean
    return length


def _after_the_tags(pages: list[_Page]) -> int:
    """Return the index of the first page of sound: the comment header fills whole pages and ends with the one that it ends on."""
    if len(pages) < 2 or not pages[1].body.startswith(b"OpusTags"):
        raise CannotClean
    for index, page in enumerate(pages[1:], start=1):
        if index > 1 and not page.flags & _CONTINUED:
            raise CannotClean
        ends = [at for at, length in enumerate(page.lacing) if length < 255]
        if ends:
            if ends[0] != len(page.lacing) - 1:
                raise CannotClean  # something follows the comments on their own page
            return index + 1
    raise CannotClean


def _pages(data: bytes) -> Iterator[_Page]:
    at = 0
    while at < len(data):
        if len(data) - at < _PAGE_HEAD.size:
            raise CannotClean
        mark, version, flags, granule, serial, _, _, segments = _PAGE_HEAD.unpack_from(data, at)
        lacing = data[at + 27 : at + 27 + segments]
        body_at = at + 27 + segments
        at = body_at + sum(lacing)
        if mark != b"OggS" or version != 0 or at > len(data):
            raise CannotClean
        yield _Page(flags, granule, serial, lacing, data[body_at:at])


def _checksum(page: bytes) -> int:
    """CRC-32 with polynomial 04c11db7, unreflected and from 0: zlib's, turned round bit by bit on both sides."""
    reflected = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(reflected.to_bytes(4, "little").translate(_REVERSED), "big")


_BITRATES: Final = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    0: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s of layer III by MPEG version bits (3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5)."""
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_TRAILERS: Final = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3", b"3DI")


def clean_mp3(data: bytes) -> bytes:
    """Return the frames of an MPEG layer III recording alone: no ID3, APE or lyrics tag, no cover."""
    start = 0
    while data.startswith(b"ID3", start):
        start += _tag_length(data, start)
    end = start
    while (length := _frame_length(data, end)) and end + length <= len(data):
        end += length
    rest = data[end:]
    if end == start or not (rest.startswith(_TRAILERS) or not rest.strip(b"\0") or _frame_length(data, end)):
        raise CannotClean
    return data[start:end]


def _tag_length(data: bytes, at: int) -> int:
    """Return the length of an ID3v2 tag with its head and foot: four times seven bits (ID3v2.4, section 3.1)."""
    if len(data) < at + 10:
        raise CannotClean
    size = 0
    for byte in data[at + 6 : at + 10]:
        size = size << 7 | byte & 0x7F
    return size + (20 if data[at + 5] & 0x10 else 10)


def _frame_length(data: bytes, at: int) -> int:
    """Return the bytes of the layer III frame that begins here; 0 if none does."""
    head = int.from_bytes(data[at : at + 4], "big") if len(data) >= at + 4 else 0
    version, layer, rate, sampling = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or rate in {0, 15} or sampling == 3:
        return 0
    samples = 144 if version == 3 else 72
    return samples * _BITRATES[version][rate] * 1000 // _RATES[version][sampling] + (head >> 9 & 1)
