"""Where a record began: at this portal, or at a neighbour's that it was pulled from."""

from __future__ import annotations

from typing import Any, TypedDict
from urllib.parse import urlsplit

from django.conf import settings

PEER = (
    "peer"  # `source_kind` of what was pulled; `source_url` is its page, `source_ref` its id there
)


class Origin(TypedDict):
    """The portal's address, the record's id there, and its page."""

    portal: str
    id: str
    url: str


def origin_of(row: Any) -> Origin:
    """The origin of a sourced row with a slug and a page. What was pulled keeps its first one."""
    if row.source_kind == PEER:
        parts = urlsplit(row.source_url)
        portal = f"{parts.scheme}://{parts.netloc}"
        return {"portal": portal, "id": row.source_ref, "url": row.source_url}
    url = f"{settings.SITE_URL}{row.get_absolute_url()}"
    return {"portal": settings.SITE_URL, "id": row.slug, "url": url}


def is_own(origin: Origin) -> bool:
    """Whether the record began here, by the host of the address."""
    return urlsplit(origin["portal"]).netloc == urlsplit(settings.SITE_URL).netloc
