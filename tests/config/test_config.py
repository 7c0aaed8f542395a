"""Where settings come from, and what the bot makes of them."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from bot.config import Config, example, load
from bot.config.faults import Key, lines_of
from bot.config.places import Named, Point
from bot.config.times import CalendarRules
from bot.errors import ConfigError
from bot.model.calendar import Calendar
from bot.model.ids import PROVINCE, ForumId

TOKEN = "7000000001:AAHcanary-canary_canaryCANARYcanary12"


def settings(section: type[BaseModel], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every setting there is, by its place in the file."""
    for name, field in section.model_fields.items():
        yield (*at, name)
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in (Named, Point):
                yield from settings(kind, (*at, name))


def written(text: str) -> set[tuple[str, ...]]:
    """Return every setting that a file sets or shows behind a `# name =`."""
    shown = re.sub(r"(?m)^(\s*)# (?=[a-z_]+ = |\[\[)", r"\1", text)
    return {tuple(part for part in key if isinstance(part, str)) for key in lines_of(shown)}


def test_the_example_shows_every_setting_and_no_other() -> None:
    """A setting that is not explained does not exist for an operator."""
    there = written(example().read_text(encoding="utf-8"))
    known = set(settings(Config))
    parts = {key for key in there if key[-1] in ("en", "ar", "ckb")}
    # A place outside has the fields of a locality, which are explained there.
    assert {key for key in known - there if key[0] != "outside"} == set()
    assert there - known - parts == set()


def test_the_example_shows_the_usual_values() -> None:
    given = tomllib.loads(example().read_text(encoding="utf-8"))
    for name in ("telegram", "storage", "retention", "limits", "broadcasts", "health", "service"):
        usual = Config.model_fields[name].default
        assert given[name] == {key: getattr(usual, key) for key in given[name]}


def test_the_example_serves_seven_districts_in_three_languages() -> None:
    """B116."""
    province = load(example()).places()
    assert [district.code for district in province.districts] == ["KHN", "MND", "SAD", "JLW", "KHL", "MQD", "BQB"]
    assert [category.key for category in province.categories if category.sensitive] == ["harassment"]
    assert len(province.categories) == 7
    assert province.emergency() == "911"
    assert [line.number for line in province.hotlines if line.show] == ["911"]
    assert all(line.checked_on is None for line in province.hotlines), "only who tried a number may say when"


def test_the_example_knows_the_places_inside_a_district_and_those_outside_of_all() -> None:
    province = load(example()).places()
    assert [len(district.localities) for district in province.districts] == [10, 4, 1, 5, 5, 4, 10]
    without_forum = [place.names.en for district in province.districts for place in district.localities if not place.has_forum]
    assert without_forum == ["Baladruz", "Kulajo", "Qara Tapa", "Jabara"]
    assert [place.names.en for place in province.outside] == ["Kifri", "Kalar", "Koks", "Saydiya (Baghdad)"]
    saadiya = province.districts[2]
    assert "السيدية" in saadiya.not_this
    assert "سعدية" in saadiya.ambiguous


def test_a_new_district_is_configuration_only(tmp_path: Path) -> None:
    """B116."""
    added = """
[[district]]
id = "kifri"
code = "KFR"
names = { en = "Kifri", ar = "كفري", ckb = "کفری" }
centre = { lat = 34.69, lon = 44.96 }
chat_id = -1009
"""
    file = tmp_path / "config.toml"
    file.write_text(example().read_text(encoding="utf-8") + added, encoding="utf-8")
    config = load(file)
    district = config.places().district(ForumId("kifri"))
    assert district is not None
    assert district.names.ckb == "کفری"
    assert config.chats() == {"kifri": "-1009"}


