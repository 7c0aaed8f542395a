"""What `alwand check` asks Telegram, and how it says to mend what it hears (B72, B112)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.backup import sealing
from bot.check import Finding, examine, machine
from bot.check.telegram import connected
from bot.cli.keys import make
from bot.clock import OffsetClock, SystemClock
from bot.config import example, load
from bot.demo.server import StandIn
from bot.model.ids import PROVINCE
from tests.check.test_machine import make_database

NAMES = ["khanaqin", "mandali", "saadiya", "jalawla", "khalis", "muqdadiya", "baquba", PROVINCE]


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with StandIn.start() as stand_in:
        yield stand_in


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing at each examination: `test_machine.py` does, and so does the whole command below."""

    async def not_drawn() -> Finding:
        return Finding("fine", "pictures", "")

    monkeypatch.setattr(machine, "pictures", not_drawn)


BACKUPS = sealing.pair()[0]


class Town:
    """A configured bot whose forums are groups of the stand-in."""

    def __init__(self, telegram: StandIn, folder: Path) -> None:
        self.telegram = telegram
        self.folder = folder
        self.groups = {name: telegram.world.group(name) for name in NAMES}
        make(folder / "alwand.key")
        (folder / "token").write_text(telegram.token)

    def write(self, *changes: tuple[str, str]) -> Path:
        text = example().read_text(encoding="utf-8")
        head, *districts = text.split("\n[[district]]\n")
        head = head.replace("[province]", f"[province]\nchat_id = {self.groups[PROVINCE].id}")
        districts = [f"chat_id = {self.groups[name].id}\n{part}" for name, part in zip(NAMES, districts, strict=False)]
        text = "\n[[district]]\n".join([head, *districts])
        text = text.replace("# checked_on = 2026-01-31            # FILL IN", f"checked_on = {SystemClock().now():%Y-%m-%d} #")
        text = text.replace("https://api.telegram.org", self.telegram.url).replace(
            '# token_file = "telegram.token"', 'token_file = "token"'
        )
        text = text.replace('# recipient = "age1..."', f'recipient = "{BACKUPS}"')
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        file = self.folder / "config.toml"
        file.write_text(text, encoding="utf-8")
        return file

    async def examined(self, *changes: tuple[str, str], clock: SystemClock | None = None) -> dict[str, Finding]:
        return {found.subject: found async for found in examine(load(self.write(*changes)), clock or SystemClock())}


@pytest.fixture
def town(telegram: StandIn, tmp_path: Path) -> Town:
    return Town(telegram, tmp_path)


async def test_a_town_in_order_has_nothing_to_mend(town: Town) -> None:
    """B112: settings, key, database, disk, languages, numbers, token, clock and groups."""
    found = await town.examined()
    assert {subject: finding for subject, finding in found.items() if finding.level != "fine"} == {}
    assert [*found][:4] == ["settings", "key", "database", "disk"]
    assert {"language ar", "language ckb", "language en", "number 911", "token", "clock", "privacy mode", "webhook"} < found.keys()
    assert sum(subject.startswith("group of ") for subject in found) == 8


async def test_an_examination_changes_nothing(town: Town) -> None:
    await town.examined()
    assert {call.method for call in town.telegram.world.calls} == {"getMe", "getWebhookInfo", "getChat", "getChatMember"}
    assert all(group.all == [] for group in town.groups.values())


async def test_a_token_that_telegram_does_not_know_is_told(town: Town) -> None:
    (town.folder / "token").write_text("7000000005:AAHcanary-canary_canaryCANARYcanary12")
    found = (await town.examined())["token"]
    assert found.level == "wrong"
    assert "ask @BotFather" in found.remedy
    assert "canary" not in found.told()


async def test_a_missing_token_is_told_and_telegram_is_not_asked(town: Town) -> None:
    found = await town.examined(('token_file = "token"', ""))
    assert found["token"].level == "wrong"
    assert "ALWAND_TELEGRAM__TOKEN" in found["token"].remedy
    assert list(town.telegram.world.calls) == []


