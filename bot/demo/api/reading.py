"""Take the parameters and files out of a request: query string, form, multipart or JSON."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.demo.api.refusals import bad

_NAME = re.compile(rb'[; ]name="([^"]*)"')
_FILENAME = re.compile(rb'filename\*?="?([^";\r\n]*)')
_TYPE = re.compile(rb"content-type:\s*([^\r\n;]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime: str
    data: bytes


def read_request(query: bytes, content_type: str, body: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters and files by name. Raises Refused when the body is not what it says it is."""
    given: dict[str, Any] = dict(parse_qsl(query.decode(), keep_blank_values=True)) if query else {}
    if not body:
        return given, {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            found = json.loads(body)
        except ValueError as wrong:
            raise bad("can't parse JSON object") from wrong
        if not isinstance(found, dict):
            raise bad("can't parse JSON object: Object expected")
        return given | found, {}
    if kind == "multipart/form-data":
        fields, files = _read_parts(content_type, body)
        return given | fields, files
    return given | dict(parse_qsl(body.decode(), keep_blank_values=True)), {}


def _read_parts(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    found = re.search(r'boundary="?([^";]+)', content_type)
    if found is None:
        raise bad("boundary not found in the request")
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + found.group(1).encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            raise bad("a part of the request has no name")
        filename = _FILENAME.search(head)
        if filename is None:
            fields[name.group(1).decode()] = content.decode()
        else:
            mime = _TYPE.search(head)
            files[name.group(1).decode()] = Upload(
                filename.group(1).decode(errors="replace"),
                mime.group(1).decode().strip() if mime else "application/octet-stream",
                content,
            )
    return fields, files
