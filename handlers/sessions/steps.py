"""The steps of a plan: one question each, with what can be tapped. `filling` and `promises` take what was tapped."""

from __future__ import annotations

from bot.model.ids import Language
from bot.model.messages import Action, Button
from bot.model.sessions import AUDIENCES, OFFICES, Promise, Session
from bot.model.situation import Situation
from bot.model.text import C_, N_, Joined, Names, Piece, Text, Words, lines
from handlers.likeness import ranked
from handlers.session_words import AUDIENCE_NAMES, LANGUAGE_NAMES, OFFICE_NAMES, promiser
from handlers.sessions.days import LEGEND, Press, Rows, month_rows, plain, time_rows, today
from handlers.sessions.pending import as_changed, pending

LABEL = 40
"""Letters of a promise on its button."""
SEATS = (10, 20, 30, 50, 100)
Step = tuple[Piece, Rows]


def asked(session: Session, situation: Situation) -> Step:
    """Which requests this session answers: those that were joined, and others of the forum, the most alike first."""
    joined = [(ticket, "✓ ") for ticket in situation.asked]
    others = [(ticket, "") for ticket in ranked(session, situation)]
    shown = [*joined, *others][:10]
    question = lines(
        N_("Which requests does this session answer? Press one to join it, press again to let it go."),
        *(
            Joined((plain(f"{mark}{ticket.reference} –"), Words(ticket.content.request.topic)), " ")
            for ticket, mark in shown
            if ticket.content.request is not None
        ),
        None if shown else N_("There are no other open requests."),
    )
    press = _press("asked", session)
    return question, tuple((press(plain(f"{mark}{ticket.reference}"), ticket.id),) for ticket, mark in shown)


def day(session: Session, situation: Situation) -> Step:
    """A month to choose the day from."""
    draft = as_changed(session)
    first = (draft.wall.date() if draft.wall else today(situation)).replace(day=1)
    month = pending(session).shown_month() or first
    return lines(N_("Which day?"), LEGEND), month_rows(month, situation, _press("day", session))


def hour(session: Session, situation: Situation) -> Step:
    """The half hours of the day that was chosen."""
    draft = as_changed(session)
    chosen = draft.wall.date() if draft.wall else today(situation)
    question = lines(N_("When does it begin?"), N_("Date: {date}", date=chosen))
    return question, time_rows(chosen, session.minutes, situation, _press("time", session))


def capacity(session: Session, _: Situation) -> Step:
    """How many seats there are."""
    press = _press("capacity", session)
    seats = tuple(press(plain(str(number)), str(number)) for number in SEATS)
    another = Button(C_("button", "Another number"), Action("plan", None, ("seats",), session.id))
    return N_("How many people can come?"), (seats, (press(C_("button", "No limit"), "0"), another))


def audience(session: Session, _: Situation) -> Step:
    """Whom it is for."""
    press = _press("audience", session)
    return N_("Who is the session for?"), tuple((press(AUDIENCE_NAMES[each], each),) for each in AUDIENCES)


def language(session: Session, _: Situation) -> Step:
    """In which language it is held."""
    press = _press("language", session)
    return N_("In which language is it held?"), tuple((press(names, each),) for each, names in LANGUAGE_NAMES.items())


def offices(session: Session, _: Situation) -> Step:
    """Which offices should come: several."""
    press = _press("offices", session)
    rows = tuple((press(_ticked(OFFICE_NAMES[each], chosen=each in session.offices), each),) for each in OFFICES)
    return N_("Who should attend? Press one to choose it, press again to let it go."), rows


def who(session: Session, _: Situation) -> Step:
    """Who promised something."""
    press = _press("who", session)
    buttons = tuple((press(OFFICE_NAMES[each], each),) for each in OFFICES if each != "other")
    another = Button(C_("button", "Another office"), Action("plan", None, ("who",), session.id))
    return N_("Which office promised something?"), (*buttons, (another,))


def due(session: Session, situation: Situation) -> Step:
    """By when it was promised."""
    open_now = pending(session)
    question = lines(
        N_("{office} promised: {promise}", office=promiser(open_now.who), promise=Words(open_now.what)),
        N_("By when?"),
        LEGEND,
    )
    month = open_now.shown_month() or today(situation).replace(day=1)
    return question, month_rows(month, situation, _press("due", session), from_today=False)


def promises(session: Session, situation: Situation) -> Step:
    """Which open promise something has become of, also before its day."""
    open_ones = sorted((each for each in situation.promises if each.state == "open"), key=lambda each: (each.due, each.id))[:20]
    rows = tuple((Button(_in_short(each, situation), Action("came_of", None, (each.id, "ask"), session.id)),) for each in open_ones)
    return N_("Of which promise do you know what became of it?"), rows


def _press(field: str, session: Session) -> Press:
    return lambda label, value: Button(label, Action("set", None, (field, value), session.id))


def _ticked(name: Text, *, chosen: bool) -> Text:
    return C_("chosen", "✓ {name}", name=name) if chosen else name


def _in_short(promise: Promise, situation: Situation) -> Names:
    who = promiser(promise.who)

    def short(reader: Language) -> str:
        name = promise.who if isinstance(who, Words) else situation.words(who, reader)
        return f"{name}: {promise.what}"[:LABEL]

    return Names(en=short("en"), ar=short("ar"), ckb=short("ckb"))
