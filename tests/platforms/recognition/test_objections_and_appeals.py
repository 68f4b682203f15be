"""Objections are answered before a decision; appeals are answered where the status is shown."""

from datetime import timedelta

import pytest

from core.errors import DomainError, Refused
from platforms import services
from platforms.services.recognition_messages import tell_recognition
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import (
    ApplicationFactory,
    AssignmentFactory,
    RecognitionFactory,
    SchemeFactory,
)


@pytest.fixture
def objection(stranger, platform, now):
    application = ApplicationFactory(
        platform=platform, status="publicity", publicity_ends_at=now + timedelta(days=1)
    )
    return services.object_to(
        actor=stranger, application=application, body="场地不属实", name="某单位", now=now
    )


def settle(actor, objection, now, answer="已核实，场地属实"):
    return services.answer_objection(actor=actor, objection=objection, answer=answer, now=now)


def test_a_decision_waits_for_the_answers(province, objection, now):
    later = now + timedelta(days=2)

    def decide():
        return services.move_application(
            actor=province, application=objection.application, name="to_decision", now=later
        )

    with pytest.raises(DomainError) as error:
        decide()
    assert (error.value.code, error.value.message) == (
        "objections_open", "还有 1 条公示异议没有核实答复。",
    )  # fmt: skip
    settle(province, objection, later)
    assert decide().status == "decision"


def test_answers_are_the_deciding_levels_and_given_once(staff, stranger, province, objection, now):
    for actor in (staff, stranger):
        with pytest.raises(Refused):
            settle(actor, objection, now)
    with pytest.raises(DomainError) as error:
        settle(province, objection, now, " ")
    assert error.value.field == "answer"
    objection.refresh_from_db()
    assert objection.answered_at is None

    settle(province, objection, now)

    with pytest.raises(DomainError) as error:
        settle(province, objection, now)
    assert error.value.code == "answered"
    other = services.add_opinion(
        actor=province, application=objection.application, body="x", department="y", now=now
    )
    with pytest.raises(DomainError) as error:
        settle(province, other, now)
    assert error.value.code == "not_found"


def test_who_objected_is_told(sign_in, province, stranger, objection, now):
    url = f"/applications/{objection.application.number}/objections/{objection.pk}/"

    sign_in(province).post(url, {"answer": "已核实"})
    tell_recognition(
        event_id="3f0b9f6e-0000-4000-8000-000000000002", name="platforms.objection.answered",
        payload={"opinion_id": objection.pk}, now=now,
    )  # fmt: skip

    (message,) = stranger.notifications.all()
    assert (message.title, message.body) == (
        f"您的公示异议已答复：{objection.application.platform}", "已核实",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [({"status": "building", "started_date": None}, "building"), ({}, "active")],
)
def test_a_removal_is_appealed_and_answered_in_the_page(
    sign_in, operator, province, platform, before, after, now
):
    recognition = RecognitionFactory(platform=platform, **before)
    services.move_recognition(
        actor=province, recognition=recognition, name="remove", reason="停止运行", now=now
    )
    page = recognition.get_absolute_url()
    sign_in(operator).post(f"{page}appeal/", {"body": "并未停止"})
    client = sign_in(province)
    (appeal,) = recognition.appeals.all()
    url = f"/appeals/{appeal.pk}/uphold/"

    assert url in client.get(page).content.decode()
    client.post(url, {"reason": "情况属实"})

    recognition.refresh_from_db()
    assert (recognition.status, recognition.ended_date) == (after, None)


def test_staff_take_an_invitation_back(sign_in, province, expert, platform, now):
    application = ApplicationFactory(platform=platform, status="experts")
    silent = AssignmentFactory(application=application, reviewer=expert)
    done = AssignmentFactory(application=application, status="scored", total=80)
    client = sign_in(province)
    page = client.get(application.get_absolute_url()).content.decode()
    assert f"/expert/{silent.pk}/release/" in page
    assert f"/expert/{done.pk}/reopen/" in page

    client.post(f"/expert/{silent.pk}/release/")

    silent.refresh_from_db()
    assert silent.status == "released"
    moved = services.move_application(
        actor=province, application=application, name="to_site", now=now
    )
    assert moved.status == "site"
    tell_recognition(
        event_id="3f0b9f6e-0000-4000-8000-000000000003", name="platforms.assignment.release",
        payload={"assignment_id": silent.pk}, now=now,
    )  # fmt: skip
    (message,) = expert.notifications.all()
    assert message.title.startswith("评审邀请已取消")


def test_what_was_returned_is_said_where_it_is_mended(sign_in, operator, staff, platform, now):
    application = ApplicationFactory(platform=platform, status="city")
    services.move_application(
        actor=staff, application=application, name="return", reason="请补充场地说明", now=now
    )

    page = sign_in(operator).get(f"/applications/{application.number}/edit/").content.decode()

    assert "退回补正：市级审核" in page
    assert "请补充场地说明" in page


def test_a_recorded_number_is_not_given_again(province, now):
    scheme = SchemeFactory(certificate_prefix="粤中试")
    day = now.date() - timedelta(days=400)
    RecognitionFactory(scheme=scheme, certificate_number=f"粤中试〔{day.year}〕007")

    found = services.record_recognition(
        actor=province, platform=PlatformFactory(), scheme=scheme, document_number="1号",
        started_date=day, now=now,
    )  # fmt: skip

    assert found.certificate_number == f"粤中试〔{day.year}〕008"
