"""Send photos, voices, videos, music, documents and albums, and hand files back."""

import mimetypes
import secrets
from typing import Any

from bot.demo.api.parameters import check_object
from bot.demo.api.reading import Upload
from bot.demo.api.refusals import UNKNOWN_FILE, WRONG_FILE, bad, impossible
from bot.demo.api.sending import caption_of, deliver, frame_of, send
from bot.demo.api.service import Service
from bot.demo.world.files import StoredFile
from bot.demo.world.sharing import media_object, photo_sizes

Json = dict[str, Any]

MEBIBYTE = 2**20
LARGEST_PHOTO = 10 * MEBIBYTE
LARGEST_UPLOAD = 50 * MEBIBYTE
LARGEST_DOWNLOAD = 20 * MEBIBYTE
ALBUM = range(2, 11)
MOST_SIDES = 10_000  # pixels, width and height together
STEEPEST = 20  # the longer side against the shorter

_MIMES = {"voice": "audio/ogg", "video": "video/mp4", "audio": "audio/mpeg"}
_INPUT_COMMON = frozenset({"type", "media", "caption", "parse_mode", "caption_entities"})
INPUT_FIELDS = {
    "photo": _INPUT_COMMON | {"show_caption_above_media", "has_spoiler"},
    "video": _INPUT_COMMON | {"show_caption_above_media", "has_spoiler", "width", "height", "duration", "supports_streaming", "thumbnail"},
    "audio": _INPUT_COMMON | {"duration", "performer", "title", "thumbnail"},
    "document": _INPUT_COMMON | {"disable_content_type_detection", "thumbnail"},
}


def send_media(service: Service, given: Json, kind: str) -> Json:
    """One photo, voice, video, audio or document with its caption."""
    chat = service.addressee(given["chat_id"])
    caption = caption_of(given)
    service.may_write(chat, kind)
    content: Json = {kind: _stored(service, kind, given[kind], given)}
    if given.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return send(service, chat, given, kind, content | caption)


def send_media_group(service: Service, given: Json) -> list[Json]:
    """An album of 2 to 10 photos and videos, or of documents, or of music."""
    chat = service.chat(given["chat_id"])
    items = given["media"]
    if not isinstance(items, list):
        raise bad("can't parse media JSON object")
    if len(items) not in ALBUM:
        raise bad("media group must include 2-10 items")  # not Telegram's wording
    kinds = {item.get("type") for item in items if isinstance(item, dict)}
    if len(kinds) > 1 and kinds != {"photo", "video"}:
        raise bad("the media group can't mix these types of media")  # not Telegram's wording
    for item in items:
        service.may_write(chat, item.get("type", "") if isinstance(item, dict) else "")
    contents = [input_media(service, item) for item in items]
    frame = frame_of(service, chat, given) | {"media_group_id": str(secrets.randbits(60))}
    service.count(chat, len(items), paid=given.get("allow_paid_broadcast", False))
    return [deliver(service, chat, frame | content) for content in contents]


def input_media(service: Service, item: Any) -> Json:
    """The content of a message from an InputMedia object."""
    kind = item.get("type") if isinstance(item, dict) else None
    if kind not in INPUT_FIELDS:
        raise bad("can't parse InputMedia: wrong type specified")
    check_object("InputMedia", item, INPUT_FIELDS[kind], ("media",))
    return {kind: _stored(service, kind, item["media"], item)} | caption_of(item)


def get_file(service: Service, given: Json) -> Json:
    """Where a file of at most 20 MB can be fetched."""
    file = service.world.files.by_id.get(given["file_id"])
    if file is None:
        raise bad(WRONG_FILE)
    if file.size > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


def _stored(service: Service, kind: str, reference: Any, details: Json) -> Json | list[Json]:
    """The media's object, from an upload or from a file that Telegram already holds."""
    if not isinstance(reference, str):
        raise bad(WRONG_FILE)
    if not reference.startswith("attach://"):
        return _again(service, kind, reference)
    upload = service.uploads.get(reference.removeprefix("attach://"))
    if upload is None:
        raise bad(f"file {reference} not found in the request")  # not Telegram's wording
    if not upload.data:
        raise bad("file must be non-empty")
    if len(upload.data) > (LARGEST_PHOTO if kind == "photo" else LARGEST_UPLOAD):
        raise bad("file is too big")
    if kind == "photo":
        return _photo(service, upload)
    guessed = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    file = service.world.files.add(
        kind,
        upload.data,
        _MIMES.get(kind, guessed),
        name=upload.name if kind != "voice" else "",
        width=details.get("width", 320),
        height=details.get("height", 240),
        duration=details.get("duration", 1),
    )
    return media_object(file) | {name: details[name] for name in ("performer", "title") if name in details}


def _again(service: Service, kind: str, file_id: str) -> Json | list[Json]:
    if file_id.startswith(("http://", "https://")):
        raise impossible("the stand-in fetches nothing from the network")
    file = service.world.files.by_id.get(file_id)
    if file is None:
        raise bad(UNKNOWN_FILE if service.world.files.could_be(file_id) else "wrong remote file identifier specified: Wrong string length")
    if file.kind != kind and not (file.kind == "document" and kind in {"document"}):
        raise bad(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return photo_sizes([file]) if kind == "photo" else media_object(file)


def _photo(service: Service, upload: Upload) -> list[Json]:
    try:
        sizes: list[StoredFile] = service.world.files.add_photo(upload.data)
    except OSError as wrong:
        raise bad("IMAGE_PROCESS_FAILED") from wrong
    width, height = sizes[-1].width, sizes[-1].height
    if width + height > MOST_SIDES or max(width, height) > STEEPEST * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return photo_sizes(sizes)
