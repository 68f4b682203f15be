"""The way to a page."""

from typing import Any

from django.urls import reverse


def trail(*steps: tuple[Any, Any] | str) -> list[dict[str, str]]:
    """Breadcrumbs: (label, name of an address or record with a page) on the way, the page last."""
    found = []
    for step in steps:
        label, where = (step, None) if isinstance(step, str) else step
        url = (
            reverse(where) if isinstance(where, str) else where.get_absolute_url() if where else ""
        )
        found.append({"label": str(label), "url": url})
    return found
