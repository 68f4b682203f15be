"""Reports for lists and pages: who may see them is the access object's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from accounts.enums import Role
from core.models import StoredFile
from reporting import queries
from reporting.access import LEVEL_OF
from reporting.enums import EDITABLE, Answer, ReportStatus
from reporting.models import (
    AnnualReport,
    Extension,
    ReportCycle,
    ReportValue,
    ReportVersion,
    ReviewComment,
)
from reporting.queries import Row
from reporting.selectors.sheets import Line, lines_of
from reporting.states import STEP_OF

STATUS_AT = {int(level): status for status, level in LEVEL_OF.items()}
STEP_LABELS = {"county": "县区审核", "city": "市级审核", "province": "省级审核"}


def listed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Reports as lists show them, most urgent first."""
    related = ("cycle__region", "platform__region", "platform__organisation")
    return rows.select_related(*related).order_by("-cycle__year", "status", "pk")


def report_years() -> list[tuple[str, str]]:
    """(year, year) of every cycle, the latest first, for a filter."""
    years = ReportCycle.objects.values_list("year", flat=True).distinct().order_by("-year")
    return [(str(year), str(year)) for year in years]


def waiting_reports(user: Any) -> QuerySet[Any]:
    """Reports under review at the user's own level and in her regions."""
    condition = Q(pk__in=[])
    for row in user.assignments:
        if row.role == Role.GOVERNMENT and row.region and row.region.level in STATUS_AT:
            inside = Q(platform__region__code__startswith=row.region.prefix)
            condition |= inside & Q(status=STATUS_AT[row.region.level])
    return AnnualReport.objects.filter(condition)


def asking_reports(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those with a request for more time or for a correction that nobody answered yet."""
    more_time = Extension.objects.filter(answer=Answer.PENDING)
    corrections = ReportValue.objects.filter(correction_answer=Answer.PENDING)
    return rows.filter(
        Q(pk__in=more_time.values("report")) | Q(pk__in=corrections.values("report"))
    )


def steps_of(report: AnnualReport) -> list[dict[str, str]]:
    """The way of a report as steps of a bar."""
    names = ["填报", *(STEP_LABELS[name] for name in report.chain), "归档"]
    statuses = [None, *(STEP_OF[name] for name in report.chain), ReportStatus.ACCEPTED]
    if report.status in EDITABLE or report.status == ReportStatus.SUBMITTED:
        place = 0
    else:
        place = statuses.index(ReportStatus(report.status))
    is_done = report.status == ReportStatus.ACCEPTED
    return [
        {
            "label": name,
            "state": "done"
            if index < place or is_done
            else "current"
            if index == place
            else "todo",
        }
        for index, name in enumerate(names)
    ]


def comments_of(report: AnnualReport) -> list[ReviewComment]:
    """All comments, open ones first, latest on top."""
    rows = report.comments.select_related("author", "indicator", "version", "resolved_by")
    return sorted(rows.order_by("-created_at", "-pk"), key=lambda row: row.resolved_at is not None)


def with_comments(lines: list[Line], comments: list[ReviewComment]) -> list[Line]:
    """Put open comments to the indicators they are about."""
    by_code: dict[str, list[ReviewComment]] = {}
    for comment in comments:
        if comment.indicator_id and comment.resolved_at is None:
            by_code.setdefault(comment.indicator.code, []).append(comment)  # type: ignore[union-attr]
    for line in lines:
        line.comments = by_code.get(line.indicator.code, [])
    return lines


def with_files(report: AnnualReport, lines: list[Line]) -> list[Line]:
    """Count the evidence of each value. One query."""
    ids = {str(line.row.pk): line for line in lines if line.row}
    rows = StoredFile.objects.filter(target_type="reporting.reportvalue", target_id__in=ids)
    for target, count in rows.values_list("target_id").annotate(n=Count("pk")):
        ids[target].file_count = count
    return lines


def rows_of(report: AnnualReport, line: Line, *, now: datetime) -> list[Row]:
    """从哪来: the records a computed value is made of."""
    name = line.indicator.query
    if not name or name.startswith("report."):
        return []
    scope = queries.Scope(
        AnnualReport.objects.filter(pk=report.pk).values("platform"),
        report.cycle.first_day, report.cycle.last_day, report.cycle.region.prefix, now,
    )  # fmt: skip
    return queries.rows_behind(name, report.platform, scope)


def inputs_of(report: AnnualReport, line: Line) -> list[Line]:
    """The lines a formula is made of."""
    wanted = set(line.indicator.depends_on)
    return [other for other in lines_of(report) if other.indicator.code in wanted] if wanted else []


@dataclass(frozen=True)
class CycleCount:
    """How a cycle stands."""

    total: int
    submitted: int
    accepted: int
    overdue: int
    burden: float | None


def cycle_count(cycle: ReportCycle, reports: QuerySet[Any], *, today: Any) -> CycleCount:
    """Counts over the reports the viewer may see. Two queries."""
    rows = reports.filter(cycle=cycle)
    counts = rows.aggregate(
        total=Count("pk"),
        submitted=Count("pk", filter=~Q(status__in=EDITABLE)),
        accepted=Count("pk", filter=Q(status=ReportStatus.ACCEPTED)),
        burden=Avg("burden_percent"),
    )
    late = AnnualReport.objects.overdue(today=today).values("pk")
    return CycleCount(
        counts["total"], counts["submitted"], counts["accepted"],
        rows.filter(pk__in=late).count(), counts["burden"],
    )  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One value in two versions."""

    code: str
    name: str
    before: str
    after: str


def compared(older: ReportVersion, newer: ReportVersion) -> list[Difference]:
    """Values, reasons, explanations and targets that differ between two frozen versions."""
    before, after = _said(older.snapshot), _said(newer.snapshot)
    return [
        Difference(code, name, before.get((code, name), ""), after.get((code, name), ""))
        for code, name in dict.fromkeys([*before, *after])
        if before.get((code, name), "") != after.get((code, name), "")
    ]


NULL_WORDS = {"na": "不适用", "uncounted": "未统计", "secret": "涉密"}


def _said(snapshot: dict[str, Any]) -> dict[tuple[str, str], str]:
    said = {}
    for line in snapshot["values"]:
        words = line["words"] or NULL_WORDS.get(line["null_reason"], "")
        said[line["code"], line["name"]] = words
        if line["note"]:
            said[line["code"], f"{line['name']}（说明）"] = line["note"]
    names = {line["code"]: line["name"] for line in snapshot["values"]}
    for row in snapshot["plan"]:
        said[row["code"], f"{names.get(row['code'], '')}（下年目标）"] = row["target"]
    return said
