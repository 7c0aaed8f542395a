"""F22 and F23: a token that is not the bot's any more, and somebody else who asks for its updates."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.transport import Transport
from tests.fire.faults import one_line, others_are_served, until_alarm
from tests.fire.judge import judge
from tests.fire.kept import kept, settled
from tests.fire.table.conftest import Raise
from tests.town.process import start
from tests.town.town import Town

OTHER_TOKEN = "7000000004:AAHcanary-canary_canaryCANARYcanary12"


@pytest.mark.parametrize("status", [401, 404])
async def test_f22_a_token_that_is_revoked_ends_the_bot_and_a_new_one_goes_on(town: Town, status: int) -> None:
    """F22: exit code 3 with an alarm; what was not sent is sent by the bot with the new token."""
    sara = town.resident("en")
    await sara.arrives()
    known = town.telegram.token
    faults = town.telegram.faults
    faults.add("status", "getUpdates", times=None, status=status, description="Unauthorized")
    faults.add("status", "getMe", times=None, status=status, description="Unauthorized")
    faults.add("status", "*", times=None, status=status, description="Unauthorized")
    sara.says("/report")
    assert await town.ends() == 3
    one_line(town, "telegram", word="token_rejected")
    assert "@BotFather" in town.log
    faults.clear()
    town.world.token = f"{town.world.bot['id']}:AAHanother-token_anotherTOKENanother1"
    town.environment["ALWAND_TELEGRAM__TOKEN"] = town.world.token
    await town.starts()
    await sara.is_told("danger?")
    assert known.partition(":")[2] not in town.log


async def test_f22_a_file_that_telegram_does_not_know_is_no_revoked_token(sqlite_town: Town) -> None:
    """F22: python-telegram-bot calls both InvalidToken; the report goes on without the file, and says so."""
    town = sqlite_town
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    sara.says("A photo of it.")
    sara.acts(lambda person: person.sends("photo"))
    await sara.taps("done")
    town.telegram.faults.add("status", "getFile", times=None, status=404, description="Not Found")
    town.telegram.faults.add("status", "file", times=None, status=404, description="Not Found")
    await sara.answers("media?", "yes")
    await town.forums["khanaqin"].card(await sara.finishes())
    await others_are_served(town)
    assert town.process is not None
    assert town.process.returncode is None


async def test_f23_a_second_bot_on_the_same_file_refuses_and_the_first_goes_on(sqlite_town: Town) -> None:
    """F23, B11: even with another token."""
    town = sqlite_town
    other = town.environment | {"ALWAND_TELEGRAM__TOKEN": OTHER_TOKEN}
    second = start(["run", "--config", str(town.folder / "config.toml")], other, town.folder / "second.log")
    assert await second.wait() == 2
    assert "another Alwand runs on this database" in (town.folder / "second.log").read_text()
    await others_are_served(town)


async def test_f23_somebody_else_who_polls_with_the_token_is_told_once_and_both_are_served_by_turns(town: Town) -> None:
    """F23: 409; the bot backs off and comes back, and what it had stored twice is handled once."""
    sara = town.resident("en")
    await sara.arrives()
    transport = Transport()
    url = f"{town.telegram.url}/bot{town.telegram.token}/getUpdates"

    async def poll() -> None:
        while True:
            try:
                await transport.call(url, {"timeout": 1}, 10)
            except Exception:
                await asyncio.sleep(0.05)

    foreign = asyncio.create_task(poll())
    await until_alarm(town, "telegram", word="other_poller")
    reference = await sara.reports("Somebody else reads this too.")
    foreign.cancel()
    await asyncio.gather(foreign, return_exceptions=True)
    await transport.shutdown()
    await town.forums["khanaqin"].card(reference)
    await others_are_served(town)
    await settled(town)
    (await judge(town)).sound()
    one_line(town, "telegram", word="other_poller")
    assert len((await kept(town)).tickets) == 1


async def test_f23_two_processes_into_one_server_handle_everything_once(raise_town: Raise, request: pytest.FixtureRequest) -> None:
    """F23: on SQLite the second refuses, on PostgreSQL the two share the work; either way there is one of everything."""
    async with raise_town() as town:
        second = start(
            ["run", "--config", str(town.folder / "config.toml")],
            town.environment | {"XDG_RUNTIME_DIR": str(town.folder / "second")},
            town.folder / "second.log",
        )
        (town.folder / "second").mkdir()
        people = [town.resident("en", f"Resident{number}") for number in range(4)]
        await asyncio.gather(*(person.arrives() for person in people))
        references = await asyncio.gather(*(person.reports(f"Report {number}.") for number, person in enumerate(people)))
        for reference in references:
            await town.forums["khanaqin"].card(reference)
        await settled(town)
        (await judge(town)).sound()
        assert len(set(references)) == 4
        second.send(15)  # type: ignore[arg-type]
        await second.wait()
