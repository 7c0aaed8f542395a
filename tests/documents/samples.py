"""A PDF with a canary in every place that the format has for one, and on its page what may be seen."""

from __future__ import annotations

import io

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

N = NameObject
SHOWN = "Water is off on Sunday"
LINK = "https://example.org/water"


def photo() -> bytes:
    """A photo that says where it was taken, with another one hidden behind its end."""
    exif = Image.Exif()
    exif[0x010E] = "canary"
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(written, "JPEG", exif=exif, comment=b"canary", progressive=True)
    return written.getvalue() + b"canary" + written.getvalue()


def stream(data: bytes, **entries: object) -> StreamObject:
    """A stream with a canary beside what it holds."""
    made = DecodedStreamObject()
    made.set_data(data)
    made.update({N(f"/{key}"): value for key, value in entries.items()})
    made[N("/Metadata")] = TextStringObject("canary")
    made[N("/PieceInfo")] = DictionaryObject({N("/Maker"): TextStringObject("canary")})
    return made


def pdf(*, pages: int = 1, password: str = "", picture: bytes | None = None) -> bytes:
    """The file."""
    writer = PdfWriter()
    image = stream(photo() if picture is None else picture, Type=N("/XObject"), Subtype=N("/Image"), Width=NumberObject(40))
    image.update({N("/Height"): NumberObject(30), N("/ColorSpace"): N("/DeviceRGB"), N("/BitsPerComponent"): NumberObject(8)})
    image[N("/Filter")] = N("/DCTDecode")
    font = DictionaryObject({N("/Type"): N("/Font"), N("/Subtype"): N("/Type1"), N("/BaseFont"): N("/Helvetica")})
    for _ in range(pages):
        page = writer.add_blank_page(400, 300)
        page[N("/Resources")] = writer._add_object(
            DictionaryObject(
                {
                    N("/Font"): DictionaryObject({N("/F1"): writer._add_object(font)}),
                    N("/XObject"): DictionaryObject({N("/Im1"): writer._add_object(image)}),
                    N("/Properties"): DictionaryObject({N("/L1"): DictionaryObject({N("/Name"): TextStringObject("canary layer")})}),
                }
            )
        )
        shown = f"BT /F1 18 Tf 20 200 Td ({SHOWN}) Tj ET q 40 0 0 30 20 20 cm /Im1 Do Q".encode()
        page[N("/Contents")] = writer._add_object(stream(shown))
        page[N("/PieceInfo")] = DictionaryObject({N("/Maker"): TextStringObject("canary")})
        page[N("/AA")] = DictionaryObject({N("/O"): DictionaryObject({N("/S"): N("/JavaScript"), N("/JS"): TextStringObject("canary")})})
    note = FreeText(text="canary note", rect=(50, 50, 90, 90))
    note[N("/T")] = TextStringObject("canary author")
    writer.add_annotation(0, note)
    writer.add_annotation(0, Link(rect=(20, 190, 200, 220), url=LINK))
    launch = DictionaryObject({N("/S"): N("/Launch"), N("/F"): TextStringObject("canary.exe")})
    place = ArrayObject([NumberObject(0)] * 4)
    starts = {N("/Type"): N("/Annot"), N("/Subtype"): N("/Link"), N("/Rect"): place, N("/A"): launch}
    writer.add_annotation(0, DictionaryObject(starts))
    writer.add_metadata({"/Author": "canary", "/Title": "canary", "/Producer": "canary", "/CreationDate": "D:20261122canary"})
    writer.add_attachment("canary.txt", b"canary")
    writer.root_object[N("/Metadata")] = writer._add_object(stream(b"<x:xmpmeta>canary</x:xmpmeta>"))
    writer.root_object[N("/OpenAction")] = DictionaryObject({N("/S"): N("/JavaScript"), N("/JS"): TextStringObject("app.alert('canary')")})
    writer.add_outline_item(title="canary", page_number=0)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue() + b"\n% canary behind the end\n"


def text_of(data: bytes) -> list[str]:
    """What the pages say."""
    return [page.extract_text().strip() for page in PdfReader(io.BytesIO(data)).pages]
