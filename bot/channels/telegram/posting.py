"""One message into one chat, in the form that the chat takes.

The calls that send are put together here and not by the library's methods: those make an object of every parameter and of the whole
answer, which costs more than all the rest (docs/decisions/0001). Their names and fields are held against the specification
by the stand-in (tests/demo/test_specification.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.channels.base import Sure
from bot.channels.telegram.fields import Json, record, records, words
from bot.channels.telegram.files import FileLost, Upload
from bot.channels.telegram.layout import Part
from bot.channels.telegram.outcomes import Verdict, verdict_of
from bot.channels.telegram.splitting import units
from bot.channels.telegram.transport import READ_SECONDS, AnswerLost, Refused, Transport

Form = Literal["photo", "voice", "video", "audio", "document"]
_METHODS: Final[dict[Form, str]] = {
    "photo": "sendPhoto",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
    "document": "sendDocument",
}
_NO_PREVIEW: Final = {"is_disabled": True}


class UploadForgotten(Exception):
    """Telegram does not know the file by this name any more: it has to be uploaded again."""


class OtherFormNeeded(Exception):
    """This chat does not take the file in the form in which Telegram has it: it has to be uploaded for it in another."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that Telegram has: it can be sent again by its id, in the form in which it was sent and in no other."""

    form: Form
    file: str

    @property
    def name(self) -> str:
        """It as one token, for `Sent.uploaded`."""
        return f"{self.form}:{self.file}"

    @classmethod
    def named(cls, name: str) -> Uploaded:
        """Return what `name` names. Raises `UploadForgotten` for anything else."""
        form, _, file = name.partition(":")
        found = next((known for known in _METHODS if known == form), None)
        if found is None or not file:
            raise UploadForgotten
        return cls(found, file)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that is out: its id, and the file in it, where it can be sent again to anybody."""

    message: str
    uploaded: Uploaded | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a message goes and how: `answers` is the message it replies to. A channel can be addressed by its name ("@…")."""

    chat: int | str
    protect: bool
    silent: bool
    answers: int | None
    paid: bool = False

    def parameters(self, part: Part) -> Json:
        """Return what every kind of message is sent with."""
        given: Json = {"chat_id": self.chat}
        if self.silent:
            given["disable_notification"] = True
        if self.protect:
            given["protect_content"] = True
        if self.paid:
            given["allow_paid_broadcast"] = True
        if part.markup is not None:
            given["reply_markup"] = part.markup
        if self.answers is not None:  # sent all the same if that is gone
            given["reply_parameters"] = {"message_id": self.answers, "allow_sending_without_reply": True}
        return given


def _mention(name: str, person: str) -> list[Json]:
    """Return the mention of the person whom the first line names: a selective forced reply opens for who is mentioned."""
    user = {"id": int(person), "is_bot": False, "first_name": name}
    return [{"type": "text_mention", "offset": 0, "length": units(name), "user": user}]