async def test_a_network_that_is_down_is_told_without_the_token(town: Town) -> None:
    """B50: the address of a request holds the token."""
    town.telegram.world.cut_network()
    found = (await town.examined())["Telegram"]
    assert found.level == "wrong"
    assert "cannot be reached" in found.words
    assert town.telegram.token.partition(":")[2] not in found.told()


async def test_a_short_wait_that_telegram_asks_for_is_waited_out(telegram: StandIn, town: Town) -> None:
    refused = telegram.faults.add("status", "getMe", status=429, retry_after=1)
    assert (await town.examined())["token"].level == "fine"
    assert refused.met == 1


async def test_a_webhook_set_a_moment_ago_can_be_deleted(telegram: StandIn) -> None:
    """Twice within a second is too often for Telegram: who takes a webhook away comes right after a bot that set it."""
    async with connected(telegram.url, telegram.token) as api:
        await api.ask("setWebhook", url="https://bot.example/telegram")
        assert (await api.ask("deleteWebhook")).code == 0
    assert [call.status for call in telegram.world.asked("deleteWebhook")] == [429, 200]


async def test_a_long_wait_is_told(telegram: StandIn, town: Town) -> None:
    telegram.faults.add("status", "getWebhookInfo", status=429, retry_after=3600, times=None)
    code, _, told = await run("webhook", "show", "--config", town.write())
    assert (code, "Telegram asks to wait 3600 s: try again then" in told) == (1, True), told


async def test_a_server_that_is_not_telegram_is_told(town: Town) -> None:
    found = await town.examined((town.telegram.url, town.telegram.url.replace("http://", "https://")))
    assert found["Telegram"].level == "wrong"


@pytest.mark.parametrize("seconds", [-3600, -45, 45, 86400])
async def test_a_clock_that_is_wrong_is_told(town: Town, seconds: int) -> None:
    (town.folder / "offset").write_text(str(seconds))
    found = (await town.examined(clock=OffsetClock(town.folder / "offset")))["clock"]
    assert found.level == "wrong"
    assert ("ahead of" if seconds > 0 else "behind") in found.words
    assert "timedatectl" in found.remedy


async def test_a_clock_that_is_a_little_off_is_fine(town: Town) -> None:
    (town.folder / "offset").write_text(str(timedelta(seconds=20).total_seconds()))
    assert (await town.examined(clock=OffsetClock(town.folder / "offset")))["clock"].level == "fine"


async def test_a_bot_that_hears_all_talk_is_told(town: Town) -> None:
    """B72."""
    town.telegram.world.can_read_all_group_messages = True
    found = (await town.examined())["privacy mode"]
    assert found.level == "mind"
    assert "/setprivacy" in found.remedy


class TestAGroup:
    async def test_without_the_bot_is_told(self, town: Town) -> None:
        del town.groups["mandali"].members[town.telegram.world.bot["id"]]
        found = (await town.examined())["group of Mandali"]
        assert (found.level, "add the bot to the group" in found.remedy) == ("wrong", True)

    async def test_that_is_gone_is_told(self, town: Town) -> None:
        found = (await town.examined((str(town.groups["mandali"].id), "-1009999999999")))["group of Mandali"]
        assert (found.level, found.words) == ("wrong", "the bot cannot see it")

    async def test_where_the_bot_is_no_administrator_is_told(self, town: Town) -> None:
        """B72."""
        town.groups["mandali"].members[town.telegram.world.bot["id"]].status = "member"
        found = (await town.examined())["group of Mandali"]
        assert found.level == "wrong"
        assert "Administrators, and add the bot" in found.remedy

    async def test_where_the_bot_may_not_write_is_told(self, town: Town) -> None:
        """B72."""
        bot = town.groups["mandali"].members[town.telegram.world.bot["id"]]
        bot.status, bot.lacks = "restricted", frozenset({"can_send_messages"})
        found = (await town.examined())["group of Mandali"]
        assert (found.level, found.words) == ("wrong", "the bot may not write there")

    async def test_that_is_public_is_told(self, town: Town) -> None:
        town.groups["mandali"].username = "mandali_forum"
        found = (await town.examined())["group of Mandali"]
        assert (found.level, "choose Private" in found.remedy) == ("wrong", True)

    async def test_whose_history_is_open_to_whoever_joins_is_told(self, town: Town) -> None:
        town.groups["mandali"].shows_history = True
        found = (await town.examined())["group of Mandali"]
        assert (found.level, "Hidden" in found.remedy) == ("mind", True)

    async def test_that_is_not_linked_is_told_with_the_command_that_links_it(self, town: Town) -> None:
        """B116."""
        found = (await town.examined((f"chat_id = {town.groups['mandali'].id}", "")))["group of Mandali"]
        assert (found.level, found.remedy) == ("wrong", "alwand forum code mandali --config FILE")

    async def test_that_is_none_is_told(self, town: Town) -> None:
        channel = town.telegram.world.channel("News", bot="administrator")
        found = (await town.examined((str(town.groups["mandali"].id), str(channel.id))))["group of Mandali"]
        assert (found.level, found.remedy) == ("wrong", "link a group")


