"""What can be examined on this machine alone."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import charts
from bot.check.finding import Finding, fine, mind, wrong
from bot.config import Config
from bot.errors import AlwandError
from bot.i18n import catalogues
from bot.model.ids import LANGUAGES, PROVINCE, ForumId
from bot.storage import forums
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.room import LEAST_BYTES, LEAST_SHARE
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of

HALF_A_YEAR = timedelta(days=183)
"""A number to call is tried again after this."""


def key_file(config: Config) -> Finding:
    """Examine the key file: there, a key, readable by its owner alone."""
    try:
        Keyring.parse(config.key())
        file = config.key_file()
        mode = stat.S_IMODE(file.stat().st_mode)
    except (AlwandError, OSError) as error:
        return wrong("key", "cannot be used", str(error))
    # systemd lets the user in by a list beside the mode, which shows there as a right of the group; nobody else gets into its folder.
    systemds = str(file.parent) == os.environ.get("CREDENTIALS_DIRECTORY")
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and not systemds:
        return wrong("key", "others on this machine can use the key file", f"chmod 400 {file}")
    return fine("key", "only its owner can read it")


async def database(config: Config) -> tuple[Finding, Mapping[ForumId, str]]:
    """Examine the database, unchanged. Returns also the forums' groups as far as they are known, by forum."""
    configured = config.chats()
    if config.storage.url.startswith("sqlite") and not path_of(config.storage.url).exists():
        return fine("database", "there is none yet; `alwand run` makes it"), configured
    try:
        opened = await Database.open(config.storage.url, Keyring.parse(config.key()), migrate=False)
        try:
            linked = await opened.read(lambda conn: _groups(conn, config))
        finally:
            await opened.close()
    except AlwandError as error:
        return wrong("database", "cannot be opened", str(error)), configured
    except StorageUnavailable as error:
        return wrong(
            "database", f"cannot be read ({error.reason})", "see whether its disk is whole and has space, then check again"
        ), configured
    return fine("database", "whole, of this version, and opened by this key"), {**configured, **linked}


async def _groups(conn: AsyncConnection, config: Config) -> Mapping[ForumId, str]:
    addresses = {forum: await forums.address(conn, forum) for forum in [*(each.id for each in config.places().districts), PROVINCE]}
    return {forum: address[1] for forum, address in addresses.items() if address is not None}


def backup(config: Config) -> Finding:
    """Examine whether backups can be made, and whether what they must not bring back is written down."""
    if config.backup.recipient is None:
        return mind("backup", "none can be made, and a disk that breaks takes every report with it", "see docs/backup.md")
    if not config.backup.erased.parent.is_dir():
        return wrong("backup", "the list of what is erased has no folder", f"make {config.backup.erased.parent}")
    return fine("backup", "`alwand backup FOLDER` makes one")


def disk(config: Config) -> Finding:
    """Examine the space left where the database is: the bot takes no messages where less than 5 % and 200 MB are left."""
    folder = path_of(config.storage.url).parent if config.storage.url.startswith("sqlite") else Path.cwd()
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return wrong("disk", f"{folder} cannot be examined", "make the folder, or change [storage] url")
    free, share = usage.free, usage.free / usage.total
    if free < LEAST_BYTES or share < LEAST_SHARE:
        return wrong("disk", f"{free // 1024**2} MB free ({share:.0%})", f"make room on the disk of {folder}: 5 % and 200 MB are needed")
    return fine("disk", f"{free // 1024**2} MB free")


def languages() -> list[Finding]:
    """Examine whether every sentence exists in every language."""
    every = catalogues.catalogue("en").sentences.keys()
    findings = []
    for language in LANGUAGES:
        there = catalogues.catalogue(language).sentences
        lacking = sum(1 for sentence in every if not all(there.get(sentence, ("",))))
        if lacking:
            remedy = f"translate locales/{language}/LC_MESSAGES/messages.po; until then people read them in English"
            findings.append(wrong(f"language {language}", f"{lacking} of {len(every)} sentences are missing", remedy))
        else:
            findings.append(fine(f"language {language}", f"all {len(every)} sentences"))
    return findings


def hotlines(config: Config, today: date) -> list[Finding]:
    """Examine when the numbers that residents see were last tried."""
    findings = []
    for hotline in config.hotline:
        if not hotline.show:
            continue
        subject = f"number {hotline.number}"
        remedy = f'try it with the local police, then set checked_on = {today} under [[hotline]] "{hotline.key}"'
        if hotline.checked_on is None:
            findings.append(wrong(subject, "nobody has said that it was tried; a wrong number can cost a life", remedy))
        elif hotline.checked_on > today:
            findings.append(wrong(subject, "is said to have been tried on a day that is still to come", remedy))
        elif today - hotline.checked_on > HALF_A_YEAR:
            findings.append(mind(subject, f"last tried on {hotline.checked_on}, more than half a year ago", remedy))
        else:
            findings.append(fine(subject, f"tried on {hotline.checked_on}"))
    return findings


async def pictures() -> Finding:
    """Examine whether numbers can be drawn, by drawing some."""
    drawn = await charts.picture("دیالى", (("1", 1, True),), "ar")
    if drawn is None:
        remedy = "install matplotlib 3.11 or newer beside the bot: the extra is called pictures"
        return mind("pictures", "none can be drawn, so the numbers of broadcasts are shown in words alone", remedy)
    return fine("pictures", "numbers can be drawn")
