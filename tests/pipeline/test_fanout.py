"""Broadcasts on their way: everybody who asked, once, in their language, and nobody else ever waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.demo.api import limits as telegram_limits
from bot.demo.server import StandIn
from bot.demo.world.people import Person
from bot.model.broadcasts import Audience, Counted, Figures
from bot.model.effects import CountAudience, Effect, EraseResident, OpenBroadcast, SetSubscription
from bot.model.events import AudienceCounted, Event, OccurrenceEnded, TextReceived
from bot.model.ids import BroadcastId, Language, OccurrenceId, ResidentId
from bot.model.messages import Attachment, Message
from bot.model.situation import Situation
from bot.model.subscriptions import Subscription
from bot.pipeline.fanout.counting import Counting
from bot.storage import occurrences, residents, tables
from bot.storage.database import Database
from tests.pipeline import crowd
from tests.pipeline.book import FORUM, decide
from tests.pipeline.crowd import BROADCAST, OCCURRENCE, Somebody, accounts, becomes, begins, figures, got, message, settle, state, until
from tests.pipeline.house import BAQUBA, House, surroundings
from tests.town.people import PATIENCE


class Ear:
    """The book of the pipeline's tests, and what it was told of broadcasts. `asks`: what it wants counted when somebody writes.

    `told_before`: how many had the broadcast when somebody's words were last decided about.
    """

    def __init__(self, *asks: CountAudience, telegram: StandIn | None = None) -> None:
        self.telegram = telegram
        self.told_before = 0
        self.ended: list[OccurrenceId] = []
        self.counted: list[Counted] = []
        self.asks = asks

    def decide(self, situation: Situation, event: Event) -> Iterable[Effect]:
        match event:
            case OccurrenceEnded(id):
                self.ended.append(id)
                return ()
            case AudienceCounted(_, counted):
                self.counted.append(counted)
                return ()
            case TextReceived() if self.telegram is not None:
                self.told_before = len(got(self.telegram))
        return (*decide(situation, event), *self.asks)


async def ends(house: House, ear: Ear, seconds: float = PATIENCE) -> Figures:
    """Wait until the end of the occurrence is told, and return what became of it."""
    await until(lambda: ear.ended, seconds)
    return await figures(house.db)


@pytest.fixture
def ear(house: House) -> Ear:
    heard = Ear(telegram=house.telegram)
    house.decide = heard.decide
    return heard


def fast(house: House, rate: float = 500.0) -> None:
    house.telegram.service.pace.limits = None
    house.limits = replace(house.limits, per_second=rate)


async def test_everybody_who_asked_is_told_once_in_their_language_and_nobody_else(house: House, ear: Ear) -> None:
    """B88, B89: who did not ask, reads another language, belongs to another district, is blocked or has long been away, gets nothing."""
    fast(house)
    languages: tuple[Language, ...] = ("en", "ar", "ckb")
    crowd_of_each = [replace(each, language=languages[each.number % 3]) for each in accounts(house.telegram, 30)]
    others = accounts(house.telegram, 6, first=100)
    strangers = [
        replace(others[0], subscription=Subscription(frozenset({FORUM}), frozenset({"sessions"}))),
        replace(others[1], subscription=Subscription(frozenset({BAQUBA}), frozenset({"drugs"}))),
        replace(others[2], reachable=False),
        replace(others[3], seen=date(2025, 1, 1)),
        replace(others[4], language="ckb"),
    ]
    await settle(house.db, [*crowd_of_each, *strangers])
    said = {"en": message(), "ar": message("انتبهوا")}
    audience = Audience(frozenset({FORUM}), frozenset({"en", "ar"}))
    async with house.running():
        await begins(house.db, audience=audience, messages=said)  # type: ignore[arg-type]
        found = await ends(house, ear)
    meant = [each for each in crowd_of_each if each.language != "ckb"]
    assert got(house.telegram) == {each.chat: 1 for each in meant}
    assert (found.listed, found.delivered, found.left) == (20, 20, 0)
    assert {(cell.language, cell.delivered) for cell in found.cells} == {("en", 10), ("ar", 10)}
    arabs = [call for call in house.telegram.world.asked("sendMessage") if "انتبهوا" in call.params["text"]]
    assert {int(call.params["chat_id"]) for call in arabs} == {each.chat for each in meant if each.language == "ar"}
    assert await state(house.db) == "done"


async def test_the_end_is_told_once_and_the_tokens_go(house: House, ear: Ear) -> None:
    """B89."""
    fast(house)
    await settle(house.db, accounts(house.telegram, 5))
    await begins(house.db)
    async with house.running():
        await ends(house, ear)
        await until(lambda: no_copies(house.db))
    async with house.running():
        await asyncio.sleep(0.3)
    assert ear.ended == [OCCURRENCE]
    ended = await house.db.read(lambda conn: occurrences.load(conn, OCCURRENCE))
    assert ended is not None
    assert ended.ended is not None


async def no_copies(db: Database) -> bool:
    return not await db.read(lambda conn: conn.scalar(select(func.count()).select_from(tables.copies)))


async def test_a_broadcast_that_is_for_nobody_ends_at_once(house: House, ear: Ear) -> None:
    await begins(house.db)
    async with house.running():
        assert (await ends(house, ear)).listed == 0


async def test_pause_stops_within_a_second_and_resume_tells_nobody_twice(house: House, ear: Ear) -> None:
    """B89."""
    fast(house, rate=60)
    await settle(house.db, accounts(house.telegram, 120))
    async with running_with_casts(house) as wake:
        await begins(house.db)
        wake()
        await until(lambda: len(got(house.telegram)) >= 20)
        await becomes(house.db, "paused")
        wake()
        await until(lambda: nothing_sending(house.db), 1)
        told = len(got(house.telegram))
        await asyncio.sleep(0.5)
        assert len(got(house.telegram)) == told < 100
        await becomes(house.db, "sending")
        wake()
        found = await ends(house, ear)
    assert found.delivered == 120
    assert set(got(house.telegram).values()) == {1}


async def nothing_sending(db: Database) -> bool:
    return (await figures(db)).sending == 0


@asynccontextmanager
async def running_with_casts(house: House, **limits: Any) -> AsyncIterator[Callable[[], None]]:
    """Run the bot; what is yielded wakes the fan-out, as the commit of a turn does."""
    from bot.pipeline.fanout.feeder import Feeder

    feeders: list[Feeder] = []
    began = Feeder.__init__

    def noted(self: Feeder, *args: Any, **named: Any) -> None:
        began(self, *args, **named)
        feeders.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Feeder, "__init__", noted)
        async with house.running(**limits):
            await until(lambda: feeders)
            yield feeders[0].wake


async def test_a_pause_that_another_process_stores_holds_too(house: House, ear: Ear) -> None:
    """B89, F29: nobody wakes the fan-out, the claims themselves find that it is paused."""
    fast(house, rate=60)
    await settle(house.db, accounts(house.telegram, 120))
    await begins(house.db)
    async with house.running():
        await until(lambda: len(got(house.telegram)) >= 20)
        await becomes(house.db, "paused")
        await asyncio.sleep(1.0)
        told = len(got(house.telegram))
        await asyncio.sleep(0.5)
        assert len(got(house.telegram)) == told < 110


async def test_cancel_reports_exact_numbers(house: House, ear: Ear) -> None:
    """B89: what was found and not tried is known, what was delivered is what Telegram took, and nothing goes out afterwards."""
    fast(house, rate=60)
    await settle(house.db, accounts(house.telegram, 200))
    async with running_with_casts(house) as wake:
        await begins(house.db)
        wake()
        await until(lambda: len(got(house.telegram)) >= 30)
        await becomes(house.db, "cancelled")
        wake()
        found = await ends(house, ear, 3)
        await asyncio.sleep(0.3)
    assert found.delivered == len(got(house.telegram)) == sum(got(house.telegram).values())
    assert found.sending == 0
    assert found.left == found.listed - found.delivered > 0
    assert await state(house.db) == "cancelled"
    assert await no_copies(house.db)


async def test_a_reply_passes_everything_that_waits(house: House, ear: Ear) -> None:
    """B91: the next slot is the reply's. Counted from the decision, and in slots: a busy machine may take its time before that."""
    fast(house, rate=5)
    await settle(house.db, accounts(house.telegram, 300))
    people = [house.resident(f"Visitor {number}") for number in range(8)]
    async with house.running():
        await begins(house.db)
        await until(lambda: len(got(house.telegram)) >= 3)
        for person in people:
            person.writes("hello")
            await person.hears("echo hello")
            assert len(got(house.telegram)) - ear.told_before <= 4
        assert len(got(house.telegram)) < 250


