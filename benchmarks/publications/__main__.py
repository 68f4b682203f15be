"""Freezing and rendering a development report and issuing a large list, timed.

Usage: .venv/bin/python -m benchmarks.publications 300 2400
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
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.reporting.dataset import make  # noqa: E402
from core.access import SYSTEM  # noqa: E402
from reporting.models import (  # noqa: E402
    Publication,
    PublishedList,
    ReportCycle,
    ReportValue,
    ReportVersion,
)
from reporting.services.compiling import freeze_publication  # noqa: E402
from reporting.services.compute import compute_reports  # noqa: E402
from reporting.services.cycles import create_cycle  # noqa: E402
from reporting.services.issuing import fill_list  # noqa: E402
from reporting.services.opening import make_reports  # noqa: E402
from reporting.services.rendering import FORMATS  # noqa: E402
from reporting.services.snapshots import build_snapshot, digest_of  # noqa: E402
from reporting.values import as_json  # noqa: E402
from taxonomy.models import Region  # noqa: E402

YEAR = 2025


def timed(label: str, work: Any, row: dict[str, Any]) -> Any:
    start = time.perf_counter()
    result = work()
    row[label] = round(time.perf_counter() - start, 2)
    return result


def reported_year() -> ReportCycle:
    """A cycle of the whole country with every report frozen and archived; not timed."""
    now = timezone.now()
    made = create_cycle(
        actor=SYSTEM, year=YEAR, region=Region.objects.get(pk="000000"), is_demo=True,
        opens_date=date(YEAR, 12, 1), due_date=date(YEAR + 1, 3, 31), now=now,
    )  # fmt: skip
    ReportCycle.objects.filter(pk=made.pk).update(status="open")
    cycle = ReportCycle.objects.select_related("region").get(pk=made.pk)
    make_reports(cycle=cycle, now=now)
    compute_reports(cycle=cycle, reports=cycle.reports.all(), now=now)
    freeze_all(cycle, now)
    cycle.reports.update(status="accepted")
    return cycle


def freeze_all(cycle: ReportCycle, now: datetime) -> None:
    """A version of every report: the frame of the first, each with its own values. One by one, as
    platforms hand them in, would take half an hour of a benchmark about something else."""
    reports = list(cycle.reports.select_related("cycle__region", "platform__organisation"))
    frame = build_snapshot(reports[0], now=now)
    values: dict[int, dict[str, Any]] = {}
    rows = ReportValue.objects.filter(report__cycle=cycle).select_related("indicator")
    for value in rows.iterator(chunk_size=5000):
        values.setdefault(value.report_id, {})[value.indicator.code] = as_json(value.effective)
    actor = User.objects.get()
    made = []
    for report in reports:
        mine = values.get(report.pk, {})
        lines = [line | {"value": mine.get(line["code"])} for line in frame["values"]]
        snapshot = frame | {"values": lines}
        made.append(
            ReportVersion(
                report=report, number=1, snapshot=snapshot, sha256=digest_of(snapshot),
                verification_code=f"B{report.pk}", submitted_by=actor, submitted_at=now,
            )
        )  # fmt: skip
    ReportVersion.objects.bulk_create(made, batch_size=200)


def measure(count: int, seed: int) -> dict[str, Any]:
    """One size."""
    row: dict[str, Any] = {"platforms": count}
    make(count, years=[YEAR], seed=seed)
    cycle, actor, now = reported_year(), User.objects.get(), timezone.now()
    draft = Publication.objects.create(
        kind="annual", region=cycle.region, year=YEAR, edition=1, cycle=cycle, made_by=actor,
        title="全国中试平台发展报告",
    )  # fmt: skip
    run = {"cycle": cycle, "now": now, "tell": lambda done, total: True, "since": now}
    with CaptureQueriesContext(connection) as queries:
        timed("freeze_s", lambda: freeze_publication(publication=draft.pk, **run), row)
    row["statements"] = len(queries)
    found = Publication.objects.select_related("region", "made_by").get(pk=draft.pk)
    for form, (_, write) in FORMATS.items():
        content = timed(f"{form}_s", lambda write=write: write(found), row)
        row[f"{form}_kib"] = len(content) // 1024
    row["report_s"] = round(sum(row[f"{form}_s"] for form in FORMATS) + row["freeze_s"], 2)
    Publication.objects.filter(pk=draft.pk).update(status="published", published_at=now)
    client, url = Client(), draft.get_absolute_url()
    client.get(url)
    timed("page_s", lambda: client.get(url), row)
    edition = PublishedList.objects.create(
        kind="supply", title="供给清单", region=cycle.region, issued_by=actor,
        criteria={"demo": True},
    )  # fmt: skip
    timed("list_s", lambda: fill_list(published_list=edition.pk, **run), row)
    row["list_rows"] = edition.rows.count()
    row["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    row["load"] = round(os.getloadavg()[0], 1)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    for size in options.sizes:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            call_command("load_code_lists", verbosity=0)
            call_command("load_indicators", verbosity=0)
            print(measure(size, options.seed), flush=True)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
