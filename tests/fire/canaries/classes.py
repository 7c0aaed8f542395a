"""What each field of a Telegram message, and each kind of update, can tell. A new one fails the tests until it stands here.

WHO fields carry or point to a person: nothing of them may leave the bot. SAID is what somebody means to say: it goes to the forum that it
is meant for, and nowhere else. The rest are marks of Telegram's own, without a person; they are filled with canaries all the same.
"""

from __future__ import annotations

from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SAID: Final = _names("text caption animation audio document live_photo location photo venue video video_note voice")
"""Words, places and files. Of a file only what is seen or heard, of a place only the area: the rest of these objects is WHO."""

RELAYED: Final = _names("text caption venue.title")
"""The very words that may come out again, by their path in the message."""

WHO: Final = _names(
    """
    from_user sender_chat sender_tag sender_boost_count sender_business_bot business_connection_id author_signature via_bot chat
    forward_origin external_reply quote reply_to_message reply_to_story reply_to_checklist_task_id reply_to_poll_option_id
    guest_bot_caller_user guest_bot_caller_chat guest_query_id direct_messages_topic message_thread_id
    entities caption_entities link_preview_options reply_markup effect_id media_group_id paid_star_count date edit_date message_id
    contact poll sticker game story checklist paid_media invoice giveaway giveaway_winners giveaway_completed
    new_chat_members left_chat_member new_chat_title new_chat_photo pinned_message migrate_to_chat_id migrate_from_chat_id
    users_shared chat_shared connected_website write_access_allowed web_app_data passport_data proximity_alert_triggered
    successful_payment refunded_payment gift unique_gift gift_upgrade_sent boost_added chat_background_set
    chat_owner_changed chat_owner_left checklist_tasks_done checklist_tasks_added poll_option_added poll_option_deleted
    forum_topic_created forum_topic_edited video_chat_participants_invited managed_bot_created
    suggested_post_info suggested_post_approved suggested_post_approval_failed suggested_post_declined suggested_post_paid
    suggested_post_refunded
    """
)

HARMLESS: Final = _names(
    """
    dice delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created message_auto_delete_timer_changed
    forum_topic_closed forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden
    video_chat_scheduled video_chat_started video_chat_ended giveaway_created
    direct_message_price_changed paid_message_price_changed
    has_media_spoiler has_protected_content is_automatic_forward is_from_offline is_paid_post is_topic_message show_caption_above_media
    """
)

AROUND: Final = _names(
    """
    message_id date chat from_user sender_chat sender_tag sender_boost_count sender_business_bot business_connection_id author_signature
    via_bot forward_origin external_reply quote reply_to_message reply_to_story reply_to_checklist_task_id reply_to_poll_option_id
    guest_bot_caller_user guest_bot_caller_chat guest_query_id direct_messages_topic message_thread_id entities caption_entities
    link_preview_options reply_markup effect_id media_group_id paid_star_count edit_date suggested_post_info caption
    has_media_spoiler has_protected_content is_automatic_forward is_from_offline is_paid_post is_topic_message show_caption_above_media
    """
)
"""Fields that only accompany what a message holds."""

REFUSED: Final = _names(
    """
    contact poll sticker game dice story checklist paid_media invoice giveaway giveaway_winners passport_data web_app_data users_shared
    chat_shared gift unique_gift
    """
)
"""What a person sends on purpose and we cannot take: in private it gets an answer."""

SERVICE: Final = (WHO | HARMLESS) - AROUND - REFUSED
"""What Telegram itself tells of a chat: nobody said it, and nobody waits for an answer."""

ASKED_FOR: Final = _names("message edited_message callback_query my_chat_member chat_member")
"""Kinds of update that the bot wants."""

NEVER_ASKED_FOR: Final = _names(
    """
    channel_post edited_channel_post business_connection business_message edited_business_message deleted_business_messages guest_message
    message_reaction message_reaction_count inline_query chosen_inline_result shipping_query pre_checkout_query purchased_paid_media poll
    poll_answer chat_join_request chat_boost removed_chat_boost managed_bot
    """
)
"""Kinds that all carry somebody and that the bot does not want; they are sent to it all the same."""
