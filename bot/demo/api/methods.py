"""The table of contents: which function answers which method."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bot.demo.api import answering, chats, editing, media, profile, sending, topics, webhook
from bot.demo.api.service import Service

Json = dict[str, Any]
Method = Callable[[Service, Json], Any]


def _sends(kind: str) -> Method:
    return partial(media.send_media, kind=kind)


# getUpdates is not among them: it waits, and the gate hands it to the Poller.
METHODS: Mapping[str, Method] = {
    "getMe": profile.get_me,
    "getMyStarBalance": profile.get_my_star_balance,
    "setWebhook": webhook.set_webhook,
    "deleteWebhook": webhook.delete_webhook,
    "getWebhookInfo": webhook.get_webhook_info,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "setMyDescription": profile.set_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "leaveChat": chats.leave_chat,
    "sendMessage": sending.send_message,
    "sendPhoto": _sends("photo"),
    "sendVoice": _sends("voice"),
    "sendVideo": _sends("video"),
    "sendAudio": _sends("audio"),
    "sendDocument": _sends("document"),
    "sendMediaGroup": media.send_media_group,
    "sendLocation": sending.send_location,
    "sendVenue": sending.send_venue,
    "sendContact": sending.send_contact,
    "sendPoll": sending.send_poll,
    "stopPoll": sending.stop_poll,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "editMessageMedia": editing.edit_message_media,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "pinChatMessage": editing.pin_chat_message,
    "answerCallbackQuery": answering.answer_callback_query,
    "getFile": media.get_file,
    "createForumTopic": topics.create_forum_topic,
    "closeForumTopic": topics.close_forum_topic,
    "reopenForumTopic": topics.reopen_forum_topic,
}
