"""`/calendar` in the province's group: looking, adding, removing, taking a version back, and what that means for sessions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import render
from bot.model.buttons import decode, encode
from bot.model.calendar import BAGHDAD, Calendar, Holiday, Ramadan, Shutdown, in_utc
from bot.model.effects import Audit, DropTimer, Effect, Send, SetCalendar, SetTimer, Toast
from bot.model.events import CommandGiven, Event, MediaReceived, TextReceived
from bot.model.ids import LANGUAGES, PROVINCE, Language, SessionId
from bot.model.messages import Attachment, ToForum, plan_slot
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.text import Names
from handlers import BOOK
from handlers.calendar import typed
from tests.handlers.build import AZAD, HEAD, JALAWLA, KHANAQIN, alert, english, from_province, sends, situation, told

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HERE = ToForum(PROVINCE)
WALL = datetime.combine(date(2026, 12, 5), time(16))
WATER = Session(SessionId("sessionaaaaa"), KHANAQIN, "announced", "Water", wall=WALL, starts=in_utc(WALL), minutes=90)
LATER = replace(WATER, id=SessionId("sessionbbbbb"), forum=JALAWLA, topic="Schools", wall=WALL + timedelta(days=9))


@dataclass
class Office:
    """The province's group, turn after turn."""

    here: Situation = field(default_factory=lambda: replace(situation(now=NOW), ticket=None, calendars=(Calendar(),), **from_province()))
    said: list[Effect] = field(default_factory=list)
    audited: list[Audit] = field(default_factory=list)

    def writes(self, **changes: Any) -> Office:
        return self._decided(BOOK.desk_commands["calendar"](replace(self.here, **changes), CommandGiven("calendar")))

    def taps(self, label: str, **changes: Any) -> Office:
        [button] = [button for row in self.panel.message.rows for button in row if english(button.label) == label]
        action = decode(encode(button.action))
        return self._decided(BOOK.desk[action.verb](replace(self.here, **changes), action))

    def replies(self, event: Event | str, **changes: Any) -> Office:
        heard = TextReceived(event) if isinstance(event, str) else event
        prompt = next(send.slot for send in self.asked if send.message.expects_reply)
        return self._decided(BOOK.desk_events[type(heard)](replace(self.here, prompt=prompt, **changes), heard))

    @property
    def reads(self) -> str:
        return told(self.said, HERE)

    @property
    def labels(self) -> list[str]:
        return [english(button.label) for row in self.panel.message.rows for button in row]

    def _decided(self, effects: Iterable[Effect]) -> Office:
        self.said = list(effects)
        if shown := [send for send in sends(self.said, HERE) if send.message.rows]:
            self.panel = shown[-1]
        if asked := [send for send in sends(self.said, HERE) if send.message.expects_reply]:
            self.asked = asked
        for effect in self.said:
            if isinstance(effect, SetCalendar):
                assert effect.calendar.version == self.here.calendar.version + 1
                self.here = replace(self.here, calendar=effect.calendar, calendars=(effect.calendar, *self.here.calendars))
            elif isinstance(effect, Audit):
                self.audited.append(effect)
        return self

    panel: Send = field(init=False)
    asked: list[Send] = field(init=False)


def exams(office: Office, text: str = "5/12/2026 – 24/12/2026, 15:00 – 18:00") -> Office:
    return office.writes().taps("Add an internet shutdown").replies(text)


def test_the_province_reads_the_rules_in_force() -> None:
    calendar = Calendar(
        holidays=(
            Holiday(date(2027, 3, 21), date(2027, 3, 21), Names("Nowruz", "عيد نوروز", "نەورۆز")),
            Holiday(date(2026, 1, 6), date(2026, 1, 6), Names("Army Day", "", "")),
        ),
        ramadan=(Ramadan(date(2027, 2, 8), date(2027, 3, 9)),),
        shutdowns=(Shutdown(date(2027, 6, 5), date(2027, 6, 24), time(5, 30), time(8)),),
        version=4,
    )
    office = Office()
    office.writes(calendar=calendar)
    for words in (
        "The calendar, version 4",
        "Weekend: Saturday · Friday",
        "The week starts on: Saturday",
        "Quiet hours: 21:00 to 08:00",
        "• 21 March 2027: Nowruz",
        "• Ramadan, 8 February 2027 to 9 March 2027: no sessions from 17:00 to 20:00",
        "• 5 June 2027 to 24 June 2027: internet off daily from 05:30 to 08:00",
    ):
        assert words in office.reads
    assert "Army Day" not in office.reads, "what is over is left out"


