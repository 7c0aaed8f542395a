"""Words in a language: what a decision said in English ids becomes the reader's own sentence.

`catalogues` reads `locales/*/LC_MESSAGES/messages.po` once, `rendering` fills the sentences in, `update` keeps the catalogues level with
the code (`python -m bot.i18n.update`). Nothing here knows who reads, or through which channel.
"""

from bot.i18n.rendering import render

__all__ = ["render"]
