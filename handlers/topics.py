"""What broadcasts are about, as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model.subscriptions import Circle, Topic
from bot.model.text import C_, Text

TOPIC_NAMES: Mapping[Topic, Text] = {
    "drugs": C_("topic", "Protection from drugs"),
    "online": C_("topic", "Safety on the internet"),
    "harassment": C_("topic", "Against harassment"),
    "services": C_("topic", "Public services"),
    "sessions": C_("topic", "Dialogue sessions"),
}
CIRCLE_NAMES: Mapping[Circle, Text] = {
    "women": C_("circle", "For women"),
    "youth": C_("circle", "For young people"),
}
