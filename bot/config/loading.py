"""All settings together, and how they are read."""

from __future__ import annotations

import os
import re
import tomllib
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.config import faults
from bot.config.faults import Fault
from bot.config.machine import (
    PUBLIC_API,
    SQLITE,
    TOKEN_FORM,
    Backup,
    Broadcasts,
    Health,
    Keys,
    Limits,
    Retention,
    Service,
    Storage,
    Telegram,
)
from bot.config.places import Category, District, Hotline, Locality, ProvinceHead
from bot.config.times import CalendarRules
from bot.errors import ConfigError
from bot.model.calendar import Calendar
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import recording
from bot.model.province import Province

WEBHOOK_PORTS = (443, 80, 88, 8443)


class Config(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix="ALWAND_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    telegram: Telegram = Telegram()
    storage: Storage = Storage()
    keys: Keys = Keys()
    province: ProvinceHead
    district: tuple[District, ...] = Field(min_length=1)
    outside: tuple[Locality, ...] = ()
    category: tuple[Category, ...] = Field(min_length=1)
    hotline: tuple[Hotline, ...] = Field(min_length=1)
    calendar: CalendarRules = CalendarRules()
    retention: Retention = Retention()
    limits: Limits = Limits()
    broadcasts: Broadcasts = Broadcasts()
    backup: Backup = Backup()
    health: Health = Health()
    service: Service = Service()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults.refuse([*_twins(self), *_without_number(self), *_unreachable(self.telegram)])
        return self

    def token(self) -> str:
        """Return the bot's token: from the environment, the token file or the systemd credential. Raises ConfigError."""
        if self.telegram.token is not None:
            return self.telegram.token.get_secret_value()
        file = self.telegram.token_file or _credential("telegram_token")
        if file is None:
            raise ConfigError(
                "[telegram] token: is missing; set ALWAND_TELEGRAM__TOKEN, name a file in [telegram] token_file, "
                "or give systemd the credential telegram_token"
            )
        try:
            token = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeError) as error:
            raise ConfigError(f"[telegram] token_file: {file} cannot be read ({faults.reason(error)})") from None
        if not re.fullmatch(TOKEN_FORM, token):
            raise ConfigError(f"[telegram] token_file: {file} should hold the token alone, as BotFather gave it: 123456789:AA...")
        return token

    def key_file(self) -> Path:
        """Return where the key is: as set, or the systemd credential. Raises ConfigError."""
        file = self.keys.file or _credential("alwand_key")
        if file is None:
            raise ConfigError("[keys] file: is missing; make one with `alwand keys new FILE` and name it, or use the credential alwand_key")
        return file

    def key(self) -> str:
        """Return the text of the key file. Raises ConfigError."""
        file = self.key_file()
        try:
            return file.read_text(encoding="ascii")
        except (OSError, UnicodeError) as error:
            remedy = "make one with `alwand keys new FILE`, or restore the one you saved"
            raise ConfigError(f"[keys] file: {file} cannot be read ({faults.reason(error)}); {remedy}") from None

    def secrets(self) -> tuple[str, ...]:
        """Return what must never appear anywhere: the token, the key and the database's password. Raises ConfigError."""
        key = "".join(line for line in self.key().splitlines() if not line.startswith("#"))
        password = re.search(r"://[^/@]*?:([^/@]+)@", self.storage.url)
        return (self.token(), key, *([password[1], unquote(password[1])] if password else []))

    def places(self) -> Province:
        """Return the province as the conversations know it."""
        return Province(
            names=self.province.names.names(),
            language=self.province.language,
            districts=tuple(each.district() for each in self.district),
            categories=tuple(each.category() for each in self.category),
            hotlines=tuple(each.hotline() for each in self.hotline),
            outside=tuple(each.locality() for each in self.outside),
            keep_after_close=timedelta(days=self.retention.closed_days),
            draft_reminder=timedelta(minutes=self.retention.draft_reminder_minutes),
            draft_expiry=timedelta(days=self.retention.draft_days),
            reply_within=timedelta(days=self.province.answer_within_days),
            late_after=timedelta(minutes=self.limits.late_after_minutes),
            transfers=self.limits.transfers,
            greetings=frozenset(self.province.greeting),
            paid=self.broadcasts.rate,
        )

    def times(self) -> Calendar:
        """Return the rules of time as they are until the province's group changes them."""
        return self.calendar.calendar()

    def recordings(self) -> dict[str, Path]:
        """Return the recordings that can be sent, by the name that an attachment has for them."""
        return {recording(language): file for language, file in self.province.greeting.items()}

    def chats(self) -> dict[ForumId, str]:
        """Return the groups that the file links, by forum."""
        linked = {ForumId(each.id): each.chat_id for each in self.district} | {PROVINCE: self.province.chat_id}
        return {forum: str(chat) for forum, chat in linked.items() if chat is not None}


