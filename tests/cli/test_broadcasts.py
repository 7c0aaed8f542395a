"""`alwand broadcasts`: numbers beside a running bot, a bar in a terminal, lines elsewhere, and nothing of what is said or to whom."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pty
import re
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.sendings import Speed
from bot.config import example
from bot.model.broadcasts import Counted, OccurrenceState
from bot.model.ids import OccurrenceId
from bot.storage import broadcasts, occurrences, tallies
from bot.storage.database import Database
from tests.storage.samples import KHANAQIN, NOW, a_broadcast, a_content, an_occurrence

KEY = base64.b64encode(bytes(range(32))).decode()  # that of every test's database
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
COMMAND = (sys.executable, "-m", "bot", "broadcasts")
SENT = replace(an_occurrence(), state="sending", started=NOW)
BEFORE = replace(
    an_occurrence("occurrencbbb"), wall=SENT.wall - timedelta(days=7), due=SENT.due - timedelta(days=7), state="done", listed=True
)


class Office:
    """A database beside which the command runs, as it does beside the bot."""

    def __init__(self, database: Database, settings: Path) -> None:
        self.database, self.settings = database, settings

    async def tells(self, counts: dict[str, int], of: OccurrenceId = SENT.id) -> None:
        """Add numbers, as the sender does."""
        keyed = {(what, KHANAQIN if what != "opted_out" else "", "ar" if what != "opted_out" else ""): n for what, n in counts.items()}
        await self.database.transact(lambda conn: tallies.add(conn, of, keyed))

    async def moves(self, state: OccurrenceState) -> None:
        """Move what is sent into another state."""
        found = await self.database.read(lambda conn: occurrences.load(conn, SENT.id))
        assert found is not None
        await self.database.transact(lambda conn: occurrences.move(conn, replace(found, state=state)))

    async def runs(self, *arguments: str) -> tuple[str, str]:
        """What the command prints, and what it complains of."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "--config", str(self.settings), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, err.decode()
        return out.decode(), err.decode()


@pytest.fixture
async def office(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """One broadcast that was sent last week and is being sent again; on SQLite and on PostgreSQL."""
    settings = tmp_path / "config.toml"
    settings.write_text(example().read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "alwand.key").write_text(f"{KEY}\n", encoding="ascii")
    (tmp_path / "alwand.key").chmod(0o400)
    monkeypatch.setenv("ALWAND_STORAGE__URL", database_url)

    async def work(conn: AsyncConnection) -> None:
        await broadcasts.open_broadcast(conn, database.keys, replace(a_broadcast(), counted=Counted(1, 400)), NOW)
        for occurrence in (SENT, BEFORE):
            await occurrences.open_occurrence(conn, database.keys, occurrence, a_content())

    await database.transact(work)
    return Office(database, settings)


async def test_the_list_says_when_where_and_how_many(office: Office) -> None:
    """B89: exact numbers, newest first; neither what was said, nor to whom."""
    await office.tells({"listed": 300, "delivered": 120, "blocked": 3, "gone": 1, "opted_out": 2})
    await office.tells({"listed": 40, "delivered": 40}, BEFORE.id)
    out, _ = await office.runs()
    first, second = out.splitlines()
    assert (
        first == f"2026-03-14 12:30  khanaqin      {SENT.broadcast}  being sent: 124 of 400 (120 delivered, 3 blocked, 1 gone, 2 opted out)"
    )
    assert second.endswith("sent: 40 of 40 (40 delivered)")
    assert (await office.runs("--most", "1"))[0] == f"{first}\n"
    for said in (*(outgoing.text for outgoing in a_content().outgoing.values()), *a_broadcast().texts.values()):
        assert said not in out


async def test_a_program_reads_json(office: Office) -> None:
    await office.tells({"listed": 300, "delivered": 120})
    out, _ = await office.runs("--json")
    first, second = [json.loads(line) for line in out.splitlines()]
    assert (first["state"], first["people"], first["settled"], first["delivered"], first["wall"]) == (
        "sending", 400, 120, 120, "2026-03-14T12:30:00",
    )  # fmt: skip
    assert (second["state"], second["people"]) == ("done", 0)
    assert first.keys() == {
        "broadcast", "forum", "wall", "state", "due", "started", "ended", "people", "settled", "delivered", "blocked", "gone", "refused",
        "unsure", "opted_out",
    }  # fmt: skip


async def test_nothing_sent_and_nothing_being_sent_is_told(office: Office) -> None:
    await office.moves("cancelled")
    assert (await office.runs("--watch"))[0] == "Nothing is being sent.\n"
    assert await office.runs("--watch", "--json") == ("", "")
    await office.database.transact(lambda conn: broadcasts.drop(conn, SENT.broadcast))
    assert (await office.runs())[0] == "Nothing has been sent yet.\n"


def _hearing_ctrl_c() -> None:
    """As in a terminal, even where the suite runs in the background, which hears no Ctrl-C and hands that down."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A terminal with the command in it."""

    def __init__(self, office: Office) -> None:
        self.shown = ""
        self._office = office
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Terminal:
        """Start it."""
        self._master, slave = pty.openpty()
        asyncio.get_running_loop().add_reader(self._master, self._read)
        command = (*COMMAND, "--config", str(self._office.settings), "--watch")
        self.process = await asyncio.create_subprocess_exec(
            *command, stdout=slave, stderr=slave, env={**os.environ, "COLUMNS": "100"}, preexec_fn=_hearing_ctrl_c
        )
        os.close(slave)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)

    def _read(self) -> None:
        try:
            arrived = os.read(self._master, 65536)
        except OSError:  # the other side has closed
            asyncio.get_running_loop().remove_reader(self._master)
            return
        self.shown += arrived.decode(errors="replace")
        self._changed.set()

    async def until(self, pattern: str) -> None:
        """Wait until the terminal has shown this."""
        async with asyncio.timeout(30):
            while not re.search(pattern, self.shown):
                self._changed.clear()
                await self._changed.wait()


