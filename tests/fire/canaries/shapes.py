"""Objects of Telegram's, built through the library's own types, with a canary in every field that can hold one.

What a type holds is read from the signature of its constructor. So what a new version of the library adds is filled without being named
here, and what cannot be filled is an error and not a gap.
"""

from __future__ import annotations

import inspect
import types
import typing
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import telegram
from telegram import Message, TelegramObject, Update
from telegram._utils.defaultvalue import DefaultValue

from tests.fire.canaries.classes import RELAYED
from tests.fire.canaries.mint import Mint

Json = dict[str, Any]

MESSAGE_FIELDS: Final = tuple(name for name in inspect.signature(Message.__init__).parameters if name not in ("self", "api_kwargs"))
"""Every field of a message, as the library calls them: `from` is `from_user`."""
KINDS: Final = tuple(str(kind) for kind in Update.ALL_TYPES)
DAY: Final = datetime(2026, 11, 20, tzinfo=UTC)
_WHOLE: Final = (telegram.Chat, telegram.User, Message)
"""Types that stand for themselves, although others are made from them."""


class Shapes:
    """Builds objects with the canaries of one mint."""

    def __init__(self, mint: Mint) -> None:
        self.mint = mint

    def message(self, fields: frozenset[str] | set[str], deep: int = 2) -> Json:
        """Return these fields of a message, as JSON: each filled so many levels deep, below that with what must be there."""
        named = _fields(Message)
        held: Json = {"message_id": 1, "date": DAY, "chat": telegram.Chat(1, "private")}
        with warnings.catch_warnings(action="ignore"):
            held |= {name: self._value(named[name][0], name, deep) for name in sorted(fields)}
            shown = Message(**held).to_dict()
        return {name: value for name, value in shown.items() if name in {"from" if each == "from_user" else each for each in fields}}

    def body(self, kind: str, deep: int = 2) -> Json:
        """Return what an update of a kind holds, as JSON."""
        with warnings.catch_warnings(action="ignore"):
            made = self._value(_fields(Update)[kind][0], kind, deep).to_dict()
        assert isinstance(made, dict)
        return made

    def of(self, kind: type[TelegramObject], where: str, deep: int = 2) -> Json:
        """Return one object of a type, as JSON."""
        with warnings.catch_warnings(action="ignore"):
            return self._object(kind, where, deep).to_dict()

    def _object(self, kind: Any, where: str, deep: int) -> TelegramObject:
        chosen: Callable[..., TelegramObject] = self.mint.chance.choice(_variants(kind))
        try:
            return chosen(**self._filled(chosen, where, deep))
        except TypeError:  # what newer versions of the Bot API always send is optional in the signature all the same
            return chosen(**self._filled(chosen, where, max(deep, 1)))

    def _filled(self, kind: Any, where: str, deep: int) -> Json:
        fields = _fields(kind).items()
        return {name: self._value(held, f"{where}.{name}", deep - 1) for name, (held, needed) in fields if needed or deep > 0}

    def _value(self, annotation: Any, where: str, deep: int) -> Any:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            return self._value(_first(arguments), where, deep)
        if isinstance(origin, type) and issubclass(origin, Sequence):
            return [self._value(_resolved(arguments[0]), where, deep)]
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {}
        if isinstance(annotation, type) and issubclass(annotation, TelegramObject):
            return self._object(annotation, where, deep)
        return self._plain(annotation, where)

    def _plain(self, annotation: Any, where: str) -> Any:
        if annotation is bool:
            return True
        if annotation is int:
            return self.mint.number(where)
        if annotation is float:
            return self.mint.degrees(where)
        if annotation is datetime:
            return DAY + timedelta(seconds=self.mint.chance.randrange(86_400))
        if annotation is timedelta:
            return timedelta(seconds=self.mint.chance.randrange(1, 600))
        assert annotation is str, f"{where}: {annotation} is of a type that nobody has taught this room"
        return self.mint.word(where, said=where in RELAYED)


def _first(annotations: Sequence[Any]) -> Any:
    """Return the richest of several types that a field may have."""
    usable = [_resolved(each) for each in annotations if each is not types.NoneType and typing.get_origin(each) is not DefaultValue]
    return next((each for each in usable if each is timedelta), usable[0])


@cache
def _variants(kind: Any) -> Sequence[Any]:
    """Return the types of which an object may be where one of this type is expected."""
    made_from = [] if kind in _WHOLE else [each for each in kind.__subclasses__() if not each.__name__.startswith("_")]
    return [variant for each in made_from for variant in _variants(each)] or [kind]


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return the fields of a type: of what type they are, and whether they must be there."""
    named = inspect.signature(kind.__init__).parameters
    return {
        name: (_resolved(each.annotation), each.default is each.empty)
        for name, each in named.items()
        if name not in ("self", "api_kwargs") and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    }


def _resolved(annotation: Any) -> Any:
    """Return a type for what may be its name, as the library writes it where modules need each other."""
    name = annotation.__forward_arg__ if isinstance(annotation, typing.ForwardRef) else annotation
    return eval(name, {**vars(telegram), "telegram": telegram}) if isinstance(name, str) else annotation
