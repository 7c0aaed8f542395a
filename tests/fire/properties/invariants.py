"""What has to hold after each act, whatever it was; each returns what breaks it, in one line each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import LANGUAGES
from bot.storage import inbox, outbox, tables
from tests.fire.properties.actors import Actors
from tests.town.words import REFERENCE, parts, plain

MARK = re.compile(r"\b[a-z]w\d{4}x")
RECEIPTS = ("Your follow-up number is {reference}. Please keep it.", "Follow-up number: {reference}.")
MOST = 2
"""Copies of anything that may come: at least once, and after a doubt once more."""


def broken(actors: Actors) -> list[str]:
    """Return everything that does not hold."""
    street = actors.street
    found = [*wrong_chats(actors), *known_people(actors), *dead_ends(actors), *copies(actors), *forgotten(actors)]
    found += street.go(street.reads(lambda conn: stored(conn, actors)))
    return [*found, *(f"Telegram would not understand: {violation.method} {violation.text}" for violation in street.world.violations)]


def wrong_chats(actors: Actors) -> Iterator[str]:
    """No words come into a chat that they are not for."""
    street = actors.street
    for name, resident in street.residents.items():
        for message in resident.talk.from_bot:
            for mark in MARK.findall(message.text):
                who = actors.words.get(mark)
                if who in street.residents and who != name:
                    yield f"{name} reads what {who} wrote: {mark}"
                if who in ("chatter", "nobody"):
                    yield f"{name} reads what was said among members: {mark}"
    for message in actors.strange.from_bot:
        if MARK.search(message.text) or REFERENCE.search(message.text):
            yield f"the strange group reads: {plain(message.text)}"
    for call in street.world.calls:
        chat = call.chat_id
        if chat is not None and chat > 0 and not street.world.people[chat].has_started:
            yield f"{call.method} to somebody who never wrote"


def known_people(actors: Actors) -> Iterator[str]:
    """Members never see who a resident is, residents never who a member is."""
    street = actors.street
    residents = [resident.person for resident in street.residents.values()]
    members = [member for forum in street.forums.values() for member in forum.members]
    for forum in street.forums.values():
        for message in forum.chat.from_bot:
            shown = f"{message.text} {message.labels}"
            for person in residents:
                if any(canary in shown for canary in (person.first_name, "Residentzade", str(person.username), str(person.id))):
                    yield f"{forum.id} learns who wrote: {plain(message.text)}"
    for name, resident in street.residents.items():
        for message in resident.talk.from_bot:
            if any(member.name in message.text or str(member.id) in message.text for member in members) or "Memberzade" in message.text:
                yield f"{name} learns who answers: {plain(message.text)}"


def dead_ends(actors: Actors) -> Iterator[str]:
    """Whoever writes or presses gets an answer; and in private there is always a button on the screen, or a question."""
    if actors.waited_for is None:
        return
    name, press = actors.waited_for
    street = actors.street
    if press is not None:
        street.go(street.world.until(lambda: press.is_answered, 10))
    if name not in street.residents or street.residents[name].person.is_blocking:
        return
    talk = street.residents[name].talk
    heard = any(talk.touched[message.id] > actors.before for message in talk.from_bot)
    if not heard and not (press is not None and press.text):
        yield f"{name} is not answered"
    elif not any(message.buttons for message in talk.from_bot):
        yield f"{name} has no way on"


def copies(actors: Actors) -> Iterator[str]:
    """Receipts, and the forum's answers, come to a resident twice at most."""
    for name, resident in actors.street.residents.items():
        shown = [plain(message.text) for message in resident.talk.from_bot]
        numbers = Counter(number for text in shown for number in _receipts(text))
        answers = Counter(mark for text in shown for mark in MARK.findall(text) if actors.words.get(mark) in ("member", "broadcast"))
        for what, count in (*numbers.items(), *answers.items()):
            if count > MOST:
                yield f"{name} gets {what} {count} times"


def _receipts(text: str) -> set[str]:
    numbers = set(REFERENCE.findall(text))
    return {number for number in numbers if any(parts(told, each, reference=number) in text for told in RECEIPTS for each in LANGUAGES)}


def forgotten(actors: Actors) -> Iterator[str]:
    """What somebody had deleted is in no group any more."""
    for forum in actors.street.forums.values():
        for message in forum.chat.from_bot:
            for mark in MARK.findall(message.text):
                if mark in actors.forgotten:
                    yield f"{forum.id} still reads what {actors.words[mark]} had deleted: {mark}"


async def stored(conn: AsyncConnection, actors: Actors) -> list[str]:
    """Everything acknowledged was handled; references are unique; what is erased stays so, and its people are in no table."""
    now = actors.street.clock.now()
    received, sends = await inbox.backlog(conn, now), await outbox.backlog(conn, now)
    found = [f"{received.parked} parked"] if received.parked else []
    found += [f"{sends.dead} could not be sent"] if sends.dead else []
    references = Counter(await conn.scalars(select(tables.tickets.c.reference)))
    found += [f"reference {reference} stands {count} times" for reference, count in references.items() if count > 1]
    erased = await conn.execute(select(tables.tickets.c.id, tables.tickets.c.state).where(tables.tickets.c.id.in_(actors.gone)))
    found += [f"a ticket that was deleted is {row.state} again" for row in erased if row.state != "erased"]
    for name, id in actors.erased.items():
        found += [f"{name} is still in {table}" for table in await _holding(conn, id)]
    return found


async def _holding(conn: AsyncConnection, id: str) -> set[str]:
    """Return the tables in a row of which an id can be read, once its person is gone."""
    known = await conn.scalar(select(tables.residents.c.id).where(tables.residents.c.id == id))
    if known is not None:  # the farewell may still be on its way, or they have begun anew: then nothing is promised
        return set()
    holding = set()
    for table in tables.metadata.sorted_tables:
        for row in await conn.execute(select(table)):
            if any(id.encode() in (value if isinstance(value, bytes) else str(value).encode()) for value in row):
                holding.add(table.name)
    return holding
