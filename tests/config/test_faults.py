"""What an operator is told about a wrong setting: where it stands, what is wrong, what to do, and never a value (F37)."""

from pathlib import Path

import pytest

from bot.config import example, load
from bot.errors import ConfigError

SECRET = "7000000001:AAHcanary-canary_canaryCANARYcanary12"


def refused(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """Load the example with some of its text changed, and return what the operator is told."""
    text = example().read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert SECRET not in str(caught.value)
    return [line.removeprefix(f"{file}") for line in str(caught.value).splitlines()]


def line_of(folder: Path, text: str) -> int:
    lines = (folder / "config.toml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("transfers = 3", "transfers = 'x'", "[limits] transfers", "should be a valid integer"),
        ("transfers = 3", "tranfers = 3", "[limits] tranfers", "is not a setting; did you mean transfers?"),
        ("transfers = 3", "zzz = 3", "[limits] zzz", "is not a setting; known here: messages_per_second, chat_seconds"),
        ("\n[storage]", "\n[storag]", "[storag]", "is not a setting; did you mean storage?"),
        ('url = "sqlite+aiosqlite:///', 'url = "mysql://', "[storage] url", "should be sqlite+aiosqlite:///FILE or postgresql+asyncpg://"),
        ('url = "sqlite+aiosqlite:///alwand.db"', 'url = "sqlite+aiosqlite:///:memory:"', "[storage] url", "should be sqlite"),
        ('api_url = "https://api.telegram.org"', 'api_url = "api.telegram.org"', "[telegram] api_url", "should be https://HOST"),
        ('intake = "polling"', 'intake = "webhooks"', "[telegram] intake", "should be 'polling' or 'webhook'"),
        ('intake = "polling"', 'intake = "webhook"\nwebhook_url = "bot.example"', "[telegram] webhook_url", "should be https://HOST/PATH"),
        (
            'intake = "polling"',
            'intake = "webhook"\nwebhook_url = "http://bot.example/t"',
            "[telegram] webhook_url",
            "should be https://HOST",
        ),
        (
            'intake = "polling"',
            'intake = "webhook"\nwebhook_url = "https://b.example:8081/t"',
            "[telegram] webhook_url",
            "443, 80, 88 or 8443",
        ),
        (
            'webhook_host = "127.0.0.1"',
            'webhook_host = "localhost"',
            "[telegram] webhook_host",
            "should be an address of this machine in numbers",
        ),
        ("webhook_connections = 40", "webhook_connections = 101", "[telegram] webhook_connections", "should be less than or equal to 100"),
        ('code = "MND"', 'code = "mandali"', '[[district]] no. 2 (id "mandali") code', "should be 2 to 4 capital letters"),
        ('code = "MND"', 'code = "KHN"', '[[district]] no. 2 (id "mandali") code', "is the same as in [[district]] no. 1 code"),
        ("paid_per_second = 1000", "paid_per_second = 30", "[broadcasts] paid_per_second", "should be greater than or equal to 31"),
        ("paid_per_second = 1000", "paid_per_second = 1001", "[broadcasts] paid_per_second", "should be less than or equal to 1000"),
        ("paid = false", 'paid = "later"', "[broadcasts] paid", "should be a valid boolean"),
        ('# channel = "@…"', 'channel = "khanaqin"', '[[district]] no. 1 (id "khanaqin") channel', 'such as "@name", or its id -100'),
        ('# channel = "@…"', "channel = 1001234567890", '[[district]] no. 1 (id "khanaqin") channel', 'such as "@name"'),
        ("lat = 33.745,", "lat = 45.558,", '[[district]] no. 2 (id "mandali") centre.lat', "should be less than or equal to 38"),
        ('id = "mandali"', 'id = "khanaqin"', '[[district]] no. 2 (id "khanaqin") id', "is the same as in [[district]] no. 1 id"),
        ('id = "mandali"', 'id = "province"', '[[district]] no. 2 (id "province") id', "is the same as in [province]"),
        ('id = "mandali"', 'id = "Mandali town"', '[[district]] no. 2 (id "Mandali town") id', "should be 2 to 24 small letters"),
        ('language = "ar"', 'language = "ku"', "[province] language", "should be 'en', 'ar' or 'ckb'"),
        (
            "forum = false",
            "forum = 'maybe'",
            '[[district]] no. 2 (id "mandali") [[district.locality]] no. 1 ("Baladruz") forum',
            "valid bool",
        ),
        ('desk = "province"', 'desk = "forum"', '[[category]] no. 3 (key "harassment")', "sensitive and desk disagree"),
        ("hint.en = ", "hint.eng = ", '[[category]] no. 1 (key "drugs") hint.eng', "is not a setting; did you mean en?"),
        ('key = "online"', 'key = "drugs"', '[[category]] no. 2 (key "drugs") key', "is the same as in [[category]] no. 1 key"),
        ('number = "911"', 'number = "٩١١"', '[[hotline]] no. 1 (key "emergency") number', "should be digits 0-9"),
        ('number = "911"', 'number = ""', '[[hotline]] no. 1 (key "emergency")', "has no number to show"),
        ('quiet_from = "21:00"', "quiet_from = 21", "[calendar] quiet_from", "should be the hour as clocks in Iraq show it"),
        ('friday_until = "14:00"', 'friday_until = "10:00"', "[calendar] friday_until", "ends before it begins"),
        ('quiet_until = "08:00"', 'quiet_until = "20:00"', "[calendar] quiet_until", "at most 16 hours can be quiet"),
        ('week_starts = "saturday"', 'week_starts = "sabt"', "[calendar] week_starts", "should be 'monday', 'tuesday'"),
        ("last = 2027-01-06", "last = 2026-01-06", '[[calendar.holiday]] no. 2 ("Army Day")', "ends before it begins"),
        ("last = 2027-01-06", "last = 'soon'", '[[calendar.holiday]] no. 2 ("Army Day") last', "should be a valid date"),
        ('# off = "05:30"', '[[calendar.shutdown]]\noff = "24:30"', "[[calendar.shutdown]] no. 1 off", "time"),
        ("show = true", "show = false", '[[hotline]] no. 1 (key "emergency") show', "none is shown"),
    ],
)
def test_a_fault_names_the_line_the_key_and_the_remedy(tmp_path: Path, old: str, new: str, place: str, words: str) -> None:
    """F37, B112."""
    told = refused(tmp_path, (old, new))
    expected = next(line for line in told if place in line)
    number, _, rest = expected.removeprefix(", line ").partition(": ")
    assert rest.startswith(f"{place}: ")
    assert words in rest
    named = (tmp_path / "config.toml").read_text(encoding="utf-8").splitlines()[int(number) - 1]
    key = place.rpartition(" ")[2].split(".")[0]
    assert key in named or named.lstrip().startswith("[[")


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = refused(tmp_path, ("transfers = 3", "transfers = 0"), ("poll_timeout = 50", "poll_timeout = 500"), ('code = "SAD"', "cod = 1"))
    assert [line.split(": ")[1].rpartition(" ")[2] for line in told] == ["poll_timeout", "transfers", "code", "cod"]