def test_the_calendar_is_that_of_iraq_until_the_province_changes_it(tmp_path: Path) -> None:
    text = example().read_text(encoding="utf-8")
    shown = text.index("# [[calendar.ramadan]]")
    file = tmp_path / "config.toml"
    uncommented = re.sub(r"(?m)^# (?=[a-z_]+ = |\[\[)", "", text[shown : text.index("# The forums.")])
    file.write_text(text.replace("# The forums.", f"{uncommented}# The forums.", 1), encoding="utf-8")
    calendar = load(file).times()
    assert (calendar.weekend, calendar.week_starts, calendar.version) == (frozenset({4, 5}), 5, 0)
    assert (calendar.quiet_from, calendar.quiet_until) == (time(21, 0), time(8, 0))
    nowruz = calendar.holiday(date(2027, 3, 21))
    assert nowruz is not None
    assert nowruz.ckb == "جەژنی نەورۆز"
    assert calendar.holiday(date(2027, 3, 22)) is None
    assert [(fast.busy_from, fast.busy_until) for fast in calendar.ramadan] == [(time(17, 0), time(20, 0))]
    [shutdown] = calendar.shutdowns
    assert (shutdown.off, shutdown.on) == (time(5, 30), time(8, 0))


def test_without_a_calendar_the_usual_one_holds() -> None:
    usual = CalendarRules().calendar()
    assert usual == Calendar()
    assert example_without_lists() == CalendarRules()


def example_without_lists() -> CalendarRules:
    given = tomllib.loads(example().read_text(encoding="utf-8"))["calendar"]
    return CalendarRules(**{key: value for key, value in given.items() if key != "holiday"})


def test_groups_given_by_id_are_told_by_forum(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example().read_text(encoding="utf-8").replace("[province]", "[province]\nchat_id = -5"), encoding="utf-8")
    assert load(file).chats() == {PROVINCE: "-5"}


def test_broadcasts_are_not_paid_for_unless_somebody_says_so(tmp_path: Path) -> None:
    """What costs money is off; and its rate alone turns nothing on."""
    text = example().read_text(encoding="utf-8")
    assert load(example()).places().paid == 0
    file = tmp_path / "config.toml"
    for changed, rate in [
        (text.replace("paid_per_second = 1000", "paid_per_second = 200"), 0),
        (text.replace("\npaid = false", "\npaid = true").replace("paid_per_second = 1000", "paid_per_second = 200"), 200),
    ]:
        file.write_text(changed, encoding="utf-8")
        assert load(file).places().paid == rate


@pytest.mark.parametrize(("given", "channel"), [('"@khanaqin_forum"', "@khanaqin_forum"), ("-1001234567890", "-1001234567890")])
def test_a_district_can_have_a_public_channel(tmp_path: Path, given: str, channel: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example().read_text(encoding="utf-8").replace('# channel = "@…"', f"channel = {given}", 1), encoding="utf-8")
    assert [district.channel for district in load(file).places().districts] == [channel] + [None] * 6


def test_times_are_told_as_spans() -> None:
    province = load(example()).places()
    assert (province.keep_after_close, province.draft_expiry) == (timedelta(days=180), timedelta(days=7))
    assert (province.draft_reminder, province.late_after) == (timedelta(hours=1), timedelta(minutes=30))


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example().read_text(encoding="utf-8").replace("# token_file", "token_file"), encoding="utf-8")
    config = load(file)
    assert config.storage.url == f"sqlite+aiosqlite:///{tmp_path}/alwand.db"
    assert config.key_file() == tmp_path / "alwand.key"
    assert config.telegram.token_file == tmp_path / "telegram.token"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALWAND_STORAGE__URL", "postgresql+asyncpg://alwand:pass@127.0.0.1/alwand")
    monkeypatch.setenv("ALWAND_TELEGRAM__POLL_TIMEOUT", "5")
    config = load(example())
    assert config.storage.url == "postgresql+asyncpg://alwand:pass@127.0.0.1/alwand"
    assert (config.telegram.poll_timeout, config.telegram.api_url) == (5, "https://api.telegram.org")


