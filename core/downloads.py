"""Files that a page sends."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

# type by ending
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


def send_file(
    body: bytes | Iterable[str], name: str, *, inline: bool = False
) -> HttpResponse | StreamingHttpResponse:
    """The file under this name, whose ending says what it is; lines are sent as they are made."""
    kind = HttpResponse if isinstance(body, bytes) else StreamingHttpResponse
    response = kind(body, content_type=TYPES[name.rsplit(".", 1)[-1]])
    place = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(name)}"
    return response


def bytes_of(document: Any) -> bytes:
    """A workbook or text document as it is saved."""
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()
