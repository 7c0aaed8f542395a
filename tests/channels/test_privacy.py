"""B50: whatever happens, no log record, exception or alarm holds the token, an address or a word."""

from __future__ import annotations

import logging
import traceback

import pytest
from telegram.error import TelegramError

from bot import charts
from bot.demo.server import StandIn
from bot.model.messages import Attachment
from bot.model.outgoing import Outgoing
from tests.channels.conftest import Alarms, Inbox, Line, channel_to
from tests.documents import samples as documents

WORDS = "canary words of a resident"


async def test_no_log_record_of_any_level_holds_a_secret(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sara = line.world.person("Canaryname", username="canaryuser")
    async with line.receiving():
        sara.starts()
        sara.writes(WORDS)
        await line.arrives()
        await line.arrives()
        photo = sara.sends_photo()
        await line.arrives()
        for kind in ("status", "html", "truncated", "reset_after", "reset_before"):
            line.telegram.faults.add(kind, "sendMessage")
            line.telegram.faults.add(kind, "getUpdates")
            await line.says(sara, Outgoing(WORDS, "en"))
        line.telegram.faults.clear()
        await line.shows(sara, Outgoing(WORDS, "en", attachment=Attachment("photo", photo.file_ids[-1])))
        line.telegram.faults.add("status", "file", status=404)
        await line.says(sara, Outgoing(WORDS, "en", attachment=Attachment("photo", photo.file_ids[-1])))
        await line.channel.acknowledge("canary-press", WORDS, alert=False)
    told = "\n".join(
        f"{record.name} {record.getMessage()} {record.exc_text}" for record in caplog.records if not record.name.startswith("uvicorn")
    )
    secret = line.telegram.token.partition(":")[2]
    for canary in (line.telegram.token, line.telegram.token.replace(":", "%3A"), secret, WORDS, "anary", str(sara.id), photo.file_ids[-1]):
        assert canary not in told


async def test_what_is_drawn_and_cleaned_apart_leaves_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    """B50: neither the words of a chart, drawn or not, nor anything of a document or of who sent it."""
    caplog.set_level(logging.DEBUG)
    bars = (("canary label", 1, True),)
    async with StandIn.start(limits=False) as telegram, channel_to(telegram, Alarms(), draw=charts.draw) as channel:
        line = Line(telegram, channel, Alarms())
        sara = telegram.world.person("Canaryname")
        sara.starts()
        sent = sara.sends_document(documents.pdf(), name="canary.pdf", mime="application/pdf")
        await line.shows(sara, Outgoing("", "en", attachment=Attachment("document", sent.file_ids[0])))
        await line.shows(sara, Outgoing("", "en", chart=("canary title", bars)))
        await line.shows(sara, Outgoing("in words", "en", chart=("canary " * 10**6, bars * 10**5)))
    told = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records if not record.name.startswith("uvicorn"))
    assert "anary" not in told
    assert sent.file_ids[0] not in told


@pytest.mark.parametrize("kind", ["status", "html", "truncated", "reset_after"])
async def test_no_error_carries_the_address_it_came_from(kind: str) -> None:
    """An exception that somebody prints whole, causes and all, still shows neither token nor words."""
    async with StandIn.start(limits=False) as telegram, channel_to(telegram, Alarms()) as channel:
        telegram.faults.add(kind, "getMe", description="Bad Request: canary")
        with pytest.raises(TelegramError) as raised:
            await channel.bot.get_me()
        shown = "".join(traceback.format_exception(raised.value))
        assert telegram.token not in shown
        assert telegram.token.partition(":")[2] not in shown
        assert "canary" not in str(raised.value)


async def test_alarms_are_words_of_a_fixed_set() -> None:
    alarms = Alarms()
    async with StandIn.start(limits=False) as telegram, channel_to(telegram, alarms) as channel:
        telegram.faults.add("status", "getUpdates", status=409, description="Conflict: canary")
        inbox = Inbox()
        inbox.refusals = 1
        telegram.world.person("Sara").starts()
        line = Line(telegram, channel, alarms)
        line.inbox = inbox
        async with line.receiving():
            await inbox.next()
    assert alarms == ["other_poller", "store_failed"]
