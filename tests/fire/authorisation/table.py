"""Who may do what, and when. Who is not named may not, and at no other time: the tests try everybody, always.

A row says what is done, by which buttons, commands or words, and for each who may it the states in which they may. `docs/authorisation.md`
is made of this file. To add an action: its line here, how it is tried in `presses`, then `python -m tests.fire.authorisation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

States = tuple[str, ...]
ALWAYS: Final = ("always",)


@dataclass(frozen=True)
class Row:
    """What is done, how, and by whom in which states."""

    done: str
    by: tuple[str, ...]
    who: Mapping[str, States]


@dataclass(frozen=True)
class Area:
    """Everything that can be done about one kind of thing, in each of its states.

    Attributes:
        several: names for states that mostly come together.
        people: who is tried beside those who may something.
    """

    about: str
    states: Mapping[str, str]
    rows: tuple[Row, ...]
    several: Mapping[str, States] = field(default_factory=dict)
    people: tuple[str, ...] = ()

    @property
    def actions(self) -> Mapping[str, Row]:
        """Every action with its row."""
        return {action: row for row in self.rows for action in row.by}

    @property
    def acting(self) -> tuple[str, ...]:
        """Who may anything at all."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.who))


PEOPLE: Final = {
    "owner": "the resident who wrote the report, or said that they will come",
    "resident": "any other resident",
    "member": "a member, in the group of the forum that holds it; of a broadcast its author",
    "colleague": "another member of that forum",
    "elsewhere": "a member of another forum, in its group",
    "former": "somebody who has left the group of the forum, or was removed from it",
    "anonymous": "an administrator who remains anonymous, in the forum's group or the province's",
    "channel": "a channel that speaks in the forum's group or the province's",
    "coordinator": "somebody of the province's group, in the forum's",
    "head": "a coordinator or the head, in the province's group",
    "writer": "a coordinator who has written in this broadcast, in the province's group",
    "author alone": "a coordinator who began this broadcast in private, there",
    "alone": "any other coordinator, in private",
    "stranger": "somebody in a group that is no forum's, or another bot",
}

NEW: Final = ("new", "moved here", "wants no answer", "unreachable")
FOLLOWED: Final = ("theirs", "a colleague's")
OPEN: Final = (*NEW, *FOLLOWED)
BEYOND: Final = ("sensitive", "moved away")
KNOWN: Final = (*OPEN, "closed", *BEYOND)


def at_desk(states: States, beyond: States = BEYOND) -> Mapping[str, States]:
    """Return the row of what members do to what their forum holds, and the province to everything: `beyond` is what else it may touch."""
    gone = tuple(each for each in beyond if each == "moved away")
    return {"member": states, "coordinator": states, "head": (*states, *beyond), **({"elsewhere": gone} if gone else {})}


REPORTS: Final = Area(
    "a report or a request",
    {
        "new": "nobody follows it",
        "moved here": "new, from another forum",
        "theirs": "followed by the member of this table",
        "a colleague's": "followed by another member",
        "closed": "closed",
        "erased": "deleted",
        "wants no answer": "new, and its reporter wants no messages",
        "unreachable": "new, and its reporter has blocked the bot",
        "sensitive": "new, of a sensitive type: its card is in the province's group",
        "moved away": "new, and with another forum now",
    },
    (
        Row("follow it", ("take",), at_desk(NEW)),
        Row("let it go", ("release",), {"member": ("theirs",), "coordinator": FOLLOWED, "head": FOLLOWED}),
        Row("answer the reporter", ("reply", "send", "words: reply"), at_desk(("new", "moved here", *FOLLOWED))),
        Row("note something", ("note", "keep", "words: note", "words: to the card"), at_desk((*OPEN, "closed"))),
        Row(
            "have its card put up, of which a list told",
            ("card",),
            {
                "member": (*OPEN, "closed"),
                "coordinator": (*OPEN, "closed"),
                "head": ("sensitive",),
                "elsewhere": ("moved away",),
            },
        ),
        Row("drop what was not sent yet", ("drop", "cancel"), at_desk((*OPEN, "closed"))),
        Row("move it to another forum", ("transfer", "to", "move"), at_desk(OPEN)),
        Row("send it back with a reason", ("return", "words: return"), at_desk(("moved here",), ("moved away",))),
        Row("close it", ("close", "outcome", "skip", "words: close"), at_desk(OPEN)),
        Row("write about it, as its reporter", ("write", "words: to a message about it"), {"owner": KNOWN}),
        Row("open it again, as its reporter", ("reopen",), {"owner": ("closed",)}),
    ),
    several={"open": OPEN, "untaken": NEW, "followed": FOLLOWED},
    people=("resident", "former", "anonymous", "channel", "alone", "stranger"),
)
REQUESTS: Final = Area(
    "a request for a dialogue session",
    REPORTS.states,
    (
        Row("plan a session for it", ("schedule",), at_desk(OPEN)),
        Row("follow it together with another request", ("join",), at_desk(OPEN)),
    ),
    several=REPORTS.several,
    people=("owner", *REPORTS.people),
)

