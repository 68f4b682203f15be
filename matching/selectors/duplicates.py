"""Near-duplicates of what somebody is typing: the same need or capability written down before.

The index of words finds the few rows that share telling words; the engine's own likeness (shared
tokens over all of both) then decides. A confidential demand is compared by its public text only,
as its index of words is, so that typing cannot probe what it withholds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Model, QuerySet

from core.search import words
from demands.access import DemandAccess
from matching.engine.duplicates import LIKE, distinct_tokens, likeness
from platforms.access import CapabilityAccess
from platforms.models import Capability

TITLE_LIKE = 0.8  # a title alone is short: it has to be nearly the same
MIN_TITLE = 4  # characters; shorter ones are still being typed
READ_CHARACTERS = 1000
TELLING_WORDS = 8
TELLING_CHARACTERS = 500
SHARING = 300  # rows that share telling words; more share two where words are common
CANDIDATES = 20
OWN_ROWS = 200
SHOWN = 3
STATISTICS_FOR = 600  # seconds
# what is compared and shown; to read all columns of some hundred rows takes longer than all else
DEMAND_FIELDS = ("slug", "title", "description", "teaser", "confidentiality")
CAPABILITY_FIELDS = ("slug", "title", "process", "description", "platform__name")


@dataclass(frozen=True, slots=True)
class Similar:
    """A row much like what is typed."""

    row: Any
    percent: int
    is_own: bool


def similar_demands(
    user: Any, *, title: str, description: str = "", leave_out: str = ""
) -> list[Similar]:
    """The user's organisations' own demands in any state, and published ones the user may see."""
    access = DemandAccess(user)
    own = access.owned().order_by("-updated_at", "-pk").only(*DEMAND_FIELDS)
    published = access.visible().open().only(*DEMAND_FIELDS)
    return _similar(
        own, published, title, description, leave_out,
        own_text=lambda row: row.description, public_text=lambda row: row.public_text,
    )  # fmt: skip


def similar_capabilities(
    user: Any, *, title: str, description: str = "", leave_out: str = ""
) -> list[Similar]:
    """Capabilities of the user's own platforms in any state, and published ones of all."""
    rows = CapabilityAccess(user).manageable().select_related("platform")
    own = rows.order_by("-updated_at", "-pk").only(*CAPABILITY_FIELDS)
    shown = Capability.objects.shown().select_related("platform").only(*CAPABILITY_FIELDS)
    return _similar(
        own, shown, title, description, leave_out, own_text=_offered, public_text=_offered
    )


def _offered(row: Capability) -> str:
    return f"{row.process}\n{row.description}"


def _similar(
    own: QuerySet[Any],
    published: QuerySet[Any],
    title: str,
    description: str,
    leave_out: str,
    *,
    own_text: Callable[[Any], str],
    public_text: Callable[[Any], str],
) -> list[Similar]:
    title, description = title.strip(), description[:READ_CHARACTERS]
    if len(title) < MIN_TITLE:
        return []
    mine = list(own.exclude(slug=leave_out)[:OWN_ROWS])
    taken = {row.pk for row in mine}
    others = _candidates(published.exclude(slug=leave_out), title, description)
    typed = distinct_tokens(title), distinct_tokens(title, description)
    found = [*_alike(typed, mine, own_text, is_own=True)]
    found += _alike(typed, (r for r in others if r.pk not in taken), public_text, is_own=False)
    return sorted(found, key=lambda one: (-one.percent, not one.is_own, one.row.pk))[:SHOWN]


def _alike(
    typed: tuple[Set[str], Set[str]],
    rows: Iterable[Any],
    text: Callable[[Any], str],
    *,
    is_own: bool,
) -> Iterable[Similar]:
    """Those of `rows` that are like what is typed, given as the tokens of its title and of all."""
    title, whole = typed
    for row in rows:
        titles = likeness(title, distinct_tokens(row.title))
        all_of_it = likeness(whole, distinct_tokens(row.title, text(row)[:READ_CHARACTERS]))
        if all_of_it >= LIKE or titles >= TITLE_LIKE:
            yield Similar(row, round(100 * max(all_of_it, titles)), is_own)


def _candidates(rows: QuerySet[Any], title: str, description: str) -> list[Any]:
    """Rows that share two of the most telling words of what is typed, the nearest first.

    A near-duplicate shares most of its words, so it shares two of these but for rare accidents.
    Where more rows share two than are looked at, those that share all but one are among them.
    """
    telling = [_quoted(word) for word in _telling_words(rows.model, title, description)]
    if not telling:
        return []
    some, most = _holding(telling, 2), _holding(telling, max(2, len(telling) - 1))
    found = [
        rows.filter(search=query).order_by().values_list("pk", flat=True)[:SHARING]
        for query in (some, most)
    ]
    sharing = list(found[0].union(found[1]))
    ranked = rows.filter(pk__in=sharing).annotate(near=SearchRank(F("search"), some))
    return list(ranked.order_by("-near", "pk")[:CANDIDATES])


def _holding(quoted: Sequence[str], least: int) -> SearchQuery:
    """Rows that hold at least so many of these lexemes; all of them where there are fewer."""
    groups = combinations(quoted, min(least, len(quoted)))
    query = " | ".join(f"({' & '.join(group)})" for group in groups)
    return SearchQuery(query, config="simple", search_type="raw")


def _quoted(word: str) -> str:
    """A word as a lexeme of a raw tsquery."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _telling_words(model: type[Model], title: str, description: str) -> list[str]:
    """The rarest words by PostgreSQL's own statistics, longer ones among equals: up to half of
    them of the title, so that a sentence that many texts share does not decide alone."""
    common = cache.get_or_set(
        f"matching:common-words:{model._meta.db_table}",
        lambda: _common_words(model._meta.db_table),
        STATISTICS_FOR,
    )

    def rarest(text: str) -> list[str]:
        found = dict.fromkeys(word for word in words(text[:TELLING_CHARACTERS]) if len(word) > 1)
        return sorted(found, key=lambda word: ((common or {}).get(word, 0.0), -len(word)))

    first = rarest(title)[: TELLING_WORDS // 2]
    return list(dict.fromkeys([*first, *rarest(f"{title} {description}")]))[:TELLING_WORDS]


def _common_words(table: str) -> dict[str, float]:
    """Share of rows that hold each of the commonest words; empty before the first ANALYZE."""
    sql = """
        SELECT unnest(most_common_elems::text::text[]), unnest(most_common_elem_freqs)
        FROM pg_stats WHERE schemaname = current_schema() AND tablename = %s
        AND attname = 'search'"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        return {word: share for word, share in cursor.fetchall() if word is not None}
