"""What stops the bot and can be mended by its operator. Everything else that is raised is a bug.

    AlwandError                 one line for the operator; exit code 1
    ├── StartRefused            starting now would do harm; exit code 2
    │   └── ConfigError         a setting is missing or wrong
    └── TokenRefused            Telegram no longer knows the token; exit code 3

A send that failed is not an exception but a value (`bot/model/outgoing.py`), and what a resident mistypes is an ordinary
answer. A bug is not caught: its turn rolls back, is tried again and then parked.

The text of these errors is shown and logged as it is, so it never holds a token, a key, a person or a message.
"""


class AlwandError(Exception):
    """Something the operator can mend; the text says what and how, in one line."""

    exit_code = 1


class StartRefused(AlwandError):
    """The bot will not start like this: a wrong key, a newer database, a second process."""

    exit_code = 2


class ConfigError(StartRefused):
    """A setting is missing or wrong. The text names it as it stands in the file, and the remedy; one line for each fault."""


class TokenRefused(AlwandError):
    """Telegram answers 401: the token was revoked or never was one. Nothing unsent is lost; a new token goes on."""

    exit_code = 3
