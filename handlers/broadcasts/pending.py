"""What a broadcast's `asking` holds: the step of the composer that is open, with what was chosen on the way but does not count yet.

It is kept with the broadcast, so that its message reads the same after a restart. Steps that begin with `when` belong to the choice of the
time, which reads and writes them itself.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal, get_args

from bot.model.broadcasts import Broadcast
from bot.model.messages import Attachment, AttachmentKind

Step = Literal["", "topic", "audience", "quiz", "right", "file", "sure", "change", "delete"]
"""What the message shows below the facts: the fields (empty), a choice, or a question whether somebody means it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What is open.

    Attributes:
        kind, file, size, duration: of a voice or video that waits for the word that everybody may hear it.
        returned: why the province gave it back.
        again: whether it was submitted before, so that its card stands far up in the province's group.
    """

    step: Step = ""
    kind: str = ""
    file: str = ""
    size: int = 0
    duration: int = 0
    returned: str = ""
    again: bool = False

    def attachment(self) -> Attachment | None:
        """Return the file that waits."""
        kind = next((kind for kind in get_args(AttachmentKind) if kind == self.kind), None)
        return Attachment(kind, self.file, self.size, duration=self.duration) if kind and self.file else None


def pending(broadcast: Broadcast) -> Pending:
    """Return what is open; no step where it is not one of these, nothing where it cannot be read, as after an upgrade."""
    try:
        read = json.loads(broadcast.asking) if broadcast.asking else {}
        known = Pending(**{name: value for name, value in read.items() if name in Pending.__dataclass_fields__})
    except (ValueError, TypeError, AttributeError):
        return Pending()
    return known if known.step in get_args(Step) else replace(known, step="")


def opened(broadcast: Broadcast, step: Step = "") -> Broadcast:
    """Return the broadcast with another step open, or none; what the province said, and that it was there, is kept."""
    known = pending(broadcast)
    return holding(broadcast, Pending(step, returned=known.returned, again=known.again))


def holding(broadcast: Broadcast, what: Pending) -> Broadcast:
    """Return the broadcast with exactly this open."""
    kept = {name: value for name, value in asdict(what).items() if value}
    return replace(broadcast, asking=json.dumps(kept, ensure_ascii=False) if kept else "")
