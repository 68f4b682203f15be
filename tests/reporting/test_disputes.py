"""Contesting a result: the platform within the publicity, staff answer; only that input changes."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.files import files_of, may_read
from notifications.models import Notification
from reporting.models import (
    EvaluationCorrection,
    EvaluationDispute,
    EvaluationResult,
    EvaluationRun,
    ReportingJob,
)
from reporting.services import disputes, evaluation_notices, evaluations
from reporting.services.jobs import run_job
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.evaluations import a_run, accepted, compute, open_year
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture(scope="module")
def _world(catalogue):
    staff = person(Role.GOVERNMENT, region=guangdong())
    operator = person(Role.OPERATOR, organisation=OrganisationFactory())
    cycle = open_year()
    own = PlatformFactory(slug="own", organisation=operator.organisations[0])
    accepted(cycle, own, SRV_04=4)
    accepted(cycle, PlatformFactory(slug="other"), SRV_04=8)
    made = a_run(cycle)
    compute(made)
    run = evaluations.move_run(actor=staff, run=made, name="show", now=timezone.now())
    return {"staff": staff, "operator": operator, "run": run}


@pytest.fixture
def staff(world):
    return world["staff"]


@pytest.fixture
def operator(world):
    return world["operator"]


@pytest.fixture
def run(world):
    return world["run"]


def result_of(run, slug):
    rows = EvaluationResult.objects.in_force().select_related("platform", "round__run")
    return rows.get(round__run=run, platform__slug=slug)


def contested(operator, run, **values):
    return disputes.make_dispute(
        **{"actor": operator, "result": result_of(run, "own"), "code": "SRV-04",
           "claim": "6", "reason": "另有两家未计入，见合同", "now": timezone.now()} | values
    )  # fmt: skip


def answer(actor, dispute, name, **values):
    return disputes.answer_dispute(
        actor=actor, dispute=dispute, name=name, now=timezone.now(), **values
    )


def test_only_the_corrected_input_changes_and_the_old_result_is_kept(operator, run, staff):
    before = result_of(run, "own")
    other = result_of(run, "other")
    dispute = contested(operator, run)

    answer(staff, dispute, "uphold", answer="属实", value="6")
    run_job(job_id=ReportingJob.objects.get().pk, now=timezone.now())

    after = result_of(run, "own")
    changed = {
        code for code, pair in after.inputs["values"].items()
        if pair != before.inputs["values"][code]
    }  # fmt: skip
    assert changed == {"SRV-04"}
    assert after.inputs["values"]["SRV-04"] == ["6", ""]
    assert after.inputs["corrections"][0]["before"] == ["4", ""]
    assert result_of(run, "other").inputs == other.inputs
    assert EvaluationResult.objects.get(pk=before.pk).detail == before.detail
    assert run.rounds.count() == 2
    assert not evaluations.has_pending_corrections(run)


def test_a_correction_counts_once_however_often_it_is_computed(operator, run, staff):
    answer(staff, contested(operator, run), "uphold", answer="属实", value="6")
    compute(run)
    compute(run)

    assert len(result_of(run, "own").inputs["corrections"]) == 1


def test_evidence_is_read_by_the_parties_alone(operator, run, staff):
    upload = SimpleUploadedFile("合同.txt", "合同".encode(), "text/plain")
    dispute = contested(operator, run, upload=upload)

    stored = files_of(dispute).get()

    assert may_read(operator, stored)
    assert may_read(staff, stored)
    assert not may_read(person(Role.OPERATOR, organisation=OrganisationFactory()), stored)


def test_what_is_refused_changes_nothing(operator, run, staff):
    stranger = person(Role.OPERATOR, organisation=OrganisationFactory())
    late = run.publicity_ends_at + timedelta(seconds=1)
    for values, words in (
        ({"actor": stranger}, "只有"),
        ({"actor": staff}, "只有"),
        ({"code": "ECO-07"}, "没有用到"),
        ({"reason": " "}, "理由"),
        ({"now": late}, "公示期内"),
    ):
        with pytest.raises(DomainError, match=words):
            contested(operator, run, **values)
    assert not EvaluationDispute.objects.exists()

    contested(operator, run)
    with pytest.raises(DomainError, match="正在处理"):
        contested(operator, run)


def test_only_while_it_is_public(operator, run, staff):
    evaluations.move_run(actor=staff, run=run, name="back", reason="有误", now=timezone.now())

    with pytest.raises(DomainError, match="公示期内"):
        contested(operator, run)


def test_rejecting_needs_a_reason_and_ends_it(operator, run, staff):
    dispute = contested(operator, run)
    with pytest.raises(DomainError, match="原因"):
        answer(staff, dispute, "reject")

    done = answer(staff, dispute, "reject", answer="合同不在本年度")

    assert (done.status, done.answer) == ("rejected", "合同不在本年度")
    with pytest.raises(DomainError, match="当前状态"):
        answer(staff, dispute, "uphold", answer="x", value="6")
    assert not EvaluationCorrection.objects.exists()


def test_upholding_wants_a_value_of_the_right_kind(operator, run, staff):
    dispute = contested(operator, run)
    for value in ("很多", ""):
        with pytest.raises(DomainError, match=r"数字|数值"):
            answer(staff, dispute, "uphold", answer="属实", value=value)

    dispute.refresh_from_db()
    assert dispute.status == "open"
    assert not EvaluationCorrection.objects.exists()
    answer(staff, dispute, "uphold", answer="属实", null_reason="na")
    assert EvaluationCorrection.objects.get().null_reason == "na"


def test_who_answers_and_who_withdraws(operator, run, staff):
    dispute = contested(operator, run)
    city = person(Role.GOVERNMENT, region=zhongshan())  # watches the platform, does not decide
    for actor, name in ((operator, "uphold"), (city, "uphold"), (city, "reject"),
                        (staff, "withdraw")):  # fmt: skip
        with pytest.raises(Refused):
            answer(actor, dispute, name, answer="x", value="6")

    assert answer(operator, dispute, "withdraw").status == "withdrawn"


def test_open_disputes_hold_the_publishing_up(operator, run, staff):
    contested(operator, run)

    with pytest.raises(DomainError, match="没有答复"):
        evaluations.move_run(
            actor=staff, run=run, name="publish", now=run.publicity_ends_at + timedelta(days=1)
        )

    assert EvaluationRun.objects.get(pk=run.pk).status == "publicity"


def test_staff_correct_an_input_with_a_reason(run, staff, operator):
    platform = result_of(run, "own").platform
    given = {"run": run, "platform": platform, "code": "SRV-04", "value": "5", "reason": "核实",
             "now": timezone.now()}  # fmt: skip
    for change, words in (
        ({"actor": operator}, "只有"),
        ({"reason": ""}, "理由"),
        ({"platform": PlatformFactory()}, "没有这个平台"),
        ({"code": "CON-09a"}, "没有用到"),
    ):
        with pytest.raises(DomainError, match=words):
            disputes.correct_input(**{"actor": staff} | given | change)
    assert not EvaluationCorrection.objects.exists()

    disputes.correct_input(actor=staff, **given)

    assert evaluations.has_pending_corrections(run)
    EvaluationRun.objects.filter(pk=run.pk).update(status="published")
    with pytest.raises(DomainError, match="已结束"):
        disputes.correct_input(actor=staff, **given)


def test_people_are_told_once(operator, run, staff):
    dispute = contested(operator, run)
    answer(staff, dispute, "reject", answer="不属实")
    for event, name, payload in (
        ("00000000-0000-0000-0000-000000000001", "reporting.evaluation.shown", {"run_id": run.pk}),
        ("00000000-0000-0000-0000-000000000002", "reporting.dispute.made",
         {"dispute_id": dispute.pk}),
        ("00000000-0000-0000-0000-000000000003", "reporting.dispute.answered",
         {"dispute_id": dispute.pk}),
        ("00000000-0000-0000-0000-000000000004", "reporting.evaluation.published",
         {"run_id": run.pk}),
    ):  # fmt: skip
        for _ in range(2):
            evaluation_notices.tell(event_id=event, name=name, payload=payload, now=timezone.now())

    titles = Notification.objects.order_by("pk").values_list("user", "title")
    assert [(user, title[:12]) for user, title in titles] == [
        (operator.pk, f"{run}开始公示"[:12]),
        (staff.pk, f"“{dispute.platform}”对评价提出异议"[:12]),
        (operator.pk, "评价异议未采纳：SRV-04"[:12]),
        (operator.pk, f"{run}结果已公布"[:12]),
    ]