async def test_whoever_has_a_copy_on_its_way_is_answered_after_it_at_once(house: House, ear: Ear) -> None:
    """B91: the answer need not wait until the broadcast comes to an end elsewhere."""
    fast(house, rate=4)
    people = [house.resident(f"Resident {number}") for number in range(12)]
    async with house.running(per_second=100):
        for person in people:
            person.writes("hello")
            await person.hears("echo hello")
    for person in people:
        await crowd.does(house.db, SetSubscription(await known(house, person), crowd.DRUGS))
    await begins(house.db)
    async with house.running():
        await until(lambda: got(house.telegram))
        people[3].writes("are you there")
        await people[3].hears("echo are you there")
        assert len(got(house.telegram)) - ear.told_before <= 5


async def known(house: House, person: Person) -> ResidentId:
    found = await house.db.read(lambda conn: residents.find(conn, house.db.keys, "telegram", str(person.id)))
    assert found is not None
    return found.id


async def test_the_rate_is_kept_and_used_and_nothing_is_caught_up_after_a_pause(house: House, ear: Ear) -> None:
    """B91: Telegram counts as strictly as it does, and refuses nothing."""
    await settle(house.db, accounts(house.telegram, 150))
    async with running_with_casts(house) as wake:
        await begins(house.db)
        wake()
        await until(lambda: len(got(house.telegram)) >= 60)
        await becomes(house.db, "paused")
        wake()
        await asyncio.sleep(1.0)
        await becomes(house.db, "sending")
        wake()
        await ends(house, ear)
    assert house.refused() == []
    times = [call.time for call in house.telegram.world.asked("sendMessage")]
    fullest = max(sum(1 for other in times if time <= other < time + 1) for time in times)
    assert fullest <= 30
    assert max(later - earlier for earlier, later in pairwise(times[:60])) < 0.5


