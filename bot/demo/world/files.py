"""The files Telegram holds: real bytes under a file id."""

import io
import itertools
import re
import secrets
from dataclasses import dataclass

from PIL import Image

FOLDERS = {
    "photo": "photos",
    "voice": "voice",
    "video": "videos",
    "video_note": "video_notes",
    "audio": "music",
    "document": "documents",
    "sticker": "stickers",
}
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/ogg": ".oga",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
SMALL_PHOTO = 320  # pixels of the longer side of the size called "m" at Telegram


_ID = re.compile(r"[A-Z]{2}AC[\w-]{56}")


@dataclass(slots=True)
class StoredFile:
    """One file. `size` may exceed `len(data)`: a test declares a large file without holding its bytes."""

    id: str
    unique_id: str
    number: int
    kind: str
    data: bytes
    size: int
    mime: str
    name: str = ""
    width: int = 0
    height: int = 0
    duration: int = 0

    @property
    def path(self) -> str:
        """Where `/file/bot<token>/` serves it."""
        return f"{FOLDERS[self.kind]}/file_{self.number}{ENDINGS.get(self.mime, '')}"


class Files:
    """All files by id and by path."""

    def __init__(self) -> None:
        self.by_id: dict[str, StoredFile] = {}
        self.by_path: dict[str, StoredFile] = {}
        self._numbers = itertools.count()

    def add(
        self,
        kind: str,
        data: bytes,
        mime: str,
        *,
        name: str = "",
        width: int = 0,
        height: int = 0,
        duration: int = 0,
        size: int | None = None,
    ) -> StoredFile:
        """Keep a file and give it ids."""
        file = StoredFile(
            id=f"{kind[:2].upper()}AC{secrets.token_urlsafe(42)}",
            unique_id=f"AQAD{secrets.token_urlsafe(9)}",
            number=next(self._numbers),
            kind=kind,
            data=data,
            size=len(data) if size is None else size,
            mime=mime,
            name=name,
            width=width,
            height=height,
            duration=duration,
        )
        self.by_id[file.id] = file
        self.by_path[file.path] = file
        return file

    def could_be(self, file_id: str) -> bool:
        """Whether this is shaped as an id of Telegram's, be it that of another bot's file."""
        return _ID.fullmatch(file_id) is not None

    def lose(self, file_id: str) -> None:
        """Let an id be good for nothing any more, as after a change of the bot or of Telegram's own."""
        self.by_path.pop(self.by_id.pop(file_id).path)

    def add_photo(self, data: bytes) -> list[StoredFile]:
        """Keep a photo in its sizes, smallest first. Raises OSError when the bytes are no picture."""
        with Image.open(io.BytesIO(data)) as picture:
            width, height, kind = picture.width, picture.height, picture.format
            small = None
            if max(width, height) > SMALL_PHOTO:
                picture.draft("RGB", (SMALL_PHOTO, SMALL_PHOTO))
                small = picture.convert("RGB")
                small.thumbnail((SMALL_PHOTO, SMALL_PHOTO))
        sizes = []
        if small is not None:
            written = io.BytesIO()
            small.save(written, "JPEG", quality=70)
            sizes.append(self.add("photo", written.getvalue(), "image/jpeg", width=small.width, height=small.height))
        mime = "image/png" if kind == "PNG" else "image/jpeg"
        sizes.append(self.add("photo", data, mime, width=width, height=height))
        return sizes
