"""Every table, and for every column whether it is clear or sealed.

Clear columns say nothing of who a resident is or what they wrote, nor do they link two tickets of one person or a ticket to a resident; a
keyed column holds an HMAC under a separate key; a sealed column is AES-256-GCM with table, column and row as associated data. A test fails
on a column without a class.

What is finished leaves no row: an arrival that was handled keeps only its key, against repeats, and words that were sent are gone. So the
tables that are polled stay as small as what is open, and a stolen database does not tell when somebody wrote.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.columns import Utc, clear, keyed, only, sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = String(24)
Serial = BigInteger().with_variant(Integer, "sqlite")

settings = Table(
    "settings",
    metadata,
    clear("name", String(64), primary_key=True),
    sealed("value"),
)
"""One value each: the key check, the last heartbeat, when the channel was last heard."""

day_keys = Table(
    "day_keys",
    metadata,
    clear("purpose", String(16), primary_key=True),
    clear("day", Date, primary_key=True),
    sealed("wrapped", nullable=False),
)
"""The data keys of the inbox and the outbox, one a day, wrapped by the key-encryption key."""

residents = Table(
    "residents",
    metadata,
    clear("id", Id, primary_key=True),
    keyed("lookup", String(64), nullable=False, unique=True),
    sealed("wrapped", nullable=False),
    sealed("address", nullable=False),
    sealed("profile", nullable=False),
    clear("seen", Date, nullable=False),
)
"""lookup: HMAC of channel and person. address: channel and chat. profile: language, consent, reachability, own tickets, focus: in clear, a
ticket and a resident that become unreachable together would be known for one another."""

drafts = Table(
    "drafts",
    metadata,
    clear("resident", Id, ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True),
    sealed("body", nullable=False),
    clear("changed", Utc, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    clear("id", Id, primary_key=True),
    clear("reference", String(24), nullable=False, unique=True),
    clear("kind", String(16), nullable=False),
    clear("home", String(32), nullable=False),
    clear("forum", String(32), nullable=False),
    clear("category", String(32), nullable=False),
    clear("urgent", Boolean, nullable=False),
    clear("sensitive", Boolean, nullable=False),
    clear("contact", Boolean, nullable=False),
    clear("state", String(16), nullable=False),
    clear("outcome", String(16)),
    clear("taker", Id, ForeignKey("members.id")),
    clear("came_from", String(32)),
    clear("hops", Integer, nullable=False, server_default=text("0")),
    clear("opened", Date, nullable=False),
    clear("version", Integer, nullable=False, server_default=text("1")),
    sealed("wrapped"),
    sealed("body"),
    clear("session", Id),
    Index("ix_tickets_open", "forum", "opened", **only("state IN ('new', 'taken')")),
    Index("ix_tickets_session", "session", **only("session IS NOT NULL")),
)
"""body: the resident's id, whether they can be reached, the content, why it was returned."""

