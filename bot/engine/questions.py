"""The kinds of question that conversations are made of. Each reads what was sent, and never throws anything of it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.engine.keeping import FULL, full
from bot.engine.talk import Answered, GoTo, Label, Misfit, Progress, Question, Shown, Taken, Unanswered
from bot.engine.typed import chosen
from bot.model.events import Event, MediaReceived, TextReceived
from bot.model.messages import Attachment, Button
from bot.model.people import Piece as StoryPiece
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Piece, paragraphs

SKIPPED = ""
"""What is stored of a line that was skipped."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the key that is stored, and its label."""

    key: str
    label: Label


def rows(options: Sequence[Option], columns: int) -> tuple[tuple[tuple[Label, str], ...], ...]:
    """Lay options out in rows of so many."""
    flat = [(option.label, option.key) for option in options]
    return tuple(tuple(flat[start : start + columns]) for start in range(0, len(flat), columns))


@dataclass(frozen=True)
class Choice(Question[str]):
    """One of several options. `alike`: whichever is chosen, the same questions follow, so `exploring` need not try each."""

    name: str
    prompt: Piece
    options: tuple[Option, ...]
    columns: int = 1
    extras: tuple[Button, ...] = ()
    alike: bool = False

    def show(self, situation: Situation, stored: Any) -> Shown:
        """Show the options as buttons."""
        return Shown(self.prompt, rows(self.options, self.columns), self.extras)

    def take(self, situation: Situation, event: Event, stored: Any) -> Taken:
        """Take a typed number or label; anything else is not an answer."""
        if isinstance(event, TextReceived):
            index = chosen(situation, event.text, [option.label for option in self.options])
            if index is not None:
                return Answered(self.options[index].key)
        return Misfit()

    def choose(self, situation: Situation, key: str, stored: Any) -> Taken:
        """Take the option, if it is one of today's."""
        return Answered(key) if any(option.key == key for option in self.options) else Misfit()

    def parse(self, situation: Situation, stored: Any) -> str:
        """Return the chosen key; a key that configuration no longer has is asked for again."""
        if not any(option.key == stored for option in self.options):
            raise Unanswered
        return str(stored)

    def samples(self, situation: Situation) -> Sequence[Any]:
        """Every option, or one of those that are alike."""
        return [option.key for option in self.options[: 1 if self.alike else None]]


@dataclass(frozen=True)
class Line(Question[str]):
    """A few words. `only_words`: there is no story to keep a file for."""

    name: str
    prompt: Piece
    limit: int = 200
    may_skip: bool = True
    only_words: bool = False

    def show(self, situation: Situation, stored: Any) -> Shown:
        """Show a Skip button."""
        return Shown(self.prompt, (((C_("button", "Skip"), "skip"),),) if self.may_skip else ())

    def take(self, situation: Situation, event: Event, stored: Any) -> Taken:
        """Take words up to the limit."""
        if not isinstance(event, TextReceived):
            return Misfit(N_("Please write it in words; a file cannot be passed on here.") if self.only_words else None)
        text = event.text.strip()
        if self.may_skip and chosen(situation, text, [C_("button", "Skip")], digits=False) == 0:
            return Answered(SKIPPED)
        if not text:
            return Misfit()
        if len(text) > self.limit:
            over = len(text) - self.limit
            return Misfit(
                P_(
                    "The message is {count} letter too long. Please make it shorter, or send it in two parts.",
                    "The message is {count} letters too long. Please make it shorter, or send it in two parts.",
                    over,
                )
            )
        return Answered(text)

    def choose(self, situation: Situation, key: str, stored: Any) -> Taken:
        """Skip."""
        return Answered(SKIPPED) if key == "skip" and self.may_skip else Misfit()

    def parse(self, situation: Situation, stored: Any) -> str:
        """Return the words."""
        if not isinstance(stored, str):
            raise Unanswered
        return stored

    def samples(self, situation: Situation) -> Sequence[Any]:
        """Skipped where that is allowed, and some words."""
        return [SKIPPED, "Sample"] if self.may_skip else ["Sample"]


@dataclass(frozen=True)
class Story(Question[tuple[StoryPiece, ...]]):
    """What happened, in as many messages as the person likes, until Done. What was sent too early is already part of it."""

    name: str
    prompt: Piece

    def _pieces(self, situation: Situation, stored: Any) -> tuple[StoryPiece, ...]:
        own = tuple(read_piece(piece) for piece in (stored or {}).get("pieces", ()))
        kept = situation.draft.kept if situation.draft else ()
        return in_order(kept + own)

    def show(self, situation: Situation, stored: Any) -> Shown:
        """Show what is there already, and Done once there is something."""
        pieces = self._pieces(situation, stored)
        if not pieces:
            return Shown(self.prompt)
        return Shown(paragraphs(self.prompt, received(pieces)), (((C_("button", "Done"), "done"),),))

    def take(self, situation: Situation, event: Event, stored: Any) -> Taken:
        """Add words or a file."""
        pieces = self._pieces(situation, stored)
        if isinstance(event, TextReceived) and pieces and chosen(situation, event.text, [C_("button", "Done")], digits=False) == 0:
            return self.choose(situation, "done", stored)
        piece = piece_of(event)
        if piece is None:
            return Misfit()
        if full([held.text for held in pieces]):
            return Progress(stored, FULL)
        own = [*(stored or {}).get("pieces", ()), write_piece(piece)]
        return Progress({"pieces": own, "done": False}, received((*pieces, piece)), album=piece.album)

    def choose(self, situation: Situation, key: str, stored: Any) -> Taken:
        """Finish, if there is anything."""
        if key != "done" or not self._pieces(situation, stored):
            return Misfit()
        return Answered({"pieces": list((stored or {}).get("pieces", ())), "done": True})

    def parse(self, situation: Situation, stored: Any) -> tuple[StoryPiece, ...]:
        """Return all pieces in the order in which they were written."""
        pieces = self._pieces(situation, stored)
        if not isinstance(stored, dict) or not stored.get("done") or not pieces:
            raise Unanswered
        return pieces

    def samples(self, situation: Situation) -> Sequence[Any]:
        """Words alone; a photo with words; a voice note."""
        photo = StoryPiece("Sample", Attachment("photo", "sample"))
        stories = [(StoryPiece("Sample"),), (photo,), (StoryPiece("", Attachment("voice", "sample")),)]
        return [{"pieces": [write_piece(piece) for piece in story], "done": True} for story in stories]


