"""The settings of the machine: how it reaches Telegram, where it keeps things, how long, how fast."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from bot.config import faults
from bot.config.section import Section

SQLITE = "sqlite+aiosqlite:///"
TOKEN_FORM = r"\d+:[\w-]{20,}"  # noqa: S105 - what a token looks like, not one

Database = Annotated[
    str,
    AfterValidator(
        faults.matching(
            r"sqlite\+aiosqlite:///(?!:memory:).+|postgresql\+asyncpg://.+",
            "should be sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER@HOST/DATABASE",
        )
    ),
]
PUBLIC_API = "https://api.telegram.org"
Address = Annotated[str, AfterValidator(faults.matching(r"https?://[^\s/?#]+", "should be https://HOST, without a path"))]

Loopback = Annotated[
    str,
    AfterValidator(
        faults.matching(
            r"127\.0\.0\.1|::1",
            "should be 127.0.0.1 or ::1: the numbers show when people write, so others on the network must not see them; "
            "Prometheus on another machine needs a tunnel to this one",
        )
    ),
]


def _local(address: str) -> str:
    try:
        return str(ip_address(address))
    except ValueError:
        raise ValueError("should be an address of this machine in numbers, such as 127.0.0.1, or 0.0.0.0 for all of them") from None


def _token(token: SecretStr) -> SecretStr:
    faults.matching(TOKEN_FORM, "should look like 123456789:AA..., as BotFather gave it")(token.get_secret_value())
    return token


def _public(recipient: str) -> str:
    if recipient.upper().startswith("AGE-SECRET-KEY-"):
        raise ValueError("is the private key, which must not be on this machine: take the line that begins with age1, and make a new pair")
    return faults.matching(r"age1[02-9ac-hj-np-z]{58}", "should be age1..., as `alwand backup keys FILE` showed it")(recipient)


Public = Annotated[str, AfterValidator(faults.matching(r"https?://[^\s/?#@]+(/[^\s?#]*)?", "should be https://HOST/PATH"))]


class Telegram(Section):
    """How the bot reaches Telegram, and Telegram the bot."""

    api_url: Address = Field(PUBLIC_API, description="Where the Bot API answers.")
    token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(None, description="Only as ALWAND_TELEGRAM__TOKEN.")
    token_file: Path | None = Field(None, description="A file with the token in its first line.")
    intake: Literal["polling", "webhook"] = Field("polling", description="Whether the bot asks for updates, or Telegram brings them.")
    poll_timeout: int = Field(50, ge=0, le=50, description="Seconds that one request waits for news.")
    webhook_url: Public | None = Field(None, description="The public address at which Telegram reaches the bot: https://HOST/PATH.")
    webhook_host: Annotated[str, AfterValidator(_local)] = Field("127.0.0.1", description="Where the bot listens for that.")
    webhook_port: int = Field(8081, ge=1, le=65535, description="The port there.")
    webhook_connections: int = Field(40, ge=1, le=100, description="How many connections Telegram may open at once.")


class Storage(Section):
    """Where everything is kept."""

    url: Database = Field(SQLITE + "alwand.db", repr=False, description="The database.")


class Keys(Section):
    """What opens the sealed columns."""

    file: Path | None = Field(None, description="The key file that `alwand keys new` made; without it the credential alwand_key.")


class Retention(Section):
    """How long things are kept."""

    closed_days: int = Field(180, ge=1, le=3650, description="A report, after it was closed.")
    draft_days: int = Field(7, ge=1, le=30, description="A report that was begun and never sent.")
    draft_reminder_minutes: int = Field(60, ge=1, le=1440, description="When to remind, once, of such a report.")


class Limits(Section):
    """How fast, how often, how long."""

    messages_per_second: int = Field(30, ge=1, le=1000, description="To all chats together, free of charge; Telegram takes 30.")
    chat_seconds: float = Field(1.0, ge=0.05, le=60, description="Between two messages to one chat.")
    group_per_minute: int = Field(20, ge=1, le=60, description="Messages and edits in one group.")
    late_after_minutes: int = Field(30, ge=1, le=1440, description="From when on a report is marked as having come late.")
    handler_seconds: float = Field(10, gt=0, le=60, description="How long one decision may take.")
    attempts: int = Field(3, ge=1, le=10, description="Tries before an update waits for a person.")
    transfers: int = Field(3, ge=1, le=10, description="How often a report may change its forum without the head.")


class Broadcasts(Section):
    """How broadcasts are sent."""

    paid: bool = Field(False, description="Whether they are paid for, so that they go faster: 0.1 Telegram Stars a message.")
    paid_per_second: int = Field(1000, ge=31, le=1000, description="How fast they then are.")

    @property
    def rate(self) -> int:
        """How many a second are paid for; 0 where none is."""
        return self.paid_per_second if self.paid else 0


class Health(Section):
    """Where the bot tells how it is."""

    port: int = Field(0, ge=0, le=65535, description="The port of /healthz, /readyz and /metrics; 0 for none.")
    host: Loopback = Field("127.0.0.1", description="127.0.0.1 or ::1: this machine alone.")


class Backup(Section):
    """What backups are made for, how many are kept, and what is known of erasures beside them."""

    recipient: Annotated[str, AfterValidator(_public)] | None = Field(None, description="The public key that backups are encrypted to.")
    keep: int = Field(14, ge=1, le=1000, description="How many backups stay in their folder.")
    erased: Path = Field(Path("alwand.erased"), description="The list of what was erased.")
    erased_days: int = Field(365, ge=7, le=3650, description="How long it is kept; no older backup is restored.")
    programs: Path | None = Field(None, description="The folder of pg_dump and pg_restore; without it, where programs are found.")

    @property
    def erased_kept(self) -> timedelta:
        """How long the list of what was erased reaches back."""
        return timedelta(days=self.erased_days)


class Service(Section):
    """How this process runs."""

    production: bool = Field(True, description="Off only for the demo and for tests: allows planned crashes and a moved clock.")