TOLD: Final = ("announced", "being changed")
MEETING: Final = ("planned", *TOLD, "held", "cancelled")


def arranging(states: States) -> Mapping[str, States]:
    """Return the row of what a forum does with its sessions, and the province with all; another forum has its own, which is planned."""
    others = tuple("another forum's" for each in states if each == "planned")
    return {"member": states, "coordinator": states, "head": (*states, *others), **({"elsewhere": others} if others else {})}


SHOWN: Final = ("announced", "being changed", "held", "cancelled")
ATTENDED: Final = {"owner": SHOWN, "resident": SHOWN, "alone": SHOWN}
SESSIONS: Final = Area(
    "a dialogue session",
    {
        "planned": "being planned",
        "announced": "announced",
        "being changed": "announced, and a change is open that nobody was told of yet",
        "held": "it has taken place",
        "cancelled": "cancelled",
        "another forum's": "being planned by another forum",
    },
    (
        Row("choose and fill in what it needs", ("plan", "set"), arranging(("planned", *TOLD, "held"))),
        Row("say topic, place and guests", ("words: topic", "words: place", "words: guest"), arranging(("planned",))),
        Row("say how many can come", ("words: seats",), arranging(("planned", *TOLD))),
        Row("announce it", ("announce",), arranging(("planned",))),
        Row("choose another place for it", ("words: newplace",), arranging(TOLD)),
        Row("tell a change, with its reason", ("words: reason",), arranging(("being changed",))),
        Row("call it off", ("off",), arranging(("planned", *TOLD))),
        Row("cancel it, with a reason", ("words: off",), arranging(TOLD)),
        Row("see its plan again", ("anew",), arranging(MEETING)),
        Row("say how many came, and what was agreed", ("words: came", "words: minutes"), arranging(("held",))),
        Row("write promises down", ("words: office", "words: what", "came_of"), arranging(("held",))),
        Row("close its requests", ("finish",), arranging(("held",))),
        Row("read what people thought of it", ("words",), arranging(("held",))),
        Row("look at it, as somebody who was told of it", ("session", "map", "file"), ATTENDED),
        Row("say whether they come", ("rsvp",), dict.fromkeys(ATTENDED, TOLD)),
        Row("say how it was, as somebody who said they would come", ("rate", "opine"), {"owner": ("held",)}),
    ),
    several={"announced or being changed": TOLD},
    people=("former", "anonymous", "channel", "stranger"),
)

WRITABLE: Final = ("draft", "not counted")
APPROVED: Final = ("approved", "sending", "paused", "held")
ALONE: Final = ("written alone", "written alone, sending")
THEIR_OWN: Final = "another forum's"
EVERY: Final = (*WRITABLE, "submitted", *APPROVED, "over")


def writing(states: States, *, alone: States = ("written alone",), others: bool = True) -> Mapping[str, States]:
    """Return the row of what is done where a broadcast is written: by its forum, by who writes it alone, and by the province."""
    province = (*states, *alone, *((THEIR_OWN,) if others else ()))
    here = dict.fromkeys(("member", "colleague", "coordinator"), states)
    elsewhere = {"elsewhere": (THEIR_OWN,)} if others else {}
    return {**here, **dict.fromkeys(("head", "writer"), province), **({"author alone": alone} if alone else {}), **elsewhere}


def controlling(state: str, *, alone: States = ()) -> Mapping[str, States]:
    """Return the row of what is decided about a sending in one state: in its forum's group, the province's, or by a coordinator alone."""
    people = ("member", "colleague", "coordinator")
    return {**dict.fromkeys(people, (state,)), **dict.fromkeys(("head", "writer", "author alone", "alone"), (state, *alone))}