async def test_who_blocked_the_bot_or_is_gone_is_counted_and_not_tried_again(house: House, ear: Ear) -> None:
    """B81, F19."""
    fast(house)
    people = accounts(house.telegram, 10)
    await settle(house.db, people)
    faults = house.telegram.faults
    faults.add("status", "sendMessage", chat=people[2].chat, times=None, status=403, description="Forbidden: bot was blocked by the user")
    faults.add("status", "sendMessage", chat=people[4].chat, times=None, status=403, description="Forbidden: user is deactivated")
    await begins(house.db)
    async with house.running():
        found = await ends(house, ear)
        await until(lambda: unreachable(house, people[2]))
        await until(lambda: unreachable(house, people[4]))
    assert (found.delivered, found.blocked, found.gone, found.refused) == (8, 1, 1, 0)
    assert house.refused() == [403, 403]


async def unreachable(house: House, who: Somebody) -> bool:
    known = await house.db.read(lambda conn: residents.load(conn, house.db.keys, who.id))
    return known is not None and not known.reachable


async def test_who_stops_or_is_erased_before_their_turn_gets_nothing(house: House, ear: Ear) -> None:
    """B94: even where their copy waited already; and they are not counted."""
    fast(house, rate=20)
    people = accounts(house.telegram, 60)
    await settle(house.db, people)
    async with house.running():
        await begins(house.db)
        await until(lambda: len(got(house.telegram)) >= 5)
        await crowd.does(house.db, SetSubscription(people[50].id, Subscription()), EraseResident(people[55].id))
        found = await ends(house, ear)
    assert set(got(house.telegram)) == {each.chat for each in people if each.number not in (50, 55)}
    assert (found.listed, found.delivered) == (58, 58)


