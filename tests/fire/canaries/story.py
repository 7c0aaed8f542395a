"""One report with every kind of message in it, worked on in every way: what people do, and not only what Telegram can send."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.town.people import Forum, Resident
from tests.town.town import Town
from tests.town.words import label

MEMBER_WORDS = ("Good morning, Quamoclit", "We will come and see, Eranthis", "A note about it, Scilla", "It was mended, Anemone")


@dataclass
class Canaries:
    """Who somebody is, and what they wrote; who else took part."""

    identity: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


@dataclass
class Story:
    """What happened: to whom, in which forums."""

    canaries: Canaries
    sara: Resident
    first: Forum
    second: Forum


async def happened(town: Town) -> Story:
    """Let it happen."""
    sara, canaries = somebody(town)
    reference = await reports(sara, canaries)
    first, second = await _is_worked_on(town, canaries, sara, reference)
    canaries.identity.append(str(sara.talk.id))
    return Story(canaries, sara, first, second)


def found(needles: Iterable[str], hay: bytes) -> list[str]:
    """Return which of these are there, in any case of letters, as text or as a number's bytes."""
    low = hay.lower()
    numbers = {needle: int(needle) for needle in needles if needle.isdigit() and len(needle) < 19}
    raw = [needle for needle, number in numbers.items() if number.to_bytes(8, "little") in hay or number.to_bytes(8, "big") in hay]
    return [needle for needle in needles if needle.lower().encode() in low] + raw


def somebody(town: Town) -> tuple[Resident, Canaries]:
    """A resident in whose account everything is a canary."""
    account = {
        "last_name": "Zyxwolfram",
        "username": "molybdenite_q",
        "phone": "+9647709876123",
        "language_code": "zz-feldspar",
        "user_id": 4503599627371,
    }
    sara = town.resident("en", "Wulfenite", **account)
    known = ["Wulfenite", *(str(value) for value in account.values()), "9647709876123", "4503599627371"]
    return sara, Canaries(known)


async def _shares_everything(sara: Resident, canaries: Canaries) -> None:
    """Every kind of message, in the middle of a story: what cannot be part of it gets a short answer."""
    canaries.identity += ["Hemimorphite", "9647701112223", "Forwardite", "Addressite", "canary", "34.3489123", "45.3907321", "Pollucite"]
    canaries.written += ["A story of Adamite.", "Forwarded words of Brucite.", "A caption of Cerussite."]
    person = sara.person
    sara.says("A story of Adamite.")
    await sara.hears("press “Done”")
    person.sends_contact("+9647701112223", "Hemimorphite")
    person.sends_poll("Pollucite?", ["yes", "no"])
    person.sends("sticker")
    person.sends_document(name="canary-letter.pdf")
    sara.acts(lambda person: person.sends_location(34.3489123, 45.3907321))
    await _confirms_the_area(sara)
    sara.acts(lambda person: person.sends_venue(34.3489123, 45.3907321, "Venuite", "Addressite 5"))
    await _confirms_the_area(sara)
    person.writes("Forwarded words of Brucite.", forwarded_from="Forwardite")
    person.sends_photo(caption="A caption of Cerussite.", forwarded_from="Forwardite")
    person.sends_document(None, name="canary-photo.jpg", mime="image/jpeg")
    person.sends_voice()
    person.sends("audio", name="canary-recording.ogg")
    person.sends_video(name="canary-film.mp4")
    person.sends("video_note")
    await sara.hears("5 files")


async def _confirms_the_area(sara: Resident) -> None:
    """A point in the middle of the story asks once more which area it is, and the story goes on."""
    await sara.hears("Please confirm the area")
    await sara.taps("Khanaqin")
    await sara.hears("press “Done”")


async def reports(sara: Resident, canaries: Canaries) -> str:
    """To the receipt, with everything."""
    await sara.arrives()
    await sara.goes_to_story()
    await _shares_everything(sara, canaries)
    await sara.taps("done")
    await sara.answers("media?", "yes")
    canaries.written.append("each Thursday of Dioptase")
    await sara.is_told("when?")
    sara.says("each Thursday of Dioptase")
    await sara.answers("contact?", "yes")
    await sara.taps("send")
    return await sara.gets_receipt()


async def _is_worked_on(town: Town, canaries: Canaries, sara: Resident, reference: str) -> tuple[Forum, Forum]:
    """Take, chatter, answer, further words, note, transfer, status, block and back, close."""
    first, second = town.forums["khanaqin"], town.forums["khalis"]
    card = await first.card(reference)
    await first.presses(first.ali, card, "Take").answer()
    first.ali.writes(MEMBER_WORDS[0], first.chat)
    first.ali.replies(card, MEMBER_WORDS[1])
    offer = await first.hears(MEMBER_WORDS[1])
    first.presses(first.ali, offer, "Send to the person")
    heard = await sara.hears(MEMBER_WORDS[1])
    canaries.written.append("A reply of Euclase.")
    sara.says("A reply of Euclase.", reply_to=heard)
    await first.hears("A reply of Euclase.")
    first.ali.replies(card, MEMBER_WORDS[2])
    note = await first.hears(MEMBER_WORDS[2])
    first.presses(first.ali, note, "Keep as note")
    first.presses(first.ali, card, "Transfer")
    names = town.config.places().forum_names("khalis")  # type: ignore[arg-type]
    await first.until(lambda: any(names.in_language("ckb") in message.labels for message in first.chat.from_bot))
    ask = next(message for message in first.chat.from_bot if names.in_language("ckb") in message.labels)
    first.ali.presses(ask, names.in_language("ckb"))
    await first.offers(ask, "Yes")
    first.presses(first.ali, ask, "Yes")
    moved = await second.card(reference)
    sara.says("/status")
    await sara.hears(reference, "Khalis")
    sara.person.blocks()
    await second.until(lambda: "✖" in moved.text)
    sara.person.unblocks()
    await second.until(lambda: "✖" not in moved.text)
    await _is_closed(second, reference)
    await sara.hears(MEMBER_WORDS[3])
    return first, second


async def _is_closed(forum: Forum, reference: str) -> None:
    """Close with words."""
    forum.presses(forum.ali, await forum.card(reference), "Close")
    skip = label("Skip", forum.language)
    card = await forum.card(reference)
    await forum.until(lambda: any(len(message.labels) > 5 and message != card for message in forum.about(reference)))
    ask = next(message for message in forum.about(reference) if len(message.labels) > 5 and message != card)
    forum.ali.presses(ask, ask.labels[0])
    await forum.until(lambda: any(skip in message.labels for message in forum.about(reference)))
    prompt = next(message for message in forum.about(reference) if skip in message.labels)
    forum.ali.replies(prompt, MEMBER_WORDS[3])


def forms(token: str) -> list[str]:
    """Return a token as it could be seen: raw, as it stands in the address of a file, and the half that is the secret."""
    return [token, token.replace(":", "%3A"), token.partition(":")[2]]
