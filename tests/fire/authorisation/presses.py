"""How each action of the table is tried: the buttons and replies that would do it, filled in as they have to be for it to succeed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from bot.model.events import MediaReceived
from bot.model.messages import Action, Attachment, card_slot, cast_slot
from bot.model.sessions import Session
from bot.model.tickets import Ticket
from handlers.broadcasts import composing, controlling, prompts
from handlers.desk.asking import PromptKind, prompt_slot
from handlers.sessions.asking import Field, field_slot
from handlers.sessions.plan import fingerprint
from tests.fire.authorisation.hamlet import Hamlet, waiting
from tests.fire.authorisation.subjects import Cast
from tests.fire.authorisation.trying import Command, Reply, Said, words
from tests.handlers.build import JALAWLA, MANDALI
from tests.handlers.casting import QUIZ

Ways = Sequence[Said]
TOKEN: Final = "token0000001"


def about_report(hamlet: Hamlet, ticket: Ticket) -> Mapping[str, Ways]:
    """Return what can be done about a report."""
    id, entry = ticket.id, waiting(ticket)
    args: dict[str, tuple[str, ...]] = {
        "take": (), "release": (), "reply": (), "note": (), "transfer": (), "return": (), "close": (), "card": (),
        "send": (entry,), "keep": (entry,), "drop": (entry,),
        "to": (MANDALI, TOKEN), "move": (MANDALI, TOKEN),
        "outcome": ("resolved", TOKEN), "skip": ("resolved", TOKEN), "cancel": (TOKEN,),
        "write": (), "reopen": (),
    }  # fmt: skip
    replies = {
        f"words: {kind}": [Reply(prompt_slot(kind, id, TOKEN, "resolved" if kind == "close" else ""), words("So be it."), id)]
        for kind in get_args(PromptKind)
    }
    photo = MediaReceived(Attachment("photo", "file-9"), "A photo", message="5")
    return {
        **{verb: [Action(verb, id, given)] for verb, given in args.items()},
        **replies,
        "words: to the card": [Reply(card_slot(id), words("I know the place."), id), Reply(card_slot(id), photo, id)],
        "words: to a message about it": [Reply(None, words("One thing more."), id)],
    }


def about_request(hamlet: Hamlet, ticket: Ticket) -> Mapping[str, Ways]:
    """Return what can be done about a request for a session, beside what can be done about a report."""
    others = [each for each in hamlet.requests.values() if each.forum == ticket.forum and each.state in ("new", "taken")]
    other = next((each.id for each in others if each.id != ticket.id), ticket.id[:-1] + "z")
    return {"schedule": [Action("schedule", ticket.id)], "join": [Action("join", ticket.id, (other, TOKEN))]}


FIELD_WORDS: Final[Mapping[Field, str]] = {"seats": "60", "came": "12 9 5"}


def about_session(hamlet: Hamlet, session: Session) -> Mapping[str, Ways]:
    """Return what can be done about a session."""

    def press(verb: str, *args: str) -> Action:
        return Action(verb, None, args, session.id)

    asked = hamlet.requests["new"].id
    values = (("audience", "women"), ("day", "20261207"), ("time", "1500"), ("due", "20261207"), ("who", "health"), ("asked", asked))
    fields = {
        f"words: {field}": [
            Reply(field_slot(session, field, TOKEN), words(FIELD_WORDS.get(field, "The library")), None, session.id)
        ]
        for field in get_args(Field)
    }  # fmt: skip
    return {
        "plan": [press("plan", "show")],
        "set": [press("set", *each) for each in values],
        "announce": [press("announce", fingerprint(session))],
        "off": [press("off")],
        "anew": [press("anew")],
        "came_of": [press("came_of", "promise00000", "kept")],
        "finish": [press("finish")],
        "words": [press("words")],
        **fields,
        "session": [press("session")],
        "map": [press("map")],
        "file": [press("file")],
        "rsvp": [press("rsvp", "no")],
        "rate": [press("rate", "bad")],
        "opine": [press("opine", "bad")],
    }


CAST_VALUES: Final[Mapping[str, str]] = {
    "open": "topic", "topic": "sessions", "text": "en", "quiz": "en", "right": "0", "lang": "-ckb",
    "area": "all", "circle": "women", "channels": "-on",
    "delete": "yes",
}  # fmt: skip
OK_STEPS: Final = ("preview", "approve", "return", "back", "leave", "undo")


def about_broadcast(hamlet: Hamlet, cast: Cast) -> Mapping[str, Ways]:
    """Return what can be done about a broadcast and its sending."""
    broadcast, occurrence = cast.broadcast, cast.occurrence
    revision = str(broadcast.revision)

    def press(verb: str, *args: str) -> Action:
        return Action(verb, None, args, broadcast=broadcast.id)

    def reply(field: str) -> Reply:
        file = MediaReceived(Attachment("photo", "file-9"), message="5")
        event = file if field == "file" else words(QUIZ if field.startswith("quiz") else "Keep away from drugs.")
        return Reply(f"{cast_slot(broadcast.id)}:{field}:{TOKEN}:certain", event)

    steps = {f"cast: {step}": [press("cast", step, CAST_VALUES.get(step, ""), revision)] for step in composing._TAPS}
    spoken = {"text": "text-en", "quiz": "quiz-en"}
    going = (
        {f"cast_go: {what}": [Action("cast_go", None, (what,), occurrence=occurrence.id)] for what in controlling._CONTROLS}
        if occurrence
        else {}
    )
    below = {"quiz": [Action("quiz", None, ("1",), occurrence=occurrence.id)]} if occurrence else {}
    return {
        **steps,
        "cast: change": [press("cast", "change", "yes", revision)],
        "cast_when": [press("cast_when", "open", "", revision)],
        **{f"cast_ok: {step}": [press("cast_ok", step, revision)] for step in OK_STEPS},
        **going,
        "casts": [press("casts")],
        **{f"words: {field}": [reply(spoken.get(field, field))] for field in get_args(prompts.Field)},
        **below,
    }


def about_nothing(code: str) -> Mapping[str, Ways]:
    """Return what can be asked for in a chat, about no ticket, session or broadcast."""
    rules = [Action("rules", None, (step, detail, "0", TOKEN)) for step, detail in (("show", ""), ("holiday", "other"), ("ramadan", ""))]
    dates = words("5/6/2027 – 24/6/2027, 05:30 – 08:00")
    return {
        "/open": [Command("open")],
        "/sessions": [Command("sessions")],
        "/session": [Command("session")],
        "/broadcast": [Command("broadcast")],
        "/broadcasts": [Command("broadcasts")],
        "/calendar": [Command("calendar")],
        "/link with a code": [Command("link", code)],
        "page": [Action("page", None, (TOKEN, "0"))],
        "turn": [Action("turn", None, (TOKEN, "0"))],
        "casts: page": [Action("casts", None, (TOKEN, "0"))],
        "open": [Action("open", None, (JALAWLA,))],
        "rules": rules,
        "words: to the calendar": [Reply(f"rules:shutdown::{TOKEN}", dates)],
        "clock": [Action("clock", None, ("7200",))],
    }
