"""Opening a cycle and computing every report, timed, on a database of its own.

Usage: .venv/bin/python -m benchmarks.reporting.run 300 1200 2400 [--years 2]
Needs DATABASE_URL of a server where databases may be created; makes and drops `test_…`.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from datetime import date
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- after setup
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.reporting.dataset import make  # noqa: E402
from core.access import SYSTEM  # noqa: E402
from reporting.models import AnnualReport, ReportCycle, ReportValue  # noqa: E402
from reporting.services.compute import compute_reports  # noqa: E402
from reporting.services.cycles import create_cycle  # noqa: E402
from reporting.services.opening import make_reports  # noqa: E402
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
    start = time.perf_counter()
    result = work()
    row[label] = round(time.perf_counter() - start, 2)
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
    row["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return row


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
            print(measure(size, options.years, options.seed), flush=True)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
