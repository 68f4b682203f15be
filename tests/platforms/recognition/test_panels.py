"""Panels of assessments: invited as for applications, scored, taken into the conclusion."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.files import files_of, may_read
from notifications.models import Notification
from platforms import services
from platforms.access import AssessmentAccess
from platforms.models import ExpertAssignment
from platforms.services.deadlines import remind_recognition
from tests.factories.accounts import person
from tests.factories.recognition import RecognitionFactory

DUE = date(2099, 1, 1)
HALF, FULL = ({"设施": Decimal(n), "团队": Decimal(m)} for n, m in ((30, 20), (60, 39)))


@pytest.fixture
def assessment(platform):
    recognition = RecognitionFactory(platform=platform)
    return recognition.assessments.create(kind="midterm", due_date=date(2027, 3, 1))


def invite(actor, assessment, reviewer, now, day=DUE):
    return services.assign_assessor(
        actor=actor, assessment=assessment, reviewer=reviewer, due_date=day, now=now
    )


def declare(assignment, now):
    services.answer_invitation(
        actor=assignment.reviewer, assignment=assignment, name="declare", now=now
    )
    assignment.refresh_from_db()


def score(assignment, scores, now):
    return services.hand_in_scores(
        actor=assignment.reviewer, assignment=assignment, scores=scores, comment="目标达到",
        is_supportive=True, now=now,
    )  # fmt: skip


def conclude(actor, assessment, now, **values):
    facts = {"held_date": timezone.localdate(now), "result": "passed", "conclusion": "达到目标"}
    return services.conclude_assessment(
        actor=actor, assessment=assessment, values=facts | values, now=now
    )


def test_experts_are_invited_once_and_not_from_the_platform(
    province, staff, operator, expert, platform, assessment, now
):
    for user in (staff, operator):  # a provincial status is assessed by the province
        with pytest.raises(Refused):
            invite(user, assessment, expert, now)
    own = person(Role.REVIEWER, organisation=platform.organisation)
    invite(province, assessment, expert, now)
    for reviewer, day, code in (
        (own, DUE, "own_organisation"), (operator, DUE, "not_expert"), (expert, DUE, "twice"),
        (person(Role.REVIEWER), date(2020, 1, 1), "past"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            invite(province, assessment, reviewer, now, day)
        assert error.value.code == code

    assert ExpertAssignment.objects.get().subject == assessment


def test_the_panels_means_are_the_points_of_the_conclusion(province, expert, assessment, now):
    other, silent = person(Role.REVIEWER), person(Role.REVIEWER)
    first, second, third = (invite(province, assessment, one, now) for one in (
        expert, other, silent))  # fmt: skip
    for row, points in ((first, HALF), (second, FULL)):
        declare(row, now)
        score(row, points, now)
    with pytest.raises(DomainError) as error:
        conclude(province, assessment, now)
    assert error.value.code == "scores_open"
    services.answer_invitation(actor=province, assignment=third, name="release", now=now)

    done = conclude(province, assessment, now, scores={"设施": Decimal(1), "团队": Decimal(1)})

    assert (done.scores, done.total) == ({"设施": 45.0, "团队": 29.5}, Decimal("74.5"))
    assert done.members == f"{expert}、{other}"
    for refused in (
        lambda: services.answer_invitation(
            actor=province, assignment=first, name="reopen", now=now, reason="x"
        ),
        lambda: invite(province, assessment, person(Role.REVIEWER), now),
    ):
        with pytest.raises((Refused, DomainError), match="考核已有结论"):
            refused()


def test_an_expert_sees_what_is_judged_once_she_declared(
    sign_in, operator, province, expert, assessment, now
):
    services.save_task_book(
        actor=operator, assessment=assessment, now=now,
        rows=[{"name": "服务企业", "target": "30 家", "done": "32 家", "proof": ""}],
        uploads=[SimpleUploadedFile("验收单.txt", "合格".encode())],
    )  # fmt: skip
    (stored,) = files_of(assessment)
    row = invite(province, assessment, expert, now)
    client, url = sign_in(expert), f"/expert/{row.pk}/"
    assert "32 家" not in client.get(url).content.decode()
    assert not may_read(expert, stored)
    assert client.get("/assessments/").status_code == 403

    client.post(f"{url}declare/")
    page = client.get(url).content.decode()
    assert "32 家" in page
    assert "验收单.txt" in page
    assert may_read(expert, stored)
    client.post(url, {"item_0": "50", "item_1": "20", "comment": "达标", "is_supportive": "yes"})

    row.refresh_from_db()
    assert (row.status, row.total) == ("scored", Decimal(70))
    assert "中期考核评估" in client.get("/expert/").content.decode()
    assert client.get(f"/assessments/{assessment.pk}/conclude/").status_code == 403
    assert not AssessmentAccess(person(Role.REVIEWER)).visible().exists()


def test_staff_invite_and_see_the_spread_in_the_page(
    sign_in, operator, province, expert, assessment, now, django_capture_on_commit_callbacks
):
    client, url = sign_in(province), f"/assessments/{assessment.pk}/"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}experts/", {"reviewer": expert.pk, "due_date": "2099-01-01"})
    assert Notification.objects.get(user=expert).title == f"评审邀请：{assessment}"
    assert "请选择" in client.post(f"{url}experts/", {"due_date": "2099-01-01"}).content.decode()
    row = assessment.assignments.get()
    declare(row, now)
    with django_capture_on_commit_callbacks(execute=True):
        score(row, HALF, now)
    assert Notification.objects.get(user=province).url == f"{url}conclude/"

    page = client.get(f"{url}conclude/").content.decode()
    assert "平均分" in page
    assert f'value="{expert}"' in page
    assert "item_0" not in page
    client.post(f"/expert/{row.pk}/reopen/", {"reason": "请补充意见"})
    assert assessment.assignments.get().status == "scoring"
    assert sign_in(operator).get(f"/expert/{row.pk}/").status_code == 404


def test_an_expert_who_is_silent_is_reminded(province, expert, assessment, now):
    invite(province, assessment, expert, now, timezone.localdate(now))

    remind_recognition(now=now + timedelta(days=3))

    assert Notification.objects.get(user=expert).title == f"评审已超时：{assessment}"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    sign_in, province, assessment, now, count, django_assert_num_queries
):
    for _ in range(count):
        invite(province, assessment, person(Role.REVIEWER), now)
    client = sign_in(province)
    url = f"/assessments/{assessment.pk}/conclude/"
    client.get(url)

    with django_assert_num_queries(10):
        client.get(url)
