"""Telegram, the disk and the network on a bad day: judged by what residents and groups get in the end."""

from __future__ import annotations

import asyncio

from tests.town.town import Town
from tests.town.words import label, plain, said


async def eventually(condition: object) -> None:
    """Wait for what no bell rings for: a line in a file."""
    assert callable(condition)
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - a file rings no bell
            await asyncio.sleep(0.05)


async def test_an_update_that_nobody_can_read_harms_nobody(own_town: Town) -> None:
    """B9: an update of a shape that Telegram never sent before."""
    sara = own_town.resident("en")
    await sara.arrives()
    own_town.world.tell_bot("message", {"message_id": "?", "chat": {"id": sara.person.id, "type": "private"}, "date": "never", "text": 7})
    own_town.world.tell_bot("callback_query", {"id": 5})
    sara.says("/report")
    await sara.is_told("danger?")


async def test_edits_of_a_card_are_merged_while_the_group_must_wait(own_town: Town) -> None:
    """B79: taken, out of reach, back in reach: the last state wins with one call."""
    town, forum = own_town, own_town.forums["khanaqin"]
    sara = town.resident("en")
    await sara.arrives()
    card = await forum.card(await sara.reports("Wires on the road."))
    await town.until(lambda: len(town.world.updates) == 0)
    before = len(town.world.asked("editMessageText"))
    town.telegram.faults.add("status", "editMessageText", status=429, retry_after=3, description="Too Many Requests: retry after 3")
    await forum.presses(forum.ali, card, "Take").answer()
    await eventually(lambda: '"outcome": "later"' in town.log)
    sara.person.blocks()
    sara.person.unblocks()
    await forum.until(lambda: forum.ali.name in plain(card.text))
    after = town.world.asked("editMessageText")[before:]
    assert [call.status for call in after] == [429, 200]
    assert "✖" not in card.text


async def test_a_card_that_somebody_deleted_is_shown_anew(own_town: Town) -> None:
    """B80: what cannot be edited any more is replaced, and works."""
    forum = own_town.forums["khanaqin"]
    sara = own_town.resident("en")
    await sara.arrives()
    reference = await sara.reports("A sinking roof.")
    card = await forum.card(reference)
    take = card.button(label("Take", forum.language))["callback_data"]
    forum.chat.remove(card.id)
    await forum.ali.presses_data(card, take).answer()
    await forum.until(lambda: any(forum.ali.name in plain(found.text) for found in forum.about(reference)))
    (shown,) = forum.about(reference)
    forum.ali.replies(shown, "Is anybody living there?")
    await forum.hears("Is anybody living there?")


async def test_a_group_that_takes_no_voices_gets_the_recording_in_another_form(own_town: Town) -> None:
    """B84."""
    forum = own_town.forums["khanaqin"]
    own_town.telegram.faults.add(
        "status", "sendVoice", chat=forum.chat.id, times=None, status=400, description="Bad Request: VOICE_MESSAGES_FORBIDDEN"
    )
    sara = own_town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    sara.acts(lambda person: person.sends_voice())
    await sara.taps("done")
    await sara.answers("media?", "yes")
    reference = await sara.finishes()
    await forum.until(lambda: any(message.media for message in forum.about(reference)))
    (file,) = [message for message in forum.about(reference) if message.media]
    assert file.media in ("audio", "document")
    assert b"canary" not in file.data


async def test_a_members_voice_never_leaves_the_group(own_town: Town) -> None:
    """It would show who the member is: refused aloud."""
    forum = own_town.forums["khanaqin"]
    sara = own_town.resident("en")
    await sara.arrives()
    card = await forum.card(await sara.reports("Rubbish in the canal."))
    forum.ali.sends_voice(None, forum.chat, reply_to=card)
    await forum.hears(
        said(
            "Please write your answer as text, or send a photo. A voice note or a video may show who you are, so it is not passed on.",
            "ckb",
        )
    )
    assert not any(message.media for message in sara.talk.from_bot)
