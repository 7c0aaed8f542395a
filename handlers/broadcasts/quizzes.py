"""A quiz as a member types it: the question, an answer a line, a star before the right one, and an explanation below an empty line."""

from __future__ import annotations

import re

from bot.model.broadcasts import Question, Quiz
from bot.model.ids import Language
from bot.model.text import N_, Text
from handlers.broadcasts.message import units, visible

FEWEST, MOST = 2, 6
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_EXPLANATION = 300, 100, 500
_MARKS = r"\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Marks of direction, which keyboards put before a star in a line from right to left, and other letters without a width."""
_STAR = re.compile(rf"[{_MARKS}]*[*٭＊✓✔][*٭＊✓✔\ufe0f\s{_MARKS}]*")
_EMPTY_LINES = re.compile(r"\n\s*\n")

HOW_MANY = N_(
    "A quiz has 2 to 6 answers, each in a line of its own below the question. Please write it again, as a reply to the same message."
)
ONE_STAR = N_("Only one answer can have the star. Please write it again, as a reply to the same message.")
TWICE = N_("Two answers are the same. Please write it again, as a reply to the same message.")
TOO_LONG = N_(
    "The question may have {question} letters at most, an answer {answer}, the explanation {explanation}. Please write it again, as a "
    "reply to the same message.",
    question=LONGEST_QUESTION,
    answer=LONGEST_OPTION,
    explanation=LONGEST_EXPLANATION,
)


def typed(words: str) -> tuple[Question, int | None] | Text:
    """Return the quiz and the index of the answer with the star, or why it cannot be taken."""
    blocks = [block for block in _EMPTY_LINES.split(words.strip()) if block.strip()]
    if blocks and "\n" not in blocks[0].strip() and len(blocks) > 1:  # an empty line below the question, too
        blocks = [f"{blocks[0].strip()}\n{blocks[1]}", *blocks[2:]]
    first, *options = [line.strip() for line in blocks[0].splitlines() if line.strip()] if blocks else [""]
    starred = [index for index, option in enumerate(options) if _STAR.match(option)]
    options = [_STAR.sub("", option, count=1).strip() if index in starred else option for index, option in enumerate(options)]
    read = [re.sub(f"[{_MARKS}]", "", option).strip() for option in options]
    explanation = "\n\n".join(block.strip() for block in blocks[1:])
    if not FEWEST <= len(options) <= MOST or not all(map(visible, options)) or not visible(first):
        return HOW_MANY
    if len(starred) > 1:
        return ONE_STAR
    if len(set(read)) < len(read):
        return TWICE
    if units(first) > LONGEST_QUESTION or units(explanation) > LONGEST_EXPLANATION or max(map(units, options)) > LONGEST_OPTION:
        return TOO_LONG
    return Question(first, tuple(options), explanation), starred[0] if starred else None


def translated(quiz: Quiz | None, language: Language, read: Question, star: int | None) -> Quiz | Text:
    """Return the quiz with these words in a language, or why they do not belong to the others: the right answer is one for all."""
    others = {each: known for each, known in quiz.texts.items() if each != language} if quiz else {}
    right = quiz.right if quiz and others else None
    if star is not None and right is not None and star != right:
        return N_(
            "In another language answer number {number} is the right one. Please write the answers in the same order, or choose the right "
            "answer with the button first.",
            number=right + 1,
        )
    right = star if star is not None else right
    return Quiz({**others, language: read}, right if right is not None and right < len(read.options) else None)
