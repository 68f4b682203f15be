"""Chinese full-text search: words cut by rjieba into a `simple` tsvector; trigrams for names."""

from __future__ import annotations

import unicodedata
from typing import TypeVar

import rjieba
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import F, Model, QuerySet, Value
from django.db.models.expressions import Combinable

# the same as `search_vector`, for statements over many rows: of columns of cut words
VECTOR_SQL = (
    "setweight(to_tsvector('simple', {title}), 'A')"
    " || setweight(to_tsvector('simple', {body}), 'B')"
)
RowType = TypeVar("RowType", bound=Model)
MAX_QUERY_LENGTH = 200


def words(text: str) -> list[str]:
    """Words of `text`, lower case, full width folded, punctuation dropped; empty for no words."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return [word for word in rjieba.cut_for_search(folded) if any(c.isalnum() for c in word)]


def search_vector(*, title: str, body: str = "") -> Combinable:
    """The expression a service assigns to `search`: title words weigh more than body words."""
    return SearchVector(Value(" ".join(words(title))), config="simple", weight="A") + SearchVector(
        Value(" ".join(words(body))), config="simple", weight="B"
    )


def search_rows(
    rows: QuerySet[RowType], query: str, *, any_word: bool = False
) -> QuerySet[RowType]:
    """Rows that hold every word of `query` (or any), annotated with `search_rank`.

    None, annotated all the same, for a query without words.
    """
    cut = words(query[:MAX_QUERY_LENGTH])
    if not cut:
        return rows.none().annotate(search_rank=Value(0.0))
    parts = SearchQuery(cut[0], config="simple", search_type="plain")
    for word in cut[1:]:
        other = SearchQuery(word, config="simple", search_type="plain")
        parts = parts | other if any_word else parts & other
    return rows.filter(search=parts).annotate(search_rank=SearchRank(F("search"), parts))