async def test_a_message_that_telegram_refuses_pauses_the_broadcast_after_a_few(house: House, ear: Ear) -> None:
    """F18: it is not refused ten thousand times."""
    fast(house)
    await settle(house.db, accounts(house.telegram, 200))
    house.telegram.faults.add("status", "sendMessage", times=5, status=400, description="Bad Request: cannot be said")
    await begins(house.db)
    async with house.running():
        await house.province.hears("was paused")
        await house.forum.hears("was paused")
        assert await state(house.db) == "paused"
        assert got(house.telegram) == {}
        assert (await figures(house.db)).refused == 5
        await becomes(house.db, "sending")
        found = await ends(house, ear)
    assert (found.refused, found.delivered) == (5, 195)


async def test_a_few_refusals_among_many_do_not_stop_it(house: House, ear: Ear) -> None:
    fast(house)
    people = accounts(house.telegram, 40)
    await settle(house.db, people)
    for each in people[5::5]:
        house.telegram.faults.add("status", "sendMessage", chat=each.chat, status=400, description="Bad Request: cannot be said")
    await begins(house.db)
    async with house.running():
        found = await ends(house, ear)
    assert (found.refused, found.delivered) == (7, 33)


async def test_a_copy_whose_answer_is_always_lost_is_sent_twice_and_no_more(house: House, ear: Ear) -> None:
    """F6."""
    fast(house)
    people = accounts(house.telegram, 6)
    await settle(house.db, people)
    house.telegram.faults.add("reset_after", "sendMessage", chat=people[3].chat, times=None)
    await begins(house.db)
    async with house.running():
        found = await ends(house, ear)
    assert (found.delivered, found.unsure) == (5, 1)
    assert len(house.telegram.world.asked("sendMessage", chat_id=people[3].chat)) == 2


async def test_trouble_at_telegram_delays_and_loses_nothing(house: House, ear: Ear) -> None:
    """F14, F16, F17: whoever is in doubt once is tried once more, so nobody here meets both the cut and the broken connection."""
    fast(house, rate=60)
    people = accounts(house.telegram, 40)
    await settle(house.db, people)
    house.telegram.faults.add("status", "sendMessage", chat=people[3].chat, status=429, retry_after=1)
    house.telegram.faults.add("html", "sendMessage", chat=people[6].chat, status=502)
    await begins(house.db)
    async with house.running():
        await until(lambda: len(got(house.telegram)) >= 10)
        house.telegram.world.cut_network()
        assert house.telegram.world.asked("sendMessage", chat_id=people[39].chat) == []
        reset = house.telegram.faults.add("reset_before", "sendMessage", chat=people[39].chat)
        await asyncio.sleep(0.3)
        house.telegram.world.mend_network()
        found = await ends(house, ear, 30)
    assert (found.delivered, found.unsure, reset.met) == (40, 0, 1)
    assert set(got(house.telegram)) == {each.chat for each in people}


async def test_an_outage_burns_nobodys_second_try(house: House, ear: Ear) -> None:
    """F6, F14: while no answer comes, nobody is tried again and again; then the few that were in doubt are, and all have it."""
    fast(house, rate=60)
    people = accounts(house.telegram, 200)
    await settle(house.db, people)
    sara = house.resident()
    await begins(house.db)
    async with house.running():
        for told in (20, 60, 100):
            await until(lambda told=told: len(got(house.telegram)) >= told)  # type: ignore[misc]
            house.telegram.world.cut_network()
            sara.writes("are you there")
            await asyncio.sleep(2.5)
            house.telegram.world.mend_network()
        found = await ends(house, ear, 30)
        await sara.hears("echo are you there", timeout=20)
    assert (found.delivered, found.unsure) == (200, 0)
    assert set(got(house.telegram)) == {each.chat for each in people}


async def test_a_picture_is_uploaded_once_and_shown_to_everybody(house: House, ear: Ear) -> None:
    """The first copy uploads it alone, also where that one's reader has blocked the bot; the others name what Telegram has."""
    fast(house)
    people = accounts(house.telegram, 30)
    await settle(house.db, people)
    said = await with_picture(house)
    block = "Forbidden: bot was blocked by the user"
    house.telegram.faults.add("status", "sendPhoto", chat=people[0].chat, times=None, status=403, description=block)
    async with house.running():
        await begins(house.db, messages=said)
        found = await ends(house, ear)
    sent = [call for call in house.telegram.world.asked("sendPhoto") if call.status == 200]
    assert (found.delivered, found.blocked) == (29, 1)
    assert sum(1 for call in sent if call.files) == 1
    assert len({call.params["photo"] for call in sent if not call.files}) == 1
    assert {int(call.params["chat_id"]) for call in sent} == {each.chat for each in people[1:]}


