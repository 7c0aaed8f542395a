"""Small legal files for those who have none at hand, full of what must not leak."""

import io
import struct
from functools import cache

from PIL import Image, ImageDraw

COMMENT = b"canary-comment-in-the-picture"
CAMERA = b"canary-camera\x00"
PLACE = (34.3489, 45.3907)  # degrees, Khanaqin


def of(kind: str) -> tuple[bytes, str, str]:
    """Bytes, media type and file name of a sample of this kind."""
    match kind:
        case "photo":
            return jpeg(), "image/jpeg", "IMG_20260314_canary.jpg"
        case "voice":
            return opus(), "audio/ogg", ""
        case "audio":
            return opus(), "audio/ogg", "canary-recording.ogg"
        case "video" | "video_note":
            return mp4(), "video/mp4", "VID_20260314_canary.mp4" if kind == "video" else ""
        case "document":
            return b"%PDF-1.4\n%canary\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf", "canary-letter.pdf"
        case "sticker":
            return webp(), "image/webp", ""
    raise LookupError(f"no sample of {kind!r}")


@cache
def jpeg(width: int = 640, height: int = 480) -> bytes:
    """A picture with Exif (camera, GPS position, thumbnail) and a comment."""
    picture = Image.new("RGB", (width, height), (34, 78, 110))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height * 2 // 3, width, height), fill=(120, 104, 82))
    draw.arc((width // 8, height // 3, width * 7 // 8, height), 180, 360, fill=(236, 226, 205), width=14)
    thumbnail = io.BytesIO()
    picture.resize((80, 60)).save(thumbnail, "JPEG", quality=60)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80, exif=_exif(thumbnail.getvalue()), comment=COMMENT)
    return written.getvalue()


def _exif(thumbnail: bytes) -> bytes:
    """Two directories, as cameras write them: the picture's with its GPS part, then the thumbnail's (Exif 2.3, 4.5)."""
    gps_at = 8 + (2 + 2 * 12 + 4) + len(CAMERA)
    rationals_at = gps_at + (2 + 4 * 12 + 4)
    thumbnail_directory_at = rationals_at + 48
    thumbnail_at = thumbnail_directory_at + (2 + 3 * 12 + 4)

    def entry(tag: int, kind: int, count: int, value: int | bytes) -> bytes:
        packed = struct.pack("<I", value) if isinstance(value, int) else value.ljust(4, b"\0")
        return struct.pack("<HHI", tag, kind, count) + packed

    def degrees(value: float) -> bytes:
        whole, minutes = int(value), (value - int(value)) * 60
        return struct.pack("<6I", whole, 1, int(minutes), 1, int((minutes - int(minutes)) * 6000), 100)

    first = struct.pack("<H", 2) + entry(0x0110, 2, len(CAMERA), 38) + entry(0x8825, 4, 1, gps_at)
    gps = (
        struct.pack("<H", 4)
        + entry(1, 2, 2, b"N\0")
        + entry(2, 5, 3, rationals_at)
        + entry(3, 2, 2, b"E\0")
        + entry(4, 5, 3, rationals_at + 24)
    )
    second = struct.pack("<H", 3) + entry(0x0103, 3, 1, 6) + entry(0x0201, 4, 1, thumbnail_at) + entry(0x0202, 4, 1, len(thumbnail))
    none = struct.pack("<I", 0)
    return (
        b"Exif\0\0II*\0\x08\0\0\0"
        + first
        + struct.pack("<I", thumbnail_directory_at)
        + CAMERA
        + gps
        + none
        + degrees(PLACE[0])
        + degrees(PLACE[1])
        + second
        + none
        + thumbnail
    )


@cache
def opus(seconds: int = 3) -> bytes:
    """A voice note: Ogg with silent Opus packets of 20 ms (RFC 7845)."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    vendor = b"canary-encoder"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = [_ogg_page([head], 0, 0, 2), _ogg_page([tags], 1, 0, 0)]
    for second in range(seconds):
        last = 4 if second == seconds - 1 else 0
        pages.append(_ogg_page([b"\xf8\xff\xfe"] * 50, second + 2, (second + 1) * 48000, last))
    return b"".join(pages)


def _ogg_page(packets: list[bytes], number: int, position: int, flags: int) -> bytes:
    lacing = b"".join(bytes([255] * (len(packet) // 255) + [len(packet) % 255]) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIII", 0, flags, position, 0x414C5744, number, 0) + bytes([len(lacing)]) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_sum(page)) + page[26:]


def _ogg_sum(page: bytes) -> int:
    """The page checksum of RFC 3533: CRC-32 with polynomial 04c11db7, not reflected, starting from 0."""
    found = 0
    for byte in page:
        found ^= byte << 24
        for _ in range(8):
            found = (found << 1) ^ 0x04C11DB7 if found & 0x80000000 else found << 1
        found &= 0xFFFFFFFF
    return found


@cache
def mp4() -> bytes:
    """The shortest film: a file type, an empty movie header, and no pictures."""

    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + name + body

    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = struct.pack(">IIIII", 0, 0, 0, 1000, 1000) + struct.pack(">IH10x", 0x10000, 0x100) + matrix
    movie = box(b"mvhd", header + bytes(24) + struct.pack(">I", 2))
    return box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"moov", movie) + box(b"mdat", b"canary-film")


@cache
def webp() -> bytes:
    """A sticker."""
    written = io.BytesIO()
    Image.new("RGBA", (512, 512), (224, 164, 64, 255)).save(written, "WEBP", quality=40)
    return written.getvalue()
