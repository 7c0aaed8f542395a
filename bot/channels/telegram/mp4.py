"""MP4 and QuickTime films without places, names, makes, times and foreign tracks (ISO 14496-12).

Sizes stay as they are, since the film is found by its distance from the start: what is not wanted becomes `free` space of zeros. Kept is an
allow-list of boxes, and of the media itself only the bytes that a picture or sound track refers to: so a phone's track of positions, which
lies between them, goes too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from bot.channels.telegram.containers import CannotClean

_KEPT: Final[dict[bytes, frozenset[bytes]]] = {
    b"": frozenset({b"ftyp", b"moov", b"mdat"}),
    b"moov": frozenset({b"mvhd", b"trak"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"stbl": frozenset({b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stco", b"co64", b"stss", b"sdtp", b"sgpd", b"sbgp"}),
}
_PICTURE_AND_SOUND: Final = (b"vide", b"soun")
_MOST_SAMPLES: Final = 2_000_000
"""Ten hours of sound; more is a trap."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: where it begins, where its content begins, where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def clean_mp4(data: bytes) -> bytes:
    """Return the film with its pictures and sound alone. Raises `CannotClean` for what is cut into fragments or cannot be read."""
    film = bytearray(data)
    try:
        top = list(_boxes(film, 0, len(film)))
        if not top or top[0].kind != b"ftyp" or not any(box.kind == b"moov" for box in top):
            raise CannotClean
        if any(box.kind in {b"moof", b"mfra"} for box in top):
            raise CannotClean
        ranges: list[tuple[int, int]] = []
        _clean_children(film, top, b"", ranges)
        for box in top:
            if box.kind == b"mdat":
                _keep_only(film, box, ranges)
    except (struct.error, IndexError, ValueError, OverflowError, MemoryError):
        raise CannotClean from None
    return bytes(film)


def _boxes(film: bytearray, at: int, end: int) -> Iterator[_Box]:
    while at < end:
        if end - at < 8:
            if any(film[at:end]):
                raise CannotClean
            return  # QuickTime ends some lists with four zeros
        size, kind = struct.unpack_from(">I4s", film, at)
        body = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", film, body)
            body += 8
        elif size == 0:
            size = end - at
        if size < body - at or at + size > end:
            raise CannotClean
        yield _Box(kind, at, body, at + size)
        at += size


def _clean_children(film: bytearray, boxes: list[_Box], parent: bytes, ranges: list[tuple[int, int]]) -> None:
    for box in boxes:
        if box.kind not in _KEPT[parent]:
            _blank(film, box)
        elif box.kind == b"trak":
            _clean_track(film, box, ranges)
        elif box.kind in _KEPT:
            _clean_children(film, list(_boxes(film, box.body, box.end)), box.kind, ranges)
        else:
            _clean_leaf(film, box)


def _clean_track(film: bytearray, track: _Box, ranges: list[tuple[int, int]]) -> None:
    media = _child(film, track, b"mdia")
    handler = _child(film, media, b"hdlr")
    if bytes(film[handler.body + 8 : handler.body + 12]) not in _PICTURE_AND_SOUND:
        _blank(film, track)
        return
    table = _child(film, _child(film, media, b"minf"), b"stbl")
    ranges.extend(_samples(film, table))
    _clean_children(film, list(_boxes(film, track.body, track.end)), b"trak", ranges)


def _clean_leaf(film: bytearray, box: _Box) -> None:
    match box.kind:
        case b"mvhd" | b"tkhd" | b"mdhd":  # when it was made and changed
            _zero(film, box.body + 4, box.body + (20 if film[box.body] == 1 else 12))
        case b"hdlr":  # the maker's name for the track
            _zero(film, box.body + 24, box.end)
        case b"dref":  # where on the maker's disk the film was
            for entry in _boxes(film, box.body + 8, box.end):
                _zero(film, entry.body + 4, entry.end)
        case b"stsd":
            for entry in _boxes(film, box.body + 8, box.end):
                if entry.kind[:2] in {b"av", b"hv", b"he", b"mp", b"vp"} and entry.kind != b"mp4a":
                    _zero(film, entry.body + 42, min(entry.body + 74, entry.end))  # the encoder's name


def _samples(film: bytearray, table: _Box) -> Iterator[tuple[int, int]]:
    """Yield where the track's chunks of samples begin and end in the file."""
    parts = {box.kind: box.body for box in _boxes(film, table.body, table.end)}
    if b"stsz" not in parts or b"stsc" not in parts or (b"stco" not in parts and b"co64" not in parts):
        raise CannotClean
    each, count = struct.unpack_from(">II", film, parts[b"stsz"] + 4)
    if count > _MOST_SAMPLES:
        raise CannotClean
    sizes = [each] * count if each else list(struct.unpack_from(f">{count}I", film, parts[b"stsz"] + 12))
    width, at = ("Q", parts[b"co64"]) if b"co64" in parts else ("I", parts[b"stco"])
    (chunks,) = struct.unpack_from(">I", film, at + 4)
    if chunks > _MOST_SAMPLES:
        raise CannotClean
    offsets = struct.unpack_from(f">{chunks}{width}", film, at + 8)
    taken = 0
    for offset, samples in zip(offsets, _samples_per_chunk(film, parts[b"stsc"], chunks), strict=True):
        yield offset, offset + sum(sizes[taken : taken + samples])
        taken += samples


def _samples_per_chunk(film: bytearray, at: int, chunks: int) -> Iterator[int]:
    (entries,) = struct.unpack_from(">I", film, at + 4)
    if entries > _MOST_SAMPLES:
        raise CannotClean
    runs = [struct.unpack_from(">II", film, at + 8 + 12 * entry) for entry in range(entries)]
    if chunks and (not runs or runs[0][0] != 1):
        raise CannotClean
    for (first, samples), (following, _) in pairwise([*runs, (chunks + 1, 0)]):
        if following < first:
            raise CannotClean
        yield from (samples for _ in range(following - first))


def _keep_only(film: bytearray, media: _Box, ranges: list[tuple[int, int]]) -> None:
    at = media.body
    for start, end in sorted(ranges):
        if end <= media.body or start >= media.end:
            continue
        _zero(film, at, min(start, media.end))
        at = max(at, end)
    _zero(film, at, media.end)


def _child(film: bytearray, parent: _Box, kind: bytes) -> _Box:
    found = next((box for box in _boxes(film, parent.body, parent.end) if box.kind == kind), None)
    if found is None:
        raise CannotClean
    return found


def _blank(film: bytearray, box: _Box) -> None:
    film[box.start + 4 : box.start + 8] = b"free"
    _zero(film, box.body, box.end)


def _zero(film: bytearray, start: int, end: int) -> None:
    if end > len(film):
        raise CannotClean
    if end > start:
        film[start:end] = bytes(end - start)
