"""What every method needs: the world, the limits, and whether the bot may act in a chat."""

from typing import Any

from bot.demo.api.courier import Courier
from bot.demo.api.limits import PRICE, Limits, Pace
from bot.demo.api.reading import Upload
from bot.demo.api.refusals import bad, forbidden, migrated, too_many
from bot.demo.world.chat import IN_CHARGE, Chat, Member
from bot.demo.world.people import Person
from bot.demo.world.world import World

Json = dict[str, Any]

_PLACES = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}
_WRITING = {
    "text": ("can_send_messages", "text messages"),
    "photo": ("can_send_photos", "photos"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "video": ("can_send_videos", "videos"),
    "audio": ("can_send_audios", "music"),
    "document": ("can_send_documents", "documents"),
    "poll": ("can_send_polls", "polls"),
}


class Service:
    """Telegram, as one bot reaches it."""

    def __init__(self, world: World, limits: Limits | None, courier: Courier, *, repeat_guard: float = 0.5) -> None:
        self.world = world
        self.courier = courier
        self.pace = Pace(limits)
        self.repeat_guard = repeat_guard
        self.uploads: dict[str, Upload] = {}

    def chat(self, chat_id: int | str) -> Chat:
        """The chat with this id or public name. Refuses one that is unknown, never met, or upgraded."""
        world = self.world
        if isinstance(chat_id, str):
            found = world.named.get(chat_id.removeprefix("@").lower())
        elif chat_id in world.moved:
            raise migrated(world.moved[chat_id])
        else:
            found = world.chats.get(chat_id)
            if found is None and (person := world.somebody(chat_id)):
                found = person.talk
        if found is None or (found.person is not None and not self._has_met(found.person)):
            raise bad("chat not found")
        return found

    def addressee(self, chat_id: int | str) -> Chat:
        """The chat that a message is for; who is in the crowd stays there."""
        world = self.world
        if world.crowd is not None and chat_id in world.crowd and chat_id not in world.chats:
            return world.crowd.seat(int(chat_id))
        return self.chat(chat_id)

    def _has_met(self, person: Person) -> bool:
        """Whether the bot knows this account: it was spoken to, or shares a group with it."""
        return person.has_started or any(person.id in chat.members for chat in self.world.chats.values())

    def me(self, chat: Chat) -> Member:
        """The bot as a member of a group. Refuses when it is not in it."""
        place = _PLACES[chat.kind]
        if chat.is_deleted:
            raise forbidden(f"the {place.removesuffix(' chat')} chat was deleted")
        member = chat.members.get(self.world.bot["id"])
        if member is None or member.status == "left":
            raise forbidden(f"bot is not a member of the {place}")
        if member.status == "kicked":
            raise forbidden(f"bot was kicked from the {place}")
        return member

    def may_reach(self, chat: Chat) -> None:
        """Refuse when this person or group cannot be written to at all."""
        if chat.person is None:
            self.me(chat)
        elif chat.person.is_deactivated or chat.person.is_blocking:
            if self.world.crowd is not None and chat.id in self.world.crowd:
                self.world.crowd.refused(chat.person)
            raise forbidden("user is deactivated" if chat.person.is_deactivated else "bot was blocked by the user")
        elif not chat.person.has_started:
            raise forbidden("bot can't initiate conversation with a user")

    def may_write(self, chat: Chat, kind: str) -> None:
        """Refuse when the bot may not send this kind of message here."""
        self.may_reach(chat)
        if chat.person is not None:
            if kind == "voice" and chat.person.refuses_voices:
                raise bad("VOICE_MESSAGES_FORBIDDEN")
            return
        right, named = _WRITING.get(kind, ("can_send_messages", "text messages"))
        member = self.me(chat)
        if chat.kind == "channel" and not (member.status in IN_CHARGE and member.may("can_post_messages")):
            raise bad("need administrator rights in the channel chat")
        if member.status == "restricted" and not member.may(right):
            raise bad(f"not enough rights to send {named} to the chat")

    def may_manage(self, chat: Chat, right: str, refusal: str) -> None:
        """Refuse when the bot is in the group without this right."""
        if not self.me(chat).may(right):
            raise bad(refusal)

    def topic(self, chat: Chat, topic_id: int | None) -> Json:
        """The fields of a message in this thread."""
        if topic_id is None:
            return {}
        topic = chat.topics.get(topic_id)
        if topic is None or topic.is_deleted:
            raise bad("message thread not found")
        if topic.is_closed and not self.me(chat).may("can_manage_topics"):
            raise bad("TOPIC_CLOSED")
        return {"message_thread_id": topic_id, "is_topic_message": True}

    def count(self, chat: Chat, count: int = 1, *, paid: bool = False) -> None:
        """Count sends, edits and new topics. Refuses with 429 when there were too many.

        What Telegram says to a bot that would pay and has no Stars is not documented; here the free limits hold for it.
        """
        paid = paid and self.stars > 0
        wait = self.pace.spend(chat.id, self.world.clock.now(), count, paid=paid)
        if wait:
            raise too_many(wait)

    @property
    def stars(self) -> int:
        """What the bot's balance holds, in billionths of a Star."""
        return self.world.stars * 10**9 - self.pace.charged * PRICE

    def own(self, chat: Chat, message_id: int, missing: str, foreign: str) -> Json:
        """A message of the bot in this chat."""
        raw = chat.messages.get(message_id)
        if raw is None:
            raise bad(missing)
        if not chat.is_bots(raw) or "pinned_message" in raw:
            raise bad(foreign)
        return raw