def test_without_entries_the_calendar_says_so() -> None:
    office = Office().writes()
    assert office.reads.count("none") == 3
    assert office.labels == ["Add a holiday", "Add Ramadan", "Add an internet shutdown"]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({"forum": KHANAQIN, "actor": "member", "member": AZAD}, "Only coordinators"),
        ({"actor": "anonymous", "member": None}, "Remain anonymous"),
        ({"actor": "stranger", "member": None}, "Only members of the forum"),
        ({"actor": "former_member"}, "no longer a member"),
        ({"forum": KHANAQIN}, "in the group of the province"),
    ],
)
def test_only_coordinators_in_the_provinces_group_touch_the_calendar(where: dict[str, Any], why: str) -> None:
    """B86: asked again at the command, at each press and at each reply."""
    office = Office().writes()
    assert why in alert(office.taps("Add Ramadan", **where).said)
    office.taps("Add Ramadan").replies("8/2/2027 – 9/3/2027", **where)
    assert not any(isinstance(effect, SetCalendar) for effect in office.said)
    [send] = sends(office.said)
    assert why in english(send.message.body)
    [send] = sends(Office().writes(**where).said)
    assert why in english(send.message.body)


def test_a_holiday_is_tapped_and_its_days_are_written_in_any_digits() -> None:
    office = Office().writes().taps("Add a holiday").taps("Eid al-Fitr").replies("١٠/٣/٢٠٢٧ – ١٢/٣/٢٠٢٧")
    [eid] = office.here.calendar.holidays
    assert (eid.first, eid.last) == (date(2027, 3, 10), date(2027, 3, 12))
    assert (eid.names.en, eid.names.ar, eid.names.ckb) == ("Eid al-Fitr", "عيد الفطر", "جەژنی ڕەمەزان")
    assert "Added: 10 March 2027 to 12 March 2027: Eid al-Fitr" in office.reads
    assert "The calendar, version 1" in office.reads
    assert office.audited == [Audit("calendar", None, PROVINCE, HEAD.id, "holiday 1")]


def test_another_holiday_has_its_own_name_in_as_many_languages_as_were_written() -> None:
    office = Office().writes().taps("Add a holiday").taps("Another holiday").replies("3.10.2027\nاليوم الوطني\nڕۆژی نیشتمانی\nNational Day")
    [day] = office.here.calendar.holidays
    assert day.names == Names("National Day", "اليوم الوطني", "ڕۆژی نیشتمانی")
    office.taps("Add a holiday").taps("Another holiday").replies("4.10.2027\nعطلة محلية")
    assert office.here.calendar.holidays[-1].names == Names("عطلة محلية", "عطلة محلية", "عطلة محلية")
    office.taps("Add a holiday").taps("Another holiday").replies("5.10.2027")
    assert "the name below it" in office.reads


def test_ramadan_has_its_usual_hours_or_those_that_were_written() -> None:
    office = Office().writes().taps("Add Ramadan").replies("8/2/2027 – 9/3/2027")
    assert office.here.calendar.ramadan == (Ramadan(date(2027, 2, 8), date(2027, 3, 9)),)
    office.taps("Add Ramadan").replies("28/1/2028 - 26/2/2028, 17:30 - 20:30")
    assert office.here.calendar.ramadan[-1].busy_until == time(20, 30)
    office.taps("Add Ramadan").replies("28/1/2028 - 26/2/2028, 20:30 - 17:30")
    assert "The first hour must be before the second" in office.reads


