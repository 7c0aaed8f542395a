"""Telegram.

    transport.py                     HTTP, and what an answer was: given, refused, unreached, lost
    intake.py                        what both ways in have in common
    receive.py batch.py              the long poll: raw updates, stored before they are acknowledged
    webhook.py                       the other way: Telegram brings them, and is answered once they are stored
    read.py contents.py fields.py    one update as an `Arrival`, from an allow-list of fields
    send.py posting.py layout.py     an `Outgoing` as messages: split, with buttons, edited, sent anew
    withdraw.py                      taken back
    splitting.py keyboards.py        where long texts are cut; which way rows run
    files.py media.py containers.py mp4.py  attachments: fetched, cleaned, uploaded as new
    outcomes.py                      one table of what Telegram's refusals mean
    setup.py                         the command menus

Nothing here decides or stores, and nothing here logs: what comes in and goes out is what people confide.
"""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.setup import Entry, Menus
from bot.channels.telegram.webhook import Webhook

__all__ = ["Entry", "Menus", "TelegramChannel", "Webhook"]
