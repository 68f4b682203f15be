"""A year opened, computed and frozen by real workers, one of them killed in the middle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.enums import Role
from accounts.services.demo import DEMO_PASSWORD, load_demo_accounts
from core.access import SYSTEM
from platforms.enums import ListingStatus
from platforms.models import Platform
from reporting.catalogue import declared
from reporting.enums import Coverage
from reporting.models import AnnualReport, Publication, ReportCycle, ReportingJob
from reporting.services import jobs, review
from reporting.services.compute import CHUNK
from reporting.services.indicators import load_indicators
from taxonomy.services import load_code_lists
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import type_all
from tests.factories.taxonomy import zhongshan
from tests.journeys.walker import PATIENCE, Walker
from tests.workers import kill_worker, running_worker, start_worker

pytestmark = [pytest.mark.browser, pytest.mark.real_celery, pytest.mark.slow]
LEFT = 5  # reports of the second chunk, which the first worker does not live to write


@pytest.fixture
def office(live_server, settings) -> str:  # type: ignore[no-untyped-def]
    """The address of a portal with a little more than a chunk of demo platforms."""
    settings.DEMO_MODE = True
    now = timezone.now()
    load_code_lists(now=now)
    load_demo_accounts(now=now)
    load_indicators(actor=SYSTEM, rows=declared(), now=now)
    owner = OrganisationFactory(name="演示单位", is_demo=True)
    PlatformFactory(name="演示平台0", organisation=owner, region=zhongshan(), is_demo=True)
    Platform.objects.bulk_create(
        Platform(
            slug=f"walk-{number}", name=f"演示平台{number}", organisation=owner,
            region=zhongshan(), status=ListingStatus.PUBLISHED, is_demo=True,
        )
        for number in range(1, CHUNK + LEFT)
    )  # fmt: skip
    return live_server.url  # type: ignore[no-any-return]


@pytest.mark.django_db(transaction=True)
def test_opened_computed_and_frozen_though_a_worker_is_killed(
    browser: Browser, office: str
) -> None:
    province = Walker(browser, office)
    province.sign_in("province@demo.example", DEMO_PASSWORD)
    worker = start_worker()
    try:
        cycle = open_cycle(province)
        job = compute_and_kill(province, cycle, worker)
    finally:
        kill_worker(worker)
    with running_worker():
        resume(province, job)
        freeze(province, cycle)
    assert province.complaints == []


def open_cycle(province: Walker) -> ReportCycle:
    """The worker makes and prefills a report for every platform."""
    today = timezone.localdate()
    province.follow("年度填报")
    province.follow("新建")
    province.fill(
        year=str(today.year - 1), region="广东省", opens_date=today.isoformat(),
        due_date=(today + timedelta(days=60)).isoformat(), coverage=str(Coverage.PUBLISHED.label),
    )  # fmt: skip
    province.press("建立")
    province.act("开始填报")
    job = ReportingJob.objects.get()
    finished(province, job)
    province.sees(f"{CHUNK + LEFT} 份")
    return ReportCycle.objects.get()


def finished(province: Walker, job: ReportingJob) -> None:
    """The page of a job renews itself until it is done."""
    province.go(job.get_absolute_url())
    expect(province.page.locator("main header .badge").first).to_have_text(
        "已完成", timeout=PATIENCE
    )


def says_done(province: Walker) -> None:
    status = province.page.locator("main header .badge").first
    expect(status).to_have_text("已完成", timeout=PATIENCE)


def compute_and_kill(province: Walker, cycle: ReportCycle, worker) -> ReportingJob:  # type: ignore[no-untyped-def]
    """The first chunk is written; the second waits for a report that somebody holds, and there the
    worker dies."""
    last = cycle.reports.order_by("pk").last()
    province.go(cycle.get_absolute_url())
    with transaction.atomic():
        AnnualReport.objects.select_for_update().get(pk=last.pk)
        province.press("重新计算")
        job = ReportingJob.objects.order_by("-pk").first()
        assert job is not None
        province.go(job.get_absolute_url())
        expect(province.page.locator("main progress")).to_have_attribute(
            "value", str(CHUNK), timeout=PATIENCE
        )
        kill_worker(worker)
    job.refresh_from_db()
    assert (job.status, job.done_count, job.total_count) == ("running", CHUNK, CHUNK + LEFT)
    return job


def resume(province: Walker, job: ReportingJob) -> None:
    """What the schedule does once the worker has been silent for minutes; the page, still open,
    says so by itself."""
    assert jobs.resume_jobs(now=timezone.now()) == 0
    assert jobs.resume_jobs(now=timezone.now() + timedelta(minutes=5)) == 1
    expect(province.page.locator("main header .badge").first).to_have_text(
        "已完成", timeout=PATIENCE
    )
    job.refresh_from_db()
    assert (job.attempts, job.result) == (
        2, {"created": 0, "computed": LEFT, "total": CHUNK + LEFT},
    )  # fmt: skip


def freeze(province: Walker, cycle: ReportCycle) -> None:
    """A development report is frozen from what was submitted."""
    report = cycle.reports.select_related("cycle__region", "platform__organisation").first()
    operator = person(Role.OPERATOR, organisation=report.platform.organisation)
    type_all(actor=operator, report=report)
    review.submit_report(actor=operator, report=report, now=timezone.now())
    province.go("/workbench/")
    province.follow("编写报告、手册与汇编")
    province.follow("新建")
    province.page.locator("main select[name=cycle]").select_option(index=1)
    province.fill(includes="也收已提交、尚未归档的报告")
    province.press("建立并封存数据")
    publication = Publication.objects.get()
    finished(province, ReportingJob.objects.get(kind="freeze"))
    publication.refresh_from_db()
    assert publication.snapshot["scope"]["reports"] == 1
    province.go(f"/manage/publications/{publication.pk}/")
    province.sees(timezone.localtime(publication.frozen_at).strftime("%Y-%m-%d"))
