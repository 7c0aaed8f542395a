"""What a resident has asked to be told: about what, in which districts. Only their own tap decides it, never what they reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.model.ids import ForumId

Topic = Literal["drugs", "online", "harassment", "services", "sessions"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
Circle = Literal["women", "youth"]
CIRCLES: tuple[Circle, ...] = get_args(Circle)
"""Whom a message can be meant for alone; somebody belongs to a circle only by having said so."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody wants to hear: each of the topics, in each of the districts. Nothing is heard of without both."""

    districts: frozenset[ForumId] = frozenset()
    topics: frozenset[Topic] = frozenset()
    circles: frozenset[Circle] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing is heard of."""
        return not self.districts or not self.topics

    def wants(self, district: ForumId, topic: Topic) -> bool:
        """Whether messages about a topic in a district are wanted."""
        return district in self.districts and topic in self.topics
