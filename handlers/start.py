"""The first minute: a language in its own script, who we are, what happens to what is written, and the menu."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.engine.conversing import emergency_label, resident_of, say
from bot.engine.questions import agree
from bot.engine.talk import Begin, Say
from bot.model.effects import Effect, SetResident, SetTimer
from bot.model.ids import LANGUAGES, Language
from bot.model.messages import Action, Attachment, Button, Message, recording
from bot.model.people import Draft
from bot.model.situation import Situation
from bot.model.text import C_, N_, InLanguage, Names, lines, paragraphs
from handlers import danger, privacy
from handlers.wording import duration, unsent

OWN_NAMES: dict[Language, Names] = {
    "ar": Names("العربية", "العربية", "العربية"),
    "ckb": Names("کوردی", "کوردی", "کوردی"),
    "en": Names("English", "English", "English"),
}


def languages(situation: Situation) -> Iterator[Effect]:
    """Show the first screen: the languages in their own scripts, one sentence on privacy, and the number to call."""
    number = situation.province.emergency()
    greeting = lines(
        N_("Please choose your language."),
        N_("Forum members do not see your name or your number."),
        N_("In danger? Call {emergency_number}.", emergency_number=number),
    )
    body = paragraphs(*(InLanguage(greeting, language) for language in LANGUAGES))
    buttons = tuple(Button(OWN_NAMES[language], Action("language", None, (language,))) for language in LANGUAGES)
    heard = [language for language in LANGUAGES if language in situation.province.greetings]
    aloud = tuple(Button(C_("button", "🔊 {language}", language=OWN_NAMES[each]), Action("listen", None, (each,))) for each in heard)
    yield say(situation, Message(body, (buttons, aloud) if aloud else (buttons,)))


def listen(situation: Situation, action: Action) -> Iterator[Effect]:
    """Read the first screen aloud: the recording that the operator made."""
    for language in situation.province.greetings:
        if action.args == (language,):
            yield say(situation, Message(OWN_NAMES[language], attachment=Attachment("voice", recording(language))))


async def welcome(situation: Situation) -> Iterable[Effect | Begin]:
    """Who we are, and consent before anything is kept."""
    await Say(
        N_(
            "Welcome to the Community Policing Forum of Diyala.\n"
            "Here you can tell us about a problem in your area, or ask for a dialogue session with government offices.\n"
            "Forum members do not see your name or your number."
        )
    )
    notice = N_(
        "Before we start:\n"
        "• Forum members see what you write. They do not see your name or number.\n"
        "• Please do not write your own name, phone number or home address in the message.\n"
        "• We keep your messages for {retention_period} after the report is closed, then we delete them.\n"
        "• You can delete your data at any time.\n"
        "• This is not an official complaint at a police station.\n"
        "• The Telegram company can know that you wrote to this bot.\n"
        "Do you agree that we continue?",
        retention_period=duration(situation.province.keep_after_close),
    )
    details = Button(C_("button", "Privacy"), Action("privacy"))
    consent = await agree("consent", notice, yes=C_("button", "I agree"), no=C_("button", "I do not agree"), extras=(details,))
    return _agreed(situation) if consent == "yes" else _declined(situation)


def _agreed(situation: Situation) -> Iterator[Effect | Begin]:
    resident = resident_of(situation)
    yield SetResident(resident.id, consented=True)
    draft = situation.draft
    if draft is not None and (draft.kept or "district" in draft.answers):
        yield Begin("report")
    else:
        yield from home(situation)


def _declined(situation: Situation) -> Iterator[Effect]:
    resident = resident_of(situation)
    farewell = N_(
        "That is all right. We keep nothing of what you wrote.\n"
        "You can start again at any time with /start. If someone is in danger, call {emergency_number}.",
        emergency_number=situation.province.emergency(),
    )
    yield say(situation, Message(farewell))
    yield SetTimer(privacy.forget_key(resident), "forget", situation.now + privacy.SHORTLY, resident=resident.id)


def home(situation: Situation) -> Iterator[Effect]:
    """Show the main menu."""
    number = emergency_label(situation)
    rows = (
        (Button(C_("button", "Report a problem"), Action("report")),),
        (Button(C_("button", "Ask for a dialogue session"), Action("dialogue")),),
        (Button(C_("button", "My reports"), Action("my_reports")), Button(C_("button", "Sessions"), Action("sessions"))),
        (Button(C_("button", "My area"), Action("area")), Button(C_("button", "Language"), Action("languages"))),
        (Button(C_("button", "Privacy"), Action("privacy")), Button(C_("button", "Help"), Action("help"))),
        (Button(number, Action("emergency")),),
    )
    yield say(situation, Message(N_("How can we help? Please choose:"), rows))


def start(situation: Situation) -> Iterator[Effect]:
    """Never a trap: an unfinished report is offered, not forced. What is written next is no answer to an earlier report any more."""
    resident = resident_of(situation)
    if resident.focus is not None:
        yield SetResident(resident.id, refocus=True, focus=None)
    yield from home(situation) if situation.draft is None else unfinished(situation, situation.draft)


def start_report(situation: Situation) -> Iterable[Effect] | Begin:
    """Begin a report, or offer the unfinished one."""
    return Begin("report") if situation.draft is None else unfinished(situation, situation.draft)


def start_dialogue(situation: Situation) -> Iterable[Effect] | Begin:
    """Begin a request for a dialogue session, or offer what is unfinished."""
    return Begin("dialogue") if situation.draft is None else unfinished(situation, situation.draft)


def restart(situation: Situation, action: Action) -> Iterable[Effect] | Begin:
    """Begin anew the unfinished report or request that the button was shown for; a later one is offered first."""
    draft = situation.draft
    if draft is not None and action.args != (draft.id,):
        return unfinished(situation, draft)
    return Begin("dialogue" if draft is not None and draft.flow == "dialogue" else "report")


def unfinished(situation: Situation, draft: Draft) -> Iterator[Effect]:
    """Offer to go on with it, to begin it anew, or to leave it."""
    rows = (
        (Button(C_("button", "Continue"), Action("resume", None, (draft.id,))),),
        (
            Button(C_("button", "Start again"), Action("restart", None, (draft.id,))),
            Button(C_("button", "Cancel"), Action("cancel", None, (draft.id,))),
        ),
        (Button(emergency_label(situation), Action("emergency")),),
    )
    yield say(situation, Message(unsent(draft.flow), rows))


def help_text(situation: Situation) -> Iterator[Effect]:
    """Say what the bot can do."""
    text = N_(
        "With this bot you can:\n"
        "• report a problem\n"
        "• ask for a dialogue session\n"
        "• follow your reports and the promises made at sessions\n"
        "• choose areas and topics of messages, or stop them\n"
        "• change the language\n"
        "• delete your data\n"
        "In danger? Call {emergency_number}.",
        emergency_number=situation.province.emergency(),
    )
    back = Button(C_("button", "Back"), Action("home"))
    yield say(situation, Message(text, ((back, Button(emergency_label(situation), Action("emergency"))),), call=danger.call(situation)))
