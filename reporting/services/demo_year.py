"""A closed and an open year of reporting over demo platforms, with reports at every step."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import SYSTEM
from core.services import settle_events
from platforms.models import Platform
from reporting.access import LEVEL_OF, next_step
from reporting.enums import Fill, ReportStatus
from reporting.models import AnnualReport, PlanTarget, ReportCycle, ReportValue
from reporting.services.compute import compute_reports
from reporting.services.cycles import create_cycle, move_cycle
from reporting.services.demo_values import PLANNED, Draws, explain, typed_rows, typed_values
from reporting.services.filling import answer_correction, count_problems, request_correction
from reporting.services.jobs import run_job
from reporting.services.review import (
    add_comment,
    answer_extension,
    ask_extension,
    review_report,
    submit_report,
)
from reporting.states import STEP_OF
from taxonomy.models import Region

NOTICE = "演示填报：只包括演示平台，数据均为虚构。"
R = ReportStatus
UNTOUCHED, BEGUN, WAITING = "untouched", "begun", "waiting"
# where the reports of the open year stand, in the order of the platforms: the first is the demo
# operator's; the next four lie in the demo city
OPEN_YEAR = (
    BEGUN, R.CITY, R.CITY, R.RETURNED, R.PROVINCE, R.ACCEPTED, R.ACCEPTED, R.PROVINCE, R.CITY,
    R.RETURNED, R.ACCEPTED, R.PROVINCE, UNTOUCHED, WAITING, R.CITY, R.ACCEPTED, UNTOUCHED,
)  # fmt: skip
CORRECTED = "SRV-07"
SHARE = {UNTOUCHED: 0.0, BEGUN: 0.6, WAITING: 0.35}


@dataclass(frozen=True)
class DemoPeople:
    """Who reviews, and who fills in for each platform. `city` watches only the demo city."""

    province: User
    city: User
    operators: Mapping[int, User]  # by platform

    def reviewer(self, report: AnnualReport) -> User:
        """The demo city's own reviewer where it is their turn, else the one above."""
        inside = any(
            row.region is not None and row.region.contains(report.platform.region_id)
            and row.region.level <= LEVEL_OF[R(report.status)]
            for row in self.city.assignments
        )  # fmt: skip
        return self.city if inside else self.province


@transaction.atomic
def attach_demo_cycles(
    *,
    region: Region,
    platforms: Mapping[Platform, int],
    people: DemoPeople,
    years: Sequence[int],
    now: datetime,
) -> list[ReportCycle]:
    """Two demo cycles over `platforms` (with their size, 1–3): the first closed, the last open.

    Reports are filled in by statement, and submitted, returned, corrected and accepted by their
    services, on days of that year; nobody is told of the closed one. Not to be called twice.
    """
    closed = _cycle(region, years[0], date(years[0] + 1, 1, 10), date(years[0] + 1, 3, 31), now)
    past = timezone.make_aware(datetime.combine(date(years[0] + 1, 3, 1), time(10)))
    _fill(closed, platforms, people, ["all"] * (len(platforms) - 1) + [UNTOUCHED], 0, now)
    reports = _reports(closed, platforms)
    _correct(reports[2], people, past)
    for number, report in enumerate(reports[:-1]):
        _submit(report, R.ACCEPTED, people, past + timedelta(days=number))
    move_cycle(
        actor=people.province, cycle=closed, name="close", reason="填报期满（演示）。",
        now=past + timedelta(days=75),
    )  # fmt: skip
    _settle(closed, now)
    today = timezone.localdate(now)
    opened = _cycle(region, years[-1], today - timedelta(days=75), today - timedelta(days=7), now)
    _fill(opened, platforms, people, OPEN_YEAR, 1, now)
    _work(opened, platforms, people, now)
    return [closed, opened]


def _cycle(
    region: Region, year: int, opens_date: date, due_date: date, now: datetime
) -> ReportCycle:
    """An open demo cycle with its computed reports."""
    cycle = create_cycle(
        actor=SYSTEM, year=year, region=region, opens_date=opens_date, due_date=due_date,
        notice=NOTICE, is_demo=True, now=now,
    )  # fmt: skip
    moved = move_cycle(actor=SYSTEM, cycle=cycle, name="open", now=now)
    job = moved.jobs.get()
    run_job(job_id=job.pk, now=now)
    return ReportCycle.objects.select_related("region").get(pk=moved.pk)


def _reports(cycle: ReportCycle, platforms: Mapping[Platform, int]) -> list[AnnualReport]:
    """The reports in the order of the platforms."""
    related = ("cycle__region", "platform__organisation", "platform__region")
    rows = {row.platform_id: row for row in cycle.reports.select_related(*related)}
    return [rows[platform.pk] for platform in platforms]