def test_two_forums_cannot_share_a_group(tmp_path: Path) -> None:
    """F37."""
    mandali = 'language = "ar"\n# chat_id = -1001234567890\n# channel = "@…"\nspellings = ["مندلي"'
    head = "# chat_id = -1001234567890           # its group; easier: `alwand forum code province`"
    told = refused(tmp_path, (mandali, mandali.replace("# chat_id", "chat_id")), (head, head[2:]))
    (only,) = told
    assert only.endswith('[[district]] no. 2 (id "mandali") chat_id: is the same as in [province] chat_id; each needs its own')


@pytest.mark.parametrize(("first", "second"), [('"@Diyala_News"', '"@diyala_news"'), ("-1001234567890", '"-1001234567890"')])
def test_two_districts_cannot_share_a_channel(tmp_path: Path, first: str, second: str) -> None:
    """F37: one post for all would be one too many."""
    mandali = '# channel = "@…"\nspellings = ["مندلي"'
    told = refused(
        tmp_path, (mandali, mandali.replace('# channel = "@…"', f"channel = {second}")), ('# channel = "@…"', f"channel = {first}")
    )
    (only,) = told
    assert only.endswith('[[district]] no. 2 (id "mandali") channel: is the same as in [[district]] no. 1 channel; each needs its own')


def test_a_missing_setting_is_told_with_what_it_is_for(tmp_path: Path) -> None:
    assert any(
        line.endswith("code: is missing. The first letters of its reports' numbers.") for line in refused(tmp_path, ('code = "MND"', ""))
    )


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    """F37."""
    (told,) = refused(tmp_path, ("\n[storage]", "\n[storage"))
    assert told.startswith(": is not valid TOML")
    assert f"at line {(tmp_path / 'config.toml').read_text(encoding='utf-8').splitlines().index('[storage') + 1}" in told


def test_a_file_that_is_not_there_is_told_with_where_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read \(no such file or directory\); begin with a copy of"):
        load(tmp_path / "config.toml")


@pytest.mark.parametrize("line", [f'token = "{SECRET}"', "token = 1"])
def test_a_token_in_the_file_is_refused_unseen(tmp_path: Path, line: str) -> None:
    """B50: settings files are copied, mailed and committed."""
    (told,) = refused(tmp_path, ("[telegram]", f"[telegram]\n{line}"))
    assert "does not belong in this file; use ALWAND_TELEGRAM__TOKEN or token_file" in told


@pytest.mark.parametrize("name", ["tokn", "secret"])
def test_a_secret_under_a_mistyped_name_is_not_repeated(tmp_path: Path, name: str) -> None:
    """B50."""
    (told,) = refused(tmp_path, ("[telegram]", f'[telegram]\n{name} = "{SECRET}"'))
    assert f"[telegram] {name}: is not a setting" in told


def test_a_fault_in_the_environment_is_told_by_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN", SECRET[:12])
    (told,) = refused(tmp_path)
    assert told == "ALWAND_TELEGRAM__TOKEN: should look like 123456789:AA..., as BotFather gave it"


def test_a_variable_that_should_be_a_table_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALWAND_TELEGRAM", SECRET)
    (told,) = refused(tmp_path)
    assert 'environment: error parsing value for field "telegram"' in told


def test_a_webhook_without_an_address_is_told_at_its_table(tmp_path: Path) -> None:
    [told] = refused(tmp_path, ('intake = "polling"', 'intake = "webhook"'))
    assert told == (
        f', line {line_of(tmp_path, "[telegram]")}: [telegram] webhook_url: is missing: with intake = "webhook" Telegram brings '
        "updates to it, as https://HOST/PATH"
    )
