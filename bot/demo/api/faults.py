"""Faults on order: what the network and Telegram do to a bot on a bad day.

Kinds: `status` answers an error without doing anything (`status`, `description`, `retry_after`); `html` answers a web
page as a proxy does; `truncated` does it and cuts the JSON; `reset_before` and `reset_after` break the connection before
or after it was done; `hang` does it and never answers; `stall` neither does nor answers; `delay` does it after `seconds`;
`late` does it at once and answers after `seconds`; `says` does nothing and answers `body`, whatever that is, as if all
were well.
"""

from dataclasses import dataclass

KINDS = frozenset({"status", "html", "truncated", "reset_before", "reset_after", "hang", "stall", "delay", "late", "says"})


@dataclass(slots=True)
class Fault:
    """One fault.

    `method` "*" means all but getUpdates, "file" a file's download, "webhook" an update that is
    brought (`reset_before`, `reset_after`, `delay`); `times` None means until cleared.
    """

    kind: str
    method: str = "*"
    chat: int | None = None
    times: int | None = 1
    status: int = 500
    description: str = ""
    retry_after: int | None = None
    seconds: float = 0.0
    body: bytes = b""
    met: int = 0

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist."""
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind!r}")

    def fits(self, method: str, chat: int | None) -> bool:
        """Whether this call is to be broken."""
        if self.times is not None and self.met >= self.times:
            return False
        named = method not in ("getUpdates", "webhook") if self.method == "*" else self.method.lower() == method.lower()
        return named and (self.chat is None or self.chat == chat)


class Faults:
    """The faults in force; the first that fits a call meets it."""

    def __init__(self) -> None:
        self.all: list[Fault] = []
        self.latency = 0.0

    def add(self, kind: str, method: str = "*", **details: object) -> Fault:
        """Put a fault in force. `details` are the fields of Fault."""
        fault = Fault(kind, method, **details)  # type: ignore[arg-type]
        self.all.append(fault)
        return fault

    def meet(self, method: str, chat: int | None) -> Fault | None:
        """The fault this call meets, counted."""
        if not self.all:
            return None
        for fault in self.all:
            if fault.fits(method, chat):
                fault.met += 1
                return fault
        return None

    def clear(self) -> None:
        """All is well again."""
        self.all.clear()
        self.latency = 0.0
