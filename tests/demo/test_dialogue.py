"""A person and a bot talk through the stand-in, as they will in every other test."""

from tests.demo.conftest import Bot


async def test_what_a_person_writes_reaches_the_bot_and_its_answer_the_person(bot: Bot) -> None:
    sara = bot.world.person("Sara", language_code="ar")
    sara.starts("khanaqin")
    [update] = await bot.updates()
    assert update["message"]["text"] == "/start khanaqin"
    assert update["message"]["from"] == {"id": sara.id, "is_bot": False, "first_name": "Sara", "language_code": "ar"}

    await bot.sends(sara.id, "Welcome", buttons=[["English", "Kurdish"]])
    welcome = await sara.hears("Welcome")
    assert welcome.labels == ["English", "Kurdish"]

    press = sara.presses(welcome, "English")
    [update] = await bot.updates()
    assert update["callback_query"]["data"] == "English"
    await bot.asks("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="Good")
    assert await press.answer() == "Good"

    await bot.asks("editMessageText", chat_id=sara.id, message_id=welcome.id, text="What is it about?")
    assert await sara.hears("What is") == welcome
    assert welcome.is_edited
    assert welcome.labels == []
