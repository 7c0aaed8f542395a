"""Who asked to be told what, on both databases: found again, gone through in order, and unreadable without the key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import SetResident
from bot.model.ids import ForumId, Language, ResidentId
from bot.model.subscriptions import CIRCLES, TOPICS, Subscription
from bot.storage import residents, subscribers
from bot.storage.database import Database
from bot.storage.subscribers import Subscriber
from tests.storage.samples import KHANAQIN, MANDALI, TODAY, cells, count

SARA, AZAD, LAYLA = ResidentId("residentsara"), ResidentId("residentazad"), ResidentId("residentlayl")
WISHES = Subscription(frozenset({KHANAQIN, MANDALI}), frozenset({"drugs", "sessions"}), frozenset({"women"}))
IN_KHANAQIN = Subscription(frozenset({KHANAQIN}), frozenset({"sessions"}))


async def wants(
    db: Database, who: ResidentId, what: Subscription, language: Language = "ar", *, reachable: bool = True, today: date = TODAY
) -> None:
    await db.transact(
        lambda conn: subscribers.put(conn, db.keys, who, what, language=language, reachable=reachable, today=today),
    )


async def everybody(db: Database) -> list[Subscriber]:
    return await db.read(lambda conn: subscribers.scan(conn, db.keys, 0, 100))


async def heard(db: Database, who: ResidentId) -> Subscription:
    return await db.read(lambda conn: subscribers.of_resident(conn, db.keys, who))


async def test_a_subscription_comes_back_as_it_was_given(database: Database) -> None:
    assert await heard(database, SARA) == Subscription()
    await wants(database, SARA, WISHES, "ckb", reachable=False)
    assert await heard(database, SARA) == WISHES
    [sara] = await everybody(database)
    assert sara == Subscriber(sara.place, SARA, "ckb", WISHES, False, date(2026, 3, 1))


async def test_what_is_wanted_now_takes_the_place_of_what_was_wanted(database: Database) -> None:
    """B94: and who wants nothing any more leaves no row behind."""
    await wants(database, SARA, WISHES)
    [before] = await everybody(database)
    await wants(database, SARA, IN_KHANAQIN)
    assert await everybody(database) == [before._replace(subscription=IN_KHANAQIN)]
    for nothing in (replace(WISHES, topics=frozenset()), replace(WISHES, districts=frozenset()), Subscription()):
        await wants(database, SARA, WISHES)
        await wants(database, SARA, nothing)
        assert await count(database, "subscribers") == 0


async def test_all_are_gone_through_in_the_order_in_which_they_came(database: Database) -> None:
    for number in range(7):
        await wants(database, ResidentId(f"r{number}"), WISHES)
    first = await database.read(lambda conn: subscribers.scan(conn, database.keys, 0, 4))
    rest = await database.read(lambda conn: subscribers.scan(conn, database.keys, first[-1].place, 4))
    assert [each.resident for each in (*first, *rest)] == [f"r{number}" for number in range(7)]
    assert await database.read(lambda conn: subscribers.scan(conn, database.keys, rest[-1].place, 4)) == []


async def test_a_number_is_not_given_away_again(database: Database) -> None:
    """Else somebody new could stand before the place that a sending has reached, and never be told."""
    await wants(database, SARA, WISHES)
    [sara] = await everybody(database)
    await wants(database, SARA, Subscription())
    await wants(database, AZAD, WISHES)
    [azad] = await everybody(database)
    assert azad.place > sara.place


async def test_those_of_one_district_and_topic_are_found_among_all(database: Database) -> None:
    """B97: a look goes through so many rows at most, however few of them it is for, and says where it came to."""
    keys = database.keys
    for number in range(30):
        await wants(database, ResidentId(f"r{number}"), IN_KHANAQIN if number % 10 == 0 else replace(WISHES, topics=frozenset({"drugs"})))
    places: dict[str, int] = {each.resident: each.place for each in await everybody(database)}

    async def found(after: int, wanted: int, limit: int) -> subscribers.Looked:
        return await database.read(lambda conn: subscribers.people(conn, keys, KHANAQIN, "sessions", after, wanted, limit))

    assert [person.resident for person in (await found(0, 50, 100)).people] == ["r0", "r10", "r20"]
    assert not (await found(0, 50, 100)).more
    some = await found(0, 2, 100)
    assert ([person.place for person in some.people], some.last, some.more) == ([places["r0"], places["r10"]], places["r10"], True)
    none = await found(places["r20"], 2, 5)
    assert (none.people, none.last, none.more) == ((), places["r25"], True)
    assert await found(places["r25"], 2, 5) == subscribers.Looked((), places["r29"], False)


async def test_language_and_reachability_follow_the_resident(database: Database) -> None:
    """B81: a broadcast goes in the language of today, and not to who has blocked the bot."""
    keys = database.keys
    await database.transact(lambda conn: residents.create(conn, keys, SARA, "telegram", "42", "42", TODAY))
    await wants(database, SARA, WISHES)
    for effect in (
        SetResident(SARA, consented=True),
        SetResident(SARA, language="en"),
        SetResident(SARA, reachable=False),
        SetResident(AZAD, reachable=False),
    ):
        await database.transact(lambda conn, effect=effect: residents.change(conn, keys, effect))  # type: ignore[misc]
    [sara] = await everybody(database)
    assert (sara.language, sara.reachable, sara.subscription) == ("en", False, WISHES)
    await database.transact(lambda conn: residents.change(conn, keys, SetResident(SARA, reachable=True)))
    assert (await everybody(database))[0].reachable


async def test_the_month_of_the_last_visit_is_kept_and_no_day(database: Database) -> None:
    keys = database.keys
    await database.transact(lambda conn: residents.create(conn, keys, SARA, "telegram", "42", "42", TODAY))
    await wants(database, SARA, WISHES)
    stored = [cell for cell in await cells(database) if cell[0] == "subscribers"]
    await database.transact(lambda conn: residents.find(conn, keys, "telegram", "42", today=date(2026, 3, 31)))
    assert [cell for cell in await cells(database) if cell[0] == "subscribers"] == stored, "the same month writes nothing"
    await database.transact(lambda conn: residents.find(conn, keys, "telegram", "42", today=date(2026, 5, 2)))
    assert [each.seen for each in await everybody(database)] == [date(2026, 5, 1)]


@pytest.mark.parametrize(
    ("today", "quiet"),
    [(date(2026, 3, 31), False), (date(2027, 3, 31), False), (date(2027, 4, 1), True), (date(2029, 1, 1), True), (date(2025, 1, 1), False)],
)
def test_quiet_is_who_has_certainly_not_been_here_for_a_year(today: date, quiet: bool) -> None:
    assert Subscriber(1, SARA, "ar", WISHES, True, date(2026, 3, 1)).quiet(today) is quiet


async def test_a_few_are_found_by_who_they_are(database: Database) -> None:
    await wants(database, SARA, WISHES)
    await wants(database, AZAD, IN_KHANAQIN, reachable=False)
    keys = database.keys
    found = await database.read(lambda conn: subscribers.of_residents(conn, keys, [AZAD, LAYLA, SARA]))
    assert {who: (each.subscription, each.reachable) for who, each in found.items()} == {SARA: (WISHES, True), AZAD: (IN_KHANAQIN, False)}
    assert await database.read(lambda conn: subscribers.of_residents(conn, keys, [])) == {}


async def test_the_addresses_of_many_are_found_at_once(database: Database) -> None:
    keys = database.keys

    async def arrive(conn: AsyncConnection) -> None:
        for who in (SARA, AZAD):
            await residents.create(conn, keys, who, "telegram", who, f"chat of {who}", TODAY)

    await database.transact(arrive)
    found = await database.read(lambda conn: residents.addresses(conn, keys, [SARA, LAYLA, AZAD]))
    assert found == {SARA: ("telegram", f"chat of {SARA}"), AZAD: ("telegram", f"chat of {AZAD}")}


async def test_a_stolen_database_says_nothing_of_what_anybody_wants_to_hear(database: Database) -> None:
    """B47, B51: neither in words nor by the length of what is stored, from one wish to all that a province has."""
    districts = frozenset(ForumId(name) for name in ("baquba", "khalis", "khanaqin", "muqdadiya", "baladruz", "mandali", "kifri"))
    everything = Subscription(districts, frozenset(TOPICS), frozenset(CIRCLES))
    await wants(database, SARA, IN_KHANAQIN)
    await wants(database, AZAD, everything, "ckb", reachable=False)
    rows = [(column, value) for table, column, _, value in await cells(database) if table == "subscribers"]
    assert {column for column, _ in rows} == {"number", "lookup", "body"}
    shown = b"|".join(value if isinstance(value, bytes) else str(value).encode() for _, value in rows)
    for telling in (*districts, *TOPICS, *CIRCLES, SARA, AZAD, "ckb", "2026"):
        assert telling.encode() not in shown
    assert len({len(value) for column, value in rows if isinstance(value, bytes)}) == 1


async def test_who_is_erased_is_no_subscriber(database: Database) -> None:
    await wants(database, SARA, WISHES)
    await wants(database, AZAD, WISHES)
    await database.transact(lambda conn: subscribers.erase(conn, database.keys, SARA))
    assert [each.resident for each in await everybody(database)] == [AZAD]