class TestTheToken:
    def test_comes_from_the_environment_first(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        (tmp_path / "telegram_token").write_text(TOKEN[:-1] + "9\n")
        assert load(example()).token() == TOKEN[:-1] + "9"
        monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN", TOKEN)
        assert load(example()).token() == TOKEN

    def test_comes_from_a_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "token").write_text(TOKEN + "\n")
        monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN_FILE", str(tmp_path / "token"))
        assert load(example()).token() == TOKEN

    def test_is_asked_for_with_all_the_ways_to_give_it(self) -> None:
        with pytest.raises(ConfigError, match=r"set ALWAND_TELEGRAM__TOKEN, name a file in .*token_file, or give systemd the credential"):
            load(example()).token()

    @pytest.mark.parametrize("content", ["", "no token", TOKEN + "\nand more", TOKEN[:15]])
    def test_in_a_file_must_stand_alone(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
        (tmp_path / "token").write_text(content)
        monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN_FILE", str(tmp_path / "token"))
        with pytest.raises(ConfigError, match="should hold the token alone") as caught:
            load(example()).token()
        assert TOKEN not in str(caught.value)

    def test_in_a_missing_file_is_told(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN_FILE", str(tmp_path / "token"))
        with pytest.raises(ConfigError, match=r"cannot be read \(no such file or directory\)"):
            load(example()).token()

    def test_is_not_shown_by_the_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """B50."""
        monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN", TOKEN)
        monkeypatch.setenv("ALWAND_STORAGE__URL", "postgresql+asyncpg://alwand:hunter2@127.0.0.1/alwand")
        shown = repr(load(example())) + str(load(example()))
        assert TOKEN not in shown
        assert "hunter2" not in shown


class TestTheKey:
    def test_can_be_a_systemd_credential(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        (tmp_path / "alwand_key").write_text("x")
        file = tmp_path / "config.toml"
        file.write_text(example().read_text(encoding="utf-8").replace('file = "alwand.key"', ""), encoding="utf-8")
        assert load(file).key_file() == tmp_path / "alwand_key"

    def test_is_asked_for_with_how_to_make_one(self, tmp_path: Path) -> None:
        """B51."""
        file = tmp_path / "config.toml"
        file.write_text(example().read_text(encoding="utf-8").replace('file = "alwand.key"', ""), encoding="utf-8")
        with pytest.raises(ConfigError, match="make one with `alwand keys new FILE`"):
            load(file).key_file()


def test_lines_are_counted_through_nested_tables() -> None:
    text = '[[a]]\nx = 1\n  [[a.b]]\n  y = 2\n  [[a.b]]\n  y = [\n    "z = 3",\n  ]\n[[a]]\nx.en = 4\n[c]\nd = 5\n'
    expected: dict[Key, int] = {
        ("a", 0): 1, ("a", 0, "x"): 2, ("a", 0, "b", 0): 3, ("a", 0, "b", 0, "y"): 4, ("a", 0, "b", 1): 5, ("a", 0, "b", 1, "y"): 6,
        ("a", 1): 9, ("a", 1, "x"): 10, ("a", 1, "x", "en"): 10, ("c",): 11, ("c", "d"): 12,
    }  # fmt: skip
    assert lines_of(text) == expected


def test_what_must_never_be_logged_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """B50: also the password as it is typed, which the URL holds encoded."""
    (tmp_path / "key").write_text("# alwand key v1\nc2VjcmV0\n")
    monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("ALWAND_KEYS__FILE", str(tmp_path / "key"))
    monkeypatch.setenv("ALWAND_STORAGE__URL", "postgresql+asyncpg://alwand:p%40ss@127.0.0.1/alwand")
    assert load(example()).secrets() == (TOKEN, "c2VjcmV0", "p%40ss", "p@ss")
    monkeypatch.delenv("ALWAND_STORAGE__URL")
    assert load(example()).secrets() == (TOKEN, "c2VjcmV0")
