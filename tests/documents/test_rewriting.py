"""A PDF on its way through: its pages, and nothing of who made it."""

from __future__ import annotations

import contextlib
import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from bot import documents
from bot.documents.rewriting import CannotRewrite, written_anew
from tests.documents import samples

CANARY = b"canary"


def unpacked(data: bytes) -> bytes:
    """The file with all that is deflated in it."""
    found = data
    for at in [at for at in range(len(data)) if data.startswith(b"stream\n", at) and not data.startswith(b"endstream", at - 3)]:
        with contextlib.suppress(zlib.error):
            found += zlib.decompressobj().decompress(data[at + 7 :])
    return found


def test_a_document_keeps_its_pages_and_nothing_of_who_made_it() -> None:
    """B48: author, times, history, attachments, scripts, notes, layers, and what a camera wrote into a picture inside."""
    dirty = samples.pdf(pages=3)
    clean = written_anew(dirty)
    assert dirty.count(CANARY) > 15
    assert CANARY not in unpacked(clean)
    assert samples.text_of(clean) == [samples.SHOWN] * 3
    assert clean.startswith(b"%PDF-1.7")
    assert clean.endswith(b"%%EOF\n")
    assert PdfReader(io.BytesIO(clean)).metadata is None


def test_a_picture_in_it_is_still_the_same_picture() -> None:
    (image,) = PdfReader(io.BytesIO(written_anew(samples.pdf()))).pages[0].images
    before = Image.open(io.BytesIO(samples.photo()))
    after = Image.open(io.BytesIO(image.data))
    assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
    assert not after.getexif()


def test_a_link_to_the_web_stays_and_no_other_action() -> None:
    links = PdfReader(io.BytesIO(written_anew(samples.pdf()))).pages[0].annotations
    assert links is not None
    assert len(links) == 1
    assert links[0].get_object()["/A"]["/URI"] in (samples.LINK, samples.LINK.encode())


def test_rewriting_twice_changes_nothing_more() -> None:
    once = written_anew(samples.pdf())
    assert samples.text_of(written_anew(once)) == samples.text_of(once)


@pytest.mark.parametrize(
    "data",
    [samples.pdf(password="secret"), samples.pdf(pages=101), samples.pdf(picture=b"canary"), samples.pdf(picture=samples.photo()[:200])],
    ids=["locked", "too long", "a picture that is none", "half a picture"],
)
def test_what_cannot_be_told_is_refused(data: bytes) -> None:
    with pytest.raises(CannotRewrite):
        written_anew(data)


async def test_it_is_done_in_a_process_of_its_own() -> None:
    clean = await documents.clean_pdf(samples.pdf())
    assert clean is not None
    assert samples.text_of(clean) == [samples.SHOWN]


@pytest.mark.parametrize("data", [b"", b"canary", b"PK\x03\x04" + bytes(50), b"%PDF-1.7\ncanary", samples.pdf(password="secret")])
async def test_what_is_no_document_is_none(data: bytes) -> None:
    assert await documents.clean_pdf(data) is None


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, len(samples.pdf()) - 1), byte=st.integers(0, 255))
@pytest.mark.filterwarnings("ignore")
def test_a_broken_document_is_rewritten_or_refused(at: int, byte: int) -> None:
    """Either way it comes to an end; whatever its reader raises ends a process that is not the bot's."""
    broken = bytearray(samples.pdf())
    broken[at] = byte
    with contextlib.suppress(Exception):
        assert written_anew(bytes(broken)).startswith(b"%PDF")


def test_what_only_its_maker_understands_is_not_kept() -> None:
    dirty = samples.pdf().replace(b"/PieceInfo", b"/Unheard1")
    assert CANARY not in unpacked(written_anew(dirty))
