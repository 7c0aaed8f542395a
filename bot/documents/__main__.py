"""Write one PDF anew: it comes in and goes out as bytes. See `bot.documents.clean_pdf`."""

import sys

from bot import apart

apart.confine(seconds=25, megabytes=768)

from bot.documents.rewriting import written_anew  # noqa: E402 - nothing is loaded before the limits stand

sys.stdout.buffer.write(written_anew(sys.stdin.buffer.read()))
