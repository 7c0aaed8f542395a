"""Fill in a broadcast: store what was tapped or written, and show it again.

Every step is stored with the broadcast's version, so of two members who press at once one is told to look again by what the other chose.
"""

from __future__ import annotations

from dataclasses import replace

from bot.model.broadcasts import Broadcast
from bot.model.effects import CountAudience, Effect, MoveBroadcast, Priority
from bot.model.ids import LANGUAGES, Language
from bot.model.subscriptions import TOPICS
from bot.model.text import N_
from handlers.broadcasts.authority import Case, refuse
from handlers.broadcasts.facts import current
from handlers.broadcasts.panel import panel
from handlers.broadcasts.pending import Step, opened, pending

OLD = N_("This button is old. Please use the newest message about this broadcast.")
CHANGED_MEANWHILE = N_("The broadcast has been changed meanwhile. Please look at it again.")


def shown(case: Case, broadcast: Broadcast) -> list[Effect]:
    """Store the broadcast as it is now, without a new revision (another step is open), and show it."""
    return [MoveBroadcast(broadcast), replace(panel(broadcast, case.situation), priority=Priority.REPLY)]


def changed(case: Case, after: Broadcast) -> list[Effect]:
    """Store a change of what is said, to whom or when: a new revision, which nobody has previewed or approved yet, and show it."""
    revision, counting = revised(case, after)
    return [*shown(case, revision), *counting]


def revised(case: Case, after: Broadcast) -> tuple[Broadcast, list[Effect]]:
    """Return the changed broadcast as a new revision, and the request to count its people where that is not known any more."""
    before = case.broadcast
    known = current(before) if (after.audience, after.topic) == (before.audience, before.topic) else None
    revision = replace(
        after,
        state="draft",
        revision=before.revision + 1,
        counted=replace(known, revision=before.revision + 1) if known else None,
        approved=0,
        approver=None,
        writers=before.writers | {case.member.person},
    )
    return revision, [] if known else count(revision)


def count(broadcast: Broadcast) -> list[Effect]:
    """Ask for the number of people whom the broadcast would reach, once there is a topic."""
    if broadcast.topic is None:
        return []
    return [CountAudience(broadcast.id, broadcast.revision, broadcast.audience, broadcast.topic)]


def opens(case: Case, step: Step) -> list[Effect]:
    """Show another step, or the fields."""
    return shown(case, opened(case.broadcast, step))


def set_topic(case: Case, value: str) -> list[Effect]:
    """Take the topic."""
    topic = next((topic for topic in TOPICS if topic == value), None)
    if topic is None:
        return refuse(OLD)
    if topic == case.broadcast.topic:
        return opens(case, "")
    return changed(case, replace(opened(case.broadcast), topic=topic))


def set_right(case: Case, value: str) -> list[Effect]:
    """Take the right answer of the quiz, or that it has none."""
    quiz = case.broadcast.quiz
    options = max((len(asked.options) for asked in quiz.texts.values()), default=0) if quiz else 0
    if quiz is None or (value != "none" and value not in {str(index) for index in range(options)}):
        return refuse(OLD)
    right = None if value == "none" else int(value)
    return changed(case, replace(opened(case.broadcast, "quiz"), quiz=replace(quiz, right=right)))


def remove_quiz(case: Case) -> list[Effect]:
    """Take the quiz away, in all languages."""
    return changed(case, replace(opened(case.broadcast), quiz=None)) if case.broadcast.quiz else refuse(OLD)


def remove_file(case: Case) -> list[Effect]:
    """Take the file away."""
    return changed(case, replace(opened(case.broadcast), attachment=None)) if case.broadcast.attachment else refuse(OLD)


def take_waiting_file(case: Case) -> list[Effect]:
    """Take the voice or video that waited for the word that everybody may hear it."""
    file = pending(case.broadcast).attachment()
    return changed(case, replace(opened(case.broadcast), attachment=file)) if file else refuse(OLD)


def language_of(value: str) -> Language | None:
    """Return the language that a button or a prompt names."""
    return next((language for language in LANGUAGES if language == value), None)
