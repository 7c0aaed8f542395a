"""Who comes, goes, rises and falls in a group, what the bot is told of it, and the upgrade to a supergroup."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from bot.demo.world.chat import INSIDE, TELEGRAM, WRITE_RIGHTS, Chat, Member

if TYPE_CHECKING:
    from bot.demo.world.people import Person

Json = dict[str, Any]


def change_member(
    chat: Chat,
    user: Json,
    status: str,
    by: Json,
    *,
    lacks: frozenset[str] = frozenset(),
    is_anonymous: bool = False,
) -> None:
    """Give somebody another standing in a group, with the updates and the service message that Telegram makes of it."""
    world = chat.world
    is_bot = user["id"] == world.bot["id"]
    before = chat.members.get(user["id"]) or Member(user, "left")
    after = Member(user, status, lacks, is_anonymous)
    chat.members[user["id"]] = after
    knows = world.bot["id"] in chat.members and (chat.members[world.bot["id"]].is_inside or is_bot)
    if knows:
        world.tell_bot(
            "my_chat_member" if is_bot else "chat_member",
            {
                "chat": chat.shown,
                "from": by,
                "date": world.clock.stamp(),
                "old_chat_member": before.shown(chat.kind),
                "new_chat_member": after.shown(chat.kind),
            },
        )
    if after.is_inside and not before.is_inside:
        chat.receive(chat.compose(by, new_chat_members=[user]))
    elif before.is_inside and not after.is_inside:
        chat.receive(chat.compose(by, left_chat_member=user))
    chat.announce()


def bot_becomes(chat: Chat, status: str, by: Person, *, lacks: frozenset[str] = frozenset()) -> None:
    """Add, promote, demote or remove the bot."""
    change_member(chat, chat.world.bot, status, by.user, lacks=lacks)


def mute_bot(chat: Chat, by: Person) -> None:
    """Take the right to write from the bot."""
    bot_becomes(chat, "restricted", by, lacks=frozenset(WRITE_RIGHTS))


def kick_bot(chat: Chat, by: Person) -> None:
    """Throw the bot out."""
    bot_becomes(chat, "kicked", by)


def promote(chat: Chat, person: Person, by: Person, *, anonymously: bool = False) -> None:
    """Make a member an administrator."""
    change_member(chat, person.user, "administrator", by.user, is_anonymous=anonymously)


def demote(chat: Chat, person: Person, by: Person) -> None:
    """Make an administrator a member again."""
    change_member(chat, person.user, "member", by.user)


def remove(chat: Chat, person: Person, by: Person) -> None:
    """Throw somebody out."""
    change_member(chat, person.user, "kicked", by.user)


def migrate(chat: Chat, *, quietly: bool = False) -> int:
    """Upgrade a group to a supergroup; returns the new chat id. The old id answers with `migrate_to_chat_id` from now on.

    `quietly` holds back the two service messages, so that the bot meets the change as an error first;
    `tell_migration` delivers them.
    """
    if chat.kind != "group":
        raise ValueError("only a group can become a supergroup")
    world = chat.world
    old_id, new_id = chat.id, world.new_chat_id("supergroup")
    chat.former += chat.messages.values()
    chat.messages, chat.touched, chat.with_keyboard = {}, {}, set()
    chat.id, chat.kind, chat._ids = new_id, "supergroup", itertools.count(1)
    chat.forget_shown()
    world.moved[old_id] = new_id
    world.chats[new_id] = world.chats.pop(old_id)
    for before, after in list(world.moved.items()):
        if after == old_id:
            world.moved[before] = new_id
    if not quietly:
        tell_migration(chat, old_id)
    world.changed("chat", chat_id=old_id, moved_to=new_id)
    return new_id


def tell_migration(chat: Chat, old_id: int) -> None:
    """Deliver the service messages: in the old group where it went, in the new one where it came from."""
    old = {"id": old_id, "type": "group", "title": chat.title}
    sender = next((member.user for member in chat.members.values() if member.status in INSIDE), TELEGRAM)
    raw: Json = {
        "message_id": chat.world.next_message_id(),
        "from": sender,
        "chat": old,
        "date": chat.world.clock.stamp(),
        "migrate_to_chat_id": chat.id,
    }
    chat.former.append(raw)
    me = chat.members.get(chat.world.bot["id"])
    if me is not None and me.is_inside:
        chat.world.tell_bot("message", raw)
    chat.receive(chat.compose(sender, migrate_from_chat_id=old_id))
