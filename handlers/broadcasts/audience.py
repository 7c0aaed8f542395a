"""Whom a broadcast is for: languages, areas, a circle, public channels; and how many people that are, once they have been counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.broadcasts import Audience
from bot.model.effects import Effect, MoveBroadcast, Send, Toast
from bot.model.events import AudienceCounted
from bot.model.ids import PROVINCE
from bot.model.situation import Situation
from bot.model.subscriptions import CIRCLES
from bot.model.text import C_, N_
from handlers.broadcasts.approving import card
from handlers.broadcasts.authority import Case, refuse
from handlers.broadcasts.facts import current
from handlers.broadcasts.filling import OLD, changed, count, language_of, opens
from handlers.broadcasts.panel import panel
from handlers.broadcasts.steps import has_channel

ONE_LANGUAGE = N_("At least one language must stay.")
ONE_AREA = N_("At least one area must stay. For all of them press “All areas”.")


def set_language(case: Case, value: str) -> list[Effect]:
    """Let a language in or leave it out; its text is kept, should it come back."""
    language, audience = language_of(value[1:]), case.broadcast.audience
    if language is None or value[0] not in "+-":
        return refuse(OLD)
    languages = audience.languages | {language} if value[0] == "+" else audience.languages - {language}
    return _chosen(case, replace(audience, languages=languages)) if languages else refuse(ONE_LANGUAGE)


def set_area(case: Case, value: str) -> list[Effect]:
    """Let a district in or leave it out, or mean all of them. A forum speaks to its own district only."""
    if case.broadcast.forum != PROVINCE:
        return refuse(OLD)
    audience = case.broadcast.audience
    if value == "all":
        return _chosen(case, replace(audience, districts=frozenset()))
    district = next((each for each in case.situation.province.districts if each.code == value[1:]), None)
    if district is None or value[0] not in "+-":
        return refuse(OLD)
    districts = audience.districts | {district.id} if value[0] == "+" else audience.districts - {district.id}
    # No district would mean all of them: that is never reached by letting the last one go.
    return _chosen(case, replace(audience, districts=districts)) if districts else refuse(ONE_AREA)


def set_circle(case: Case, value: str) -> list[Effect]:
    """Mean everyone, or one circle; what is for a circle alone is not posted where everybody reads it."""
    circle = next((circle for circle in CIRCLES if circle == value), None)
    if circle is None and value != "all":
        return refuse(OLD)
    audience = case.broadcast.audience
    return _chosen(case, replace(audience, circle=circle, channels=audience.channels and circle is None))


def set_channels(case: Case, value: str) -> list[Effect]:
    """Post it in the public channels too, or not."""
    audience = case.broadcast.audience
    if value not in ("+on", "-on") or (value == "+on" and (audience.circle is not None or not has_channel(case.broadcast, case.situation))):
        return refuse(OLD)
    return _chosen(case, replace(audience, channels=value == "+on"))


def count_again(case: Case) -> list[Effect]:
    """Count once more: a count does not survive a restart of the bot."""
    if case.broadcast.topic is None or current(case.broadcast) is not None:
        return refuse(OLD)
    return [*count(case.broadcast), Toast(C_("toast", "The people are being counted."))]


def counted(situation: Situation, news: AudienceCounted) -> Iterable[Effect]:
    """Show how many people it would reach; of a revision that has been changed since, nobody needs to know."""
    broadcast = situation.broadcast
    if broadcast is None or news.counted.revision != broadcast.revision:
        return []
    told = replace(broadcast, counted=news.counted)
    cards: list[Send] = [card(told, situation)] if broadcast.state == "submitted" else []
    return [MoveBroadcast(told), panel(told, situation), *cards]


def _chosen(case: Case, audience: Audience) -> list[Effect]:
    if audience == case.broadcast.audience:
        return opens(case, "audience")
    return changed(case, replace(case.broadcast, audience=audience))
