"""What people come for: each a function of a visit, in `CONVERSATIONS` with how often it is held.

A conversation that asks questions is a table of steps, through which `walks` goes: back, to another language, to the review and from there
to a part again, out of the door and in again another day.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.demo.world import Message, Person
from bot.model.ids import LANGUAGES
from bot.model.text import C_, N_, Text
from handlers import dialogue, report
from handlers.submission import MEDIA_PRIVACY
from tests.fire.talk import Conversation, Visit
from tests.town.people import OWN_NAMES
from tests.town.words import label, parts

Answer = Callable[[Visit], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Step:
    """A question: its name in the draft, how it reads, how it is answered, what the review calls it, whether its answer has parts."""

    name: str
    question: Text
    answer: Answer
    part: str = ""
    has_parts: bool = False


def picks(context: str, *english: str) -> Answer:
    """Answer with one of these buttons."""

    async def answer(visit: Visit) -> None:
        await visit.picks(context, visit.chance.choice(english))

    return answer


async def _category(visit: Visit) -> None:
    kinds = [each for each in visit.town.config.places().categories if each.sensitive == visit.is_sensitive]
    await visit.sara.taps(visit.reads(visit.chance.choice(kinds).names))


async def _district(visit: Visit) -> None:
    await visit.sara.taps(visit.reads(visit.town.config.places().forum_names(visit.district)))


async def _story(visit: Visit) -> None:
    """Several sentences in one go; perhaps a photo or a voice note after them, if there is none yet."""
    for _ in range(visit.chance.randint(1, 3)):
        visit.sara.person.writes(visit.sentence())
    if not visit.files and visit.chance.random() < 0.2:
        visit.files = 1
        visit.sara.person.sends(visit.chance.choice(("photo", "voice")))
    await visit.sees_it_sent()
    await visit.picks("button", "Done")


async def _topic(visit: Visit) -> None:
    visit.sara.says("The road to the school")


async def _contact(visit: Visit) -> None:
    await visit.picks("button", "Yes" if visit.wants_answers else "No")


SEND = "Send to the person"
"""On what a member wrote about a report, until somebody decides what it is."""
AREA = Step("district", N_("Which area is it in? You can also write its name."), _district)
PLACE = Step("place", report.WHERE_EXACTLY, picks("button", "Skip"))
MEDIA = Step("media", MEDIA_PRIVACY, picks("button", "Yes"))
CONTACT = Step("contact", N_("May the forum ask you questions through this bot? They will not know who you are."), _contact)
REVIEW = Step("review", N_("Shall we send it to the forum?"), picks("button", "Send"))

REPORT: Sequence[Step] = (
    Step("danger", N_("Is anyone in danger right now?"), picks("button", "No")),
    Step("category", N_("What is the problem about?"), _category),
    AREA,
    PLACE,
    Step("story", report.DESCRIBE, _story, "What happened", has_parts=True),
    MEDIA,
    Step("when", N_("When did it happen? For example: today, yesterday, last week, every night."), picks("button", "Skip")),
    CONTACT,
    REVIEW,
)
REQUEST: Sequence[Step] = (
    Step("topic", dialogue.TOPIC, _topic),
    Step("offices", N_("Who should attend? You can choose several, and press “Done” at the end."), picks("button", "Skip"), has_parts=True),
    Step("audience", N_("Who is the session for?"), picks("audience", "Everyone")),
    Step("size", N_("About how many people would come?"), picks("size", "Up to 30 people")),
    Step("days", N_("Which days suit? You can choose several, and press “Done” at the end."), picks("weekday", "Any day"), has_parts=True),
    Step("part", N_("Which part of the day suits?"), picks("part of day", "Any time")),
    AREA,
    PLACE,
    Step("story", dialogue.REASON, _story, "Why", has_parts=True),
    MEDIA,
    CONTACT,
    REVIEW,
)


async def walks(visit: Visit, steps: Sequence[Step]) -> bool:
    """Answer question after question to the receipt; False where they leave at a question, unanswered."""
    while (step := _next(visit, steps)) is not None:
        visit.step = step.name
        await visit.is_asked(step.question)
        if visit.leaves_at == step.name:
            return False
        if visit.chance.random() < 0.1 and await _strays(visit, step, steps):
            continue
        await step.answer(visit)
        visit.answered.add(step.name)
        visit.again = ""
    visit.step = "receipt"
    visit.reference = await visit.gets_receipt()
    return True


def _next(visit: Visit, steps: Sequence[Step]) -> Step | None:
    """Return the question that is asked again, else the first without an answer; about files only where there are any."""
    opened = (step for step in steps if step.name not in visit.answered and (step is not MEDIA or visit.files))
    return next((step for step in steps if step.name == visit.again), None) or next(opened, None)


async def _strays(visit: Visit, step: Step, steps: Sequence[Step]) -> bool:
    """Do something else than answer; False where there is nothing else to be done here."""
    if step is REVIEW:
        again = next(each for each in steps if each.part)
        await visit.picks("button", "Edit")
        await visit.picks("part", again.part)
        _goes_back(visit, again)
    elif visit.chance.random() < 0.5:
        visit.sara.says("/language")
        await visit.sara.hears("911")
        visit.sara.language = visit.chance.choice([each for each in LANGUAGES if each != visit.sara.language])
        await visit.sara.taps(OWN_NAMES[visit.sara.language])
    elif behind := [each for each in steps[: steps.index(step)] if each.name in visit.answered]:
        await visit.picks("button", "Back")
        _goes_back(visit, behind[-1])
    else:
        return False
    return True


def _goes_back(visit: Visit, step: Step) -> None:
    """Answer a question again; an answer of parts is open from then on, until they are done with it."""
    visit.again = step.name
    if step.has_parts:
        visit.answered.discard(step.name)


async def reports(visit: Visit) -> bool:
    """Report something, to the receipt; whether anybody asks back is left to the forum."""
    visit.wants_answers = visit.chance.random() < 0.7
    await visit.sara.arrives()
    visit.sara.says("/report")
    return await walks(visit, REPORT)


async def reports_something_sensitive(visit: Visit) -> bool:
    """Report what only the province may read."""
    visit.is_sensitive = True
    visit.story.chat = visit.town.province.chat.id
    return await reports(visit)


async def asks_for_a_session(visit: Visit) -> bool:
    """Ask for a dialogue session."""
    await visit.sara.arrives()
    visit.sara.says("/dialogue")
    return await walks(visit, REQUEST)


async def leaves_a_draft(visit: Visit) -> bool:
    """Stop at some question and put the phone away; another day go on with it."""
    steps, command = ((REPORT, "/report"), (REQUEST, "/dialogue"))[visit.number % 2]
    if visit.leaves_at:
        visit.leaves_at = ""
        visit.sara.says("/start")
        await visit.picks("button", "Continue")
    else:
        visit.leaves_at = visit.chance.choice([step.name for step in steps if step is not MEDIA])
        await visit.sara.arrives()
        visit.sara.says(command)
    return await walks(visit, steps)


async def is_helped(visit: Visit) -> bool:
    """Report something; a member takes it, asks, is answered, and closes it, perhaps too early."""
    visit.wants_answers = True
    await visit.sara.arrives()
    visit.sara.says("/report")
    await walks(visit, REPORT)
    member = visit.chance.choice(visit.forum.members)
    card = await visit.group_shows(visit.reference)
    visit.forum.presses(member, card, "Take")
    await visit.group_shows(visit.reference, member.name)
    for _ in range(visit.chance.randint(1, 3)):
        visit.step = "asked back"
        heard = await visit.is_answered(card, member)
        visit.sara.says(visit.story.next("Since the summer."), reply_to=heard)
        await visit.group_shows(visit.story.last)
    visit.step = "closed"
    closed = await _is_closed(visit, card, member)
    if visit.chance.random() < 0.3:
        visit.step = "open again"
        again = visit.reads(C_("button", "Open again"))
        visit.sara.acts(lambda person: person.presses(closed, again))
        told = "The reporter says the problem in {reference} is not solved. The report is open again."
        await visit.group_shows(parts(told, visit.forum.language, reference=visit.reference))
    return True


async def _is_closed(visit: Visit, card: Message, member: Person) -> Message:
    """Let the member close it with words; of a prompt that came twice only one is known as such, and to the other one it is an answer."""
    forum, since = visit.forum, 0
    while True:
        forum.presses(member, card, "Close")
        ask = await visit.group_shows(parts("Why is {reference} being closed?", forum.language, reference=visit.reference), since=since)
        member.presses(ask, ask.labels[0])
        asked = "Please write it as a reply to this message. To close {reference} without words, press “Skip”."
        prompt = await visit.group_shows(parts(asked, forum.language, reference=visit.reference), since=since)
        since = member.replies(prompt, visit.answers.next("The road is mended.")).id
        heard = await visit.group_shows(visit.answers.last)
        if label(SEND, forum.language) in heard.labels:
            forum.presses(member, heard, SEND)
            await visit.sara.hears(visit.answers.last, visit.reference)
        else:
            return await visit.sara.hears(visit.answers.last, visit.reference)


async def subscribes(visit: Visit) -> bool:
    """Choose an area to hear from, and look at what one gets."""
    await visit.sara.arrives()
    visit.sara.says("/area")
    names = visit.town.config.places().forum_names(visit.district)
    await visit.sara.taps(visit.reads(names))
    await visit.is_asked(N_("Done. You will receive awareness messages from the forum of {district}.", district=names))
    return True


SURE = N_(
    "Do you want to delete all your data?\n"
    "Your messages, your files and the link to this chat will be deleted, and the forum will not be able to answer you.\n"
    "This cannot be undone."
)


async def erases(visit: Visit) -> bool:
    """Report something, and take all of it back."""
    await reports(visit)
    await visit.group_shows(visit.reference)
    visit.step = "erased"
    visit.sara.says("/privacy")
    await visit.picks("button", "Delete my data")
    await visit.is_asked(SURE)
    await visit.picks("button", "Delete my data")
    gone = "The data of report {reference} was deleted at the reporter's request. Please delete any copies you made."
    await visit.group_shows(parts(gone, visit.forum.language, reference=visit.reference))
    return True


CONVERSATIONS: Mapping[Conversation, int] = {
    reports: 6,
    leaves_a_draft: 5,
    is_helped: 4,
    asks_for_a_session: 2,
    subscribes: 2,
    reports_something_sensitive: 1,
    erases: 1,
}