def test_sessions_that_a_shutdown_comes_upon_are_named_and_their_reminders_moved() -> None:
    """B97: the province reads which, the forum is told, and the timers are set anew."""
    office = Office()
    office.here = replace(office.here, sessions=(WATER, LATER, replace(WATER, id=SessionId("sessionccccc"), state="held")))
    exams(office, "5/12/2026, 13:30 – 18:00")
    assert "These sessions now fall into it:\nKhanaqin: “Water”, 5 December 2026, 16:00 – the internet is off" in office.reads
    assert "Schools" not in office.reads
    [warned] = sends(office.said, ToForum(KHANAQIN))
    assert warned.message.answers == plan_slot(WATER.id)
    assert "You can change or cancel it" in english(warned.message.body)
    set_anew = {effect.key: effect.due.astimezone(BAGHDAD) for effect in office.said if isinstance(effect, SetTimer)}
    assert set_anew[f"session:{WATER.id}:2"] == datetime(2026, 12, 5, 13, 25, tzinfo=BAGHDAD)
    assert f"session:{LATER.id}:24" in set_anew
    assert not any("sessionccccc" in key for key in set_anew)
    dropped = {effect.key for effect in office.said if isinstance(effect, DropTimer)}
    assert set(set_anew) <= dropped, "a reminder that has no good moment any more must not come at the old one"


def test_a_fast_or_a_holiday_upon_a_session_is_named_too_but_only_once() -> None:
    office = Office()
    office.here = replace(office.here, sessions=(WATER,))
    office.writes().taps("Add Ramadan").replies("20/11/2026 – 19/12/2026")
    assert "– people break their fast" in office.reads
    office.taps("Add an internet shutdown").replies("1/1/2027, 10:00 – 12:00")
    assert "people break their fast" not in office.reads, "it was said before"
    quiet = Office()
    quiet.here = replace(quiet.here, sessions=(WATER,))
    quiet.writes().taps("Add a holiday").taps("Ashura").replies("5/12/2026")
    assert "– holiday: Ashura" in quiet.reads


def test_an_entry_is_removed_with_one_tap() -> None:
    office = exams(Office())
    office.taps("Remove an entry").taps("✖ 5 December 2026 to 24 December 2026: internet off daily from 15:00 to 18:00")
    assert office.here.calendar == Calendar(version=2)
    assert "Removed: 5 December 2026" in office.reads
    assert [audit.detail for audit in office.audited] == ["shutdown 1", "remove 2"]


def test_an_earlier_version_is_looked_at_and_put_in_force_as_a_new_one() -> None:
    office = exams(Office())
    office.taps("Earlier versions").taps("The calendar as the bot was set up with")
    assert "internet off daily" not in office.reads
    office.taps("Put this version in force again")
    assert office.here.calendar == Calendar(version=2)
    assert [calendar.version for calendar in office.here.calendars] == [2, 1, 0], "every version stays"
    office.taps("Earlier versions").taps("The calendar, version 1").taps("Put this version in force again")
    assert len(office.here.calendar.shutdowns) == 1


def test_a_button_of_an_older_version_changes_nothing() -> None:
    """Of two coordinators the second reads that it was changed."""
    office = Office().writes()
    assert "the calendar has changed" in alert(office.taps("Add Ramadan", calendar=Calendar(version=1)).said)


def test_back_leads_back_from_everywhere() -> None:
    office = exams(Office())
    for way in (
        ["Add a holiday"],
        ["Remove an entry"],
        ["Earlier versions"],
        ["Earlier versions", "The calendar as the bot was set up with"],
    ):
        for label in way:
            office.taps(label)
        office.taps("Back")
        assert "Add a holiday" in office.labels


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "32/12/2026",
        "12/25/2027",
        "24/12/2026 – 5/12/2026",
        "1/1/2026",
        "1/1/2027 – 1/9/2027",
        "1/1/2030",
        "1/2/2027 2/2/2027 3/2/2027",
    ],
)
def test_days_that_cannot_be_meant_are_asked_for_again(text: str) -> None:
    office = exams(Office(), f"{text}, 05:30 – 08:00")
    assert "These days could not be read" in office.reads
    assert office.here.calendar.version == 0
    office.replies("5/12/2026, 05:30 – 08:00")
    assert office.here.calendar.version == 1, "the same prompt can be answered again"