def load(path: Path | None = None) -> Config:
    """Read the settings; relative paths in them start at the file's folder.

    Raises:
        ConfigError: one line for each fault: where it stands, what is wrong, what to do. Never a value.
    """
    text = faults.read(path)
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None
    telegram = given.get("telegram")
    if isinstance(telegram, dict) and "token" in telegram:
        raise ConfigError(f"{path}: [telegram] token: does not belong in this file; use ALWAND_TELEGRAM__TOKEN or token_file")
    try:
        config = Config(**given)
    except ValidationError as error:
        raise ConfigError(faults.tell(error, Config, path, text, given)) from None
    except SettingsError as error:
        raise ConfigError(f"environment: {error}") from None
    return _anchored(config, path.parent.absolute() if path else Path.cwd())


def example() -> Path:
    """Return the explained example, which is also what the demo starts from: in the installed package or in the checkout."""
    package = Path(__file__).parents[1]
    installed = package / "config.example.toml"
    return installed if installed.exists() else package.parent / "config.example.toml"


def _twins(config: Config) -> list[Fault]:
    """Find what must be one of a kind and is not."""
    seen: dict[tuple[str, object], list[faults.Key]] = defaultdict(list)
    seen["id", PROVINCE].append(("province",))  # its id wherever forums are told apart
    seen["chat_id", config.province.chat_id].append(("province", "chat_id"))
    for index, district in enumerate(config.district):
        for name in ("id", "code", "chat_id"):
            seen[name, getattr(district, name)].append(("district", index, name))
        address = None if district.channel is None else district.channel.lower()
        seen["chat_id", int(address) if address and address.startswith("-") else address].append(("district", index, "channel"))
    for index, category in enumerate(config.category):
        seen["category", category.key].append(("category", index, "key"))
    for index, hotline in enumerate(config.hotline):
        seen["hotline", hotline.key].append(("hotline", index, "key"))
    return [
        Fault(twin, f"is the same as in {faults.in_words(first, {'province': {}})}; each needs its own")
        for (_, value), (first, *twins) in seen.items()
        if value is not None
        for twin in twins
    ]


def _without_number(config: Config) -> list[Fault]:
    if any(hotline.show for hotline in config.hotline):
        return []
    return [Fault(("hotline", 0, "show"), "none is shown, and residents must always see an emergency number; set show = true on it")]


def _unreachable(telegram: Telegram) -> list[Fault]:
    """Find why Telegram could not bring updates to the address it is to be given."""
    at = ("telegram", "webhook_url")
    if telegram.intake == "polling":
        return []
    if telegram.webhook_url is None:
        return [Fault(at, 'is missing: with intake = "webhook" Telegram brings updates to it, as https://HOST/PATH')]
    parts = urlsplit(telegram.webhook_url)
    if telegram.api_url == PUBLIC_API and parts.scheme != "https":
        return [Fault(at, "should be https://HOST/PATH: only a Bot API server of your own brings updates without TLS")]
    if telegram.api_url == PUBLIC_API and (parts.port or 443) not in WEBHOOK_PORTS:
        return [Fault(at, "should have one of the ports that Telegram goes to: 443, 80, 88 or 8443")]
    return []


def _anchored(config: Config, folder: Path) -> Config:
    url = config.storage.url
    telegram, keys = config.telegram, config.keys
    if telegram.token_file:
        telegram = telegram.model_copy(update={"token_file": folder / telegram.token_file.expanduser()})
    if keys.file:
        keys = keys.model_copy(update={"file": folder / keys.file.expanduser()})
    if url.startswith(SQLITE):
        url = SQLITE + str(folder / url.removeprefix(SQLITE))
    greeting = {language: _recorded(folder / file.expanduser()) for language, file in config.province.greeting.items()}
    province = config.province.model_copy(update={"greeting": greeting})
    backup = config.backup.model_copy(update={"erased": folder / config.backup.erased.expanduser()})
    if backup.programs:
        backup = backup.model_copy(update={"programs": folder / backup.programs.expanduser()})
    return config.model_copy(
        update={"telegram": telegram, "keys": keys, "storage": Storage(url=url), "province": province, "backup": backup}
    )


def _recorded(file: Path) -> Path:
    if not file.is_file():
        raise ConfigError(f"[province] greeting: {file} is not there; name a recording (OGG with Opus), or leave the language out")
    return file


def _credential(name: str) -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    file = Path(folder) / name if folder else None
    return file if file is not None and file.exists() else None
