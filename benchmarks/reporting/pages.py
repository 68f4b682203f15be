"""The pages of reporting over the years that were made: milliseconds and statements of each."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Iterable, Iterator

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import RoleAssignment, User
from benchmarks.reporting.cycles import opened_cycle
from reporting.enums import ReportStatus
from reporting.models import (
    AnnualReport,
    EvaluationRun,
    Publication,
    PublishedList,
    ReportCycle,
)
from reporting.services.opening import make_reports

ROUNDS = 5
PROVINCE = "440000"
Page = tuple[str, str | None, str]  # what it is called, who looks, its address
STANDING = """
UPDATE reporting_annualreport SET status = (ARRAY['filling', 'city', 'province', 'returned',
    'accepted', 'province', 'submitted', 'filling'])[1 + id %% 8], problem_count = id %% 5
WHERE cycle_id = %s
"""


def prepare(year: int) -> dict[str, User]:
    """The year after, with reports at every step and the day past; who looks at the pages."""
    cycle = opened_cycle(year)
    make_reports(cycle=cycle, now=timezone.now())
    today = timezone.localdate()
    ReportCycle.objects.filter(pk=cycle.pk).update(opens_date=today.replace(day=1, month=1),
                                                   due_date=today.replace(day=1))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [cycle.pk])
        cursor.execute("ANALYZE")
    operator = _own(cycle)
    people = {}
    for name, role, place in (
        ("nation", "government", {"region_id": "000000"}),
        ("province", "government", {"region_id": PROVINCE}),
        ("operator", "operator", {"organisation_id": operator.platform.organisation_id}),
    ):
        people[name] = User.objects.create(email=f"{name}@example.com", name=name, is_demo=True)
        RoleAssignment.objects.create(user=people[name], role=role, **place)
    return people


def addresses() -> Iterator[Page]:
    """The pages on which a year is run and read."""
    last = ReportCycle.objects.order_by("-year")[0]
    reported = ReportCycle.objects.get(year=last.year - 1)
    own = _own(last)
    report = reported.reports.get(platform=own.platform_id)
    inside = reported.reports.filter(platform__region__code__startswith=PROVINCE[:2])
    provincial = inside.order_by("pk")[0]
    run, edition = EvaluationRun.objects.get(), Publication.objects.get()
    numbered = PublishedList.objects.get()
    for who in ("nation", "province", "operator"):
        yield f"workbench ({who})", who, "/workbench/"
        yield f"reports ({who})", who, "/reports/"
    yield "a cycle and its progress", "nation", last.get_absolute_url()
    yield "overdue reports", "nation", "/reports/?overdue=on"
    yield "reports waiting for review", "province", "/reports/?waiting=on"
    yield "reports of a year in a state", "nation", f"/reports/?year={last.year}&status=province"
    yield "page 20 of the reports", "nation", "/reports/?page=20"
    yield "jobs", "nation", "/reporting-jobs/"
    yield "a report", "province", provincial.get_absolute_url()
    yield "a report for its operator", "operator", report.get_absolute_url()
    yield "filling in a group", "operator", f"{own.get_absolute_url()}fill/SRV/"
    yield "checking before submission", "operator", f"{own.get_absolute_url()}check/"
    yield "a frozen version", "province", f"{provincial.get_absolute_url()}versions/1/"
    yield "indicators", None, "/indicators/"
    yield "an indicator", None, "/indicators/SRV-02/"
    yield "an evaluation and its ranking", "nation", run.get_absolute_url()
    yield "page 20 of the ranking", "nation", f"{run.get_absolute_url()}?page=20"
    yield "one result", "nation", f"{run.get_absolute_url()}platforms/{report.platform.slug}/"
    yield "evaluations", None, "/evaluations/"
    yield "publications", None, "/publications/"
    yield "a development report", None, edition.get_absolute_url()
    yield "its appendix", None, f"{edition.get_absolute_url()}data/"
    yield "a report's desk", "nation", f"/manage/publications/{edition.pk}/"
    yield "a numbered list", None, numbered.get_absolute_url()
    yield "page 20 of the list", None, f"{numbered.get_absolute_url()}?page=20"
    yield "the roster", None, "/roster/"
    yield "the roster as of a day", None, "/roster/?day=2023-06-30"
    for name, asked in (
        ("a sum by province", ""), ("a rate by field", "by=field&indicator=CON-07"),
        ("a median by mode", "by=mode&indicator=SRV-09"), ("a sum by county", "region=440100"),
    ):  # fmt: skip
        found = f"cycle={reported.pk}&region=&{asked}" if "region" not in asked else asked
        yield f"{name} (nation)", "nation", f"/statistics/?{found}"
    yield (
        "platforms by a number (nation)",
        "nation",
        f"/statistics/platforms/?cycle={reported.pk}&region=",
    )
    yield "own numbers (operator)", "operator", f"/statistics/?cycle={reported.pk}&region="
    yield "platforms by kind (visitor)", None, "/statistics/?by=kind&region="
    yield "monitoring", "nation", "/monitoring/"
    yield "a running indicator by week", "nation", "/monitoring/PRT-10/?by=week"
    yield "policy targets", None, "/targets/"


def _own(cycle: ReportCycle) -> AnnualReport:
    """The report that the operator fills in."""
    rows = cycle.reports.filter(status=ReportStatus.FILLING).select_related("platform")
    return rows.order_by("pk")[0]


def measure(listed: Iterable[Page]) -> None:
    """Each page five times: the first (caches empty), the median of the others by the clock,
    of Python's processor time, of statements by the clock; how many statements."""
    settings.ALLOWED_HOSTS = ["*"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)  # each request says that it began and ended
    call_command("collectstatic", interactive=False, verbosity=0)
    clients: dict[str | None, Client] = {None: Client()}
    for user in User.objects.filter(email__endswith="@example.com"):
        client = Client()
        client.force_login(user)
        clients[user.name] = client
    heads = f"{'first ms':>10}{'then ms':>9}{'Python':>9}{'SQL':>7}{'statements':>12}{'KiB':>7}"
    print(f"\n{'page':34}{heads}")
    for name, who, url in listed:
        cache.clear()
        rounds = []
        for _ in range(ROUNDS):
            with CaptureQueriesContext(connection) as queries:
                start, own = time.perf_counter(), time.process_time()
                answer = clients[who].get(url, secure=True)
                own, spent = time.process_time() - own, time.perf_counter() - start
            asked = sum(float(row["time"]) for row in queries)
            rounds.append((1000 * spent, 1000 * own, 1000 * asked, len(queries)))
        middle, own, sql = (statistics.median(row[n] for row in rounds[1:]) for n in range(3))
        mark = "" if answer.status_code == 200 else f"  {answer.status_code}"
        print(f"{name:34}{rounds[0][0]:10.0f}{middle:9.0f}{own:9.0f}{sql:7.0f}"
              f"{rounds[-1][3]:12}"
              f"{len(answer.content) // 1024:7}{mark}", flush=True)  # fmt: skip
