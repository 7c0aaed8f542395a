"""One occurrence while its copies are sent: what is said, which copies are at hand, and what has been learnt from those that went."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from bot.model.broadcasts import Occurrence
from bot.model.ids import Language, OccurrenceId
from bot.model.outgoing import Later, Never, Outcome, Outgoing, Sent
from bot.storage.copies import Claim, Copy
from bot.storage.occurrences import Content

REFUSALS: Final = 5
"""So many refusals of one language's message in a row, and it is the message that is wrong."""
UPLOADS: Final = 5
"""So often a file is uploaded for one person who cannot be shown it as others can (no voice notes, say) before all go side by side."""
UPLOAD_AGAIN: Final = "upload_again"
"""Why a channel wants a file once more: it does not know the name any more under which it had taken it."""


class Head(NamedTuple):
    """A copy at hand, and its recipient's token in the sender's books."""

    copy: Copy
    recipient: str


@dataclass(frozen=True, slots=True)
class Errand:
    """A claimed copy: where it goes, and in which language its reader reads now."""

    copy: Copy
    recipient: str
    claim: Claim
    address: tuple[str, str]
    language: Language


@dataclass(slots=True)
class Sending:
    """What is known of an occurrence that is being sent.

    Attributes:
        key: the broadcast's, which seals the copies.
        uploaded: the channel's name of the file, once it has it; `uploads`: how often it was sent without one coming of it.
        heads: copies at hand, in their order.
        stale, look_at: whether there are others in the database, and when (monotonic) to look for them unasked.
        trying: to whom a message is under way from which something is to be learnt before the next ones go; empty where none is.
    """

    occurrence: Occurrence
    key: bytes
    content: Content
    uploaded: str | None
    heads: deque[Head] = field(default_factory=deque)
    stale: bool = True
    look_at: float = 0.0
    trying: str = ""
    uploads: int = 0
    _proven: set[Language] = field(default_factory=set)
    _refused: Counter[Language] = field(default_factory=Counter)
    _outgoing: dict[Language, Outgoing] = field(default_factory=dict)

    @property
    def id(self) -> OccurrenceId:
        """Return which occurrence it is."""
        return self.occurrence.id

    def outgoing(self, language: Language) -> Outgoing:
        """Return what readers of a language get, the same for all of them."""
        if language not in self._outgoing:
            said = self.content.outgoing[language]
            self._outgoing[language] = replace(said, uploaded=self.uploaded, paid=self.occurrence.paid, whole=True)
        return self._outgoing[language]

    def proven(self, language: Language) -> bool:
        """Whether the channel has taken the message before, so that many may go side by side.

        Until then they go one by one: the first uploads the file for all, and what is refused is refused to few.
        """
        waits_for_file = self.uploads < UPLOADS and self.uploaded is None and self.outgoing(language).attachment is not None
        return language in self._proven and not waits_for_file

    def learn(self, outgoing: Outgoing, outcome: Outcome) -> bool:
        """Learn from what became of a message; tell whether the occurrence has to stop because the message itself is not taken."""
        language = outgoing.language
        match outcome:
            case Sent(uploaded=uploaded):
                self._proven.add(language)
                self._refused[language] = 0
                self._has(uploaded, language)
            case Later(reason=reason) if reason == UPLOAD_AGAIN and outgoing.uploaded == self.uploaded:
                self.uploaded = None
                self._outgoing.clear()
            case Never("refused", "file_lost"):
                return True
            case Never("refused"):
                self._refused[language] += 1
                return self._refused[language] == REFUSALS
        return False

    def _has(self, uploaded: str | None, language: Language) -> None:
        if self.outgoing(language).attachment is None:
            return
        if self.uploaded is None and uploaded is None:
            self.uploads += 1
        elif self.uploaded is None:
            self.uploaded = uploaded
            self._outgoing.clear()


def pick(heads: deque[Head], room: int, may: Callable[[Head], bool]) -> list[Head]:
    """Take up to so many heads that may go, leaving the others in their order."""
    picked: list[Head] = []
    left: list[Head] = []
    while heads and len(picked) < room:
        head = heads.popleft()
        (picked if may(head) else left).append(head)
    heads.extendleft(reversed(left))
    return picked