PROVINCE: Final = ("head", "writer")
BROADCASTS: Final = Area(
    "a broadcast",
    {
        "draft": "being written",
        "not counted": "being written, and its people have not been counted",
        "submitted": "waits for its approval",
        "approved": "approved, for a time that is to come",
        "sending": "being sent",
        "paused": "stopped while it was sent",
        "held": "approved, and its time has passed: somebody has to decide",
        "over": "sent",
        "written alone": "being written by a coordinator in private",
        "written alone, sending": "written in private, being sent",
        "another forum's": "being written by another forum",
    },
    (
        Row("look at its fields", ("cast: show",), writing((*WRITABLE, "submitted", *APPROVED), alone=ALONE)),
        Row(
            "choose what it is about, what it says, to whom and when",
            (
                *(f"cast: {step}" for step in ("open", "topic", "text", "quiz", "right", "unquiz", "file", "unfile", "sure")),
                *(f"cast: {step}" for step in ("lang", "circle", "channels", "delete")),
                "cast_when",
            ),
            writing(WRITABLE),
        ),
        Row("look at it as people will read it", ("cast: preview",), writing(WRITABLE)),
        Row("write its words, its quiz, give its file", ("words: text", "words: quiz", "words: file"), writing(WRITABLE)),
        Row("choose among areas", ("cast: area",), dict.fromkeys((*PROVINCE, "author alone"), ("written alone",))),
        Row("have its people counted", ("cast: count",), writing(("not counted",), alone=(), others=False)),
        Row("have it sent to oneself", ("cast: test",), writing((*WRITABLE, "submitted", *APPROVED), alone=ALONE)),
        Row("submit it", ("cast: submit",), writing(("draft",))),
        Row("take it back to change it", ("cast: change",), writing(("submitted", "approved", "held"), alone=(), others=False)),
        Row("look at the card of the approval", ("cast_ok: preview",), dict.fromkeys(PROVINCE, (*EVERY, *ALONE, THEIR_OWN))),
        Row("approve it, or give it back", ("cast_ok: approve", "cast_ok: return", "words: return"), {"head": ("submitted",)}),
        Row("take the approval back", ("cast_ok: back", "cast_ok: leave"), dict.fromkeys(PROVINCE, (*APPROVED, ALONE[1]))),
        Row("confirm that", ("cast_ok: undo",), dict.fromkeys(PROVINCE, ("approved", "held"))),
        Row("stop the sending", ("cast_go: pause", "cast_go: cancel"), controlling("sending", alone=(ALONE[1],))),
        Row("go on with it, or end it for good", ("cast_go: resume", "cast_go: really"), controlling("paused")),
        Row("send what is late, or leave it out", ("cast_go: send", "cast_go: leave"), controlling("held")),
        Row(
            "see what became of it",
            ("casts",),
            {
                **dict.fromkeys(("member", "colleague", "coordinator"), EVERY),
                **dict.fromkeys((*PROVINCE, "author alone", "alone"), (*EVERY, *ALONE, THEIR_OWN)),
                "elsewhere": (THEIR_OWN,),
            },
        ),
        Row(
            "answer its quiz, as somebody who got it",
            ("quiz",),
            dict.fromkeys(("owner", "resident", "author alone", "alone"), ("sending", "paused", "held", "over", ALONE[1])),
        ),
    ),
    several={"approved, sending, paused or held": APPROVED, "being written": WRITABLE},
    people=("former", "anonymous", "channel", "stranger"),
)

_SEATED: Final = ("member", "elsewhere", "coordinator", "head")
LISTS: Final = Area(
    "nothing in particular",
    {"always": ""},
    (
        Row("list the group's own reports", ("/open", "page"), dict.fromkeys(_SEATED, ALWAYS)),
        Row("list its sessions", ("/sessions", "turn"), dict.fromkeys(_SEATED, ALWAYS)),
        Row("list its broadcasts", ("/broadcasts", "casts: page"), dict.fromkeys((*_SEATED, "alone"), ALWAYS)),
        Row("begin a broadcast", ("/broadcast",), dict.fromkeys((*_SEATED, "alone"), ALWAYS)),
        Row("plan a session that nobody asked for", ("/session",), {"coordinator": ALWAYS, "head": ALWAYS}),
        Row("plan it for any forum", ("open",), {"head": ALWAYS}),
        Row("look at the calendar and change it", ("/calendar", "rules", "words: to the calendar"), {"head": ALWAYS}),
        Row("say that the clock is right", ("clock",), {"head": ALWAYS}),
        Row("make a group a forum's, with its code", ("/link with a code",), {"elsewhere": ALWAYS, "stranger": ALWAYS}),
    ),
    people=("owner", "resident", "former", "anonymous", "channel"),
)
AREAS: Final = (REPORTS, REQUESTS, SESSIONS, BROADCASTS, LISTS)
