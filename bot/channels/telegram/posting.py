"""One message into one chat, in the form that the chat takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from telegram import Bot, LinkPreviewOptions, Message, MessageEntity, ReplyParameters, User

from bot.channels.telegram.files import FileLost, Upload
from bot.channels.telegram.layout import Part
from bot.channels.telegram.outcomes import Verdict, verdict_of
from bot.channels.telegram.splitting import units
from bot.channels.telegram.transport import Refused

Form = Literal["photo", "voice", "video", "audio", "document"]
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a message goes and how: `answers` is the message it replies to."""

    chat: int
    protect: bool
    silent: bool
    answers: int | None

    @property
    def reply(self) -> ReplyParameters | None:
        """What the message replies to; it is sent all the same if that is gone."""
        return None if self.answers is None else ReplyParameters(self.answers, allow_sending_without_reply=True)


def _mention(part: Part) -> list[MessageEntity] | None:
    """Return the mention of the person whom the first line names: a selective forced reply opens for who is mentioned."""
    if part.mentions is None:
        return None
    name = part.text.partition("\n")[0]
    member = User(int(part.mentions), name, is_bot=False)
    return [MessageEntity(MessageEntity.TEXT_MENTION, 0, units(name), user=member)]


class Poster:
    """Posts single messages. No text is ever parsed as markup."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def post(self, envelope: Envelope, part: Part, upload: Upload | None) -> str:
        """Post it and return the message's id. Raises `FileLost` if the file cannot be shown in any form, and as the transport does."""
        try:
            return await self._post_in_some_form(envelope, part, upload)
        except Refused as refused:
            if verdict_of(refused) is not Verdict.REPLY_GONE or envelope.answers is None:
                raise
        alone = Envelope(envelope.chat, envelope.protect, envelope.silent, None)
        return await self._post_in_some_form(alone, part, upload)

    async def _post_in_some_form(self, envelope: Envelope, part: Part, upload: Upload | None) -> str:
        if upload is None:
            return str((await self._post_words(envelope, part)).message_id)
        form: Form = upload.kind
        while True:
            try:
                return str((await self._post_file(envelope, part, upload, form)).message_id)
            except Refused as refused:
                form = _another_form(form, refused)

    async def _post_words(self, envelope: Envelope, part: Part) -> Message:
        if part.call is not None:
            number, whose = part.call
            return await self._bot.send_contact(
                envelope.chat,
                phone_number=number,
                first_name=whose,
                disable_notification=envelope.silent,
                protect_content=envelope.protect,
            )
        if part.pin is not None:
            latitude, longitude = part.pin
            return await self._bot.send_location(
                envelope.chat,
                latitude=latitude,
                longitude=longitude,
                disable_notification=envelope.silent,
                protect_content=envelope.protect,
            )
        return await self._bot.send_message(
            envelope.chat,
            part.text,
            disable_notification=envelope.silent,
            protect_content=envelope.protect,
            reply_markup=part.markup,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=envelope.reply,
            entities=_mention(part),
        )

    async def _post_file(self, envelope: Envelope, part: Part, upload: Upload, form: Form) -> Message:
        how: dict[str, Any] = {
            "caption": part.text or None,
            "filename": upload.name,
            "disable_notification": envelope.silent,
            "protect_content": envelope.protect,
            "reply_markup": part.markup,
            "reply_parameters": envelope.reply,
        }
        lasts = upload.duration or None
        match form:
            case "photo":
                return await self._bot.send_photo(envelope.chat, upload.data, **how)
            case "voice":
                return await self._bot.send_voice(envelope.chat, upload.data, duration=lasts, **how)
            case "video":
                return await self._bot.send_video(envelope.chat, upload.data, duration=lasts, **how)
            case "audio":
                return await self._bot.send_audio(envelope.chat, upload.data, duration=lasts, **how)
            case "document":
                return await self._bot.send_document(envelope.chat, upload.data, **how)


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
