"""What a messenger shows of the bot before anybody has said a word: the commands under "/", and one sentence under its name."""

from bot.model.text import N_, Text

PRIVATE: tuple[tuple[str, Text], ...] = (
    ("start", N_("Main menu")),
    ("report", N_("Report a problem")),
    ("dialogue", N_("Ask for a dialogue session")),
    ("sessions", N_("Dialogue sessions and promises")),
    ("area", N_("My area")),
    ("status", N_("My reports")),
    ("emergency", N_("Emergency numbers")),
    ("language", N_("Change the language")),
    ("privacy", N_("What we keep, and how to delete it")),
    ("help", N_("How this works")),
    ("cancel", N_("Stop what you are writing")),
)
"""A resident's commands and what they do."""

GROUP: tuple[tuple[str, Text], ...] = (
    ("open", N_("List the open reports")),
    ("sessions", N_("Dialogue sessions and promises")),
    ("session", N_("Plan a session without a request")),
    ("broadcast", N_("Write to everybody who asked to hear of a topic")),
    ("broadcasts", N_("Broadcasts and what became of them")),
    ("link", N_("Link this group to its forum with a code")),
    ("help", N_("How the forum works with reports")),
)
"""A forum's commands and what they do."""

ABOUT = N_("Write to the Community Policing Forum of your district. The forum does not see who you are.")
"""At most 120 characters in each language."""
