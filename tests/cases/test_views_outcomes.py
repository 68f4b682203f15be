"""Pages of outcomes: claims, answers in the portal and by link."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment
from cases import services
from cases.enums import OutcomeStatus, ProjectStatus
from cases.models import Outcome
from tests.cases.conftest import upload
from tests.factories.cases import (
    OutcomeFactory,
)
from tests.factories.demands import open_demand

S = ProjectStatus


def claim_values(**changes):
    return {
        "kind": "verified", "achieved_date": timezone.localdate().isoformat(),
        "description": "三批合格", "evidence_grade": "B", "files": [upload()],
    } | changes  # fmt: skip


def test_claim_begins_with_the_facts_and_posts(browse, cast, reach):
    demand = open_demand(organisation=cast.firm, trl_current=4, trl_target=6)
    project = reach(S.DELIVERED, demand=demand, delivered_date=timezone.localdate())
    page = browse("operator")
    url = reverse("cases:claim", args=[project.number])

    form = page.get(url).context["form"]
    assert (form.initial["trl_before"], form.initial["achieved_date"]) == (4, timezone.localdate())
    response = page.post(url, claim_values())

    assert response.url == project.get_absolute_url()
    assert Outcome.objects.get().evidence_grade == "B"


def test_claim_without_evidence_says_so_at_the_field(browse, reach):
    project = reach(S.DELIVERED)
    values = claim_values()
    del values["files"]

    response = browse("operator").post(reverse("cases:claim", args=[project.number]), values)

    assert response.context["form"].errors == {"files": ["证据等级为 A 或 B 时须上传文件。"]}
    assert "三批合格" in response.content.decode()


def test_claim_is_refused_to_the_enterprise(browse, reach):
    project = reach(S.DELIVERED)

    url = reverse("cases:claim", args=[project.number])
    assert browse("enterprise").get(url).status_code == 403


@pytest.mark.parametrize(
    ("name", "values", "status"),
    [
        ("confirm", {"satisfaction": "4"}, OutcomeStatus.CONFIRMED),
        ("confirm", {}, OutcomeStatus.CONFIRMED),
        ("reject", {"reason": "只有一批"}, OutcomeStatus.REJECTED),
    ],
)
def test_the_enterprise_answers_in_the_portal(browse, reach, name, values, status):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))
    page = browse("enterprise")

    assert page.get(outcome.get_absolute_url()).context["may_answer"]
    response = page.post(reverse("cases:answer", args=[outcome.pk, name]), values)

    assert response.url == outcome.project.get_absolute_url()
    outcome.refresh_from_db()
    assert outcome.status == status
    assert page.get(outcome.get_absolute_url()).status_code == 200


def test_a_rejection_without_reason_stays_on_the_page(browse, reach):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))

    url = reverse("cases:answer", args=[outcome.pk, "reject"])
    response = browse("enterprise").post(url, {"reason": " "})

    assert set(response.context["reject_form"].errors) == {"reason"}


def test_a_second_answer_says_that_it_is_too_late(browse, reach):
    outcome = OutcomeFactory(project=reach(S.DELIVERED), status=OutcomeStatus.CONFIRMED)

    url = reverse("cases:answer", args=[outcome.pk, "confirm"])
    page = browse("enterprise").post(url, {}).content.decode()

    assert "当前状态为“企业已确认”" in page


def test_others_read_an_outcome_and_cannot_answer(browse, reach):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))

    response = browse("operator").get(outcome.get_absolute_url())

    assert not response.context["may_answer"]
    assert "等待企业确认" in response.content.decode()
    assert browse("other_operator").get(outcome.get_absolute_url()).status_code == 404


@pytest.fixture
def link(reach, now):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))
    secret = services.make_outcome_link(outcome=outcome, now=now)
    return reverse("cases:outcome_link", args=[outcome.pk, secret])


def test_the_link_shows_and_confirms_without_signing_in(visitor, link):
    page = visitor.get(link)
    assert page.status_code == 200
    assert "三批均达到指标" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert Outcome.objects.get().status == OutcomeStatus.CLAIMED

    response = visitor.post(link, {"answer": "confirm", "satisfaction": "5"})

    assert "已确认" in response.content.decode()
    assert Outcome.objects.get().satisfaction == 5
    assert visitor.get(link).status_code == 410


def test_the_link_rejects_with_a_reason(visitor, link):
    again = visitor.post(link, {"answer": "reject", "reason": ""})
    assert set(again.context["reject_form"].errors) == {"reason"}

    visitor.post(link, {"answer": "reject", "reason": "没做完"})

    assert Outcome.objects.get().status == OutcomeStatus.REJECTED


def test_the_link_does_nothing_else(visitor, link):
    assert visitor.post(link, {"answer": "delete"}).status_code == 200
    assert visitor.get(link[:-3] + "xx/").status_code == 410
    assert Outcome.objects.get().status == OutcomeStatus.CLAIMED


def test_the_link_of_somebody_who_left_is_refused(visitor, link):
    RoleAssignment.objects.update(ended_at=timezone.now())

    assert visitor.post(link, {"answer": "confirm"}).status_code == 403
    assert Outcome.objects.get().status == OutcomeStatus.CLAIMED
