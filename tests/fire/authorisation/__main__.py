"""Write `docs/authorisation.md` anew."""

from tests.fire.authorisation.document import FILE, document

FILE.write_text(document(), encoding="utf-8")
