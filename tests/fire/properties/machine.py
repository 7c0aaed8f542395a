"""The stories that Hypothesis makes up, one act after the other."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.fire.properties.actors import Actors
from tests.fire.properties.invariants import broken
from tests.fire.properties.members import COMMANDS
from tests.fire.properties.residents import WORDS
from tests.fire.properties.street import Street

SOMEBODY = st.integers(0, 2)
FORUM = st.sampled_from([0, 0, 0, 1, 2, 2])
MEMBER = st.integers(0, 2)
BACK = st.sampled_from([0, 0, 0, 1, 2, 5, 11])
PICK = st.integers(0, 11)
KINDS = st.sampled_from(["status", "reset_before", "reset_after", "html", "truncated"])
METHODS = st.sampled_from(["sendMessage", "editMessageText", "deleteMessage", "getUpdates"])
"""Not the answer to a press: it goes out at once, and where it is lost, it is lost (bot/pipeline/at_once.py)."""
MOMENT = st.sampled_from([0.0, 0.002, 0.005, 0.01, 0.03])
LONG_ONES = 3
"""So many of the acts that take a dozen steps are in one story."""


class Stories(RuleBasedStateMachine):
    """People, and what becomes of what they do."""

    def __init__(self) -> None:
        super().__init__()
        self.street = Street()
        self.actors = Actors(self.street)
        self.long_ones = 0

    @initialize()
    def two_have_reported(self) -> None:
        """Sara and Omid have reported something before the story begins, and Ali follows Sara's; Huda has never written."""
        self.actors.reports(0, "Khanaqin")
        self.actors.reports(1, "Mandali")
        self.actors.presses_named(0, 0, "Take")

    @rule(who=SOMEBODY, saying=st.integers(0, WORDS + 8))
    def somebody_writes(self, who: int, saying: int) -> None:
        self.actors.writes(who, saying)

    @rule(who=SOMEBODY, kind=st.integers(0, 5))
    def somebody_sends(self, who: int, kind: int) -> None:
        self.actors.sends(who, kind)

    @rule(who=SOMEBODY, back=BACK, pick=PICK)
    def somebody_presses(self, who: int, back: int, pick: int) -> None:
        self.actors.taps(who, back, pick)

    @precondition(lambda self: self.long_ones < LONG_ONES)
    @rule(who=SOMEBODY, district=st.sampled_from(["Khanaqin", "Mandali"]))
    def somebody_reports(self, who: int, district: str) -> None:
        self.long_ones += 1
        self.actors.reports(who, district)

    @rule(who=SOMEBODY)
    def somebody_blocks(self, who: int) -> None:
        self.actors.blocks(who)

    @rule(who=SOMEBODY)
    def somebody_has_all_deleted(self, who: int) -> None:
        self.actors.deletes_everything(who)

    @rule(forum=FORUM, member=MEMBER, back=BACK, pick=PICK)
    def a_member_presses(self, forum: int, member: int, back: int, pick: int) -> None:
        self.actors.presses(forum, member, back, pick)

    @rule(forum=FORUM, member=MEMBER, what=st.sampled_from(["Take", "Reply", "Note", "Transfer", "Close"]))
    def a_member_works(self, forum: int, member: int, what: str) -> None:
        self.actors.presses_named(forum, member, what)

    @rule(forum=FORUM, member=MEMBER, back=BACK, photo=st.booleans())
    def a_member_replies(self, forum: int, member: int, back: int, photo: bool) -> None:
        self.actors.replies(forum, member, back, photo=photo)

    @rule(forum=FORUM, member=MEMBER, command=st.sampled_from(COMMANDS))
    def a_member_commands(self, forum: int, member: int, command: str) -> None:
        self.actors.commands(forum, member, command)

    @rule(forum=FORUM, member=MEMBER)
    def a_member_chats(self, forum: int, member: int) -> None:
        self.actors.chats(forum, member)

    @rule(forum=FORUM, member=MEMBER)
    def a_member_leaves(self, forum: int, member: int) -> None:
        self.actors.leaves(forum, member)

    @rule(whose=st.integers(0, 5), where=st.integers(0, 5), pick=PICK)
    def somebody_forges(self, whose: int, where: int, pick: int) -> None:
        self.actors.forges(whose, where, pick)

    @rule(who=SOMEBODY)
    def somebody_wants_messages(self, who: int) -> None:
        self.actors.wants_messages(who)

    @precondition(lambda self: self.long_ones < LONG_ONES)
    @rule()
    def the_province_broadcasts(self) -> None:
        self.long_ones += 1
        self.actors.broadcasts()

    @precondition(lambda self: self.long_ones < LONG_ONES)
    @rule()
    def a_session_is_announced(self) -> None:
        self.long_ones += 1
        self.actors.announces()

    @rule(back=BACK)
    def an_anonymous_admin_replies(self, back: int) -> None:
        self.actors.speaks_unseen(back)

    @rule()
    def a_stranger_strays(self) -> None:
        self.actors.strays()

    @rule(kind=KINDS, method=METHODS)
    def something_breaks(self, kind: str, method: str) -> None:
        self.actors.breaks(kind, method)

    @rule(who=SOMEBODY, saying=st.integers(0, WORDS + 8), after=MOMENT)
    def the_bot_dies_while_somebody_writes(self, who: int, saying: int, after: float) -> None:
        self.actors.keeps_the_line()
        self.actors.writes(who, saying, hurried=True)
        self.actors.restarts(after)

    @rule(forum=FORUM, member=MEMBER, back=BACK, pick=PICK, after=MOMENT)
    def the_bot_dies_while_a_member_presses(self, forum: int, member: int, back: int, pick: int, after: float) -> None:
        self.actors.keeps_the_line()
        self.actors.presses(forum, member, back, pick, hurried=True)
        self.actors.waited_for = None
        self.actors.restarts(after)

    @rule(minutes=st.sampled_from([3, 3, 61, 61 * 24]))
    def time_passes(self, minutes: int) -> None:
        self.actors.waits(timedelta(minutes=minutes))

    @invariant()
    def all_holds(self) -> None:
        found = broken(self.actors)
        assert not found, "\n".join([*found, "", "What happened:", *self.actors.story])

    def teardown(self) -> None:
        self.street.closes()