async def test_a_picture_that_telegram_forgot_is_uploaded_again(house: House, ear: Ear) -> None:
    """By one of those who are still to get it, and by the few that were on their way already."""
    fast(house, rate=40)
    await settle(house.db, accounts(house.telegram, 40))
    said = await with_picture(house)
    async with house.running():
        await begins(house.db, messages=said)
        await until(lambda: len(house.telegram.world.asked("sendPhoto")) >= 10)
        wrong = "Bad Request: wrong file identifier/HTTP URL specified"
        house.telegram.faults.add("status", "sendPhoto", status=400, description=wrong)
        found = await ends(house, ear)
    assert (found.delivered, found.refused) == (40, 0)
    assert sum(1 for call in house.telegram.world.asked("sendPhoto") if call.files and call.status == 200) in (2, 3, 4)


async def with_picture(house: House) -> dict[Language, Message]:
    """Return a broadcast with a picture that somebody has sent to the bot."""
    photo = house.resident("Painter").sends_photo()
    attachment = Attachment("photo", photo.raw["photo"][-1]["file_id"], 1000)
    return {language: replace(message(), attachment=attachment) for language in ("en", "ar", "ckb")}


async def test_nothing_is_sent_in_quiet_hours_and_the_rest_goes_when_they_are_over(house: House, ear: Ear) -> None:
    """B93, B97."""
    fast(house, rate=50)
    await settle(house.db, accounts(house.telegram, 100))
    await begins(house.db)
    async with house.running():
        await until(lambda: len(got(house.telegram)) >= 10)
        await crowd.hushes(house.db, hush=True)
        await asyncio.sleep(1.2)
        told = len(got(house.telegram))
        await asyncio.sleep(0.5)
        assert len(got(house.telegram)) == told < 100
        await crowd.hushes(house.db, hush=False)
        assert (await ends(house, ear)).delivered == 100


async def test_two_broadcasts_share_the_rate(house: House, ear: Ear) -> None:
    fast(house, rate=60)
    people = accounts(house.telegram, 60)
    await settle(house.db, people)
    other = OccurrenceId("occurrencebb")
    async with house.running():
        await begins(house.db)
        await begins(
            house.db, id=other, broadcast=BroadcastId("broadcastbbb"), messages=dict.fromkeys(("en", "ar", "ckb"), message("Come", other))
        )
        await until(lambda: len(ear.ended) == 2)
    calls = [call.params["text"] for call in house.telegram.world.asked("sendMessage")]
    assert len(got(house.telegram)) == len(got(house.telegram, ("Come",))) == 60
    assert "Come" in "".join(calls[:40])


async def test_an_unreadable_copy_is_put_aside_and_the_others_go(house: House, ear: Ear) -> None:
    """F27."""
    await settle(house.db, accounts(house.telegram, 20))
    await begins(house.db)
    fast(house, rate=20)
    async with house.running():
        await until(lambda: len(got(house.telegram)) >= 2)
    broken = tables.copies.update().where(tables.copies.c.state == "waiting", tables.copies.c.number % 5 == 0).values(body=b"damaged")
    damaged = (await house.db.transact(lambda conn: conn.execute(broken))).rowcount
    assert damaged
    fast(house)
    async with house.running():
        found = await ends(house, ear)
    assert (found.refused, found.delivered) == (damaged, 20 - damaged)


async def test_what_is_paid_for_has_slots_of_its_own(house: House, ear: Ear) -> None:
    """Beyond the free rate, at the price; a reply is not slower and not paid for."""
    house.telegram.service.pace.limits = telegram_limits.Limits()
    house.telegram.world.stars = 100
    await settle(house.db, accounts(house.telegram, 300))
    sara = house.resident()
    async with house.running(paid_per_second=150.0):
        await begins(house.db, paid=True)
        began = asyncio.get_running_loop().time()
        await until(lambda: len(got(house.telegram)) >= 20)
        sara.writes("hello")
        await sara.hears("echo hello")
        await until(lambda: len(got(house.telegram)) == 300)
        assert asyncio.get_running_loop().time() - began < 8
        await ends(house, ear)
    assert house.refused() == []
    reply = next(call for call in house.telegram.world.asked("sendMessage") if "echo" in call.params["text"])
    assert not reply.params.get("allow_paid_broadcast")
    assert house.telegram.service.pace.charged > 0