def test_a_shutdown_needs_two_hours_and_words() -> None:
    assert "two hours" in exams(Office(), "5/12/2026").reads
    office = Office().writes().taps("Add an internet shutdown")
    assert "could not be read" in office.replies(MediaReceived(Attachment("photo", "file"))).reads


def test_the_same_entry_is_not_added_twice() -> None:
    office = exams(exams(Office()))
    assert "This is in the calendar already." in office.reads
    assert office.here.calendar.version == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_reads_in_every_language(language: Language) -> None:
    """B34: the rules, every choice, every prompt and every refusal, without a word of another script."""
    office, said = exams(Office()), list[Effect]()
    office.taps("Add Ramadan").replies("8/2/2027 – 9/3/2027")
    office.taps("Add a holiday").taps("Eid al-Ghadir").replies("25/5/2027")
    for way in (
        ["Add a holiday", "Another holiday"],
        ["Back", "Add a holiday", "Ashura"],
        ["Back", "Add Ramadan"],
        ["Add an internet shutdown"],
        ["Remove an entry", "Back"],
        ["Earlier versions", "The calendar, version 1"],
    ):
        for label in way:
            said += office.taps(label).said
    said += [*office.taps("Back", calendar=Calendar(version=9)).said, *exams(office, "never").said, *exams(office, "6/12/2026").said]
    for effect in said:
        pieces = [effect.text] if isinstance(effect, Toast) else []
        if isinstance(effect, Send):
            pieces = [effect.message.body, *(button.label for row in effect.message.rows for button in row)]
        for piece in pieces:
            text = render(piece, language).replace("/calendar", "")
            assert language == "en" or not re.search("[A-Za-z]", text), text
            assert len(text) <= (200 if isinstance(effect, Toast) else 4096)


def test_chatter_and_other_replies_go_on_to_the_desk() -> None:
    office = Office()
    heard = BOOK.desk_events[TextReceived](office.here, TextReceived("5/12/2026"))
    assert list(heard) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-12-01", (2026, 12, 1), (2026, 12, 1)),
        ("1/12/2026", (2026, 12, 1), (2026, 12, 1)),
        ("1.12.2026", (2026, 12, 1), (2026, 12, 1)),
        ("1.12.", (2026, 12, 1), (2026, 12, 1)),
        ("1-12-2026", (2026, 12, 1), (2026, 12, 1)),
        ("١/١٢/٢٠٢٦", (2026, 12, 1), (2026, 12, 1)),
        ("۱۴۰۵-۱۲-۰۱", (1405, 12, 1), (1405, 12, 1)),
        ("1.12.–3.12.", (2026, 12, 1), (2026, 12, 3)),
        ("من ٢٨/١٢ الى ٣/١", (2026, 12, 28), (2027, 1, 3)),
        ("29.2.", (2028, 2, 29), (2028, 2, 29)),
        ("22/11", (2026, 11, 22), (2026, 11, 22)),
        ("21/11", (2027, 11, 21), (2027, 11, 21)),
        ("2027/2/8 - 2027/3/9", (2027, 2, 8), (2027, 3, 9)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    """A day without a year is the next one; the second of two comes after the first."""
    assert typed.days(text, TODAY) == (date(*first), date(*last))


@pytest.mark.parametrize("text", ["", "5", "soon", "2026", "1/2/3/4", "31/2/2027", "12:30", "07701234567"])
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    assert typed.days(text, TODAY) is None


def test_hours_are_read_in_any_digits() -> None:
    assert typed.hours("٠٥:٣٠ – ٠٨:٠٠") == (time(5, 30), time(8))
    assert typed.hours("22:00 - 6:00") == (time(22), time(6))
    assert typed.hours("25:00 - 6:00") is None
    assert typed.hours("6:00") is None


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_reading(text: str) -> None:
    typed.days(text, TODAY)
    typed.hours(text)


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["{0:%Y-%m-%d}", "{0.day}/{0.month}/{0.year}", "{0.day}.{0.month}.{0.year}"]),
)
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert typed.days(form.format(day), TODAY) == (day, day)
