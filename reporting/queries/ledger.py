"""EIA, safety assessment and inspections of projects: what the ledger of `cases` knows."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.db.models.functions.json import JSONObject

from cases.enums import ClearanceStage
from cases.models import Clearance, Project, SafetyInspection
from reporting.queries.base import Column, Row, Scope, Subject, decimal, subject

OPEN = [ClearanceStage.TO_JUDGE, ClearanceStage.PREPARING, ClearanceStage.SUBMITTED]


def _cleared(scope: Scope) -> QuerySet[Any]:
    """Projects contracted in the year whose ledger says that they need a procedure."""
    rows = Clearance.objects.filter(project=OuterRef("pk"))
    return Project.objects.filter(
        scope.days("contract_date"),
        Exists(rows.exclude(stage=ClearanceStage.EXEMPT)),
        platform__in=scope.platforms,
    ).annotate(is_open=Exists(rows.filter(stage__in=OPEN)))


def _number(where: Q | None = None) -> Column:
    """How many projects; None where the ledger knows nothing of the platform."""
    return Column({"n": Count("pk", filter=where)}, lambda values: decimal(values["n"]))


subject(
    "clearances",
    Subject(
        base=_cleared,
        describe=lambda row: Row(
            f"{row.number} {row.title}", row.get_absolute_url(), row.contract_date,
            "办理中" if row.is_open else "手续齐备",
        ),
        order=("contract_date", "pk"),
        columns=lambda scope: {"needed": _number(), "in_order": _number(Q(is_open=False))},
    ),
)  # fmt: skip
subject(
    "inspections",
    Subject(
        base=lambda scope: SafetyInspection.objects.filter(
            scope.days("held_date"), project__platform__in=scope.platforms
        ),
        platform="project__platform_id",
        describe=lambda row: Row(
            str(row.project), f"{row.project.get_absolute_url()}ledger/", row.held_date,
            f"发现 {row.found_count} 项，整改 {row.mended_count} 项",
        ),
        related=("project",),
        order=("held_date", "pk"),
        columns=lambda scope: {
            "items": Column(
                {
                    "items": JSONBAgg(
                        JSONObject(
                            date=Cast("held_date", TextField()), found=F("found_count"),
                            mended=F("mended_count"),
                        ),
                        order_by=["held_date", "pk"], default=None,
                    ),
                    "n": Count("pk"),
                },
                lambda values: values["items"],
                detail=lambda values: {"n": values["n"]},
            )
        },
    ),
)  # fmt: skip
