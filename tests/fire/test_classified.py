"""Nothing that Telegram can tell is overlooked: each field of a message and each kind of update is classified, and read as that."""

from __future__ import annotations

import pytest

from bot.channels.telegram.contents import event_of
from bot.channels.telegram.intake import KINDS as WANTED
from bot.model.events import UnsupportedReceived
from tests.fire.canaries import classes
from tests.fire.canaries.mint import Mint
from tests.fire.canaries.shapes import KINDS, MESSAGE_FIELDS, Shapes


def test_every_field_of_a_message_is_classified() -> None:
    """A field that the library gains fails here: say in `classes.py` what it can tell, and read what `contents.py` makes of it."""
    classified = [*classes.SAID, *classes.WHO, *classes.HARMLESS]
    assert sorted(classified) == sorted(MESSAGE_FIELDS)
    assert len(classes.SAID | classes.WHO) >= 67
    assert set(classes.AROUND | classes.REFUSED) <= set(classified)


def test_every_kind_of_update_is_classified() -> None:
    assert sorted((*classes.ASKED_FOR, *classes.NEVER_ASKED_FOR)) == sorted(KINDS)
    assert sorted(WANTED) == sorted(classes.ASKED_FOR)


@pytest.mark.parametrize("name", sorted(set(MESSAGE_FIELDS) - classes.AROUND))
def test_a_message_is_taken_refused_or_nobodys(name: str) -> None:
    """B29: whatever a person can have sent on purpose is some event, and so gets an answer."""
    event = event_of(Shapes(Mint(1)).message({name}), username=None, documents=False)
    if name in classes.SERVICE:
        assert event is None
    elif name in classes.REFUSED:
        assert event == UnsupportedReceived(name)
    else:
        assert event is not None