CHANNEL = ('# channel = "@…" ', 'channel = "@khanaqin_forum" ')


class TestAChannel:
    async def test_where_the_bot_may_post_is_fine(self, town: Town) -> None:
        town.telegram.world.channel("Khanaqin", bot="administrator", username="khanaqin_forum")
        assert (await town.examined(CHANNEL))["channel of Khanaqin"].level == "fine"

    async def test_that_is_not_there_is_told(self, town: Town) -> None:
        found = (await town.examined(CHANNEL))["channel of Khanaqin"]
        assert (found.level, "see whether channel is right" in found.remedy) == ("wrong", True)

    @pytest.mark.parametrize("status", ["member", "administrator"])
    async def test_where_the_bot_may_not_post_is_told(self, town: Town, status: str) -> None:
        channel = town.telegram.world.channel("Khanaqin", bot=status, username="khanaqin_forum")
        channel.members[town.telegram.world.bot["id"]].lacks = frozenset({"can_post_messages"})
        found = (await town.examined(CHANNEL))["channel of Khanaqin"]
        assert (found.level, found.words) == ("wrong", "the bot may not post there")
        assert "let it post messages" in found.remedy

    async def test_that_is_a_group_is_told(self, town: Town) -> None:
        group = town.telegram.world.group("Not a channel", kind="supergroup")
        found = (await town.examined((CHANNEL[0], f'channel = "{group.id}" ')))["channel of Khanaqin"]
        assert (found.level, found.remedy) == ("wrong", "name a channel")


class TestPaidBroadcasts:
    async def test_are_not_looked_into_unless_they_are_on(self, town: Town) -> None:
        assert "Stars" not in await town.examined()
        assert not town.telegram.world.asked("getMyStarBalance")

    async def test_are_told_with_what_the_balance_is_good_for(self, town: Town) -> None:
        town.telegram.world.stars = 2500
        found = (await town.examined(("paid = false", "paid = true ")))["Stars"]
        assert (found.level, found.words) == ("fine", "2,500 on the balance, for 25,000 messages of broadcasts")

    async def test_without_anything_to_pay_with_are_told(self, town: Town) -> None:
        found = (await town.examined(("paid = false", "paid = true ")))["Stars"]
        assert (found.level, "set paid = false" in found.remedy) == ("wrong", True)


async def run(*arguments: str | Path) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=Path(__file__).parents[2], env={**os.environ},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_the_command_ends_with_0_if_all_is_in_order(town: Town) -> None:
    """B112: the whole command, as an operator runs it."""
    file = town.write()
    await make_database(load(file))
    code, out, err = await run("check", "--config", file)
    assert (code, err) == (0, "")
    assert "✔ database: whole, of this version, and opened by this key" in out
    assert "✔ group of Khanaqin: the bot can work there" in out
    assert out.endswith("\nEverything is in order.\n")
    assert town.telegram.token.partition(":")[2] not in out


async def test_the_command_ends_with_1_and_says_what_to_do(town: Town) -> None:
    """B112."""
    town.groups["mandali"].username = "mandali_forum"
    code, out, err = await run("check", "--config", town.write())
    assert (code, err) == (1, "")
    assert "✖ group of Mandali: is public: everybody can read the reports\n    → open the group's settings" in out
    assert "1 to mend" in out
