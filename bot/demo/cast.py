"""Who is there when the demo opens: residents with phones, seven forums and the province, each in a group of its own, and a crowd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.world import Chat, Person, World
from bot.demo.world.crowd import READS

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Area:
    """A forum's area as the page names it. `names` by language code, `language` is the group's, the centre in degrees."""

    id: str
    names: dict[str, str]
    language: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody with a phone. All of them, and their numbers, are invented."""

    first_name: str
    last_name: str
    username: str
    phone: str
    language: str


RESIDENTS = (
    Resident("سارة", "حسن", "sara_h_demo", "+9647700000101", "ar"),
    Resident("دیلان", "کەریم", "dilan_k_demo", "+9647500000102", "ckb"),
    Resident("Nadia", "Yousif", "nadia_y_demo", "+9647800000103", "en"),
    Resident("Elif", "Bayatlı", "elif_b_demo", "+9647700000104", "tr"),
)
LANGUAGE_CODES = {"ckb": "ku"}  # as Telegram's apps report it

NAMES = {
    "ar": (
        "أحمد العبيدي", "زينب الجبوري", "حيدر التميمي", "مريم الربيعي", "علي الزيدي", "هدى العزاوي", "مصطفى الخزرجي", "نور الدليمي",
        "كاظم البياتي", "رنا القيسي", "يوسف الشمري", "إسراء المهداوي", "عباس الكرخي", "سهى العنبكي", "جاسم الحيالي", "آمنة الندا",
        "ليث السعدي", "دعاء الطائي", "عمر المجمعي", "بشرى الأوسي", "فارس الكروي",
    ),
    "ckb": ("ئازاد محەمەد", "شیلان ڕەشید", "هێمن عەلی", "ڕۆژان کەمال", "سۆران جەبار", "نەسرین فەتاح", "ڕێبوار ئەحمەد", "ژیان عوسمان"),
}  # fmt: skip
TITLES = {"ar": "منتدى {area}", "ckb": "کۆڕبەندی {area}", "en": "Forum of {area}"}
PROVINCE_TITLES = {"ar": "منتديات {area} - المحافظة", "ckb": "کۆڕبەندەکانی {area} - پارێزگا", "en": "Forums of {area} - province"}
CHANNEL_TITLES = {"ar": "قناة منتدى {area}", "ckb": "کەناڵی کۆڕبەندی {area}", "en": "Channel of {area}"}
READERS = ("ar", "ar", "ckb", "ar", "ckb", "ar", "en", "ar", "ar", "ckb")
"""The languages of the crowd, in turns."""
BLOCKING, GONE = 0.02, 0.005
FACES_FROM = 15
"""The first of the crowd whose phones can be looked at: what they get has reached others before."""
FORUM_ROLES = ("member", "member", "anonymous")
PROVINCE_ROLES = ("head", "coordinator")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who looks at a group. `role`: member, anonymous, stranger, coordinator or head."""

    person: Person
    role: str

    def shown(self) -> Json:
        """As the page chooses among them."""
        return {"id": self.person.id, "name": self.person.name, "role": self.role}


@dataclass(frozen=True, slots=True)
class Group:
    """An area with its group, who may be played in it, and its public channel."""

    area: Area
    chat: Chat
    members: tuple[Member, ...]
    channel: Chat | None = None

    def shown(self) -> Json:
        """As the page draws it."""
        centre = {"latitude": self.area.latitude, "longitude": self.area.longitude}
        members = [member.shown() for member in self.members]
        shown = {"district": self.area.id, "names": self.area.names, "chat_id": self.chat.id, "centre": centre, "members": members}
        return shown | {"channel_id": self.channel.id if self.channel else None}


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody of the crowd whose phone can be looked at, and what they read."""

    person: Person
    language: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody."""

    residents: tuple[Person, ...]
    forums: tuple[Group, ...]
    province: Group
    faces: tuple[Face, ...] = ()

    def shown(self) -> Json:
        """`{"residents": [{"id", "name", "username", "phone", "language"}], "forums": [...], "province": {...}, "faces": [...]}`.

        A forum is `{"district", "names", "chat_id", "centre", "members": [{"id", "name", "role"}], "channel_id"}`, the province too,
        without a channel. A face is `{"id", "name", "language"}`.
        """
        residents = [
            {"id": person.id, "name": person.name, "username": person.username, "phone": person.phone, "language": told.language}
            for person, told in zip(self.residents, RESIDENTS, strict=True)
        ]
        return {"residents": residents, "forums": [forum.shown() for forum in self.forums], "province": self.province.shown()} | {
            "faces": [{"id": face.person.id, "name": face.person.name, "language": face.language} for face in self.faces]
        }


def enter(world: World, areas: Sequence[Area], province: Area, readers: int = 0) -> Cast:
    """Put everybody into an empty world, `readers` of them as a crowd; the bot is an administrator of every group and channel."""
    residents = tuple(
        world.person(
            told.first_name,
            last_name=told.last_name,
            username=told.username,
            phone=told.phone,
            language_code=LANGUAGE_CODES.get(told.language, told.language),
        )
        for told in RESIDENTS
    )
    stranger = Member(_person(world, "سعد عبد", "ar"), "stranger")
    names = {language: iter(known) for language, known in NAMES.items()}
    forums = tuple(_forum(world, area, names, stranger) for area in areas)
    leaders = tuple(Member(_person(world, _name(names, province.language), province.language), role) for role in PROVINCE_ROLES)
    title = PROVINCE_TITLES[province.language].format(area=province.names[province.language])
    return Cast(residents, forums, Group(province, world.group(title, *(each.person for each in leaders)), leaders), _faces(world, readers))


def _forum(world: World, area: Area, names: dict[str, Iterator[str]], stranger: Member) -> Group:
    members = tuple(Member(_person(world, _name(names, area.language), area.language), role) for role in FORUM_ROLES)
    title = TITLES[area.language].format(area=area.names[area.language])
    volunteers = [each.person for each in members if each.role == "member"]
    admins = tuple(each.person for each in members if each.role == "anonymous")
    chat = world.group(title, *volunteers, admins=admins)
    for admin in admins:
        chat.members[admin.id].is_anonymous = True
    channel = world.channel(
        CHANNEL_TITLES[area.language].format(area=area.names[area.language]), bot="administrator", username=channel_name(area.id)
    )
    return Group(area, chat, (*members, stranger), channel)


def channel_name(area: str) -> str:
    """The public name of a district's channel, without the @."""
    return f"{area.replace('-', '_')}_cpf_demo"


def _faces(world: World, readers: int) -> tuple[Face, ...]:
    """Gather the crowd, and let one reader of each language step out of it."""
    if not readers:
        return ()
    found: dict[str, Face] = {}
    for number, reader in enumerate(world.gather(readers, READERS, blocking=BLOCKING, gone=GONE)):
        if number >= FACES_FROM and reader.fate == READS and reader.language not in found:
            person = world.somebody(reader.id)
            assert person is not None  # noqa: S101 - they are in the crowd
            found[reader.language] = Face(person, reader.language)
    return tuple(found[language] for language in dict.fromkeys(READERS) if language in found)


def _name(names: dict[str, Iterator[str]], language: str) -> str:
    """The next name not yet taken; more forums than names share the last resort."""
    return next(names.get(language, names["ar"]), "أبو محمد")


def _person(world: World, name: str, language: str) -> Person:
    first, _, last = name.partition(" ")
    return world.person(first, last_name=last or None, language_code=LANGUAGE_CODES.get(language, language))
