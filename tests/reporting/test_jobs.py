"""Long work: safe to run twice, resumed, cancelled; reminders by the working calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.jobs import progress_of
from notifications.models import Notification
from reporting.models import AnnualReport, ReportCycle, ReportingJob, ReportValue
from reporting.services import cycles, jobs, notices, opening, review
from reporting.services.compute import compute_reports
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import open_cycle, planned_cycle, report_for
from tests.factories.taxonomy import chengdu, guangdong, zhongshan
from tests.reporting.conftest import signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture
def cycle():
    made = planned_cycle()
    ReportCycle.objects.filter(pk=made.pk).update(status="open")
    return ReportCycle.objects.select_related("region").get(pk=made.pk)


def job_of(cycle, **values):
    return ReportingJob.objects.create(
        **{"kind": "open_cycle", "cycle": cycle, "heartbeat_at": timezone.now()} | values
    )


def test_each_platform_of_the_region_gets_one_report(cycle):
    PlatformFactory.create_batch(3)
    PlatformFactory(status="draft")
    PlatformFactory(region=chengdu())
    job = job_of(cycle)

    jobs.run_job(job_id=job.pk, now=timezone.now())
    jobs.run_job(job_id=job.pk, now=timezone.now())
    again = job_of(cycle)
    jobs.run_job(job_id=again.pk, now=timezone.now())

    assert AnnualReport.objects.count() == 3
    job.refresh_from_db()
    again.refresh_from_db()
    assert (job.status, job.result) == ("done", {"created": 3, "computed": 3, "total": 3})
    assert again.result["created"] == 0


def test_recognised_platforms_only_when_the_cycle_says_so(cycle):
    PlatformFactory()
    cycle.coverage = "recognised"

    assert not opening.reporting_platforms(cycle).exists()


@pytest.mark.parametrize(
    ("reviewers", "level", "chain"),
    [
        (["county", "city"], 3, ["county", "city"]), (["county", "city"], 2, ["city"]),
        (["city", "province"], 3, ["city", "province"]), (["city", "province"], 1, ["province"]),
        (["county"], 1, ["county"]),
    ],
)  # fmt: skip
def test_chain_leaves_out_levels_the_place_does_not_have(reviewers, level, chain):
    assert opening.chain_of(ReportCycle(reviewers=reviewers), level) == chain


def test_a_killed_worker_loses_nothing(cycle, monkeypatch):
    PlatformFactory.create_batch(5)
    monkeypatch.setattr("reporting.services.compute.CHUNK", 2)
    job = job_of(cycle)
    opening.make_reports(cycle=cycle, now=timezone.now())

    def dies(count):
        if count >= 4:
            raise SystemExit  # the worker is killed after the second chunk
        return True

    with pytest.raises(SystemExit):
        compute_reports(cycle=cycle, reports=cycle.reports.all(), now=timezone.now(),
                        after_chunk=dies)  # fmt: skip
    done = set(AnnualReport.objects.filter(computed_at__isnull=False).values_list("pk", flat=True))
    stale = timezone.now() + timedelta(minutes=5)
    assert len(done) == 4
    assert jobs.resume_jobs(now=stale) == 1
    jobs.run_job(job_id=job.pk, now=stale)

    job.refresh_from_db()
    assert job.status == "done"
    assert job.result == {"created": 0, "computed": 1, "total": 5}
    counts = {ReportValue.objects.filter(report=r).count() for r in AnnualReport.objects.all()}
    assert len(counts) == 1


def test_a_cancelled_job_stops_after_its_chunk(cycle, monkeypatch):
    PlatformFactory.create_batch(4)
    monkeypatch.setattr("reporting.services.compute.CHUNK", 1)
    staff = person(Role.GOVERNMENT, region=guangdong())
    job = job_of(cycle, status="running")
    opening.make_reports(cycle=cycle, now=timezone.now())
    tell = progress_of(ReportingJob, job.pk)

    def tell_and_cancel(done, total):
        if done == 2:
            jobs.cancel_job(actor=staff, job=job, now=timezone.now())
        return tell(done, total)

    opening.recompute_cycle(cycle=cycle, now=timezone.now(), tell=tell_and_cancel,
                            since=timezone.now())  # fmt: skip

    assert AnnualReport.objects.filter(computed_at__isnull=False).count() == 2
    with pytest.raises(Refused):
        jobs.cancel_job(actor=staff, job=job, now=timezone.now())


def test_a_job_that_fails_says_so(cycle, monkeypatch):
    def breaks(**kwargs):
        raise ZeroDivisionError

    monkeypatch.setitem(jobs.RUNNERS, "open_cycle", breaks)
    job = job_of(cycle)
    with pytest.raises(ZeroDivisionError):
        jobs.run_job(job_id=job.pk, now=timezone.now())

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "任务没有完成，请稍后重新发起。")


def test_a_job_is_given_up_after_five_attempts(cycle):
    job = job_of(cycle, attempts=5)

    assert jobs.resume_jobs(now=timezone.now() + timedelta(minutes=5)) == 0
    job.refresh_from_db()
    assert job.status == "failed"


@pytest.mark.usefixtures("demo_mode")
def test_a_job_says_what_it_works_on_and_where_to_start_it_again(cycle):
    other = job_of(cycle, status="done", parameters={"run_id": 7}, subject="运行评估")
    client = signed_in(person(Role.GOVERNMENT, region=guangdong()))
    started = cycles.request_compute(actor=SYSTEM, cycle=cycle, now=timezone.now())
    jobs.cancel_job(actor=SYSTEM, job=started, now=timezone.now())

    page = client.get(started.get_absolute_url()).content.decode()

    assert started.subject == str(cycle)
    assert (cycle.get_absolute_url() in page, "去重新发起" in page) == (True, True)
    assert other.origin_url == url("evaluation", 7)
    assert "运行评估" in client.get(url("jobs")).content.decode()


def test_the_same_job_is_not_started_twice(cycle):
    job_of(cycle)

    with pytest.raises(DomainError, match="正在进行"):
        cycles.request_compute(actor=SYSTEM, cycle=cycle, now=timezone.now())


def test_computing_takes_a_known_number_of_statements_for_any_number_of_platforms(
    cycle, django_assert_num_queries
):
    PlatformFactory.create_batch(7)
    opening.make_reports(cycle=cycle, now=timezone.now())

    with django_assert_num_queries(41):
        compute_reports(cycle=cycle, reports=cycle.reports.all(), now=timezone.now())


# 2027-03-31 is a Wednesday; 24, 25, 26, 29, 30, 31 March are working days
@pytest.mark.parametrize(
    ("today", "is_day"),
    [
        (date(2027, 3, 17), True), (date(2027, 3, 18), False), (date(2027, 3, 24), True),
        (date(2027, 3, 28), False), (date(2027, 3, 30), True), (date(2027, 3, 31), True),
        (date(2027, 4, 1), False),
    ],
)  # fmt: skip
def test_reminder_days(today, is_day):
    assert notices.is_reminder_day(today, date(2027, 3, 31)) is is_day


def test_reminders_come_once_a_day(django_capture_on_commit_callbacks):
    operator = person(Role.OPERATOR, organisation=OrganisationFactory())
    platform = PlatformFactory(organisation=operator.organisations[0])
    report = report_for(platform, open_cycle(due_date=date(2027, 3, 31)))
    now = datetime(2027, 3, 30, 1, tzinfo=UTC)
    with django_capture_on_commit_callbacks(execute=True):
        assert notices.remind_due(now=now) == 1
        assert notices.remind_due(now=now) == 0

    told = Notification.objects.filter(user=operator, title__contains="请尽快提交")
    assert [row.url for row in told] == [report.get_absolute_url()]


def test_everybody_hears_what_concerns_them(django_capture_on_commit_callbacks):
    operator = person(Role.OPERATOR, organisation=OrganisationFactory())
    city = person(Role.GOVERNMENT, region=zhongshan())
    platform = PlatformFactory(organisation=operator.organisations[0])
    with django_capture_on_commit_callbacks(execute=True):
        report = report_for(platform, open_cycle())
    AnnualReport.objects.filter(pk=report.pk).update(status="city")
    report.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        review.review_report(
            actor=city, report=report, name="return", reason="材料不全", now=timezone.now()
        )
        review.ask_extension(
            actor=operator, report=AnnualReport.objects.get(pk=report.pk), reason="审计未完",
            until_date=date(2027, 4, 30), now=timezone.now(),
        )  # fmt: skip

    heard = (
        Notification.objects.filter(user=operator).order_by("pk").values_list("title", flat=True)
    )
    assert ["开始填报" in heard[0], "被退回修改" in heard[1]] == [True, True]
    assert "申请延期" in Notification.objects.get(user=city).title


def test_bulk_reminders_say_what_was_not_done():
    PlatformFactory.create_batch(2)
    open_cycle()
    staff = person(Role.GOVERNMENT, region=guangdong())
    first, second = AnnualReport.objects.select_related("platform", "cycle").order_by("pk")
    AnnualReport.objects.filter(pk=second.pk).update(status="city")

    result = review.remind_reports(actor=staff, reports=[first, second, first],
                                   now=timezone.now())  # fmt: skip

    assert result.done == [first]
    assert [reason for _, reason in result.refused] == [
        "报告已提交，不需要催报。", "今天已经催报过。",
    ]  # fmt: skip
