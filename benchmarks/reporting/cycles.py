"""The years of reporting, stage by stage, each measured."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from benchmarks.reporting.measure import Meter
from benchmarks.reporting.rows import quiet
from benchmarks.reporting.typed import type_values
from core.access import SYSTEM
from core.bulk import write_rows
from reporting import queries
from reporting.enums import PublicationStatus, ReportStatus, RunStatus
from reporting.models import (
    AnnualReport,
    EvaluationRun,
    EvaluationScheme,
    PlanTarget,
    Publication,
    PublishedList,
    ReportCycle,
    ReportValue,
    ReportVersion,
)
from reporting.services.compiling import freeze_publication
from reporting.services.compute import compute_reports, scope_of
from reporting.services.cycles import create_cycle
from reporting.services.evaluations import create_run
from reporting.services.issuing import fill_list
from reporting.services.opening import make_reports
from reporting.services.rendering import FORMATS, render_publication
from reporting.services.rounds import compute_round
from reporting.services.snapshots import build_snapshot, digest_of
from reporting.values import as_json, in_words
from taxonomy.models import Region

CHUNK = 400
TELL = lambda done, total: True  # noqa: E731 -- nobody watches, nobody cancels


def opened_cycle(year: int) -> ReportCycle:
    made = create_cycle(
        actor=SYSTEM, year=year, region=Region.objects.get(pk="000000"), is_demo=True,
        opens_date=date(year, 12, 1), due_date=date(year + 1, 3, 31), now=timezone.now(),
    )  # fmt: skip
    ReportCycle.objects.filter(pk=made.pk).update(status="open")
    return ReportCycle.objects.select_related("region").get(pk=made.pk)


def report_year(meter: Meter, year: int, *, which: str, is_archived: bool) -> ReportCycle:
    """Open, compute, type, derive; every report is accepted as it stands, its frozen version kept
    where something later reads it."""
    cycle, now, user = opened_cycle(year), timezone.now(), User.objects.get(name="基准")
    reports = AnnualReport.objects.filter(cycle=cycle)
    with meter.stage(f"open{which}"):
        make_reports(cycle=cycle, now=now)
    with meter.stage(f"compute and write{which}"):
        compute_reports(cycle=cycle, reports=reports, now=now)
    with meter.stage("(typed values and archive, generated)"):
        type_values(cycle, user)
    with meter.stage(f"derive again after typing{which}"):
        compute_reports(cycle=cycle, reports=reports, now=now, refresh=False)
    with meter.stage("(typed values and archive, generated)"):
        if is_archived:
            archive(cycle, user, now)
        cycle.reports.update(status=ReportStatus.ACCEPTED, submitted_at=now)
    return cycle


def archive(cycle: ReportCycle, user: User, now: datetime) -> None:
    """A version of every report: the frame of the first, each with its own values. Not a stage of
    the portal: people submit one by one, over months."""
    reports = list(cycle.reports.select_related("cycle__region", "platform__organisation"))
    frame = build_snapshot(reports[0], now=now)
    known = {row.code: row for row in cycle.indicators.all()}
    codes = {row.pk: row.code for row in known.values()}
    for start in range(0, len(reports), CHUNK):
        part = reports[start : start + CHUNK]
        stored: dict[int, dict[str, ReportValue]] = {}
        for value in ReportValue.objects.filter(report__in=part):
            value.indicator = known[codes[value.indicator_id]]
            stored.setdefault(value.report_id, {})[value.indicator.code] = value
        with quiet(ReportVersion):
            write_rows(
                ReportVersion, (_version(report, frame, stored[report.pk]) for report in part),
                same={"number": 1, "submitted_by_id": user.pk, "submitted_at": now}, batch=100,
            )  # fmt: skip


def _version(
    report: AnnualReport, frame: dict[str, Any], mine: dict[str, ReportValue]
) -> dict[str, Any]:
    lines = []
    for line in frame["values"]:
        row = mine.get(line["code"])
        value = row.effective if row else None
        told = {
            "value": as_json(value), "null_reason": row.null_reason if row else "",
            "words": in_words(row.indicator, value) if row else "",
            "computed": as_json(value) if row and row.is_protected else None,
            "typed": row is not None and row.typed_by_id is not None,
        }  # fmt: skip
        lines.append(line | told)
    platform = frame["platform"] | {"slug": report.platform.slug, "name": report.platform.name}
    snapshot = frame | {"platform": platform, "values": lines}
    return {
        "report_id": report.pk, "snapshot": snapshot, "sha256": digest_of(snapshot),
        "verification_code": f"B{report.pk:011d}",
    }  # fmt: skip


def last_year(meter: Meter, cycle: ReportCycle) -> dict[str, int]:
    """What follows a reported year: computing anew, grades, the report in print, a list."""
    now, user = timezone.now(), User.objects.get(name="基准")
    reports = AnnualReport.objects.filter(cycle=cycle)
    known = list(cycle.indicators.all())
    asked = {row.query or row.prefill for row in known} - {""}
    with meter.stage("of computing: asking the queries"):
        queries.answers([n for n in asked if not n.startswith("report.")],
                        scope_of(cycle, reports, now))  # fmt: skip
    reports.update(status=ReportStatus.FILLING)
    with meter.stage("compute anew, little has changed"):
        compute_reports(cycle=cycle, reports=reports, now=now)
    reports.update(status=ReportStatus.ACCEPTED)
    evaluate(meter, cycle, now)
    made = publish(meter, cycle, user, now)
    listed = PublishedList.objects.create(
        kind="supply", title="供给清单", region=cycle.region, issued_by=user,
        criteria={"demo": True},
    )  # fmt: skip
    with meter.stage("list of every capability"):
        fill_list(published_list=listed.pk, cycle=cycle, now=now, tell=TELL, since=now)
    return {
        "indicators": len(known), "values": ReportValue.objects.count(),
        "versions": ReportVersion.objects.count(), "plans": PlanTarget.objects.count(),
        "entries": made.rows.count(), "listed": listed.rows.count(),
    }  # fmt: skip


def evaluate(meter: Meter, cycle: ReportCycle, now: datetime) -> EvaluationRun:
    scheme = EvaluationScheme.objects.get(slug="running", is_current=True)
    run = create_run(actor=SYSTEM, scheme=scheme, cycle=cycle, region=cycle.region, now=now)
    with meter.stage("evaluate"):
        compute_round(cycle=cycle, now=now, tell=TELL, since=now, run_id=run.pk)
    EvaluationRun.objects.filter(pk=run.pk).update(status=RunStatus.PUBLISHED)
    return run


def publish(meter: Meter, cycle: ReportCycle, user: User, now: datetime) -> Publication:
    made = Publication.objects.create(
        kind="annual", region=cycle.region, year=cycle.year, edition=1, cycle=cycle,
        title="全国中试平台发展报告", includes="accepted", status_changed_at=now, with_demo=True,
        made_by=user,
    )  # fmt: skip
    job: dict[str, Any] = {"cycle": cycle, "now": now, "tell": TELL, "publication": made.pk}
    with meter.stage("freeze the development report"):
        freeze_publication(since=timezone.now(), **job)
    for name, (_, write) in FORMATS.items():
        found = Publication.objects.select_related("region", "made_by").get(pk=made.pk)
        with meter.stage(f"of rendering: {name}"):
            write(found)
    Publication.objects.filter(pk=made.pk).update(status=PublicationStatus.IN_REVIEW)
    with meter.stage("render and keep the files"):
        render_publication(since=now, **job)
    Publication.objects.filter(pk=made.pk).update(
        status=PublicationStatus.PUBLISHED, published_at=now
    )
    return made


def peers(meter: Meter, cycle: ReportCycle) -> None:
    """What the server itself takes for the same rows, with no portal in between."""
    mine = f"IN (SELECT id FROM reporting_annualreport WHERE cycle_id = {cycle.pk})"
    chosen = f"SELECT * FROM reporting_reportvalue WHERE fill <> 'M' AND report_id {mine}"
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_value (LIKE reporting_reportvalue INCLUDING ALL);"
            "ALTER TABLE bench_value ADD FOREIGN KEY (report_id) REFERENCES reporting_annualreport,"
            " ADD FOREIGN KEY (indicator_id) REFERENCES reporting_indicator"
        )
        with cursor.copy(f"COPY ({chosen}) TO STDOUT") as copy:
            rows = b"".join(bytes(block) for block in copy)
        with (
            meter.stage("peer: COPY of as many values"),
            cursor.copy("COPY bench_value FROM STDIN") as copy,
        ):
            copy.write(rows)
        with meter.stage("peer: reading this year's versions"):
            cursor.execute(
                f"SELECT snapshot::text FROM reporting_reportversion WHERE report_id {mine}"
            )
            sum(len(row[0]) for row in cursor.fetchall())


PEERS = {
    "compute and write, last year": ("peer: COPY of as many values", "COPY"),
    "evaluate": ("peer: reading this year's versions", "reading"),
    "freeze the development report": ("peer: reading this year's versions", "reading"),
}
