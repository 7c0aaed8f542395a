"""A PDF from the pages of another: what a page shows is taken from a list of what may be taken, everything else stays behind.

So go: the document's information and XMP, earlier versions kept in the same file, attached files, scripts and actions, forms, notes with
their authors' names, thumbnails, what editing programs keep for themselves, the structure that names layers; and of the pictures inside
everything but the picture. Links to the web stay links.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, NameObject, NumberObject, StreamObject

MOST_PAGES: Final = 100
_VERSION: Final = "%PDF-1.7"
_OF_A_PAGE: Final = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents")
_OF_RESOURCES: Final = ("/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading")
_KEYS: Final = """
    Type Subtype S N Range Length Length1 Length2 Length3 Filter DecodeParms
    Predictor Colors Columns EarlyChange K EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1 ColorTransform JBIG2Globals
    MediaBox CropBox Rotate UserUnit Resources Contents
    Width Height ColorSpace BitsPerComponent Intent ImageMask Mask Decode Interpolate SMask Matte
    FormType BBox Matrix Group CS I G BC
    PatternType PaintType TilingType XStep YStep Shading ExtGState
    ShadingType Background AntiAlias Function Coords Domain Extend BitsPerCoordinate BitsPerFlag VerticesPerRow
    FunctionType Size BitsPerSample Order Encode C0 C1 Functions Bounds
    LW LC LJ ML D RI OP op OPM Font BG BG2 UCR UCR2 TR TR2 FL SM SA BM CA ca AIS TK
    WhitePoint BlackPoint Gamma Alternate
    BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts CIDSystemInfo DW W DW2 W2 CIDToGIDMap
    FontBBox FontMatrix CharProcs BaseEncoding Differences CMapName UseCMap WMode Registry Ordering Supplement
    FontName FontFamily FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth
    MissingWidth FontFile FontFile2 FontFile3 CharSet CIDSet
"""
_DRAWN: Final = frozenset(f"/{key}" for key in _KEYS.split())
"""What says how something is drawn (ISO 32000-1, chapters 8, 9 and 11, and the filters of 7.4): no other key is kept."""
_JPEG: Final = "/DCTDecode"
_DEFLATED: Final = "/FlateDecode"
_UNKNOWN: Final = {"/JPXDecode", "/Crypt"}
"""Streams that can hold more than they show, and are too rare to be taken apart."""

_MARKS: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""What begins a segment of a JPEG (ITU-T T.81, table B.1): among pixels an FF is followed by 00 or by D0 to D7."""
_BEGINS, _ENDS, _ADOBE, _COMMENT = 0xD8, 0xD9, 0xEE, 0xFE
_APPLICATIONS: Final = range(0xE0, 0xF0)


class CannotRewrite(Exception):
    """It cannot be told what of the file is shown."""


def written_anew(data: bytes) -> bytes:
    """Return a PDF of the same pages. Raises `CannotRewrite`, or whatever a broken file makes its reader raise."""
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted or not 0 < len(reader.pages) <= MOST_PAGES:
        raise CannotRewrite
    writer = PdfWriter()
    writer.metadata = None
    writer.pdf_header = _VERSION
    seen: dict[int, Any] = {}
    for page in reader.pages:
        links = list(_links(page))
        for key in [key for key in page if key not in _OF_A_PAGE]:
            del page[key]
        _bare(page, seen)
        added = writer.add_page(page)
        if links:
            added[NameObject("/Annots")] = ArrayObject(links)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _at(holder: DictionaryObject, key: str) -> Any:
    """Return what a dictionary leads to, wherever in the file it lies."""
    return holder[key] if key in holder else None  # noqa: SIM401 - `get` does not follow a reference


def _bare(page: DictionaryObject, seen: dict[int, Any]) -> None:
    """Take out of everything that a page leads to what is not drawn."""
    ahead: list[tuple[Any, str]] = [(page, "")]
    while ahead:
        reference, key = ahead.pop()
        found = reference.get_object()
        if id(found) in seen:
            continue
        seen[id(found)] = found  # held, so that no other object is ever given its number
        if isinstance(found, DictionaryObject):
            _strip(found, key)
            below = "names of " if key == "/Resources" else ""
            ahead.extend((found.raw_get(name), below + name) for name in found)
        elif isinstance(found, ArrayObject):
            ahead.extend((item, "") for item in found)


def _strip(found: DictionaryObject, key: str) -> None:
    """Keep of a dictionary what is drawn. Under some keys it is a list by names that the document chose, and all of them are kept."""
    if key == "/CharProcs" or key.startswith("names of "):
        lost = [name for name in found if not isinstance(_at(found, name), DictionaryObject | ArrayObject | NameObject)]
    else:
        kept = _OF_RESOURCES if key == "/Resources" else _DRAWN
        lost = [name for name in found if name not in kept]
    for name in lost:
        del found[name]
    if isinstance(found, StreamObject):
        _strip_stream(found)


def _strip_stream(stream: StreamObject) -> None:
    named = _at(stream, "/Filter")
    filters = [str(name.get_object()) for name in (named if isinstance(named, ArrayObject) else [named] if named else ())]
    if _UNKNOWN & {*filters} or (_JPEG in filters and filters not in ([_JPEG], [_DEFLATED, _JPEG])):
        raise CannotRewrite
    if _JPEG in filters:
        held = stream._data if filters == [_JPEG] else zlib.decompress(stream._data)
        stream._data = b"".join(_picture(held))
        stream[NameObject("/Filter")] = NameObject(_JPEG)
        stream.pop("/DecodeParms", None)


def _picture(jpeg: bytes) -> Iterator[bytes]:
    """Yield the parts of a JPEG up to its end, without comments and application segments but Adobe's, which says what its colours mean."""
    at = 0
    for mark in _MARKS.finditer(jpeg):
        if mark.start() < at:  # inside a segment that has been dealt with
            continue
        kind = mark[0][-1]
        if (at == 0) != (kind == _BEGINS):
            raise CannotRewrite
        end = mark.end()
        if kind not in (_BEGINS, _ENDS):
            end += int.from_bytes(jpeg[end : end + 2], "big")
        if kind == _ADOBE or not (kind in _APPLICATIONS or kind == _COMMENT):
            yield jpeg[at:end]
        elif mark.start() > at:  # the lines of pixels before it
            yield jpeg[at : mark.start()]
        at = end
        if kind == _ENDS:
            return
    raise CannotRewrite


def _links(page: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield a page's links to the web, made anew."""
    noted = _at(page, "/Annots")
    for reference in noted if isinstance(noted, ArrayObject) else ():
        note = reference.get_object()
        action = _at(note, "/A") if isinstance(note, DictionaryObject) and _at(note, "/Subtype") == "/Link" else None
        target = str(_at(action, "/URI")) if isinstance(action, DictionaryObject) and _at(action, "/S") == "/URI" else ""
        if target.startswith(("https://", "http://")):
            yield DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Annot"),
                    NameObject("/Subtype"): NameObject("/Link"),
                    NameObject("/Rect"): ArrayObject(note["/Rect"]),
                    NameObject("/Border"): ArrayObject([NumberObject(0)] * 3),
                    NameObject("/A"): DictionaryObject(
                        {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): ByteStringObject(target.encode("ascii", "ignore"))}
                    ),
                }
            )
