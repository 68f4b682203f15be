"""Runs: made, computed, proven, made public, published. Refusals change nothing."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import DomainError, Refused
from reporting.enums import JobKind
from reporting.models import (
    EvaluationResult,
    EvaluationRound,
    EvaluationRun,
    EvaluationScheme,
    ReportingJob,
)
from reporting.selectors.evaluations import grades_of, latest_grades, published_grades
from reporting.services import disputes, evaluation_schemes, evaluations, rounds
from reporting.services.jobs import run_job
from tests.factories.accounts import person
from tests.factories.evaluations import SMALL, a_run, accepted, compute, open_year, small_scheme
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import chengdu, guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture
def cycle():
    return open_year()


@pytest.fixture
def reports(cycle):
    """a 48, b 68, c 35 points, as in the group counted by hand; d has no accepted report."""
    made = {
        "a": accepted(cycle, PlatformFactory(slug="a"), SRV_04=4, SRV_12=300, TAL_01=10,
                      SRV_13=50, FIN_05=20),
        "b": accepted(cycle, PlatformFactory(slug="b"), SRV_04=8, SRV_12=200, TAL_01=20,
                      SRV_13=90, FIN_05=0),
        "c": accepted(cycle, PlatformFactory(slug="c"), SRV_04=6, SRV_12=100, TAL_01=5,
                      SRV_13=0, FIN_05=100),
    }  # fmt: skip
    late = accepted(cycle, PlatformFactory(slug="d"))
    type(late).objects.filter(pk=late.pk).update(status="province")
    return made | {"d": late}


@pytest.fixture
def run(cycle, reports):
    made = a_run(cycle)
    compute(made)
    return EvaluationRun.objects.get(pk=made.pk)


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=guangdong())


def results(run):
    rows = EvaluationResult.objects.in_force().filter(round__run=run).select_related("platform")
    return {row.platform.slug: row for row in rows}


def shown(run, staff):
    return evaluations.move_run(actor=staff, run=run, name="show", now=timezone.now())


def later(run):
    return run.publicity_ends_at + timedelta(minutes=1)


def test_a_run_is_computed_from_accepted_reports(run):
    found = results(run)

    assert run.status == "computed"
    assert {slug: str(row.score) for slug, row in found.items()} == {
        "a": "48.00", "b": "68.00", "c": "35.00", "d": "None",
    }  # fmt: skip
    assert {slug: row.grade_name for slug, row in found.items()} == {
        "a": "合格", "b": "良好", "c": "合格", "d": "较差",
    }  # fmt: skip
    assert found["d"].vetoes == ["没有报告"]
    assert found["b"].inputs["report"]["sha256"] == found["b"].version.sha256
    assert found["b"].inputs["values"]["SRV-04"] == ["8", ""]


def test_recomputing_from_what_was_frozen_is_identical(run, staff, reports):
    round_ = run.rounds.get()
    type(reports["a"]).objects.filter(pk=reports["a"].pk).update(status="reopened")

    proof = rounds.verify_round(actor=staff, round_=round_)

    assert proof.is_identical
    assert proof.digest == round_.result_digest


def test_changed_rows_are_found_out(run, staff):
    round_ = run.rounds.get()
    row = results(run)["b"]
    forged = row.inputs | {"values": row.inputs["values"] | {"SRV-04": ["9", ""]}}
    with pgtrigger.ignore("reporting.EvaluationResult:frozen"):
        EvaluationResult.objects.filter(pk=row.pk).update(inputs=forged)

    proof = rounds.verify_round(actor=staff, round_=round_)

    assert not proof.is_identical
    assert "a" in proof.differences  # the range of the group has moved


def test_earlier_accepted_years_count_for_vetoes(cycle, reports):
    accepted(open_year(year=2024), reports["b"].platform, SAF_01=1)
    accepted(open_year(year=2023), reports["c"].platform, SAF_01=1)
    run = a_run(cycle)

    compute(run)

    assert results(run)["b"].vetoes == ["事故"]
    assert results(run)["c"].vetoes == []
    assert results(run)["b"].inputs["past"]["SAF-01"] == [[None, "na"], ["1", ""]]


def test_a_job_that_runs_twice_writes_one_round(run, staff):
    job = evaluations.request_round(actor=staff, run=run, now=timezone.now())
    run_job(job_id=job.pk, now=timezone.now())
    ReportingJob.objects.filter(pk=job.pk).update(status="running")

    run_job(job_id=job.pk, now=timezone.now())

    assert run.rounds.count() == 2
    job.refresh_from_db()
    assert (job.status, job.kind, job.result) == (
        "done", JobKind.EVALUATE, {"evaluated": 4, "total": 4},
    )  # fmt: skip


def test_a_cancelled_job_writes_nothing(cycle, reports):
    run = a_run(cycle)
    now = timezone.now()

    rounds.compute_round(
        cycle=cycle, now=now, tell=lambda done, total: False, since=now, run_id=run.pk
    )

    assert not EvaluationRound.objects.exists()


def test_the_number_of_statements_does_not_grow_with_platforms(cycle, reports):
    run = a_run(cycle)

    def statements():
        with CaptureQueriesContext(connection) as queries:
            compute(run)
        return len(queries)

    compute(run)
    few = statements()
    for _ in range(3):
        accepted(cycle)

    assert statements() == few == 15


def test_until_the_publicity_new_reports_count_and_then_no_more(run, staff, cycle, reports):
    type(reports["d"]).objects.filter(pk=reports["d"].pk).update(status="accepted")
    compute(run)
    assert results(run)["d"].vetoes == []
    shown(run, staff)
    accepted(cycle, PlatformFactory(slug="e"))

    compute(run)

    assert set(results(run)) == {"a", "b", "c", "d"}
    assert run.rounds.count() == 3


def test_publicity_lasts_its_working_days_and_then_it_is_published(run, staff, cycle):
    moved = shown(run, staff)
    with pytest.raises(DomainError, match="公示到"):
        evaluations.move_run(actor=staff, run=moved, name="publish", now=moved.publicity_ends_at)
    assert published_grades(cycle) == {}

    evaluations.move_run(actor=staff, run=moved, name="publish", now=later(moved))

    grades = published_grades(cycle)
    best = results(run)["b"].platform_id
    assert len(grades) == 4
    assert (grades[best].slug, grades[best].name, grades[best].year) == ("good", "良好", 2026)
    assert grades_of(best) == [grades[best]]
    assert latest_grades([best]) == {best: grades[best]}
    with pytest.raises(DomainError, match="当前状态"):
        evaluations.move_run(actor=staff, run=moved, name="publish", now=later(moved))


def test_the_wider_region_decides_where_two_gave_a_grade(cycle, reports, staff):
    for region in (zhongshan(), guangdong()):
        run = evaluations.create_run(
            actor=SYSTEM, scheme=small_scheme(slug=f"s{region.pk}"), cycle=cycle, region=region,
            now=timezone.now(),
        )  # fmt: skip
        compute(run)
        EvaluationRun.objects.filter(pk=run.pk).update(status="published")

    assert {grade.run_id for grade in published_grades(cycle).values()} == {run.pk}


def test_publicity_can_be_stopped_and_a_run_cancelled(run, staff):
    moved = shown(run, staff)
    with pytest.raises(DomainError, match="原因"):
        evaluations.move_run(actor=staff, run=moved, name="back", now=timezone.now())
    back = evaluations.move_run(
        actor=staff, run=moved, name="back", reason="有误", now=timezone.now()
    )
    assert (back.status, back.publicity_ends_at) == ("computed", None)

    evaluations.move_run(
        actor=staff, run=back, name="cancel", reason="另行组织", now=timezone.now()
    )

    with pytest.raises(DomainError, match="已结束"):
        evaluations.request_round(actor=staff, run=run, now=timezone.now())
    compute(run)
    assert run.rounds.count() == 1


def test_who_may_make_a_run(cycle, staff):
    scheme, now = small_scheme(), timezone.now()
    city = person(Role.GOVERNMENT, region=zhongshan())
    far = person(Role.GOVERNMENT, region=chengdu())
    with pytest.raises(Refused):
        evaluations.create_run(
            actor=person(Role.OPERATOR), scheme=scheme, cycle=cycle, region=zhongshan(), now=now
        )
    for actor, region in ((city, guangdong()), (far, zhongshan()), (far, chengdu())):
        with pytest.raises(DomainError, match=r"地区|不包括"):
            evaluations.create_run(actor=actor, scheme=scheme, cycle=cycle, region=region, now=now)
    assert not EvaluationRun.objects.exists()

    evaluations.create_run(actor=city, scheme=scheme, cycle=cycle, region=zhongshan(), now=now)

    with pytest.raises(DomainError, match="已按这个办法"):
        evaluations.create_run(actor=city, scheme=scheme, cycle=cycle, region=zhongshan(), now=now)


def test_old_schemes_and_years_not_open_are_not_evaluated(cycle, staff):
    old = small_scheme()
    small_scheme(flat_score=50)
    with pytest.raises(DomainError, match="现行"):
        evaluations.create_run(
            actor=staff, scheme=EvaluationScheme.objects.get(pk=old.pk), cycle=cycle,
            region=guangdong(), now=timezone.now(),
        )  # fmt: skip
    type(cycle).objects.filter(pk=cycle.pk).update(status="planned")
    cycle.refresh_from_db()
    with pytest.raises(DomainError, match="还没有开始"):
        a_run(cycle)


def test_a_third_party_comments_and_decides_nothing(run, staff):
    expert, stranger = person(Role.REVIEWER), person(Role.REVIEWER)
    now = timezone.now()
    with pytest.raises(DomainError, match="机构名称"):
        evaluations.entrust_run(actor=staff, run=run, agency="", reviewers=[expert], now=now)
    with pytest.raises(DomainError, match="评审专家"):
        evaluations.entrust_run(actor=staff, run=run, agency="某所", reviewers=[staff], now=now)
    evaluations.entrust_run(actor=staff, run=run, agency="某评估所", reviewers=[expert], now=now)

    evaluations.add_run_comment(actor=expert, run=run, body="数据可信", now=now)

    with pytest.raises(Refused):
        evaluations.add_run_comment(actor=stranger, run=run, body="我也说", now=now)
    with pytest.raises(Refused):
        evaluations.move_run(actor=expert, run=run, name="show", now=now)
    with pytest.raises(DomainError, match="请写明意见"):
        evaluations.add_run_comment(actor=expert, run=run, body=" ", now=now)
    assert run.comments.count() == 1


def test_staff_say_that_false_data_were_proven(run, staff):
    now = timezone.now()
    worst = results(run)["b"].platform
    disputes.correct_input(
        actor=staff, run=run, platform=worst, code="false_data", value="1", reason="合同系伪造",
        now=now,
    )  # fmt: skip
    with pytest.raises(DomainError, match="重新计算"):
        shown(run, staff)

    compute(run)

    assert results(run)["b"].vetoes == ["虚假数据"]
    assert results(run)["b"].inputs["false_data"] == "合同系伪造"
    shown(run, staff)


def test_a_scheme_is_loaded_once_and_a_change_is_a_version():
    first = small_scheme()
    again = evaluation_schemes.load_schemes(actor=SYSTEM, definitions=[SMALL], now=timezone.now())
    second = small_scheme(flat_score=50)

    assert (again.created, again.unchanged) == (0, 1)
    assert [first.version, second.version] == [1, 2]
    assert EvaluationScheme.objects.get(pk=first.pk).definition["flat_score"] == 60
