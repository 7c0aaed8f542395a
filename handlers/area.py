"""My area: of which districts a resident wants to hear when a dialogue session is held. Only their own tap decides it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.conversing import resident_of, say
from bot.engine.typed import chosen
from bot.model.effects import Effect, Subscribe, Unsubscribe
from bot.model.ids import ForumId
from bot.model.messages import Action, Button, Message
from bot.model.situation import Situation
from bot.model.text import C_, N_, Piece, paragraphs


def my_area(situation: Situation, action: Action | None = None) -> Iterator[Effect]:
    """List the districts, ✓ on those that are heard of; with `args` (in or out, district), change one of them first."""
    match action.args if action else ():
        case ("in", forum) if district := situation.province.district(ForumId(forum)):
            yield Subscribe(resident_of(situation).id, district.id)
            told = N_("Done. We will tell you of the dialogue sessions of the forum of {district}.", district=district.names)
            yield from _list(situation, situation.subscribed | {district.id}, told)
        case ("out", forum):
            yield Unsubscribe(resident_of(situation).id, ForumId(forum))
            yield from _list(situation, situation.subscribed - {ForumId(forum)}, STOPPED)
        case _:
            yield from _list(situation, situation.subscribed, None)


STOPPED = N_("Done. We will not tell you of sessions there any more. Answers to your reports and requests will still reach you.")


def stop(situation: Situation, action: Action) -> Iterator[Effect]:
    """Stop the invitations of one district with one tap; open tickets are not touched."""
    for forum in action.args[:1]:
        yield Unsubscribe(resident_of(situation).id, ForumId(forum))
    area = Button(C_("button", "My area"), Action("area"))
    yield say(situation, Message(STOPPED, ((area,),)))


def typed(situation: Situation, text: str) -> Action | None:
    """Return where short words lead: a district's name to its own page, where it is asked what is meant; "stop" to the list."""
    districts = situation.province.districts
    index = chosen(situation, text, [district.names for district in districts], digits=False)
    if index is not None:
        return Action("district", None, (districts[index].id,))
    return Action("area") if chosen(situation, text, [C_("button", "Stop messages")], digits=False) == 0 else None


def district(situation: Situation, action: Action) -> Iterator[Effect]:
    """Offer what can be done about one district."""
    here = situation.province.district(ForumId(action.args[0])) if action.args else None
    if here is None:
        yield from my_area(situation)
        return
    heard = here.id in situation.subscribed
    hear = Button(C_("button", "Tell me of sessions there"), Action("area", None, ("in", here.id)))
    end = Button(C_("button", "Stop messages"), Action("area", None, ("out", here.id)))
    choices = (
        (Button(C_("button", "Report a problem"), Action("report")),),
        (Button(C_("button", "Ask for a dialogue session"), Action("dialogue")),),
        (end if heard else hear,),
        (Button(C_("button", "Back"), Action("home")),),
    )
    yield say(situation, Message(N_("{district}: what would you like to do?", district=here.names), choices))


def _list(situation: Situation, heard: frozenset[ForumId], told: Piece | None) -> Iterator[Effect]:
    question = N_("Of which areas may we tell you when a dialogue session is held? One tap starts it, one more stops it.")
    private = N_("Nobody in the forum learns who gets these messages.")
    buttons = [
        Button(C_("ticked", "✓ {option}", option=each.names), Action("area", None, ("out", each.id)))
        if each.id in heard
        else Button(each.names, Action("area", None, ("in", each.id)))
        for each in situation.province.districts
    ]
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    yield say(situation, Message(paragraphs(told, question, private), (*pairs, (Button(C_("button", "Back"), Action("home")),))))
