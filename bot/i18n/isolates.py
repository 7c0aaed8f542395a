"""Right-to-left safety: what is inserted into a sentence can neither turn the sentence round nor be turned round by it.

Every inserted value stands between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode Standard Annex 9). A line break ends every
isolate that is still open, so each line gets its own pair. The zero width non-joiner is Kurdish spelling and stays.
"""

from __future__ import annotations

import re
import unicodedata

FSI, PDI, RLM = "\u2068", "\u2069", "\u200f"

_DIRECTION_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""ALM, LRM, RLM; LRE, RLE, PDF, LRO, RLO; LRI, RLI, FSI, PDI."""


def neutral(text: str) -> str:
    """Return the text without direction controls."""
    return _DIRECTION_CONTROLS.sub("", text)


def isolated(text: str) -> str:
    """Return the text with each of its lines that says something in an isolate of its own."""
    return "\n".join(f"{FSI}{line}{PDI}" if line else "" for line in text.splitlines())


def aligned(text: str) -> str:
    """Return the text with right-to-left lines marked as such where they consist of isolates only.

    What is inside an isolate does not count when a client decides on which side a line begins, so a line of nothing but a resident's
    Arabic words would be set as English.
    """
    return "\n".join(RLM + line if _hides_its_direction(line) else line for line in text.split("\n"))


def _hides_its_direction(line: str) -> bool:
    depth, first_inside = 0, ""
    for character in line:
        if character == FSI:
            depth += 1
        elif character == PDI:
            depth -= 1
        elif (direction := unicodedata.bidirectional(character)) in {"L", "R", "AL"}:
            if depth == 0:
                return False
            first_inside = first_inside or direction
    return first_inside in {"R", "AL"}