async def test_an_audience_is_counted_by_the_rule_by_which_it_is_sent(house: House) -> None:
    """B88, B55: who is left out is counted too, and why."""
    languages: tuple[Language, ...] = ("en", "ar", "ckb")
    everybody = [replace(each, language=languages[each.number % 3]) for each in accounts(house.telegram, 1000)]
    everybody[:4] = [replace(each, reachable=False) for each in everybody[:4]]
    everybody[4:7] = [replace(each, seen=date(2025, 10, 1)) for each in everybody[4:7]]
    await settle(house.db, everybody)
    audience = Audience(languages=frozenset({"ar", "ckb"}))
    await crowd.does(house.db, OpenBroadcast(crowd.broadcast_of()))
    ear = Ear(CountAudience(BROADCAST, 1, Audience(), "drugs"), CountAudience(BROADCAST, 7, audience, "drugs"))
    house.decide = ear.decide
    async with house.running():
        house.resident("Omar").writes("hello")
        await until(lambda: ear.counted)
        await asyncio.sleep(0.2)
    sound = [each for each in everybody[7:] if each.language != "en"]
    assert [counted.revision for counted in ear.counted] == [7]
    assert ear.counted[0].people == len(sound)
    assert ear.counted[0].by_district == {FORUM: len(sound)}
    assert (ear.counted[0].blocked, ear.counted[0].quiet) == (4, 3)
    assert ear.counted[0].other_languages == len(everybody[7:]) - len(sound)


async def test_counting_holds_nobody_up(database: Database) -> None:
    """B91: the loop is free again after some milliseconds of work, however many there are."""
    await settle(database, [Somebody(number, number + 1) for number in range(3000)])
    done = asyncio.Event()
    counting = Counting(database, surroundings(database.keys), SystemClock(), told=done.set)
    running = asyncio.create_task(counting.run())
    longest = 0.0
    counting.ask(CountAudience(BROADCAST, 1, Audience(), "drugs"))
    async with asyncio.timeout(20):
        while not done.is_set():  # each turn of the loop is measured
            before = time.process_time()
            await asyncio.sleep(0)
            longest = max(longest, time.process_time() - before)
    running.cancel()
    assert longest < 0.05


async def test_a_stop_in_the_middle_is_quick_and_leaves_nothing_in_doubt(house: House, ear: Ear) -> None:
    """F28, F33: stop within two seconds, also while Telegram makes everything wait."""
    fast(house, rate=30)
    await settle(house.db, accounts(house.telegram, 100))
    await begins(house.db)
    async with house.running():
        await until(lambda: len(got(house.telegram)) >= 10)
        house.telegram.world.cut_network()
        await asyncio.sleep(0.2)
        stopped = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - stopped < 2
    house.telegram.world.mend_network()
    assert (await figures(house.db)).sending == 0
    async with house.running(per_second=500):
        found = await ends(house, ear)
    assert found.delivered == 100
    assert set(got(house.telegram).values()) == {1}


async def test_after_a_stop_it_goes_on_within_two_seconds(house: House, ear: Ear) -> None:
    """B90."""
    fast(house, rate=30)
    await settle(house.db, accounts(house.telegram, 60))
    await begins(house.db)
    async with house.running():
        await until(lambda: len(got(house.telegram)) >= 10)
    told = len(got(house.telegram))
    async with house.running():
        await until(lambda: len(got(house.telegram)) > told, 2)


async def test_an_occurrence_that_is_opened_twice_is_sent_once(house: House, ear: Ear) -> None:
    """F29: whatever fires twice."""
    fast(house)
    await settle(house.db, accounts(house.telegram, 20))
    await begins(house.db)
    again = crowd.occurrence_of(id=OccurrenceId("occurrencezz"))
    await crowd.opens(house.db, again)
    async with house.running():
        await ends(house, ear)
        await asyncio.sleep(0.3)
    assert ear.ended == [OCCURRENCE]
    assert set(got(house.telegram).values()) == {1}
