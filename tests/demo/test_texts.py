"""Texts: how long they may be, how HTML and MarkdownV2 are read, and what the buttons under them may carry."""

from typing import Any

import pytest

from bot.demo.world import Person
from tests.demo.conftest import Bot

CLOSE = "can't parse entities: "


@pytest.fixture
def sara(bot: Bot) -> Person:
    sara = bot.world.person()
    sara.starts()
    bot.telegram.service.pace.limits = None
    return sara


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 2048, f"<b>{'x' * 4096}</b>", "خ" * 4096])
async def test_a_text_of_4096_units_after_parsing_passes(bot: Bot, sara: Person, text: str) -> None:
    await bot.sends(sara.id, text, parse_mode="HTML")


@pytest.mark.parametrize("text", ["x" * 4097, "😀" * 2049, "&lt;" * 4097])
async def test_a_longer_one_is_refused(bot: Bot, sara: Person, text: str) -> None:
    assert await bot.refused("sendMessage", chat_id=sara.id, text=text, parse_mode="HTML") == "Bad Request: message is too long"


@pytest.mark.parametrize("text", ["", "  \n ", "<b> </b>"])
async def test_an_empty_text_is_refused(bot: Bot, sara: Person, text: str) -> None:
    refusal = await bot.refused("sendMessage", chat_id=sara.id, text=text, parse_mode="HTML")
    assert refusal == "Bad Request: message text is empty"


async def test_white_space_around_a_text_is_cut_and_entities_move_along(bot: Bot, sara: Person) -> None:
    sent = await bot.sends(sara.id, "  <b>Bold</b> and more \n", parse_mode="HTML")
    assert sent["text"] == "Bold and more"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4}]


