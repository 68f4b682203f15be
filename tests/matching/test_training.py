"""Retraining from feedback: labels, enough of them, a job done once, a draft for staff."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from cases.enums import DeclineReason, ProjectStatus
from core.errors import DomainError, Refused
from core.models import JobStatus
from demands.models import Demand
from matching.engine.weights import shipped_weights, weights_from
from matching.models import Feedback, MatchWeights, WeightsTraining
from matching.selectors.judgements import graded_pairs, readiness
from matching.selectors.training import version_page
from matching.selectors.weights import active_weights
from matching.services.training import resume_trainings, start_training, train_weights
from matching.services.weights import activate_weights, ensure_shipped
from platforms.models import Capability
from tests.factories.accounts import person
from tests.factories.cases import ProjectFactory, confirmed
from tests.factories.matching import metal_capability, polymer_capability, polymer_demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return person(Role.SYSTEM_ADMIN)


def judge(demand, capability, verdict="suitable", reason="", side="demand", by=None):
    return Feedback.objects.create(
        demand=demand, capability=capability, given_by=by or person(Role.ENTERPRISE), side=side,
        verdict=verdict, reason=reason,
    )  # fmt: skip


@pytest.fixture
def judged_pairs():
    """Twelve demands, each with two pairs found good and two found bad."""
    good = [polymer_capability(title=f"聚合反应放大中试{n}") for n in range(2)]
    bad = [metal_capability(title=f"聚合铝合金熔炼{n}") for n in range(2)]
    by = person(Role.ENTERPRISE)
    for n in range(12):
        demand = polymer_demand(title=f"聚合反应放大{n}")
        for capability in good:
            judge(demand, capability, by=by)
        for capability in bad:
            judge(demand, capability, "unsuitable", "topic", by=by)
    return good, bad


def run(training):
    train_weights(training_id=training.pk, now=timezone.now(), seconds=600)
    training.refresh_from_db()
    return training


@pytest.mark.parametrize(
    ("verdict", "reason", "levels"),
    [
        ("suitable", "", [2]),
        ("unsuitable", "topic", [0]),
        ("unsuitable", "other", [1]),
        ("unsuitable", "price", []),
        ("unsuitable", "region", []),
    ],
)
def test_word_becomes_its_declared_level(verdict, reason, levels):
    demand = polymer_demand()
    judge(demand, polymer_capability(), verdict, reason)

    assert list(graded_pairs().get(demand.pk, {}).values()) == levels


@pytest.mark.parametrize(
    ("status", "reason", "level"),
    [
        (ProjectStatus.ENQUIRY, "", 2),
        (ProjectStatus.DECLINED, DeclineReason.SCOPE, 0),
        (ProjectStatus.DECLINED, DeclineReason.PRICE, 2),
        (ProjectStatus.PILOTING, "", 3),
    ],
)
def test_deed_becomes_its_declared_level(status, reason, level):
    demand, capability = polymer_demand(), polymer_capability()
    ProjectFactory(
        demand=demand, capability=capability, platform=capability.platform, status=status,
        decline_reason=reason,
    )  # fmt: skip

    assert graded_pairs() == {demand.pk: {capability.pk: level}}


def test_contract_outweighs_a_word_and_a_word_a_first_contact():
    demand, signed, asked = polymer_demand(), polymer_capability(), metal_capability()
    confirmed(ProjectFactory(demand=demand, capability=signed, platform=signed.platform))
    ProjectFactory(demand=demand, capability=asked, platform=asked.platform)
    for capability in (signed, asked):
        judge(demand, capability, "unsuitable", "topic")

    assert graded_pairs() == {demand.pk: {signed.pk: 3, asked.pk: 0}}


def test_word_of_the_demand_side_counts_before_others():
    demand, capability = polymer_demand(), polymer_capability()
    judge(demand, capability, "suitable", side="demand")
    judge(demand, capability, "unsuitable", "topic", side="capability")

    assert graded_pairs() == {demand.pk: {capability.pk: 2}}


def test_too_little_feedback_is_refused_with_what_is_missing(admin):
    judge(polymer_demand(), polymer_capability())

    with pytest.raises(DomainError, match="现有 1 对评价") as caught:
        start_training(actor=admin, now=timezone.now())

    assert caught.value.code == "too_little"
    assert WeightsTraining.objects.count() == 0


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR, Role.BROKER])
def test_training_is_for_staff(role, judged_pairs):
    with pytest.raises(Refused):
        start_training(actor=person(role), now=timezone.now())

    assert WeightsTraining.objects.count() == 0


def test_training_gives_a_draft_with_figures_and_changes_nothing_else(admin, judged_pairs):
    training = run(start_training(actor=admin, now=timezone.now()))

    assert (training.status, training.percent) == (JobStatus.DONE, 100)
    assert not training.weights.is_active
    assert active_weights().version == shipped_weights().version
    assert weights_from(training.weights.record).lexical == shipped_weights().lexical
    assert training.weights.figures["pairs"] == 48
    assert training.weights.figures["auc"]["after"]["mean"] == 1.0
    assert training.result["compared"] == 12


def test_second_training_waits_for_the_first(admin, judged_pairs):
    start_training(actor=admin, now=timezone.now())

    with pytest.raises(DomainError, match="正在进行"):
        start_training(actor=admin, now=timezone.now())

    assert WeightsTraining.objects.count() == 1


def test_finished_training_is_done_once(admin, judged_pairs):
    training = run(start_training(actor=admin, now=timezone.now()))
    before = training.updated_at

    run(training)

    assert training.updated_at == before
    assert MatchWeights.objects.count() == 1


def test_interrupted_training_goes_on_where_it_was(
    admin, judged_pairs, django_capture_on_commit_callbacks
):
    training = start_training(actor=admin, now=timezone.now())
    train_weights(training_id=training.pk, now=timezone.now(), seconds=0)
    training.refresh_from_db()
    begun = (training.status, training.done_count)

    with django_capture_on_commit_callbacks(execute=True):
        count = resume_trainings(now=timezone.now() + timedelta(minutes=3))

    training.refresh_from_db()
    assert begun == (JobStatus.RUNNING, 1)
    assert (count, training.status, len(training.judged)) == (1, JobStatus.DONE, 12)


def test_same_feedback_gives_the_same_weights(admin, judged_pairs):
    first = run(start_training(actor=admin, now=timezone.now())).weights
    second = run(start_training(actor=admin, now=timezone.now())).weights

    assert first.record["without_encoder"] == second.record["without_encoder"]
    assert first.figures == second.figures


def test_pairs_that_are_closed_or_withdrawn_by_now_still_teach(admin, judged_pairs):
    good, _bad = judged_pairs
    Demand.objects.update(status="fulfilled")
    Capability.objects.filter(pk=good[0].pk).update(status="withdrawn")

    training = run(start_training(actor=admin, now=timezone.now()))

    assert training.weights.figures["pairs"] == 48
    assert training.result["compared"] == 0


def test_other_weights_meanwhile_fail_the_training(admin, judged_pairs):
    training = start_training(actor=admin, now=timezone.now())
    row = ensure_shipped(actor=admin, now=timezone.now())
    MatchWeights.objects.create(version="other", record=row.record | {"version": "other"})
    activate_weights(actor=admin, version="other", now=timezone.now())

    run(training)

    assert training.status == JobStatus.FAILED
    assert "重新训练" in training.error
    assert training.weights is None


def test_version_page_says_what_the_figures_mean(admin, judged_pairs):
    row = run(start_training(actor=admin, now=timezone.now())).weights

    page = version_page(row)

    assert {line.label.split()[-1] for line in page.figures} == {"nDCG@10", "AUC"}
    assert all(line.verdict == "unsure" for line in page.figures)
    assert "误差之内" in page.advice


def test_staff_train_look_and_activate(
    client, mfa_done, judged_pairs, django_capture_on_commit_callbacks
):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("matching:train_weights"))
    row = WeightsTraining.objects.get().weights
    listed = client.get(reverse("matching:weights")).content.decode()
    page = client.get(reverse("matching:weights_version", args=[row.pk])).content.decode()
    client.post(reverse("matching:activate_weights"), {"version": row.version})

    assert reverse("matching:weights_version", args=[row.pk]) in listed
    assert "48 对评价与对接记录" in page
    assert "推荐会怎样变" in page
    assert active_weights().version == row.version


def test_page_tells_what_is_missing(client, mfa_done):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    page = client.get(reverse("matching:weights")).content.decode()
    refused = client.post(reverse("matching:train_weights"), follow=True).content.decode()

    assert "反馈还不够：现有 0 对评价" in page
    assert "反馈还不够" in refused


def test_training_under_way_is_shown_with_its_progress(client, mfa_done, admin, judged_pairs):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))
    training = start_training(actor=admin, now=timezone.now())
    queued = client.get(reverse("matching:train_progress")).content.decode()
    train_weights(training_id=training.pk, now=timezone.now(), seconds=0)

    running = client.get(reverse("matching:train_progress")).content.decode()
    run(training)
    over = client.get(reverse("matching:train_progress"))

    assert "训练排队中" in queued
    assert "已读取 1 / 12 条需求" in running
    assert over.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("name", ["weights", "train_progress"])
def test_training_pages_are_refused_to_others(client, name):
    client.force_login(person(Role.ENTERPRISE))

    assert client.get(reverse(f"matching:{name}")).status_code == 403


def test_unknown_version_is_not_found(client, mfa_done):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    assert client.get(reverse("matching:weights_version", args=[9])).status_code == 404


def test_nothing_judged_is_nothing_to_learn_from():
    found = readiness()

    assert (found.pairs, found.demands, found.is_enough) == (0, 0, False)