@dataclass(frozen=True)
class Review(Question[None]):
    """The last look: send it, or choose a part to answer again. `parts` are question names with their labels."""

    name: str
    body: Piece
    parts: tuple[Option, ...]
    extras: tuple[Button, ...] = field(default=())

    def show(self, situation: Situation, stored: Any) -> Shown:
        """Show the card, or the parts that can be changed."""
        if stored == "edit":
            return Shown(N_("Which part do you want to change?"), rows(self.parts, 2))
        return Shown(self.body, (((C_("button", "Send"), "send"),), ((C_("button", "Edit"), "edit"),)), self.extras)

    def take(self, situation: Situation, event: Event, stored: Any) -> Taken:
        """Take typed digits and labels as the buttons."""
        if isinstance(event, TextReceived):
            shown = [pair for row in self.show(situation, stored).choices for pair in row]
            index = chosen(situation, event.text, [label for label, _ in shown])
            if index is not None:
                return self.choose(situation, shown[index][1], stored)
        return Misfit()

    def choose(self, situation: Situation, key: str, stored: Any) -> Taken:
        """Send, list the parts, or go to one."""
        if key == "send":
            return Answered("send")
        if key == "edit":
            return Progress("edit")
        return GoTo(key) if any(part.key == key for part in self.parts) else Misfit()

    def parse(self, situation: Situation, stored: Any) -> None:
        """Only Send completes it."""
        if stored != "send":
            raise Unanswered

    def samples(self, situation: Situation) -> Sequence[Any]:
        """Send."""
        return ["send"]


def choose(name: str, prompt: Piece, options: Sequence[Option], *, columns: int = 1, alike: bool = False) -> Choice:
    """Ask for one of several."""
    return Choice(name, prompt, tuple(options), columns, alike=alike)


def agree(name: str, prompt: Piece, *, yes: Label | None = None, no: Label | None = None, extras: Sequence[Button] = ()) -> Choice:
    """Ask yes or no; the answer is `yes` or `no`."""
    options = (Option("yes", yes or C_("button", "Yes")), Option("no", no or C_("button", "No")))
    return Choice(name, prompt, options, 2, tuple(extras))


def line(name: str, prompt: Piece) -> Line:
    """Ask for a few words that may be skipped."""
    return Line(name, prompt)


def write(name: str, prompt: Piece, *, limit: int = 3000, only_words: bool = False) -> Line:
    """Ask for words that are needed."""
    return Line(name, prompt, limit, may_skip=False, only_words=only_words)


def tell(name: str, prompt: Piece) -> Story:
    """Ask what happened: words, voice, photos, video, as many as wanted."""
    return Story(name, prompt)


def review(name: str, body: Piece, parts: Sequence[Option]) -> Review:
    """Show what will be sent and ask for the last word."""
    return Review(name, body, tuple(parts))


def piece_of(event: Event) -> StoryPiece | None:
    """Return the piece of a story that an event brings, if it brings one."""
    match event:
        case TextReceived(text, message) if text.strip():
            return StoryPiece(text, message=message)
        case MediaReceived(attachment, caption, album, message):
            return StoryPiece(caption, attachment, album or "", message)
        case _:
            return None


def in_order(pieces: tuple[StoryPiece, ...]) -> tuple[StoryPiece, ...]:
    """Return what was written first before what was written later, whichever came first, where the channel counts its messages."""
    if all(piece.message.isdecimal() for piece in pieces):
        return tuple(sorted(pieces, key=lambda piece: int(piece.message)))
    return pieces


def read_piece(stored: dict[str, Any]) -> StoryPiece:
    """Return a piece from its JSON."""
    attachment = stored.get("attachment")
    return StoryPiece(stored["text"], Attachment(**attachment) if attachment else None, stored.get("album", ""), stored.get("message", ""))


def write_piece(piece: StoryPiece) -> dict[str, Any]:
    """Return a piece as JSON."""
    stored: dict[str, Any] = {"text": piece.text, "album": piece.album, "message": piece.message}
    if (file := piece.attachment) is not None:
        stored["attachment"] = {
            "kind": file.kind,
            "file": file.file,
            "size": file.size,
            "too_big": file.too_big,
            "duration": file.duration,
        }
    return stored


def received(pieces: Sequence[StoryPiece]) -> Piece:
    """Say what has arrived so far, and of a file that is too big, what will become of it."""
    files = sum(1 for piece in pieces if piece.attachment is not None)
    too_big = any(piece.attachment is not None and piece.attachment.too_big for piece in pieces)
    counted: Piece = (
        P_(
            "We received {count} file. You can send more or press “Done”.",
            "We received {count} files. You can send more or press “Done”.",
            files,
        )
        if files
        else N_("We have your words. You can send more or press “Done”.")
    )
    if not too_big:
        return counted
    return paragraphs(
        N_(
            "This file is too big (limit: {limit} MB). The forum will only be told that there is one. "
            "Please send a smaller one, or describe it in words.",
            limit=20,
        ),
        counted,
    )