class Poster:
    """Posts single messages, each call once it is `sure` to be ours to make. No text is ever parsed as markup."""

    def __init__(self, url: str, transport: Transport, sure: Sure) -> None:
        self._url = url
        self._transport = transport
        self._sure = sure

    async def post(self, envelope: Envelope, part: Part, file: Upload | Uploaded | None) -> Posted:
        """Post it.

        Raises as the transport does; and `FileLost` if the file cannot be shown in any form, `UploadForgotten` or `OtherFormNeeded` if it
        has to be uploaded again.
        """
        try:
            return await self._post_in_some_form(envelope, part, file)
        except Refused as refused:
            if verdict_of(refused) is not Verdict.REPLY_GONE or envelope.answers is None:
                raise
        return await self._post_in_some_form(replace(envelope, answers=None), part, file)

    async def _post_in_some_form(self, envelope: Envelope, part: Part, file: Upload | Uploaded | None) -> Posted:
        if file is None:
            return Posted(_id_of(await self._post_words(envelope, part)))
        if isinstance(file, Uploaded):
            return Posted(_id_of(await self._post_again(envelope, part, file)))
        form: Form = file.kind
        while True:
            try:
                message = await self._post_file(envelope, part, file, form)
            except Refused as refused:
                form = _another_form(form, refused)
            else:
                # As audio a recording goes only to who takes no voice notes: the others shall get it as one.
                return Posted(_id_of(message), None if form == "audio" else _file_in(message, form))

    async def _post_words(self, envelope: Envelope, part: Part) -> Json:
        given = envelope.parameters(part)
        if part.call is not None:
            number, whose = part.call
            return await self._call("sendContact", given | {"phone_number": number, "first_name": whose})
        if part.pin is not None:
            latitude, longitude = part.pin
            return await self._call("sendLocation", given | {"latitude": latitude, "longitude": longitude})
        given |= {"text": part.text, "link_preview_options": _NO_PREVIEW}
        if part.mentions is not None:
            given["entities"] = _mention(part.text.partition("\n")[0], part.mentions)
        return await self._call("sendMessage", given)

    async def _post_again(self, envelope: Envelope, part: Part, file: Uploaded) -> Json:
        try:
            return await self._call(_METHODS[file.form], envelope.parameters(part) | _captioned(part) | {file.form: file.file})
        except Refused as refused:
            match verdict_of(refused):
                case Verdict.FILE_LOST:
                    raise UploadForgotten from None
                case Verdict.VOICE_FORBIDDEN | Verdict.NOT_A_PHOTO | Verdict.MEDIA_FORBIDDEN:
                    raise OtherFormNeeded from None
            raise

    async def _post_file(self, envelope: Envelope, part: Part, upload: Upload, form: Form) -> Json:
        given = envelope.parameters(part) | _captioned(part)
        if upload.duration and form in ("voice", "video", "audio"):
            given["duration"] = upload.duration
        await self._sure()
        body = await self._transport.upload(f"{self._url}/{_METHODS[form]}", given, form, upload.name, upload.data)
        return _message(body)

    async def edit(self, method: str, parameters: Json) -> None:
        """Change a message. Raises as the transport does."""
        given = parameters | ({"link_preview_options": _NO_PREVIEW} if "text" in parameters else {})
        await self._sure()
        await self._transport.call(f"{self._url}/{method}", given, READ_SECONDS)

    async def _call(self, method: str, parameters: Json) -> Json:
        await self._sure()
        return _message(await self._transport.call(f"{self._url}/{method}", parameters, READ_SECONDS))


def _message(body: bytes) -> Json:
    """Return the message in an answer. One that cannot be read is a lost one."""
    found = record(Transport.envelope(body), "result")
    if found is None or not isinstance(found.get("message_id"), int):
        raise AnswerLost
    return found


def _id_of(message: Json) -> str:
    return str(message["message_id"])


def _file_in(message: Json, form: Form) -> Uploaded | None:
    """Return the file as Telegram has it; of a photo the largest size."""
    if form == "photo":
        sizes = records(message, "photo")
        held = sizes[-1] if sizes else None
    else:
        held = record(message, form)
    name = "" if held is None else words(held, "file_id")
    return Uploaded(form, name) if name else None


def _captioned(part: Part) -> Json:
    return {"caption": part.text} if part.text else {}


def _another_form(form: Form, refused: Refused) -> Form:
    """Return the form to try after this refusal. Raises `FileLost` if none is left, and the refusal itself if it is not about the file."""
    match verdict_of(refused), form:
        case Verdict.VOICE_FORBIDDEN, "voice":
            return "audio"
        case Verdict.NOT_A_PHOTO, "photo":
            return "document"
        case ((Verdict.VOICE_FORBIDDEN | Verdict.NOT_A_PHOTO | Verdict.MEDIA_FORBIDDEN | Verdict.FILE_LOST), _):
            raise FileLost from None
    raise refused
