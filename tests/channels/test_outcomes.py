"""F18 and its neighbours: one line for each of Telegram's sentences."""

from __future__ import annotations

import pytest

from bot.channels.telegram.outcomes import Verdict, outcome_of, verdict_of
from bot.channels.telegram.transport import AnswerLost, Refused, Unreached, refusal
from bot.model.outgoing import Later, Moved, Never, Unsure

TABLE = [
    (403, "Forbidden: bot was blocked by the user", Verdict.BLOCKED),
    (403, "Forbidden: bot can't initiate conversation with a user", Verdict.BLOCKED),
    (403, "Forbidden: user is deactivated", Verdict.DEACTIVATED),
    (403, "Forbidden: bot was kicked from the group chat", Verdict.CHAT_LOST),
    (403, "Forbidden: bot was kicked from the supergroup chat", Verdict.CHAT_LOST),
    (403, "Forbidden: bot is not a member of the supergroup chat", Verdict.CHAT_LOST),
    (403, "Forbidden: the group chat was deleted", Verdict.CHAT_LOST),
    (403, "Forbidden: CHAT_WRITE_FORBIDDEN", Verdict.CHAT_LOST),
    (403, "Forbidden: MESSAGE_DELETE_FORBIDDEN", Verdict.NOT_DELETABLE),
    (400, "Bad Request: chat not found", Verdict.CHAT_LOST),
    (400, "Bad Request: PEER_ID_INVALID", Verdict.CHAT_LOST),
    (400, "Bad Request: CHANNEL_PRIVATE", Verdict.CHAT_LOST),
    (400, "Bad Request: group chat was deactivated", Verdict.CHAT_LOST),
    (400, "Bad Request: have no rights to send a message", Verdict.CHAT_LOST),
    (400, "Bad Request: not enough rights to send text messages to the chat", Verdict.CHAT_LOST),
    (400, "Bad Request: need administrator rights in the channel chat", Verdict.CHAT_LOST),
    (403, "Forbidden: bot is not a member of the channel chat", Verdict.CHAT_LOST),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", Verdict.CHAT_LOST),
    (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", Verdict.CHAT_LOST),
    (400, "Bad Request: CHAT_RESTRICTED", Verdict.CHAT_LOST),
    (400, "Bad Request: TOPIC_CLOSED", Verdict.CHAT_LOST),
    (400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same", Verdict.SAME),
    (400, "Bad Request: message to edit not found", Verdict.NOT_EDITABLE),
    (400, "Bad Request: message can't be edited", Verdict.NOT_EDITABLE),
    (400, "Bad Request: MESSAGE_ID_INVALID", Verdict.NOT_EDITABLE),
    (400, "Bad Request: there is no text in the message to edit", Verdict.NO_TEXT),
    (400, "Bad Request: there is no caption in the message to edit", Verdict.NO_CAPTION),
    (400, "Bad Request: message to delete not found", Verdict.GONE),
    (400, "Bad Request: message can't be deleted for everyone", Verdict.NOT_DELETABLE),
    (400, "Bad Request: message to be replied not found", Verdict.REPLY_GONE),
    (400, "Bad Request: message thread not found", Verdict.REPLY_GONE),
    (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", Verdict.VOICE_FORBIDDEN),
    (400, "Bad Request: IMAGE_PROCESS_FAILED", Verdict.NOT_A_PHOTO),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", Verdict.NOT_A_PHOTO),
    (400, "Bad Request: not enough rights to send photos to the chat", Verdict.MEDIA_FORBIDDEN),
    (400, "Bad Request: CHAT_SEND_VOICES_FORBIDDEN", Verdict.MEDIA_FORBIDDEN),
    (400, "Bad Request: file is too big", Verdict.FILE_LOST),
    (400, "Bad Request: wrong file_id or the file is temporarily unavailable", Verdict.FILE_LOST),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", Verdict.FILE_LOST),
    (400, "Bad Request: wrong remote file identifier specified: Wrong string length", Verdict.FILE_LOST),
    (400, "Bad Request: can't use file of type Document as Photo", Verdict.FILE_LOST),
    (400, "Bad Request: FILE_REFERENCE_EXPIRED", Verdict.FILE_LOST),
    (413, "Request Entity Too Large", Verdict.FILE_LOST),
    (400, "Bad Request: message is too long", Verdict.REFUSED),
    (400, "Bad Request: message text is empty", Verdict.REFUSED),
    (400, "Bad Request: message caption is too long", Verdict.REFUSED),
    (400, "Bad Request: BUTTON_DATA_INVALID", Verdict.REFUSED),
    (400, "Bad Request: reply markup is too long", Verdict.REFUSED),
    (400, "Bad Request: can't parse entities: unsupported start tag", Verdict.REFUSED),
    (400, "Bad Request: something that nobody has heard of", Verdict.REFUSED),
]


@pytest.mark.parametrize(("status", "description", "verdict"), TABLE, ids=[line[1] for line in TABLE])
def test_each_sentence_has_its_meaning(status: int, description: str, verdict: Verdict) -> None:
    assert verdict_of(Refused(status, description)) is verdict
    outcome = outcome_of(Refused(status, description), private=False)
    assert isinstance(outcome, Never)
    assert outcome.reason == {Verdict.BLOCKED: "blocked", Verdict.DEACTIVATED: "deactivated", Verdict.CHAT_LOST: "chat_lost"}.get(
        verdict, "refused"
    )
    assert outcome.detail == verdict.name.lower()


def test_a_person_who_cannot_be_found_has_not_lost_a_group() -> None:
    assert outcome_of(Refused(400, "Bad Request: chat not found"), private=True) == Never("blocked", "chat_lost")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (
            429,
            b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}',
            Later(7, ""),
        ),
        (400, b'{"ok":false,"description":"Bad Request: x","parameters":{"migrate_to_chat_id":-1001000001009}}', Moved("-1001000001009")),
        (400, b'{"ok":false,"description":"Bad Request: x","parameters":{"migrate_to_chat_id":512345678}}', Never("refused")),
        (502, b"<html><h1>Bad Gateway</h1></html>", Later(1, "")),
        (500, b'{"ok":false,"description":"Internal Server Error: restart"}', Later(1, "")),
        (404, b'{"ok":false,"description":"Not Found"}', Later(2, "", chat_only=False)),
        (401, b'{"ok":false,"description":"Unauthorized"}', Later(2, "", chat_only=False)),
        (409, b"[]", Later(1, "")),
        (429, b"slow down", Later(1, "")),
        (400, b'{"description":5,"parameters":[]}', Never("refused")),
    ],
)
def test_answers_of_every_shape_have_an_outcome(status: int, body: bytes, outcome: object) -> None:
    """F16, F17, F21, F22."""
    found = outcome_of(refusal(status, body), private=False)
    assert type(found) is type(outcome)
    if isinstance(found, Later) and isinstance(outcome, Later):
        assert (found.after, found.chat_only) == (outcome.after, outcome.chat_only)
    if isinstance(found, Moved):
        assert found == outcome


def test_a_lost_answer_is_unsure_and_a_lost_way_is_not() -> None:
    assert isinstance(outcome_of(AnswerLost(), private=True), Unsure)
    assert outcome_of(Unreached(), private=True) == Later(1, "unreached", chat_only=False)


@pytest.mark.parametrize(("told", "seconds"), [("1e30", 86_400.0), ("NaN", None), ("-5", None), ("9" * 400, 86_400.0), ("7", 7.0)])
def test_a_wait_beyond_all_reason_is_a_day_at_most(told: str, seconds: float | None) -> None:
    """F16, F17: what a proxy in trouble makes up must not end the sender."""
    refused = refusal(429, f'{{"ok": false, "parameters": {{"retry_after": {told}}}}}'.encode())
    assert refused.retry_after == seconds