entries = Table(
    "entries",
    metadata,
    clear("number", Serial, primary_key=True, autoincrement=True),
    clear("id", Id, nullable=False, unique=True),
    clear("ticket", Id, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    clear("kind", String(16), nullable=False),
    clear("member", Id, ForeignKey("members.id")),
    sealed("body", nullable=False),
    sqlite_autoincrement=True,
)
"""body: words, files, time, delivery, under the ticket's key."""

members = Table(
    "members",
    metadata,
    clear("id", Id, primary_key=True),
    clear("forum", String(32), nullable=False),
    keyed("lookup", String(64), nullable=False),
    sealed("name", nullable=False),
    clear("active", Boolean, nullable=False, server_default=text("true")),
    UniqueConstraint("forum", "lookup"),
)
"""Somebody who acted in a forum's group; lookup: HMAC of channel and person."""

forums = Table(
    "forums",
    metadata,
    clear("id", String(32), primary_key=True),
    clear("channel", String(16)),
    clear("chat", String(64)),
    clear("configured", String(64)),
    clear("state", String(16), nullable=False, server_default=text("'unlinked'")),
    clear("changed", Utc, nullable=False),
    UniqueConstraint("channel", "chat"),
)
"""The group of each forum. A group's address tells nothing of residents. configured: what the configuration said last, so that an old line
there does not undo a move of the group."""

link_codes = Table(
    "link_codes",
    metadata,
    keyed("code", String(64), primary_key=True),
    clear("forum", String(32), nullable=False),
    clear("expires", Utc, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    clear("number", Serial, primary_key=True, autoincrement=True),
    keyed("recipient", String(64), nullable=False),
    keyed("message", String(64), nullable=False),
    keyed("slot", String(64)),
    keyed("ticket", String(64)),
    clear("live", Boolean, nullable=False, server_default=text("true")),
    clear("day", Date, nullable=False),
    sealed("about", nullable=False),
    Index("uq_posts_live", "recipient", "message", unique=True, **only("live", "live = 1")),
    Index("ix_posts_message", "recipient", "message"),
    Index("ix_posts_slot", "recipient", "slot", **only("live", "live = 1")),
    Index("ix_posts_ticket", "recipient", "ticket", **only("ticket IS NOT NULL")),
    sqlite_autoincrement=True,
)
"""Which message of ours shows what, per chat: to edit it, and to know what a reply is about. live: still shown there; when a group moves,
its message numbers begin anew, and an old number may name a second message. ticket: HMAC of recipient and ticket."""

arrivals = Table(
    "arrivals",
    metadata,
    clear("source", String(16), primary_key=True),
    clear("source_key", String(64), primary_key=True),
    clear("day", Date, nullable=False, index=True),
)
"""What has arrived before, kept some days against repeats."""

inbox = Table(
    "inbox",
    metadata,
    clear("id", Serial, primary_key=True, autoincrement=True),
    clear("source", String(16), nullable=False),
    clear("source_key", String(64), nullable=False),
    keyed("lane", String(64), nullable=False),
    clear("state", String(8), nullable=False, server_default=text("'waiting'")),
    clear("attempts", Integer, nullable=False, server_default=text("0")),
    clear("received", Utc, nullable=False),
    clear("not_before", Utc, nullable=False),
    sealed("raw", nullable=False),
    sealed("trace"),
    Index("ix_inbox_waiting", "lane", "id", **only("state = 'waiting'")),
    Index("ix_inbox_parked", "id", **only("state = 'parked'")),
    sqlite_autoincrement=True,
)
"""What arrived and is not handled yet. state: waiting, parked (needs a human). attempts: failed tries, and in thousands the lives in which
it was tried. received names the day of the key."""

outbox = Table(
    "outbox",
    metadata,
    clear("id", Serial, primary_key=True, autoincrement=True),
    keyed("recipient", String(64), nullable=False),
    clear("priority", Integer, nullable=False),
    keyed("slot", String(64)),
    clear("state", String(8), nullable=False, server_default=text("'waiting'")),
    clear("head", Boolean, nullable=False, server_default=text("false")),
    clear("attempts", Integer, nullable=False, server_default=text("0")),
    clear("unsure", Boolean, nullable=False, server_default=text("false")),
    clear("created", Utc, nullable=False),
    clear("not_before", Utc, nullable=False),
    clear("held_until", Utc),
    clear("reason", String(64)),
    sealed("body", nullable=False),
    clear("line", String(8)),
    Index("ix_outbox_recipient", "recipient", "priority", "id"),
    Index("uq_outbox_head", "recipient", unique=True, **only("head", "head = 1")),
    Index("ix_outbox_heads", "priority", "id", **only("head AND state = 'waiting'", "head = 1 AND state = 'waiting'")),
    Index("ix_outbox_slot", "recipient", "slot", **only("slot IS NOT NULL")),
    Index("ix_outbox_held", "id", **only("state = 'held'")),
    Index("ix_outbox_dead", "id", **only("state = 'dead'")),
    Index("ix_outbox_lines", "recipient", "priority", "id", **only("line IS NOT NULL")),
    sqlite_autoincrement=True,
)
"""What is to be said. body: recipient, slot, Outgoing, ticket, entry. state: waiting, sending (marked before the call), held (its forum is
lost), dead (refused, needs a human). head: the one open row of its recipient whose turn it is. created names the day of the key. line: what
a row has to do with lists (`bot/storage/lists.py`): waits (a list may tell of it), told (one does), list (it is one)."""

timers = Table(
    "timers",
    metadata,
    keyed("key", String(64), primary_key=True),
    clear("kind", String(32), nullable=False),
    clear("due", Utc, nullable=False, index=True),
    sealed("subject", nullable=False),
)
"""subject: the key, and whose situation the event will find."""

audit = Table(
    "audit",
    metadata,
    clear("id", Serial, primary_key=True, autoincrement=True),
    clear("at", Utc, nullable=False),
    clear("action", String(32), nullable=False),
    clear("ticket", Id),
    clear("forum", String(32)),
    clear("member", Id),
    clear("detail", String(128), nullable=False, server_default=text("''")),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    clear("id", Id, primary_key=True),
    clear("forum", String(32), nullable=False),
    clear("state", String(16), nullable=False),
    clear("starts", Utc),
    clear("capacity", Integer),
    clear("audience", String(16), nullable=False),
    clear("sequence", Integer, nullable=False),
    clear("version", Integer, nullable=False),
    sealed("wrapped", nullable=False),
    sealed("body", nullable=False),
    Index("ix_sessions_starts", "forum", "starts"),
)
"""body: topic, wall time, place, offices, planner, reason, what came of it, under the session's own key."""

answers = Table(
    "answers",
    metadata,
    clear("number", Serial, primary_key=True, autoincrement=True),
    clear("session", Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    keyed("lookup", String(64), nullable=False, unique=True),
    clear("answer", String(8), nullable=False),
    sealed("resident", nullable=False),
    Index("ix_answers_session", "session", "answer", "number"),
    sqlite_autoincrement=True,
)
"""Who comes to a session. lookup: HMAC of session and resident, so that one person's answers to two sessions look unrelated. number: a new
one for whoever joins the waiting list, which is in its order. resident: under the session's key."""

feedback = Table(
    "feedback",
    metadata,
    clear("number", Serial, primary_key=True, autoincrement=True),
    clear("session", Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    keyed("lookup", String(64), unique=True),
    clear("rating", String(8), nullable=False),
    sealed("words"),
    sqlite_autoincrement=True,
)
"""What people thought of a session. lookup: HMAC of session and resident, none once that resident is erased; the words go with it and the
rating stays as a count. words: under the session's key."""

promises = Table(
    "promises",
    metadata,
    clear("number", Serial, primary_key=True, autoincrement=True),
    clear("id", Id, nullable=False, unique=True),
    clear("session", Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    clear("due", Date, nullable=False),
    clear("state", String(8), nullable=False),
    sealed("body", nullable=False),
    sqlite_autoincrement=True,
)
"""body: who promised what, under the session's key."""

rounds = Table(
    "rounds",
    metadata,
    clear("id", Id, primary_key=True),
    clear("session", Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    clear("kind", String(16), nullable=False),
    clear("reach", String(16), nullable=False),
    clear("cursor", BigInteger, nullable=False),
    clear("state", String(8), nullable=False, server_default=text("'open'")),
    sealed("subject", nullable=False),
)
"""Telling many people one thing. state: open, done. cursor: the place of the last who was told; it says nothing of who that was."""

subscribers = Table(
    "subscribers",
    metadata,
    clear("number", Serial, primary_key=True, autoincrement=True),
    keyed("lookup", String(64), nullable=False, unique=True),
    sealed("body", nullable=False),
    sqlite_autoincrement=True,
)
"""Who wants to be told what, one row a person. lookup: HMAC of the resident. body: resident, language, districts, topics, circles, whether
they can be reached, the month in which they were last here; all that is needed to tell whom a broadcast is for without opening anybody's
row. Nothing of it is clear: in a small town a few wishes together are a face."""

broadcasts = Table(
    "broadcasts",
    metadata,
    clear("id", Id, primary_key=True),
    clear("forum", String(32), nullable=False),
    clear("state", String(16), nullable=False),
    clear("changed", Utc, nullable=False),
    clear("version", Integer, nullable=False),
    sealed("wrapped", nullable=False),
    sealed("body", nullable=False),
    Index("ix_broadcasts_forum", "forum", "changed"),
)
"""body: everything else, under the broadcast's own key."""

occurrences = Table(
    "occurrences",
    metadata,
    clear("id", Id, primary_key=True),
    clear("broadcast", Id, ForeignKey("broadcasts.id", ondelete="CASCADE"), nullable=False),
    clear("forum", String(32), nullable=False),
    clear("wall", String(19), nullable=False),
    clear("due", Utc, nullable=False),
    clear("state", String(16), nullable=False),
    clear("revision", Integer, nullable=False),
    clear("started", Utc),
    clear("ended", Utc),
    clear("cursor", BigInteger, nullable=False, server_default=text("0")),
    clear("listed", Boolean, nullable=False, server_default=text("false")),
    clear("told", Boolean, nullable=False, server_default=text("false")),
    clear("paid", Boolean, nullable=False, server_default=text("false")),
    clear("version", Integer, nullable=False),
    sealed("body", nullable=False),
    sealed("uploaded"),
    UniqueConstraint("broadcast", "wall"),
    Index("ix_occurrences_open", "due", **only("NOT told", "told = 0")),
)
"""wall: ISO 8601 without a zone; with the broadcast it makes the occurrence, so that whoever fires twice opens one. cursor: the number of
the last subscriber looked at. told: its end has been told, or there is none to tell. body: audience, topic and the messages by language,
under the broadcast's key, as is uploaded, the channel's name of the file that was sent."""

copies = Table(
    "copies",
    metadata,
    clear("number", Serial, primary_key=True, autoincrement=True),
    clear("occurrence", Id, ForeignKey("occurrences.id", ondelete="CASCADE"), nullable=False),
    keyed("lookup", String(64), nullable=False, unique=True),
    clear("state", String(8), nullable=False, server_default=text("'waiting'")),
    clear("attempts", Integer, nullable=False, server_default=text("0")),
    clear("unsure", Boolean, nullable=False, server_default=text("false")),
    clear("not_before", Utc),
    sealed("body"),
    Index("ix_copies_open", "occurrence", "number", **only("state IN ('waiting', 'sending')")),
    sqlite_autoincrement=True,
)
"""One broadcast for one person. lookup: HMAC of occurrence and resident: nobody is told twice, however they are found. state: waiting,
sending (marked before the call), settled (the body is gone, the token stays until the occurrence has ended). body: resident, language,
district, under the broadcast's key."""

tallies = Table(
    "tallies",
    metadata,
    clear("occurrence", Id, ForeignKey("occurrences.id", ondelete="CASCADE"), primary_key=True),
    clear("what", String(16), primary_key=True),
    clear("district", String(32), primary_key=True),
    clear("language", String(8), primary_key=True),
    clear("count", BigInteger, nullable=False),
)
"""What became of an occurrence, as numbers. what: listed, delivered, blocked, gone, refused, unsure, opted_out, option:N (the last two
without district and language, which stand empty)."""

voices = Table(
    "voices",
    metadata,
    keyed("token", String(64), primary_key=True),
    clear("occurrence", Id, ForeignKey("occurrences.id", ondelete="CASCADE"), nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""That somebody has answered a quiz, or opted out: HMAC of occurrence, what and resident. In the order of the tokens, not of time, and
without what was answered: which answer was whose is known to nobody."""

calendars = Table(
    "calendars",
    metadata,
    clear("version", Integer, primary_key=True, autoincrement=False),
    clear("changed", Utc, nullable=False),
    clear("member", Id, nullable=False),
    clear("body", Text, nullable=False),
)
"""Every version of the rules of time, as JSON: they say nothing of residents."""

leases = Table(
    "leases",
    metadata,
    clear("name", String(32), primary_key=True),
    clear("holder", BigInteger, nullable=False),
    clear("fence", BigInteger, nullable=False, server_default=text("0")),
    clear("until", Utc, nullable=False),
)
"""Which of several processes on PostgreSQL does what. name: a duty, or `here N`: that process N is there. holder: the process's number, 0
for nobody. fence: rises each time the lease changes hands. until: by the database's clock. Empty on SQLite, where there is one process."""