async def test_html_becomes_entities_counted_in_utf16(bot: Bot, sara: Person) -> None:
    sent = await bot.sends(
        sara.id,
        '😀 <b>a<i>b</i></b> <a href="https://x.y/?a=1&amp;b=2">link</a> <tg-spoiler>s</tg-spoiler> '
        '<blockquote expandable>q</blockquote> &lt;5 &amp; &#1582; <pre><code class="language-py">x</code></pre>',
        parse_mode="HTML",
    )
    assert sent["text"] == "😀 ab link s q <5 & خ x"
    assert sent["entities"][:3] == [
        {"type": "bold", "offset": 3, "length": 2},
        {"type": "italic", "offset": 4, "length": 1},
        {"type": "text_link", "offset": 6, "length": 4, "url": "https://x.y/?a=1&b=2"},
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a <x>b</x>", 'Unsupported start tag "x" at byte offset 2'),
        ("خ <x>", 'Unsupported start tag "x" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_broken_html_is_refused_with_its_place(bot: Bot, sara: Person, text: str, complaint: str) -> None:
    refusal = await bot.refused("sendMessage", chat_id=sara.id, text=text, parse_mode="HTML")
    assert refusal == f"Bad Request: {CLOSE}{complaint}"


async def test_markdown_becomes_entities(bot: Bot, sara: Person) -> None:
    sent = await bot.sends(sara.id, r"*b _i_* __u__ ~s~ ||h|| `c\`` [l](https://x.y) 1\.5", parse_mode="MarkdownV2")
    assert sent["text"] == "b i u s h c` l 1.5"
    assert [entity["type"] for entity in sent["entities"]] == [
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "text_link",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("*b", "Can't find end of Bold entity at byte offset 0"),
        ("a `b", "Can't find end of Code entity at byte offset 2"),
        ("[l]", "Character ']' is reserved and must be escaped with the preceding '\\'"),
    ],
)
async def test_broken_markdown_is_refused(bot: Bot, sara: Person, text: str, complaint: str) -> None:
    refusal = await bot.refused("sendMessage", chat_id=sara.id, text=text, parse_mode="MarkdownV2")
    assert refusal == f"Bad Request: {CLOSE}{complaint}"


async def test_plain_text_keeps_its_signs_and_telegram_finds_commands_in_it(bot: Bot, sara: Person) -> None:
    sent = await bot.sends(sara.id, "<b> & /status")
    assert sent["text"] == "<b> & /status"
    assert sent["entities"] == [{"type": "bot_command", "offset": 6, "length": 7}]


async def test_entities_may_be_given_and_must_lie_inside_the_text(bot: Bot, sara: Person) -> None:
    sent = await bot.sends(sara.id, "Bold", entities=[{"type": "bold", "offset": 0, "length": 4}])
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    refusal = await bot.refused("sendMessage", chat_id=sara.id, text="Bold", entities=[{"type": "bold", "offset": 1, "length": 4}])
    assert "ends after the end of the text" in refusal


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ({"inline_keyboard": [[{"text": "A", "callback_data": "x" * 65}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "خ" * 33}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": ""}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "d"}] * 9]}, "REPLY_MARKUP_TOO_LONG"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "d"}]] * 101}, "REPLY_MARKUP_TOO_LONG"),
        (
            {"inline_keyboard": [[{"text": "A"}]]},
            "can't parse inline keyboard button: text buttons are not allowed in the inline keyboard",
        ),
        (
            {"inline_keyboard": [[{"text": " ", "callback_data": "d"}]]},
            "can't parse inline keyboard button: text of the button must be non-empty",
        ),
        (
            {"inline_keyboard": [[{"text": "A", "url": "nowhere"}]]},
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        (
            {"keyboard": [[{"text": ""}]]},
            "can't parse keyboard button: text of the button must be non-empty",
        ),
    ],
)
async def test_wrong_buttons_are_refused(bot: Bot, sara: Person, markup: dict[str, Any], complaint: str) -> None:
    refusal = await bot.refused("sendMessage", chat_id=sara.id, text="T", reply_markup=markup)
    assert refusal == f"Bad Request: {complaint}"
    assert sara.talk.from_bot == []


async def test_a_hundred_buttons_of_64_bytes_pass(bot: Bot, sara: Person) -> None:
    row = [{"text": "A", "callback_data": "خ" * 32}] * 8
    markup = {"inline_keyboard": [row] * 12 + [row[:4]]}
    sent = await bot.asks("sendMessage", chat_id=sara.id, text="T", reply_markup=markup)
    assert sent["reply_markup"] == markup


async def test_a_keyboard_belongs_to_the_chat_until_it_is_removed(bot: Bot, sara: Person) -> None:
    keys = {"keyboard": [["Yes", {"text": "Where I am", "request_location": True}]], "one_time_keyboard": False}
    sent = await bot.asks("sendMessage", chat_id=sara.id, text="Where?", reply_markup=keys)
    assert "reply_markup" not in sent
    assert await bot.refused("editMessageText", chat_id=sara.id, message_id=sent["message_id"], text="x") == (
        "Bad Request: message can't be edited"
    )
    assert sara.presses_keyboard("Yes").text == "Yes"
    assert "location" in sara.presses_keyboard("Where I am", latitude=34.1, longitude=45.1).raw
    assert sara.presses_keyboard("Where I am", desktop=True).text == "Where I am"
    await bot.sends(sara.id, "Thanks", reply_markup={"remove_keyboard": True})
    assert sara.talk.keyboard is None
    with pytest.raises(LookupError):
        sara.presses_keyboard("Yes")


async def test_what_telegram_does_not_know_is_a_violation(bot: Bot, sara: Person) -> None:
    assert (await bot.answer("sendGift", user_id=sara.id))["error_code"] == 501
    assert (await bot.answer("whistle"))["error_code"] == 404
    await bot.refused("sendMessage", chat_id=sara.id, text="T", silent=True)
    await bot.refused("sendMessage", chat_id=sara.id, text="T", reply_markup={"inline_keyboard": [[{"text": "A", "data": "d"}]]})
    await bot.refused("sendMessage", chat_id=sara.id, text="T", reply_parameters={"message_id": 1, "chat": 1})
    await bot.refused("forwardMessage", chat_id=sara.id, from_chat_id=sara.id, message_id=1)
    methods = [violation.method for violation in bot.world.violations]
    assert methods == ["sendGift", "whistle", "sendMessage", "sendMessage", "sendMessage", "forwardMessage"]


@pytest.mark.parametrize(
    ("method", "params", "complaint"),
    [
        ("sendMessage", {"text": "T"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": "nobody", "text": "T"}, "chat not found"),
        ("sendMessage", {"chat_id": 12345, "text": "T"}, "chat not found"),
        ("editMessageText", {"chat_id": 1, "text": "T"}, "message identifier is not specified"),
        ("getFile", {}, "invalid file_id"),
        ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        ("sendMessage", {"chat_id": 1, "text": "T", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ("getChatMember", {"chat_id": 1, "user_id": "x"}, 'parameter "user_id" is not a valid number'),
    ],
)
async def test_missing_and_unreadable_parameters_are_named(bot: Bot, method: str, params: dict[str, Any], complaint: str) -> None:
    assert await bot.refused(method, **params) == f"Bad Request: {complaint}"


async def test_the_same_call_may_come_as_query_form_multipart_or_json(bot: Bot, sara: Person) -> None:
    base = f"{bot.telegram.url}/bot{bot.telegram.token}/SendMessage"
    params = {"chat_id": str(sara.id), "text": "سلام", "protect_content": "true"}
    async with bot.session.get(base, params=params) as found:
        assert (await found.json())["result"]["text"] == "سلام"
    async with bot.session.post(base, data=params) as found:
        assert (await found.json())["result"]["has_protected_content"] is True
    assert (await bot.uploads("sendMessage", {}, **params))["result"]["text"] == "سلام"
    async with bot.session.post(base, json={"chat_id": sara.id, "text": "سلام", "protect_content": True}) as found:
        assert (await found.json())["result"]["has_protected_content"] is True


async def test_a_wrong_token_opens_nothing(bot: Bot) -> None:
    for path in ("bot1:x/getMe", "file/bot1:x/photos/file_0.jpg"):
        async with bot.session.get(f"{bot.telegram.url}/{path}") as found:
            assert found.status == 401
            assert await found.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
