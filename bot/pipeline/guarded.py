"""The channel, for whoever sends on duty: no call begins while it is not sure that the duty is still this process's.

What was claimed before the duty was lost is sent once more by the next holder, as unsure. A process that was stopped in between, and wakes,
must not send it a third time, nor behind what has been said since.
"""

from __future__ import annotations

from bot.channels.base import Channel, Sign, Sure, always
from bot.model.outgoing import Outcome, Outgoing
from bot.storage.duty import Tenure


class Guarded:
    """A channel through which nothing leaves that is not ours to say. Everything else is as it was."""

    def __init__(self, channel: Channel, tenure: Tenure) -> None:
        self._channel = channel
        self._tenure = tenure
        self.name = channel.name
        self.capabilities = channel.capabilities
        self.read = channel.read
        self.receive = channel.receive
        self.answers = channel.answers
        self.acknowledge = channel.acknowledge
        self.takes = channel.takes
        self.set_chat_menu = channel.set_chat_menu

    @property
    def heard(self) -> float | None:
        """As the channel says."""
        return self._channel.heard

    @property
    def alone(self) -> bool:
        """As the channel says."""
        return self._channel.alone

    @property
    def waiting(self) -> int | None:
        """As the channel says."""
        return self._channel.waiting

    async def send(
        self, chat: str, outgoing: Outgoing, *, shown: tuple[str, ...], answers: str | None, sign: Sign, sure: Sure = always
    ) -> Outcome:
        """Show it in the chat as far as that is sure to be ours to do; see `Channel.send`."""

        async def both() -> None:
            await sure()
            await self._tenure.be_sure()

        return await self._channel.send(chat, outgoing, shown=shown, answers=answers, sign=sign, sure=both)

    async def leave(self, chat: str) -> None:
        """Leave a group, once that is sure to be ours to do."""
        await self._tenure.be_sure()
        await self._channel.leave(chat)
