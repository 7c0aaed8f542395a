"""A dialogue session in the whole town: asked for, arranged by taps, announced, answered, and a seat that is given on."""

from __future__ import annotations

from bot.demo.world import Message
from bot.i18n import render
from bot.model.text import C_, N_, Words
from tests.town.people import PATIENCE, Forum, Resident
from tests.town.town import Town
from tests.town.words import REFERENCE, label, plain, said

TOPIC = "ئاوی خواردنەوە"
PLACE = "ناوەندی گەنجان"


async def chooses(resident: Resident, context: str, english: str) -> None:
    """Press what is named in a context of its own, on the newest message that has it."""
    text = plain(render(C_(context, english), resident.language))

    def offering() -> Message | None:
        return next((one for one in reversed(resident.news()) if any(text in plain(shown) for shown in one.labels)), None)

    message = await resident.person.world.until(offering, PATIENCE)
    assert message is not None
    resident.acts(lambda person: person.presses(message, text))


async def asks_for_a_session(resident: Resident) -> str:
    """Ask for a session in Khanaqin with as few taps as possible; return the reference."""
    await resident.taps("Ask for a dialogue session")
    await resident.hears("؟")
    resident.says(TOPIC)
    options = (
        ("button", "Skip"),
        ("audience", "Everyone"),
        ("size", "Up to 30 people"),
        ("weekday", "Any day"),
        ("part of day", "Any time"),
    )
    for context, english in options:
        await chooses(resident, context, english)
    await resident.taps("khanaqin")
    await resident.taps("skip")
    await resident.hears("؟")
    resident.says("لە حوزەیرانەوە ئاو نییە")
    for key in ("done", "yes", "send"):
        await resident.taps(key)
    receipt = await resident.hears(said("We will tell you when a date is set.", resident.language))
    found = REFERENCE.search(plain(receipt.text))
    assert found is not None
    return found[0]


async def presses(forum: Forum, plan: Message, text: str) -> None:
    """Let a member press a button of the plan, once it is there."""
    await forum.chat.world.until(lambda: any(text in shown for shown in plan.labels), PATIENCE)
    before = plan.text, plan.labels
    await forum.ali.presses(plan, text).answer()
    await forum.chat.world.until(lambda: (plan.text, plan.labels) != before or forum.chat.from_bot[-1].id > plan.id, PATIENCE)


async def replies(forum: Forum, question: str, words: str) -> None:
    """Let a member answer what the plan asks for in words."""
    prompt = await forum.hears(said(question, forum.language))
    forum.ali.replies(prompt, words)


async def arranges(forum: Forum, reference: str) -> Message:
    """Let a member arrange the session, with one seat; return the message that it was planned with."""
    card = await forum.card(reference)
    await forum.presses(forum.ali, card, "Schedule").answer()
    plan = await forum.hears(said("Choose topic, day, time and place. Then look at the invitation.", forum.language))
    for english in ("Day", "Later"):
        await presses(forum, plan, label(english, forum.language))
    await presses(forum, plan, "15")
    if not any("16:00" in shown for shown in plan.labels):
        await presses(forum, plan, label("Time", forum.language))
    await presses(forum, plan, "16:00")
    await presses(forum, plan, label("Place", forum.language))
    await replies(forum, "Where is it? Write the place as a reply to this message, or reply with a location.", PLACE)
    await forum.chat.world.until(lambda: PLACE in plan.text, PATIENCE)
    for english in ("Seats", "Another number"):
        await presses(forum, plan, label(english, forum.language))
    await replies(forum, "How many people can come? Write a number as a reply to this message.", "1")
    for english in ("Look at the invitation", "Announce"):
        await presses(forum, plan, label(english, forum.language))
    return plan


async def test_a_session_is_asked_for_arranged_and_answered_and_a_free_seat_is_given_on(own_town: Town) -> None:
    """B96, with the real bot: who asked and who subscribed are invited, one has the seat, the other moves up; the forum sees numbers."""
    asker, neighbour = own_town.resident("ckb", "Canary Asker"), own_town.resident("ar", "Canary Neighbour")
    for resident in (asker, neighbour):
        await resident.arrives()
    await neighbour.taps("My area")
    await neighbour.taps("khanaqin")
    await neighbour.hears(said("Nobody in the forum learns who gets these messages.", "ar"))
    forum = own_town.forums["khanaqin"]
    plan = await arranges(forum, await asks_for_a_session(asker))

    for resident in (asker, neighbour):
        await resident.hears(said("You are invited to a dialogue session.", resident.language), TOPIC, PLACE, "16:00")
    await asker.taps("I will come")
    file = await asker.hears(said("Thank you. We look forward to seeing you.", "ckb"))
    assert file.media == "document"
    assert b"BEGIN:VEVENT" in file.data
    await neighbour.taps("I will come")
    await neighbour.hears("قائمة الانتظار")
    await asker.taps("I will not come")
    await neighbour.hears("أصبح هناك مقعد شاغر", TOPIC)
    counted = N_(
        "Answers for “{topic}”:\nComing: {coming}\nNot coming: {not_coming}\nMaybe: {maybe}",
        topic=Words(TOPIC),
        coming=1,
        not_coming=1,
        maybe=0,
    )
    await own_town.until(lambda: plain(render(counted, forum.language)) in plain(plan.text))
    for message in forum.chat.from_bot:
        assert "Canary" not in message.text
        assert str(asker.person.id) not in str(message.raw.get("text"))
