"""One search over everything the reader may see (C14): counts by kind, the best of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cases.access import CaseAccess
from core.access import Access
from core.counts import kept
from core.search import search_rows
from core.templatetags.portal_format import day
from demands.access import DemandAccess
from platforms.access import (
    CapabilityAccess,
    EquipmentAccess,
    ExpertAccess,
    LineAccess,
    PlatformAccess,
    RegisterAccess,
    SolutionAccess,
)
from policies.access import DocumentAccess, InterpretationAccess, NewsAccess, TopicAccess
from reporting.access import PublicationAccess, PublishedListAccess

BEST = 3


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be found."""

    key: str
    label: str
    access: type[Access]
    summary: Callable[[Any], str]
    note: Callable[[Any], str]
    related: tuple[str, ...] = ()
    heavy: tuple[str, ...] = ()  # columns that a line of results does not need
    is_large: bool = False  # may be found by the ten thousand


def _platform_note(row: Any) -> str:
    return " · ".join(filter(None, [row.region.name, row.operator_name]))


def _release_note(row: Any) -> str:
    return " · ".join(
        [row.region.name, str(row.get_kind_display()), f"{day(row.published_at)} 发布"]
    )


def _of_platform(row: Any) -> str:
    return str(row.platform.name)


KINDS = (
    Kind("platforms", "平台", PlatformAccess, lambda r: r.summary, _platform_note, ("region",)),
    Kind("capabilities", "能力", CapabilityAccess, lambda r: r.description, _of_platform,
         ("platform",), is_large=True),
    Kind("solutions", "解决方案", SolutionAccess, lambda r: r.summary, _of_platform, ("platform",)),
    Kind("equipment", "设备", EquipmentAccess, lambda r: r.specification, _of_platform,
         ("platform",)),
    Kind("lines", "中试线与实验室", LineAccess, lambda r: r.description, _of_platform,
         ("platform",)),
    Kind("experts", "专家", ExpertAccess, lambda r: r.expertise, lambda r: r.employer, ()),
    Kind("open", "开放资源", RegisterAccess, lambda r: r.note,
         lambda r: f"{r.get_kind_display()} · {r.platform.name}", ("platform",)),
    Kind("demands", "需求", DemandAccess, lambda r: r.public_text,
         lambda r: r.shown_organisation, ("organisation",), is_large=True),
    Kind("cases", "案例", CaseAccess, lambda r: r.summary,
         lambda r: r.platform.name if r.platform else r.platform_name, ("platform", "project")),
    Kind("policies", "政策", DocumentAccess, lambda r: r.summary,
         lambda r: " · ".join(filter(None, [r.issuer, r.doc_number])), ()),
    Kind("interpretations", "解读", InterpretationAccess, lambda r: r.summary,
         lambda r: r.issuer, ()),
    Kind("news", "动态", NewsAccess, lambda r: r.summary, lambda r: r.issuer, ()),
    Kind("topics", "专题", TopicAccess, lambda r: r.summary, lambda r: r.shown_date, ()),
    Kind("publications", "报告与手册", PublicationAccess, lambda r: r.note, _release_note,
         ("region",), ("snapshot",)),
    Kind("lists", "清单", PublishedListAccess, lambda r: r.note or "；".join(r.criteria_words),
         lambda r: f"{_release_note(r)} · {r.row_count} 条", ("region",)),
)  # fmt: skip
BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Hit:
    """One found row in the words of a result list."""

    title: str
    url: str
    summary: str
    note: str
    is_demo: bool = False


@dataclass(frozen=True)
class Group:
    kind: Kind
    count: int
    hits: list[Hit]


@dataclass(frozen=True)
class SearchPage:
    """`groups` with hits only; `is_loose`: no row had every word, rows with any word are shown."""

    query: str
    groups: list[Group]
    total: int
    is_loose: bool


def found_rows(user: Any, kind: Kind, query: str, *, any_word: bool = False) -> QuerySet[Any]:
    """Rows of a kind that the user may see and that match, best first."""
    rows = search_rows(kind.access(user).visible(), query, any_word=any_word)
    found = rows.select_related(*kind.related).defer("search", *kind.heavy)
    return found.order_by("-search_rank", "-pk")


def to_hit(kind: Kind, row: Any) -> Hit:
    """A row in the words of a result list."""
    platform = getattr(row, "platform", None)
    is_demo = getattr(row, "is_demo", False) or getattr(platform, "is_demo", False)
    return Hit(str(row), row.get_absolute_url(), kind.summary(row), kind.note(row) or "", is_demo)


def search_page(user: Any, query: str) -> SearchPage:
    """Search every kind: all words first, and when nothing has them all, any word.

    The count of many hits and which are the best of them may be up to five minutes old.
    """
    for any_word in (False, True):
        found = [_group(kind, found_rows(user, kind, query, any_word=any_word)) for kind in KINDS]
        if groups := [group for group in found if group.count]:
            total = sum(group.count for group in groups)
            return SearchPage(query, groups, total, is_loose=any_word)
    return SearchPage(query, [], 0, is_loose=False)


def _group(kind: Kind, rows: QuerySet[Any]) -> Group:
    """How many hits, and the best of them."""
    if kind.is_large:
        count, shown = _best(rows)
    else:
        count = rows.count()
        shown = rows[:BEST] if count else rows.none()
    return Group(kind, count, [to_hit(kind, row) for row in shown])


def _best(rows: QuerySet[Any]) -> tuple[int, QuerySet[Any]]:
    """How many, and the best, found by their keys: ranking reads every hit."""
    best = rows.values_list("pk", flat=True)[:BEST]

    def read() -> tuple[int, list[int]]:
        count = rows.count()
        return count, list(best) if count else []

    count, keys = kept(best, read, size=lambda found: found[0])
    return count, rows.filter(pk__in=keys)