async def test_a_bar_moves_in_a_terminal_until_all_is_sent(office: Office) -> None:
    """Works beside whoever writes: the numbers come from another process."""
    await office.tells({"listed": 400, "delivered": 100})
    async with Terminal(office) as terminal:
        await terminal.until(r"2026-03-14 12:30 khanaqin  \[#+-+\]  100/400  0/s")
        await office.tells({"delivered": 97, "blocked": 3})
        await terminal.until(r"\[#+-+\]  200/400  \d+/s, \d+:\d\d left")
        await office.moves("paused")
        await terminal.until("200/400  paused")
        await office.moves("sending")
        await office.tells({"delivered": 200})
        await office.moves("done")
        await terminal.until(r"sent: 400 of 400 \(397 delivered, 3 blocked\)")
        assert await asyncio.wait_for(terminal.process.wait(), 10) == 0
    assert terminal.shown.rstrip().endswith("(397 delivered, 3 blocked)")


async def test_ctrl_c_ends_the_looking_and_nothing_else(office: Office) -> None:
    await office.tells({"listed": 400, "delivered": 100})
    async with Terminal(office) as terminal:
        await terminal.until("100/400")
        terminal.process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(terminal.process.wait(), 10) == 130
        await terminal.until("what is being sent goes on")
    assert "Traceback" not in terminal.shown
    assert terminal.shown.rindex(SHOW_CURSOR) > terminal.shown.rindex(HIDE_CURSOR)
    found = await office.database.read(lambda conn: occurrences.load(conn, SENT.id))
    assert found is not None
    assert found.state == "sending"


async def test_without_a_terminal_there_are_lines(office: Office) -> None:
    await office.tells({"listed": 400, "delivered": 100})
    process = await asyncio.create_subprocess_exec(*COMMAND, "--config", str(office.settings), "--watch", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    first = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
    assert first.endswith("being sent: 100 of 400 (100 delivered); 0/s\n")
    await office.moves("done")
    last = (await asyncio.wait_for(process.stdout.read(), 30)).decode()
    assert last.splitlines()[-1].endswith("sent: 100 of 400 (100 delivered)")
    assert "\x1b" not in first + last
    assert await process.wait() == 0


def test_a_speed_is_of_the_last_seconds_and_knows_what_is_left() -> None:
    speed = Speed()
    assert speed.a_second == 0
    for second in range(30):
        speed.look(float(second), second * 10 if second < 15 else 150 + (second - 15) * 30)
    assert speed.a_second == 30
    assert speed.left(600 + 30 * 14) == pytest.approx((600 + 30 * 14 - 570) / 30)
    speed.look(40.0, 570)
    speed.look(50.0, 570)
    assert speed.left(600) is None
