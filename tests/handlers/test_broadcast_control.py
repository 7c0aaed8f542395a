"""A sending that is watched, paused, cancelled and reported; and one about which somebody has to decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from bot.i18n import render
from bot.model.broadcasts import Cell, Figures, Question, Quiz, Schedule
from bot.model.calendar import Calendar
from bot.model.effects import MoveBroadcast, MoveOccurrence, Send, SetTimer, Toast, Withdraw
from bot.model.events import CommandGiven, OccurrenceEnded, TimerFired
from bot.model.ids import LANGUAGES, PROVINCE, OccurrenceId
from bot.model.messages import Action, ToChannel, ToForum, approval_slot, cast_slot, progress_slot
from bot.model.text import Words
from handlers import BOOK
from handlers.broadcasts.message import units
from handlers.broadcasts.progress import BAR, bar
from tests.handlers.build import JALAWLA, KHANAQIN, LINKED, MANDALI, PLACES, english, told
from tests.handlers.casting import LAYLA, OMAR, SARA, seated
from tests.handlers.sending import FORUM, OFFICE, WEEKLY, Course, at, later

MANY = Figures(
    listed=1000,
    delivered=600,
    blocked=20,
    gone=3,
    refused=1,
    unsure=2,
    cells=(Cell(KHANAQIN, "ar", 700, 400), Cell(KHANAQIN, "ckb", 250, 180), Cell(JALAWLA, "ar", 50, 20)),
)


def sending(schedule: Schedule = Schedule(), figures: Figures = MANY, **changes: Any) -> Course:  # noqa: B008 - frozen
    """Return a broadcast that is being sent."""
    course = Course(schedule, **changes)
    course.approve()
    if schedule.kind != "now":
        course.fires()
    course.figures = figures
    return course


def held() -> Course:
    course = Course(WEEKLY).approve()
    course.fires(later(at("2026-11-23"), hours=5))
    return course


def state(course: Course) -> str:
    return course.newest.state


def listed(course: Course) -> None:
    """Let the machine have found everybody whom it is for."""
    course.occurrences[0] = replace(course.newest, listed=True)


def test_the_card_shows_how_far_it_has_come_and_how_long_it_takes() -> None:
    course = sending(figures=Figures())
    course.looks()
    course.figures = replace(MANY, delivered=274)
    course.now = later(course.now)
    listed(course)
    course.looks()
    assert course.reads() == (
        "Broadcast “Drugs destroy families. Write to us for help.”\n\n"
        "It is being sent.\n"
        "Done: ▓▓▓░░░░░░░░░ 30 %\n"
        "Delivered: 274 of 1000\n"
        "Not reached: 26\n"
        "30 a second, about 1 minute left"
    )
    assert course.labels() == ["Pause", "Cancel"]


def test_before_everybody_is_found_the_number_that_was_counted_stands() -> None:
    course = sending()
    course.looks()
    assert "Delivered: 600 of 1240" in course.reads()


def test_it_is_looked_at_every_ten_seconds_and_only_while_something_moves() -> None:
    """A group takes twenty edits a minute."""
    course = sending()
    start = course.now
    course.looks()
    course.looks()
    assert course.now - start == timedelta(seconds=20)
    course.presses("pause")
    assert course.looks(), "the last numbers after the pause"
    assert not course.timers
    course.presses("resume")
    assert len(course.timers) == 1


def test_of_two_followers_of_one_sending_the_older_ends() -> None:
    """Paused and resumed within ten seconds, there would be two."""
    course = sending()
    old = next(iter(course.timers))
    course.presses("pause")
    course.presses("resume")
    assert BOOK.timers["cast_progress"](course.about(), TimerFired("cast_progress", old)) == []
    assert BOOK.timers["cast_progress"](course.about(), TimerFired("cast_progress", "cast_progress:forged")) == []


def test_while_nothing_may_be_sent_it_says_until_when_and_looks_again_then() -> None:
    course = Course(Schedule(), Calendar(), at("2026-11-22", "20:59")).approve()
    course.figures = MANY
    course.now = at("2026-11-22", "21:00")
    [timer] = course.timers.values()
    course.timers[timer.key] = replace(timer, due=course.now)
    course.looks()
    assert "It waits until 23 November 2026, 08:00: quiet hours" in course.reads()
    assert [timer.due for timer in course.timers.values()] == [at("2026-11-23", "08:00")]


def test_a_doubted_clock_is_named_on_the_card() -> None:
    """F31."""
    course = sending(changes={"doubted": 86400})
    course.looks()
    assert "It waits until somebody confirms the bot’s clock." in course.reads()


@pytest.mark.parametrize(("done", "whole", "full"), [(0, 0, 0), (0, 10, 0), (5, 10, BAR // 2), (10, 10, BAR), (999, 1000, BAR - 1)])
def test_the_bar_fills_in_the_direction_in_which_its_reader_reads(done: int, whole: int, full: int) -> None:
    shown = bar(done, whole)
    assert shown.en == "▓" * full + "░" * (BAR - full)
    assert shown.ar == shown.ckb == shown.en[::-1]


def test_pause_stops_it_and_resume_goes_on() -> None:
    """B89."""
    course = sending()
    course.presses("pause")
    assert state(course) == "paused"
    assert course.toasts() == ["Paused. Nobody gets it now."]
    assert course.labels() == ["Go on sending", "Cancel for good"]
    assert "cast_pause" in course.audits()
    course.presses("resume")
    assert state(course) == "sending"
    assert course.labels() == ["Pause", "Cancel"]


def test_who_is_about_to_cancel_has_paused_it_and_is_asked_once_more() -> None:
    """B89: nobody gets it while somebody makes up their mind."""
    course = sending()
    course.presses("cancel")
    assert state(course) == "paused"
    assert course.toasts() == ["Paused. Cancel it for good?"]
    course.presses("really")
    assert state(course) == "cancelled"
    assert course.labels() == []


def test_the_exact_numbers_of_a_cancelled_one_come_when_the_last_is_settled() -> None:
    """B89."""
    course = sending()
    course.presses("cancel")
    said = course.presses("really")
    assert "The message reached" not in told(said, FORUM)
    course.figures = replace(MANY, delivered=613)
    listed(course)
    course.ends()
    assert state(course) == "cancelled"
    assert course.newest.ended == course.now
    for group in (FORUM, OFFICE):
        assert (
            "Cancelled: nobody else gets it.\n"
            "The message reached 613 people.\n"
            "Have blocked the bot: 20\n"
            "Have deleted their account: 3\n"
            "Not taken by Telegram: 1\n"
            "Tried twice without an answer, may have arrived: 2\n"
            "Not tried any more, since it was cancelled: 361\n"
        ) in course.told(group)


def test_of_one_that_was_cancelled_before_all_were_found_the_rest_is_known_by_the_count() -> None:
    """B89: only as many people are found ahead as are sent to in two seconds."""
    course = sending(figures=Figures(listed=660, delivered=600))
    course.presses("cancel")
    course.presses("really")
    course.ends()
    assert "The message reached 600 people.\nNot tried any more, since it was cancelled, about: 640" in course.told()


def test_a_wrong_post_in_a_channel_is_taken_back_when_it_is_cancelled() -> None:
    districts = tuple(replace(district, channel=f"@{district.id}") for district in PLACES.districts)
    course = Course(Schedule(), changes={"province": replace(PLACES, districts=districts)})
    course.broadcast = replace(course.broadcast, audience=replace(course.broadcast.audience, channels=True))
    course.approve()
    posts = {(send.to, send.slot) for send in course.said if isinstance(send, Send) and isinstance(send.to, ToChannel)}
    course.presses("cancel")
    assert not [effect for effect in course.said if isinstance(effect, Withdraw)], "not before it is meant"
    course.presses("really")
    assert {(effect.to, effect.slot) for effect in course.said if isinstance(effect, Withdraw)} == posts


@pytest.mark.parametrize("stands", ["sending", "paused", "held", "done", "cancelled", "skipped"])
@pytest.mark.parametrize("what", ["pause", "cancel", "resume", "really", "send", "leave", "", "forged"])
def test_a_second_press_or_an_old_button_changes_nothing(what: str, stands: Any) -> None:
    """A button counts in the state that it was made for alone."""
    made_for = {"pause": "sending", "cancel": "sending", "resume": "paused", "really": "paused", "send": "held", "leave": "held"}
    course = sending()
    course.occurrences[0] = replace(course.newest, state=stands)
    said = course.presses(what)
    moved = [effect for effect in said if isinstance(effect, MoveOccurrence)]
    assert bool(moved) == (made_for.get(what) == stands)
    if not moved:
        assert [effect for effect in said if isinstance(effect, Toast)]
        assert not [effect for effect in said if isinstance(effect, SetTimer | MoveBroadcast)]


def test_a_sending_that_is_gone_says_so() -> None:
    course = sending()
    said = BOOK.desk["cast_go"](
        course.here(place="group", **seated(SARA)), Action("cast_go", None, ("pause",), occurrence=OccurrenceId("gonegonegone"))
    )
    assert [english(effect.text) for effect in said if isinstance(effect, Toast)] == ["This broadcast is no longer there."]


def test_only_its_forum_and_coordinators_control_it() -> None:
    elsewhere = {"member": replace(SARA, forum=JALAWLA), "forum": JALAWLA, "actor": "member"}
    course = sending()
    for who in (elsewhere, {"member": None, "actor": "anonymous"}, {"actor": "former_member"}, {"member": None, "actor": "stranger"}):
        here = replace(course.about(place="group", **seated(SARA)), **who)
        said = course.feels(BOOK.desk["cast_go"](here, Action("cast_go", None, ("pause",), occurrence=course.newest.id)))
        assert state(course) == "sending"
        assert len(said) == 1
        assert isinstance(said[0], Toast)
    course.presses("pause", member=OMAR)
    assert state(course) == "paused", "a coordinator stops what goes wrong anywhere"


def test_what_was_held_is_sent_now_if_somebody_says_so() -> None:
    """B92."""
    course = held()
    course.presses("send", member=LAYLA)
    assert state(course) == "sending"
    assert course.newest.started == course.now
    assert course.labels() == ["Pause", "Cancel"]
    assert course.labels(OFFICE) == []
    assert "It was decided: it is sent now." in course.reads(OFFICE)
    assert [timer.kind for timer in course.timers.values()].count("cast_progress") == 1
    course.presses("send", member=SARA)
    assert course.toasts() == ["It is being sent."]


def test_what_was_held_is_left_out_if_somebody_says_so() -> None:
    """B92: the next time of what recurs comes all the same."""
    course = held()
    course.presses("leave")
    assert (course.newest.state, course.newest.ended) == ("skipped", course.now)
    assert course.broadcast.state == "approved"
    assert "It was decided: it is left out." in course.reads(OFFICE)
    assert "Left out." in course.reads()


def test_the_only_time_left_out_ends_the_broadcast() -> None:
    course = Course(Schedule("once", day=at("2026-11-23").date(), at=time(10))).approve()
    course.fires(later(at("2026-11-23"), hours=5))
    course.presses("leave")
    assert course.broadcast.state == "finished"


def test_nothing_begins_or_goes_on_while_the_clock_is_doubted() -> None:
    """F31."""
    course = held()
    course.changes["doubted"] = 7200
    course.presses("send")
    assert state(course) == "held"
    course = sending()
    course.presses("pause")
    course.changes["doubted"] = 7200
    course.presses("resume")
    assert state(course) == "paused"
    assert course.toasts() == [
        "The bot’s clock has jumped. First a coordinator must confirm in the group of the province that it is right."
    ]


def test_while_its_group_cannot_be_reached_the_province_follows_it() -> None:
    course = sending(changes={"forums": {**LINKED, KHANAQIN: "lost"}})
    course.looks()
    assert (PROVINCE, progress_slot(course.newest.id)) in course.shown
    assert (KHANAQIN, progress_slot(course.newest.id)) not in course.shown


def test_the_end_is_told_to_both_groups_and_ends_what_is_sent_once() -> None:
    course = sending(figures=replace(MANY, delivered=970, unsure=6, opted_out=12))
    listed(course)
    course.now = later(course.now, minutes=34)
    course.ends()
    assert (course.newest.state, course.newest.ended) == ("done", course.now)
    assert course.broadcast.state == "finished"
    for group in (FORUM, OFFICE):
        assert "The message reached 970 people." in course.told(group)
        assert "Stopped these messages: 12" in course.told(group)
        assert "It took: 34 minutes" in course.told(group)
        assert "Delivered:\nKhanaqin: Arabic: 400 · Kurdish: 180\nJalawla: Arabic: 20" in course.told(group)
    assert "It has been sent." in course.reads()
    assert "This broadcast is over." in course.reads(slot=cast_slot(course.broadcast.id))
    assert "This broadcast is over." in course.reads(OFFICE, approval_slot(course.broadcast.id))


def test_an_end_that_the_machine_has_written_down_already_is_told_all_the_same() -> None:
    course = sending()
    course.occurrences[0] = replace(course.newest, state="done", ended=course.now)
    said = course.ends()
    assert not [effect for effect in said if isinstance(effect, MoveOccurrence)]
    assert "The message reached 600 people." in course.told()


def test_the_end_of_one_sending_does_not_end_what_recurs_or_waits() -> None:
    course = sending(WEEKLY)
    course.ends()
    assert course.broadcast.state == "approved"
    both = sending()
    both.occurrences.append(replace(both.newest, id=OccurrenceId("anotheroneaa"), state="held"))
    both.ends()
    assert both.broadcast.state == "approved"


def charts(course: Course, group: ToForum = FORUM) -> list[tuple[str, list[tuple[str, int, bool]]]]:
    found = []
    for send in (effect for effect in course.said if isinstance(effect, Send) and effect.to == group):
        if (chart := send.message.chart) is not None:
            found.append((english(chart.title), [(english(each.label), each.value, each.marked) for each in chart.bars]))
    return found


def test_the_picture_shows_areas_and_languages_the_most_first() -> None:
    course = sending()
    course.ends()
    expected = [("Khanaqin, Arabic", 400, False), ("Khanaqin, Kurdish", 180, False), ("Jalawla, Arabic", 20, False)]
    assert charts(course) == charts(course, OFFICE) == [("Delivered, by area and language", expected)]


def test_few_people_are_told_apart_neither_in_words_nor_in_pictures() -> None:
    """B55: where the sum would give them away, they are counted together with the next."""
    cells = (Cell(KHANAQIN, "ar", 99, 80), Cell(KHANAQIN, "ckb", 9, 3), Cell(JALAWLA, "ar", 60, 50), Cell(MANDALI, "en", 20, 20))
    course = sending(figures=Figures(listed=188, delivered=153, cells=cells))
    course.ends()
    assert "Khanaqin: Arabic: 80\nJalawla: Arabic: 50\nKhanaqin, Kurdish + Mandali, English: 23" in course.told()
    [(_, bars)] = charts(course)
    assert bars == [("Khanaqin, Arabic", 80, False), ("Jalawla, Arabic", 50, False)]
    shown = {*(number for _, number, _ in bars), 23}
    assert 3 not in shown
    assert 20 not in shown


def test_who_is_alone_is_not_shown_at_all() -> None:
    """B55."""
    cells = (Cell(KHANAQIN, "ar", 2, 2), Cell(JALAWLA, "ar", 1, 1))
    course = sending(figures=Figures(listed=3, delivered=3, cells=cells))
    listed(course)
    course.ends()
    assert charts(course) == []
    assert "Jalawla" not in course.told()
    assert "The message reached fewer than 5 people." in course.told()
    assert "3" not in course.told().replace("30", "")


def with_quiz(answers: tuple[int, ...], right: int | None = 1) -> Course:
    course = Course(Schedule())
    asked = Question("What do you do with an unknown link?", ("Open it", "Delete it", "Send it on"), "Such links steal accounts.")
    course.broadcast = replace(course.broadcast, quiz=Quiz({"en": asked}, right))
    course.approve()
    course.figures = replace(MANY, answers=answers)
    course.ends()
    return course


def test_answers_are_shown_in_words_and_in_a_picture_with_the_right_one_marked() -> None:
    """B95: numbers alone, and rounded: looked at twice, they do not tell what one person answered in between."""
    course = with_quiz((12, 40, 5))
    assert "Answers: “What do you do with an unknown link?”\n• Open it: 10\n✓ Delete it: 40\n• Send it on: 5\nRounded" in course.told()
    title, bars = charts(course)[-1]
    assert title == "Answers: “What do you do with an unknown link?”"
    assert bars == [("Open it", 10, False), ("Delete it", 40, True), ("Send it on", 5, False)]
    [label] = [each.label for send in course.said if isinstance(send, Send) and send.message.chart for each in send.message.chart.bars][3:4]
    assert isinstance(label, Words)


@pytest.mark.parametrize("answers", [(12, 40), (12, 40, 0), (12, 40, 4), (1, 0, 0), ()])
def test_answers_of_few_are_not_told_apart(answers: tuple[int, ...]) -> None:
    """B55, B95."""
    course = with_quiz(answers)
    assert not [title for title, _ in charts(course) if title.startswith("Answers")]
    shown = course.told()
    if sum(answers) < 5:
        assert "Fewer than 5 people have answered so far." in shown
    elif answers[-1:] == (4,):
        assert "• Open it: counted with others\n✓ Delete it: 40\n• Send it on: counted with others\nCounted together: 15" in shown
    else:
        assert "Send it on: fewer than 5" in shown


def test_the_list_says_how_each_stands_and_opens_one() -> None:
    course = sending()
    here = course.here(
        place="group",
        broadcasts=(course.broadcast,),
        latest={course.broadcast.id: (course.newest, course.figures)},
        broadcast=None,
        occurrences=(),
        **seated(SARA),
    )
    [shown] = BOOK.desk_commands["broadcasts"](here, CommandGiven("broadcasts"))
    assert isinstance(shown, Send)
    assert english(shown.message.body) == (
        "Broadcasts:\n\nBroadcast “Drugs destroy families. Write to us for help.”\napproved\nIt is being sent. Delivered: 600 of 1000"
    )
    [[button]] = shown.message.rows
    assert button.action == Action("casts", None, (), broadcast=course.broadcast.id)
    course.feels(BOOK.desk["casts"](course.about(place="group", **seated(SARA)), button.action))
    assert {slot for _, slot in course.shown} >= {cast_slot(course.broadcast.id), progress_slot(course.newest.id)}


def test_who_opens_it_later_sees_who_stopped_meanwhile() -> None:
    course = sending()
    course.ends()
    course.figures = replace(course.figures, opted_out=2)
    opened = Action("casts", None, (), broadcast=course.broadcast.id)
    course.feels(BOOK.desk["casts"](course.about(place="group", **seated(SARA)), opened))
    assert "Stopped these messages: fewer than 5" in course.told(), "who looks again and again might see one person stop"
    course.figures = replace(course.figures, opted_out=7)
    course.feels(BOOK.desk["casts"](course.about(place="group", **seated(SARA)), Action("casts", None, (), broadcast=course.broadcast.id)))
    assert "Stopped these messages: 7" in course.told()


def test_an_empty_list_says_how_to_write_one_and_strangers_get_none() -> None:
    course = Course()
    [shown] = BOOK.desk_commands["broadcasts"](course.here(place="group", **seated(SARA)), CommandGiven("broadcasts"))
    assert isinstance(shown, Send)
    assert english(shown.message.body) == "There are no broadcasts yet. Write one with /broadcast."
    here = course.here(place="group", forum=KHANAQIN, actor="channel")
    assert "channel cannot" in told(BOOK.desk_commands["broadcasts"](here, CommandGiven("broadcasts")), FORUM)
    [toast] = BOOK.desk["casts"](here, Action("casts", None, ("token", "1")))
    assert isinstance(toast, Toast)


def test_the_list_turns_its_pages_in_place() -> None:
    course = Course()
    many = tuple(replace(course.broadcast, id=type(course.broadcast.id)(f"broadcast{number:03}")) for number in range(20))
    here = course.here(place="group", broadcasts=many, broadcast=None, **seated(SARA))
    seen: list[str] = []
    [page] = BOOK.desk_commands["broadcasts"](here, CommandGiven("broadcasts"))
    while True:
        assert isinstance(page, Send)
        buttons = {english(button.label): button.action for row in page.message.rows for button in row if not button.action.broadcast}
        seen += [button.action.broadcast for row in page.message.rows for button in row if button.action.broadcast]
        if "Earlier" not in buttons:
            break
        [page] = BOOK.desk["casts"](here, buttons["Earlier"])
    assert seen == [each.id for each in many]


def test_every_message_reads_in_every_language_and_fits() -> None:
    districts = tuple(replace(PLACES.districts[0], id=type(KHANAQIN)(f"district{number}")) for number in range(19))
    province = replace(PLACES, districts=(*PLACES.districts, *districts))
    cells = tuple(Cell(district.id, language, 99999, 99999) for district in province.districts for language in LANGUAGES)
    course = Course(Schedule(), changes={"province": province, "doubted": 999})
    options = tuple("ا" * 100 for _ in range(6))
    course.broadcast = replace(course.broadcast, quiz=Quiz({language: Question("س" * 300, options) for language in LANGUAGES}, 0))
    course.approve()
    course.figures = replace(MANY, delivered=10**6, listed=10**6 + 26, opted_out=10**5, cells=cells, answers=(10**5,) * 6)
    everything = [*course.said, *course.looks(), *course.presses("cancel"), *course.presses("really"), *course.ends()]
    for send in (effect for effect in everything if isinstance(effect, Send)):
        for language in LANGUAGES:
            text = render(send.message.body, language)
            assert units(text) <= (1024 if send.message.chart else 4096), text
    for toast in (effect for effect in everything if isinstance(effect, Toast)):
        assert all(len(render(toast.text, language)) <= 200 for language in LANGUAGES)


def test_nobody_is_told_of_the_end_of_what_is_not_there() -> None:
    course = Course()
    assert BOOK.news[OccurrenceEnded](course.here(broadcast=None), OccurrenceEnded(OccurrenceId("gonegonegone"))) == []


def test_neither_a_share_nor_what_was_cancelled_tells_how_many_the_few_are() -> None:
    """B55: a third of three is done, two were not tried."""
    course = sending(figures=Figures(listed=3, delivered=1))
    listed(course)
    course.broadcast = replace(course.broadcast, counted=None)
    course.looks()
    assert "33" not in course.reads()
    assert "▓" not in course.reads()
    course.presses("pause")
    course.presses("really")
    course.figures = Figures(listed=3, delivered=0, blocked=1)
    course.ends()
    assert "The message reached fewer than 5 people." in course.told()
    assert "Not tried" not in course.told()
    assert "blocked" not in course.told()
