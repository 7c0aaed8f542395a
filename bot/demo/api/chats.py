"""What a bot can learn about a chat, and how it leaves one."""

from typing import Any

from bot.demo.api.refusals import bad
from bot.demo.api.service import Service
from bot.demo.world.chat import IN_CHARGE, WRITE_RIGHTS, Chat, Member
from bot.demo.world.membership import change_member

Json = dict[str, Any]

MOST_REACTIONS = 11
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(service: Service, given: Json) -> Json:
    """The Bot API's ChatFullInfo object."""
    chat = service.chat(given["chat_id"])
    shown = dict(chat.shown)
    shown |= {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": MOST_REACTIONS,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if chat.person is None:
        service.me(chat)
        if chat.kind != "channel":
            shown["permissions"] = dict.fromkeys(WRITE_RIGHTS[:12], True)
        if chat.kind == "supergroup":
            shown["has_visible_history"] = chat.shows_history
        if chat.linked is not None:
            shown["linked_chat_id"] = chat.linked.id
    if chat.pinned and chat.pinned[-1] in chat.messages:
        pinned = chat.messages[chat.pinned[-1]]
        shown["pinned_message"] = {key: value for key, value in pinned.items() if key != "reply_to_message"}
    return shown


def get_chat_member(service: Service, given: Json) -> Json:
    """One member's standing; somebody who was never here has left."""
    chat = service.chat(given["chat_id"])
    if chat.person is None:
        service.me(chat)
    member = members_of(service, chat).get(given["user_id"])
    if member is not None:
        return member.shown(chat.kind)
    person = service.world.somebody(given["user_id"])
    if person is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return Member(person.user, "left").shown()


def get_chat_administrators(service: Service, given: Json) -> list[Json]:
    """Who is in charge; of bots, only this one unless `return_bots`."""
    chat = service.chat(given["chat_id"])
    if chat.person is not None:
        raise bad("there are no administrators in the private chat")
    service.me(chat)
    own = service.world.bot["id"]
    return [
        member.shown(chat.kind)
        for member in chat.members.values()
        if member.status in IN_CHARGE and (not member.user["is_bot"] or member.user["id"] == own or given.get("return_bots"))
    ]


def get_chat_member_count(service: Service, given: Json) -> int:
    """How many are in the chat, the bot among them."""
    chat = service.chat(given["chat_id"])
    if chat.person is None:
        service.me(chat)
    return sum(member.is_inside for member in members_of(service, chat).values())


def leave_chat(service: Service, given: Json) -> bool:
    """Go out of a group."""
    chat = service.chat(given["chat_id"])
    if chat.person is not None:
        raise bad("chat member status can't be changed in private chats")
    service.me(chat)
    change_member(chat, service.world.bot, "left", service.world.bot)
    return True


def members_of(service: Service, chat: Chat) -> dict[int, Member]:
    """The members of any chat; of a private one, its two sides."""
    if chat.person is None:
        return chat.members
    bot = service.world.bot
    return {chat.id: Member(chat.person.user, "member"), bot["id"]: Member(bot, "member")}
