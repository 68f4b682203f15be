"""Opening a cycle, computing every report, evaluating and publishing, timed, on its own database.

Usage: .venv/bin/python -m benchmarks.reporting.run 300 1200 2400 [--years 2]
Needs DATABASE_URL of a server where databases may be created; makes and drops `test_…`.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from datetime import date, datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- after setup
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.reporting.dataset import make  # noqa: E402
from core.access import SYSTEM  # noqa: E402
from reporting.catalogue import declared_schemes  # noqa: E402
from reporting.models import (  # noqa: E402
    AnnualReport,
    EvaluationScheme,
    Publication,
    ReportCycle,
    ReportValue,
    ReportVersion,
)
from reporting.selectors.sheets import Line  # noqa: E402
from reporting.services.compiling import freeze_publication  # noqa: E402
from reporting.services.compute import compute_reports  # noqa: E402
from reporting.services.cycles import create_cycle  # noqa: E402
from reporting.services.evaluation_schemes import load_schemes  # noqa: E402
from reporting.services.evaluations import create_run  # noqa: E402
from reporting.services.opening import make_reports  # noqa: E402
from reporting.services.rendering import render_publication  # noqa: E402
from reporting.services.rounds import compute_round  # noqa: E402
from reporting.services.snapshots import build_snapshot, digest_of  # noqa: E402
from taxonomy.models import Region  # noqa: E402

LAST_YEAR = 2025


def cycle_of(year: int) -> ReportCycle:
    cycle = create_cycle(
        actor=SYSTEM, year=year, region=Region.objects.get(pk="000000"), is_demo=True,
        opens_date=date(year, 12, 1), due_date=date(year + 1, 3, 31), now=timezone.now(),
    )  # fmt: skip
    ReportCycle.objects.filter(pk=cycle.pk).update(status="open")
    return ReportCycle.objects.select_related("region").get(pk=cycle.pk)


def timed(label: str, work: Any, row: dict[str, Any]) -> Any:
    """Seconds by the clock, and of this process's own processor time: the machine may be busy."""
    start, own = time.perf_counter(), time.process_time()
    result = work()
    row[label] = round(time.perf_counter() - start, 2)
    row[label.replace("_s", "_cpu")] = round(time.process_time() - own, 2)
    return result


def measure(count: int, years: int, seed: int) -> dict[str, Any]:
    """One size: every year's cycle opened and computed in turn; the last one is timed."""
    listed = list(range(LAST_YEAR - years + 1, LAST_YEAR + 1))
    row: dict[str, Any] = {"platforms": count, "years": years}
    timed("dataset_s", lambda: make(count, years=listed, seed=seed), row)
    now = timezone.now()
    for year in listed[:-1]:
        earlier = cycle_of(year)
        make_reports(cycle=earlier, now=now)
        compute_reports(cycle=earlier, reports=earlier.reports.all(), now=now)
    cycle = cycle_of(LAST_YEAR)
    timed("open_s", lambda: make_reports(cycle=cycle, now=now), row)
    reports = AnnualReport.objects.filter(cycle=cycle)
    with CaptureQueriesContext(connection) as queries:
        timed("compute_s", lambda: compute_reports(cycle=cycle, reports=reports, now=now), row)
    row["statements"] = len(queries)
    timed("again_s", lambda: compute_reports(cycle=cycle, reports=reports, now=now), row)
    row["values"] = ReportValue.objects.filter(report__cycle=cycle).count()
    accept(cycle, now)
    measure_results(cycle, row)
    row["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return row


def accept(cycle: ReportCycle, now: datetime) -> None:
    """Freeze every report as it stands and put it into the archive; not timed, a year's work."""
    user = User.objects.get(email="bench@example.com")
    indicators = list(cycle.indicators.in_order())
    reports = AnnualReport.objects.filter(cycle=cycle).select_related("cycle__region", "platform")
    by_id = {indicator.pk: indicator for indicator in indicators}
    stored: dict[int, dict[int, ReportValue]] = {}
    for value in ReportValue.objects.filter(report__cycle=cycle).iterator(chunk_size=5000):
        value.indicator = by_id[value.indicator_id]
        stored.setdefault(value.report_id, {})[value.indicator_id] = value
    versions = []
    for report in reports.order_by("pk"):
        mine = stored.get(report.pk, {})
        lines = [Line(indicator, mine.get(indicator.pk), None) for indicator in indicators]
        snapshot = build_snapshot(report, now=now, lines=lines)
        versions.append(
            ReportVersion(
                report=report, number=1, snapshot=snapshot, sha256=digest_of(snapshot),
                verification_code=f"B{report.pk:011d}", submitted_by=user, submitted_at=now,
            )
        )  # fmt: skip
    ReportVersion.objects.bulk_create(versions, batch_size=200)
    reports.update(status="accepted", submitted_at=now)


def measure_results(cycle: ReportCycle, row: dict[str, Any]) -> None:
    """Evaluate the accepted reports, freeze a development report of them and make its files."""
    now = timezone.now()
    scheme = EvaluationScheme.objects.get(slug="running", is_current=True)
    run = create_run(actor=SYSTEM, scheme=scheme, cycle=cycle, region=cycle.region, now=now)
    tell = lambda done, total: True  # noqa: E731 -- nobody watches, nobody cancels
    with CaptureQueriesContext(connection) as queries:
        timed(
            "evaluate_s",
            lambda: compute_round(cycle=cycle, now=now, tell=tell, since=now, run_id=run.pk),
            row,
        )
    row["evaluate_statements"] = len(queries)
    made = Publication.objects.create(
        kind="annual", region=cycle.region, year=cycle.year, edition=1, cycle=cycle, title="基准",
        includes="accepted", status_changed_at=now, with_demo=True,
        made_by=User.objects.get(email="bench@example.com"),
    )  # fmt: skip
    job = {"cycle": cycle, "now": now, "tell": tell, "publication": made.pk}
    with CaptureQueriesContext(connection) as queries:
        timed("freeze_s", lambda: freeze_publication(since=timezone.now(), **job), row)
    row["freeze_statements"] = len(queries)
    Publication.objects.filter(pk=made.pk).update(status="in_review")
    timed("render_s", lambda: render_publication(since=now, **job), row)
    row["published_rows"] = made.rows.count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    for size in options.sizes:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            call_command("load_code_lists", verbosity=0)
            call_command("load_indicators", verbosity=0)
            load_schemes(actor=SYSTEM, definitions=declared_schemes(), now=timezone.now())
            print(measure(size, options.years, options.seed), flush=True)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
