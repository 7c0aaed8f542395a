"""Take everything out of a file that is not the picture, the voice or the film itself. Pure functions on bytes; slow, for a thread.

A photo is written anew from its pixels. A recording or a film is not decoded: what holds descriptions in it is emptied, and a file whose
parts cannot all be told is refused.
"""

from __future__ import annotations

import io
import logging
import warnings
from typing import TYPE_CHECKING, Final

from bot.channels.telegram.containers import CannotClean, clean_mp3, clean_ogg
from bot.channels.telegram.mp4 import clean_mp4

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["CannotClean", "clean_photo", "clean_video", "clean_voice", "ending"]

# Pillow writes what it finds in Exif, positions included, to its loggers at DEBUG.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

MOST_PIXELS: Final = 40_000_000
"""More than any phone's camera delivers through Telegram; 40 million pixels are 120 MB in memory."""
LONGEST_SIDE: Final = 2560
"""Pixels; what Telegram itself keeps of a photo at most."""
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


def clean_photo(data: bytes) -> bytes:
    """Return the picture as a JPEG of its pixels alone, upright, at most 2560 pixels long; of an animation the first frame.

    Raises `CannotClean` for what is no picture, more than 40 million pixels, or broken.
    """
    from PIL import Image  # large, and in no process to which nobody sends a photo

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise CannotClean
                return _written_anew(picture)
    except CannotClean:
        raise
    except Exception:  # noqa: BLE001, RUF100 - decoders raise whatever broken files make them raise
        raise CannotClean from None


def _written_anew(picture: Image) -> bytes:
    from PIL import Image, ImageOps

    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        flat = Image.new("RGB", layered.size, (255, 255, 255))
        flat.paste(layered, mask=layered.getchannel("A"))
    else:
        flat = upright.convert("RGB")
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new image that has received nothing but pixels: what Pillow keeps beside them (Exif, XMP, profile, comment) stays with the old one.
    bare = Image.frombytes("RGB", flat.size, flat.tobytes())
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=85, optimize=True)
    return written.getvalue()


def clean_voice(data: bytes) -> bytes:
    """Return an Ogg, MP3 or M4A recording without tags, cover and times. Raises `CannotClean` for anything else."""
    if data.startswith(b"OggS"):
        return clean_ogg(data)
    if data[4:8] == b"ftyp":
        return clean_mp4(data)
    return clean_mp3(data)


def clean_video(data: bytes) -> bytes:
    """Return an MP4 or QuickTime film without places, names, makes and times. Raises `CannotClean` for anything else."""
    return clean_mp4(data)


def ending(data: bytes) -> str:
    """Return the file name's ending for a cleaned file, with its dot."""
    if data.startswith(b"\xff\xd8"):
        return ".jpg"
    if data.startswith(b"OggS"):
        return ".ogg"
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data[4:8] == b"ftyp":
        return ".m4a" if data[8:11] == b"M4A" else ".mp4"
    return ".mp3"
