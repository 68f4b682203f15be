"""What the tests of pages that span apps share."""

from typing import Any

from cases.services.stories import case_search
from core.search import search_vector
from demands.services.posting import demand_search
from platforms.kinds import search_body
from policies.services.content import content_search
from reporting.models import PublishedList
from reporting.services.issuing import list_search
from reporting.services.publications import publication_search


def release_search(row: Any) -> Any:
    return list_search(row) if isinstance(row, PublishedList) else publication_search(row)


VECTORS = {
    "demands": demand_search, "cases": case_search, "policies": content_search,
    "reporting": release_search,
}  # fmt: skip


def indexed(row: Any) -> Any:
    """The row with the search vector that its service would have given it."""
    if row._meta.app_label == "platforms":
        vector: Any = search_vector(title=str(row), body=search_body(row))
    else:
        vector = VECTORS[row._meta.app_label](row)
    type(row)._default_manager.filter(pk=row.pk).update(search=vector)
    return row
