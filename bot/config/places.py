"""The settings of the province: who is served, about what, and which numbers to call."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config import faults
from bot.config.section import Section
from bot.model import province as model
from bot.model.ids import ForumId, Language
from bot.model.text import Names

Word = Annotated[
    str, AfterValidator(faults.matching(r"[a-z][a-z0-9_]{1,23}", "should be 2 to 24 small letters a-z, digits and _, a letter first"))
]
Code = Annotated[str, AfterValidator(faults.matching(r"[A-Z]{2,4}", "should be 2 to 4 capital letters A-Z"))]
DIGITS = "should be digits 0-9 as dialled, perhaps with + first"
Number = Annotated[str, AfterValidator(faults.matching(r"\+?[0-9]{3,15}", DIGITS))]
NumberOrNone = Annotated[str, AfterValidator(faults.matching(r"(\+?[0-9]{3,15})?", DIGITS))]
Text = Annotated[str, Field(min_length=1, max_length=200)]
GroupId = Annotated[int, Field(lt=0)]
Channel = Annotated[
    str,
    BeforeValidator(lambda given: str(given) if type(given) is int else given),
    AfterValidator(
        faults.matching(r"@[A-Za-z][A-Za-z0-9_]{3,31}|-100[0-9]{5,15}", 'should be the channel\'s name, such as "@name", or its id -100...')
    ),
]


class Named(Section):
    """A name in the three languages."""

    en: Text = Field(description="In English.")
    ar: Text = Field(description="In Arabic.")
    ckb: Text = Field(description="In Kurdish (Sorani).")

    def names(self) -> Names:
        """Return it as the rest of the bot uses it."""
        return Names(en=self.en, ar=self.ar, ckb=self.ckb)


class Point(Section):
    """A place on the map, degrees WGS 84, inside Iraq: a swapped pair is caught."""

    lat: float = Field(ge=29, le=38, description="North of the equator.")
    lon: float = Field(ge=38, le=49, description="East of Greenwich.")


class ProvinceHead(Section):
    """The provincial head and the coordinators: the parent office, and the focal chat of sensitive reports."""

    names: Named = Field(description="The province's name.")
    language: Language = Field("ar", description="The language of its group, and of whoever has not chosen one.")
    chat_id: GroupId | None = Field(None, description="Its group; or link it with a code.")
    answer_within_days: int = Field(2, ge=1, le=30, description="How soon a forum usually answers, as residents are told.")
    greeting: dict[Language, Path] = Field({}, description="Recordings (OGG with Opus) of the first screen, by language.")


class Locality(Section):
    """A town, village or quarter of a district, or a place outside of all."""

    names: Named = Field(description="Its name.")
    spellings: tuple[Text, ...] = Field((), description="What people type for it.")
    ambiguous: tuple[Text, ...] = Field((), description="Forms that are also ordinary words.")
    centre: Point | None = Field(None, description="Its centre.")
    forum: bool = Field(True, description="Whether the district's forum serves it; otherwise the bot asks.")

    def locality(self) -> model.Locality:
        """Return it as the rest of the bot uses it."""
        return model.Locality(
            names=self.names.names(),
            spellings=self.spellings,
            ambiguous=self.ambiguous,
            latitude=self.centre.lat if self.centre else None,
            longitude=self.centre.lon if self.centre else None,
            has_forum=self.forum,
        )


class District(Section):
    """An area with a forum of its own."""

    id: Word = Field(description="Its name in the database and in commands: never changed once in use.")
    code: Code = Field(description="The first letters of its reports' numbers.")
    names: Named = Field(description="Its name.")
    spellings: tuple[Text, ...] = Field((), description="What people type for it, in any script.")
    ambiguous: tuple[Text, ...] = Field((), description="Forms that are also ordinary words: taken only as an answer.")
    not_this: tuple[Text, ...] = Field((), description="Look-alike names of other places.")
    centre: Point = Field(description="The town centre, for shared locations.")
    language: Language = Field("ar", description="The language of the forum's group.")
    chat_id: GroupId | None = Field(None, description="The forum's group; or link it with a code.")
    channel: Channel | None = Field(None, description="The forum's public channel, where the bot may post.")
    emergency: Number | None = Field(None, description="An emergency number of its own, where it has one.")
    locality: tuple[Locality, ...] = Field((), description="Places inside it.")

    def district(self) -> model.District:
        """Return it as the rest of the bot uses it."""
        return model.District(
            id=ForumId(self.id),
            code=self.code,
            names=self.names.names(),
            spellings=self.spellings,
            latitude=self.centre.lat,
            longitude=self.centre.lon,
            language=self.language,
            ambiguous=self.ambiguous,
            not_this=self.not_this,
            localities=tuple(each.locality() for each in self.locality),
            emergency=self.emergency,
            channel=self.channel,
        )


class Category(Section):
    """A kind of concern."""

    key: Word = Field(description="Its name in the database: never changed once in use.")
    names: Named = Field(description="As on its button.")
    hint: Named = Field(description="Examples, shown with the question.")
    urgent: bool = Field(False, description="Whether each such report is urgent.")
    sensitive: bool = Field(False, description="Whether the district's group sees only that there is a report, and where.")
    desk: Literal["forum", "province"] = Field("forum", description="Who reads its text; sensitive ones are read at the province's desk.")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        agree = self.sensitive == (self.desk == "province")
        return faults.unless(agree, self, 'sensitive and desk disagree: sensitive reports, and only they, have desk = "province"')

    def category(self) -> model.Category:
        """Return it as the rest of the bot uses it."""
        return model.Category(self.key, self.names.names(), self.hint.names(), urgent=self.urgent, sensitive=self.sensitive)


class Hotline(Section):
    """A number to call."""

    key: Word = Field(description="Its name.")
    number: NumberOrNone = Field(description="As dialled; empty until known.")
    names: Named = Field(description="Whose number it is.")
    show: bool = Field(False, description="Whether residents see it.")
    checked_on: date | None = Field(None, description="When it was last tried and found right; again after six months.")

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        return faults.unless(self.number or not self.show, self, "has no number to show: fill in number, or set show = false")

    def hotline(self) -> model.Hotline:
        """Return it as the rest of the bot uses it."""
        return model.Hotline(self.key, self.number, self.names.names(), show=self.show, checked_on=self.checked_on)
