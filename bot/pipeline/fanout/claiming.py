"""Claiming copies: the last look at whether somebody still wants it, in the transaction that marks their copy as being sent.

Who stopped a second ago, was erased, or cannot be reached any more, gets nothing and is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import OccurrenceId
from bot.pipeline.fanout.sending import Errand, Head, Sending
from bot.pipeline.fanout.sieve import Sieve
from bot.storage import copies, occurrences, residents, subscribers, tallies
from bot.storage.seal import Keyring


async def begun(conn: AsyncConnection, keys: Keyring, id: OccurrenceId) -> Sending | None:
    """Return what an occurrence says to whom, read once for all its copies; None where it is gone."""
    occurrence = await occurrences.load(conn, id)
    key, content = await occurrences.key_of(conn, keys, id), await occurrences.content(conn, keys, id)
    if occurrence is None or key is None or content is None:
        return None
    return Sending(occurrence, key, content, await occurrences.uploaded(conn, keys, id))


async def claim(conn: AsyncConnection, keys: Keyring, sending: Sending, heads: Sequence[Head], today: date) -> list[Errand]:
    """Mark copies as being sent, and return those that are to be."""
    claims = await copies.claim(conn, sending.id, [head.copy.number for head in heads])
    claimed = [head for head in heads if head.copy.number in claims]
    if not claimed:
        return []
    sieve = Sieve(sending.content.audience, sending.content.topic, today)
    who = [head.copy.resident for head in claimed]
    people, addresses = await subscribers.of_residents(conn, keys, who), await residents.addresses(conn, keys, who)
    errands: list[Errand] = []
    for head in claimed:
        person, address = people.get(head.copy.resident), addresses.get(head.copy.resident)
        if person is None or address is None or sieve.meant(person) is None:
            await copies.settle(conn, [head.copy.number])
            await tallies.add(conn, sending.id, {("listed", head.copy.district, head.copy.language): -1})
        else:
            errands.append(Errand(head.copy, head.recipient, claims[head.copy.number], address, person.language))
    return errands


async def put_aside(conn: AsyncConnection, id: OccurrenceId, numbers: Sequence[int]) -> None:
    """Give up copies that cannot be opened."""
    await copies.settle(conn, numbers)
    await tallies.add(conn, id, {("refused", *tallies.EVERYWHERE): len(numbers)})
