"""What platforms register once (证书、数据集、开放许可、场景、活动), and products in our list."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from cases.enums import OutcomeKind
from cases.models import Outcome
from platforms.enums import ManagerLevel, RegisterKind
from platforms.models import RegisterEntry
from reporting.enums import ListChange, ListKind, ListStatus
from reporting.lists.results import PRODUCT
from reporting.models import PublishedListRow
from reporting.queries.base import Column, Row, Scope, Subject, Values, count, subject


def _entries(scope: Scope) -> QuerySet[Any]:
    """Entries begun by the end of the year, and by now: what is only announced is not done."""
    until = min(scope.last_day, timezone.localdate(scope.now))
    return RegisterEntry.objects.filter(platform__in=scope.platforms, started_date__lte=until)


def _entry_row(row: RegisterEntry) -> Row:
    words = [row.get_level_display(), row.standing]
    return Row(str(row), row.get_absolute_url(), row.started_date, "，".join(filter(None, words)))


def _managers(scope: Scope) -> Column:
    """People with a certificate at the end of the year: one with two counts once; by level."""
    held = _held(scope) & Q(kind=RegisterKind.MANAGER)
    whole = count(held, of="title", distinct=True)
    levels = {
        level.value: count(held & Q(level=level), of="title", distinct=True).aggregates["n"]
        for level in ManagerLevel
    }

    def detail(values: Values) -> dict[str, Any]:
        named = {str(level.label): values[level.value] for level in ManagerLevel}
        return {"rows": [{"name": name, "value": n} for name, n in named.items() if n]}

    return Column(whole.aggregates | levels, whole.final, held, whole.empty, detail)


def _held(scope: Scope) -> Q:
    """What still stood on the last day of the year."""
    return Q(ended_date__isnull=True) | Q(ended_date__gte=scope.last_day)


def _columns(scope: Scope) -> dict[str, Column]:
    def in_year(kind: RegisterKind) -> Column:
        return count(Q(kind=kind) & scope.days("started_date"))

    def at_end(kind: RegisterKind) -> Column:
        return count(Q(kind=kind) & _held(scope))

    return {
        "managers": _managers(scope),
        "datasets": at_end(RegisterKind.DATASET),
        "scenarios": at_end(RegisterKind.SCENARIO),
        "patents": in_year(RegisterKind.PATENT),
        "licences": in_year(RegisterKind.LICENCE),
        "roadshows": in_year(RegisterKind.ROADSHOW),
        "alliance_events": in_year(RegisterKind.ALLIANCE),
    }


subject(
    "register",
    Subject(base=_entries, describe=_entry_row, order=("started_date", "pk"), columns=_columns),
)


def _listed(scope: Scope) -> QuerySet[Any]:
    """Products of the platforms that came into an edition of the product list published in the
    year: lines that are new, or all of an edition that has none before it."""
    is_new = Q(change=ListChange.ADDED) | Q(published_list__previous__isnull=True)
    times = scope.times("published_list__published_at")
    lines = PublishedListRow.objects.filter(
        is_new, times, published_list__kind=ListKind.PRODUCTS,
        published_list__status=ListStatus.PUBLISHED, key=OuterRef("key"),
    )  # fmt: skip
    first = lines.order_by("published_list__published_at")
    rows = Outcome.objects.filter(
        project__platform__in=scope.platforms, kind=OutcomeKind.LAUNCHED
    ).annotate(key=Concat(Value(PRODUCT), Cast("pk", CharField())))
    return rows.filter(Exists(lines)).annotate(
        listed_at=Subquery(first.values("published_list__published_at")[:1])
    )


subject(
    "products",
    Subject(
        base=_listed,
        describe=lambda row: Row(
            row.product_name, row.project.get_absolute_url(), timezone.localdate(row.listed_at)
        ),
        platform="project__platform_id",
        related=("project",),
        columns=lambda scope: {"listed": count()},
    ),
)