def _fill(
    cycle: ReportCycle,
    platforms: Mapping[Platform, int],
    people: DemoPeople,
    stands: Sequence[str],
    step: int,
    now: datetime,
) -> None:
    """Type values and plans of all reports at once, then derive and explain."""
    indicators = list(cycle.indicators.in_order())
    stored: dict[int, dict[str, ReportValue]] = {}
    for row in ReportValue.objects.filter(report__cycle=cycle).select_related("indicator"):
        stored.setdefault(row.report_id, {})[row.indicator.code] = row
    rows, plans = [], []
    reports = _reports(cycle, platforms)
    for report, size, stand in zip(reports, platforms.values(), stands, strict=False):
        mine = stored.get(report.pk, {})
        chance = random.Random(f"values-{report.platform.slug}")  # noqa: S311 -- not secrets
        numbers = {code: row.effective for code, row in mine.items() if row.indicator.is_number}
        draws = Draws(size, step, chance, numbers)
        rows += typed_rows(
            report=report, indicators=indicators, values=typed_values(draws), now=now,
            present=[code for code, row in mine.items() if row.fill == Fill.MANUAL],
            share=SHARE.get(stand, 1.0), person=people.operators[report.platform_id],
        )  # fmt: skip
        if stand not in SHARE:
            plans += _plans(report, draws, rows)
    ReportValue.objects.bulk_create(rows, batch_size=2000)
    PlanTarget.objects.bulk_create(plans)
    compute_reports(cycle=cycle, reports=cycle.reports.all(), now=now, refresh=False)
    for report, stand in zip(reports, stands, strict=False):
        if stand in SHARE:
            count_problems(report)
        else:
            explain(report)


def _plans(report: AnnualReport, draws: Draws, rows: Sequence[ReportValue]) -> list[PlanTarget]:
    """Next year's targets: somewhat more than this year's numbers."""
    typed = {row.indicator.code: row.number for row in rows if row.report_id == report.pk}
    return [
        PlanTarget(
            report=report,
            code=code,
            note="演示措施：增加可预约时段，走访重点企业。",
            target=round((typed.get(code) or draws.of(code)) * 115 / 100) + 1,
        )
        for code in PLANNED
    ]


def _submit(report: AnnualReport, wanted: str, people: DemoPeople, at: datetime) -> AnnualReport:
    """Submit, and pass from level to level until the report stands where it is wanted."""
    report = submit_report(actor=people.operators[report.platform_id], report=report, now=at)
    steps = [STEP_OF[name] for name in report.chain]
    until = wanted if wanted in {*steps, R.ACCEPTED} else steps[0]
    while report.status != until:
        at += timedelta(days=3)
        following = next_step(report)
        name = f"forward_{following}" if following else "accept"
        reviewer = people.reviewer(report)
        report = review_report(actor=reviewer, report=report, name=name, now=at)
    return report


def _correct(report: AnnualReport, people: DemoPeople, now: datetime) -> None:
    """A correction that was asked for and agreed to."""
    _ask_correction(report, people, now)
    answer_correction(
        actor=people.province, report=report, code=CORRECTED, accept=True, now=now,
        reason="核对合同后同意（演示）。",
    )  # fmt: skip
    explain(report)


def _ask_correction(report: AnnualReport, people: DemoPeople, now: datetime) -> None:
    row = report.values_set.select_related("indicator").get(indicator__code=CORRECTED)
    request_correction(
        actor=people.operators[report.platform_id], report=report, code=CORRECTED,
        raw=int(row.number or 0) + 1, reason="有一次服务没有在系统登记（演示）。", now=now,
    )  # fmt: skip


def _work(
    cycle: ReportCycle, platforms: Mapping[Platform, int], people: DemoPeople, now: datetime
) -> None:
    """The open year: every status, a comment, a correction, extensions granted and asked for."""
    reports = _reports(cycle, platforms)
    _ask_correction(reports[1], people, now - timedelta(days=31))
    explain(reports[1])
    for number, (report, stand) in enumerate(zip(reports, OPEN_YEAR, strict=False)):
        at = now - timedelta(days=30) + timedelta(days=number / 2)
        if stand in SHARE:
            continue
        if stand == R.RETURNED:
            _return(_submit(report, R.CITY, people, at), people, at + timedelta(days=2))
        else:
            moved = _submit(report, stand, people, at)
            if number == 1:
                _comment(moved, people, at + timedelta(days=1))
    today = timezone.localdate(now)
    for report, stand in zip(reports, OPEN_YEAR, strict=False):
        if stand not in {BEGUN, WAITING}:
            continue
        extension = ask_extension(
            actor=people.operators[report.platform_id], report=report,
            until_date=today + timedelta(days=21), reason="财务数据尚在审计（演示）。",
            now=now - timedelta(days=8),
        )  # fmt: skip
        if stand == BEGUN:
            answer_extension(
                actor=people.province, extension=extension, accept=True, now=now,
                reason="同意延期（演示）。",
            )  # fmt: skip


def _comment(report: AnnualReport, people: DemoPeople, now: datetime) -> None:
    add_comment(
        actor=people.reviewer(report), report=report, code="FIN-01", now=now,
        body="请补充收入凭证的汇总表（演示意见）。",
    )  # fmt: skip


def _return(report: AnnualReport, people: DemoPeople, now: datetime) -> None:
    _comment(report, people, now)
    review_report(
        actor=people.reviewer(report), report=report, name="return", now=now,
        reason="收入构成与合同台账不符，请核对后重新提交（演示）。",
    )  # fmt: skip


def _settle(cycle: ReportCycle, now: datetime) -> None:
    """What happened in the closed year is no news to anybody."""
    ids = list(cycle.reports.values_list("pk", flat=True))
    settle_events(prefix="reporting.report.", key="report_id", ids=ids, now=now)
    settle_events(prefix="reporting.cycle.", key="cycle_id", ids=[cycle.pk], now=now)
