"""The page in a real browser: three conversations, played by clicking (B111)."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from bot.demo.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def write(page: Page, column: str, text: str) -> None:
    await page.locator(f".{column} textarea").fill(text)
    await page.locator(f".{column} textarea").press("Enter")


async def test_a_resident_starts_and_is_answered(page: Page) -> None:
    phone = page.locator(".phone")
    await expect(phone.get_by_text("Repeats what it hears.")).to_be_visible()
    await phone.get_by_role("button", name="Start").click()
    await write(page, "phone", "The water pipe is broken")
    answer = phone.locator(".from-bot").last
    await expect(answer).to_contain_text("You said: The water pipe is broken")
    await expect(answer).to_contain_text("Cannot be forwarded or saved")
    await expect(phone.locator(".mine")).to_have_count(2)


async def test_pressed_buttons_show_what_the_bot_answers(page: Page) -> None:
    phone = page.locator(".phone")
    await phone.get_by_role("button", name="Start").click()
    await phone.get_by_role("button", name="Quietly").click()
    await expect(phone.locator(".toast")).to_have_text("Pressed quietly")
    await phone.get_by_role("button", name="Loudly").click()
    notice = page.get_by_role("alertdialog")
    await expect(notice).to_contain_text("Pressed loudly")
    await page.keyboard.press("Escape")
    await expect(notice).to_have_count(0)
    await expect(phone.locator(".busy")).to_have_count(0)


async def test_replies_and_edits_show_on_both_sides(page: Page, stage: Stage) -> None:
    phone = page.locator(".phone")
    await phone.get_by_role("button", name="Start").click()
    await phone.locator(".from-bot .words").click()
    await expect(phone.locator(".aimed")).to_contain_text("Reply to")
    await write(page, "phone", "An answer")
    await expect(phone.locator(".mine").last.locator(".quote")).to_contain_text("You said: /start")
    sent = phone.locator(".mine").last
    await sent.hover()
    await sent.get_by_role("button", name="Edit").click()
    await expect(phone.locator(".aimed")).to_contain_text("Editing your message")
    await write(page, "phone", "A better answer")
    await expect(sent).to_contain_text("A better answer")
    await expect(sent).to_contain_text("edited")
    assert stage.cast.residents[2].messages[-2].is_edited


async def test_everything_a_phone_can_send_is_drawn(page: Page, stage: Stage) -> None:
    phone = page.locator(".phone")
    await phone.get_by_role("button", name="Start").click()

    async def give(*labels: str) -> None:
        await phone.get_by_role("button", name="Attach").click()
        for label in labels:
            await phone.locator(".sheet").get_by_role("button", name=label, exact=True).click()

    await give("Photo")
    await expect(phone.locator(".photo img")).to_have_count(1)
    await give("Album")
    await expect(phone.locator(".album .photo")).to_have_count(3)
    await give("Video")
    await expect(phone.locator("video")).to_be_visible()
    await give("Location", "Baquba")
    await expect(phone.locator(".place")).to_contain_text("33.7447, 44.6436")
    await give("My contact card")
    await expect(phone.locator(".contact")).to_contain_text("+9647800000103")
    await phone.get_by_role("button", name="Attach").click()
    letter = FilePayload(name="letter.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4 a letter")
    await phone.locator("input[type=file]").set_input_files(letter)
    await expect(phone.locator(".document")).to_contain_text("letter.pdf")
    await phone.get_by_role("button", name="Record a voice note").click()
    await phone.locator(".recording").get_by_role("button", name="Send").click()
    await phone.get_by_role("button", name="Play: Voice note").click()
    await expect(phone.get_by_role("button", name="Pause: Voice note")).to_be_visible()
    kinds = [message.media for message in stage.cast.residents[2].messages if message.media]
    assert kinds == ["photo", "photo", "photo", "photo", "video", "document", "voice"]


async def test_a_resident_can_block_the_bot_and_let_it_back(page: Page, stage: Stage) -> None:
    """B81: what a blocked bot does can be played."""
    phone = page.locator(".phone")
    nadia = stage.cast.residents[2]
    await phone.get_by_role("button", name="Start").click()
    await phone.get_by_role("button", name="Block the bot", exact=True).click()
    await expect(phone.locator(".outside")).to_contain_text("You have blocked the bot.")
    assert nadia.is_blocking
    await phone.get_by_role("button", name="Unblock the bot").click()
    await expect(phone.locator("textarea")).to_be_visible()
    assert not nadia.is_blocking


async def test_the_bots_keyboard_replaces_typing(page: Page, stage: Stage) -> None:
    phone = page.locator(".phone")
    await phone.get_by_role("button", name="Start").click()
    await write(page, "phone", "keyboard")
    await phone.locator(".suggested").get_by_role("button", name="Share my location").click()
    await expect(phone.locator(".place")).to_be_visible()
    await phone.locator(".suggested").get_by_role("button", name="بلاغ").click()
    await expect(phone.locator(".from-bot").last).to_contain_text("You said: بلاغ")
    assert stage.cast.residents[2].messages[-2].text == "بلاغ"


async def test_a_forced_reply_opens_by_itself(page: Page, stage: Stage) -> None:
    phone = page.locator(".phone")
    await phone.get_by_role("button", name="Start").click()
    await write(page, "phone", "force")
    await expect(phone.locator(".aimed")).to_contain_text("You said: force")
    await write(page, "phone", "My answer")
    await expect(phone.locator(".from-bot").last).to_contain_text("You said: My answer")
    assert stage.cast.residents[2].messages[-2].reply_to is not None


async def test_words_carry_their_own_language_and_direction(page: Page) -> None:
    await page.locator(".phone").get_by_role("button", name="Start").click()
    for text, language, direction in (("السلام عليكم", "ar", "rtl"), ("ڕێگاکە خراپە", "ckb", "rtl"), ("Good morning", "en", "ltr")):
        await write(page, "phone", text)
        words = page.locator(".phone .mine .words").last
        await expect(words).to_have_text(text)
        await expect(words).to_have_attribute("lang", language)
        await expect(words).to_have_attribute("dir", direction)


async def test_a_group_shows_members_an_anonymous_admin_and_a_stranger(page: Page, stage: Stage) -> None:
    """B86: the people a forum has to do with can all be played."""
    forum = page.locator(".forum")
    first, _, admin, stranger = stage.cast.forums[0].members
    await write(page, "forum", "Good morning")
    await expect(forum.locator(".mine")).to_have_count(1)
    await forum.get_by_label("You are").select_option(str(admin.person.id))
    await write(page, "forum", "Good evening")
    await expect(forum.locator(".theirs").first).to_contain_text(first.person.name)
    await expect(forum.locator(".message").filter(has_text="Good evening").first).to_contain_text(stage.cast.forums[0].chat.title)
    await forum.get_by_label("You are").select_option(str(stranger.person.id))
    await expect(forum.locator("textarea")).to_have_count(0)
    await forum.get_by_role("button", name="Join the group").click()
    await expect(forum.locator("textarea")).to_be_visible()
    await expect(forum.locator(".day").last).to_contain_text("joined the group")


async def test_another_district_is_another_group(page: Page, stage: Stage) -> None:
    await write(page, "forum", "Good morning, Khanaqin")
    forum = page.locator(".forum")
    await forum.get_by_role("combobox", name="Forum").select_option("baquba")
    await expect(forum.locator(".names")).to_contain_text(stage.cast.forums[1].chat.title)
    await expect(forum.locator(".message")).to_have_count(0)


async def test_killing_the_bot_shows_what_waits_and_that_it_is_answered(page: Page) -> None:
    """B1, B111."""
    await page.locator(".phone").get_by_role("button", name="Start").click()
    await page.get_by_role("button", name="Kill the bot").click()
    await expect(page.locator(".pills")).to_contain_text("The bot is down")
    await write(page, "phone", "Are you there?")
    await expect(page.locator(".story")).to_contain_text("killed in the middle")
    await expect(page.locator(".phone .from-bot").last).to_contain_text("You said: Are you there?")
    await expect(page.locator(".story")).to_contain_text("The bot is back")
    await expect(page.locator(".pills")).to_contain_text(re.compile("Killed: .?1"))


async def test_a_cut_network_shows_and_mends(page: Page) -> None:
    await page.locator(".phone").get_by_role("button", name="Start").click()
    await page.get_by_role("button", name="Cut the network").click()
    await expect(page.locator(".pills")).to_contain_text("Network cut")
    await write(page, "phone", "Hello")
    await expect(page.locator(".pills")).to_contain_text(re.compile("Waiting at Telegram: .?1"))
    await page.get_by_role("button", name="Connect the network").click()
    await expect(page.locator(".phone .from-bot").last).to_contain_text("You said: Hello")


async def test_a_demo_that_has_ended_is_told(stage: Stage, browser: Browser) -> None:
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(stage.url)
    await page.wait_for_selector("#conversations")
    await page.route(re.compile("/(console|world)/"), lambda route: route.abort())
    await page.get_by_role("button", name="Kill the bot").click()
    await expect(page.locator(".story")).to_contain_text("lost its server")
    await context.close()
    assert (stage.supervisor.kills, errors) == (0, [])


async def test_a_leak_into_a_group_would_be_seen(page: Page, stage: Stage) -> None:
    """B43: the page looks for the resident's facts in every group message, so it must be able to find one."""
    hidden = page.locator(".hidden-facts")
    await expect(hidden).to_contain_text("none of this is in them")
    stage.cast.forums[0].members[0].person.writes("/find Nadia Yousif", stage.cast.forums[0].chat)
    await expect(hidden).to_contain_text(re.compile("Found in the groups’ messages: .?1"))


async def test_the_page_finds_its_world_again_after_a_reload(page: Page) -> None:
    await page.get_by_role("button", name="العربية").click()
    await write_after_start(page)
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "ar")
    await page.get_by_label("أنتم الآن").first.select_option(label="Nadia Yousif · English")
    await expect(page.locator(".phone .from-bot").last).to_contain_text("You said: Good morning")


async def write_after_start(page: Page) -> None:
    await page.locator(".phone .entry").click()
    await write(page, "phone", "Good morning")
    await expect(page.locator(".phone .from-bot").last).to_contain_text("You said: Good morning")
