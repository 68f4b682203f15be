"""One platform from the open batch to the roster, and off it again, by the services alone."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.enums import Role
from core.errors import DomainError, Refused
from platforms import services
from platforms.models import Assessment, Recognition, ReviewOpinion
from platforms.selectors.recognition import application_page, waiting_applications
from platforms.selectors.roster import roster_rows
from tests.factories.accounts import person
from tests.factories.recognition import ProgrammeFactory

START = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday


def days(count):
    return START + timedelta(days=count)


@pytest.fixture
def programme(db):
    return ProgrammeFactory(
        opens_date=date(2026, 3, 1), closes_date=date(2026, 3, 31), publicity_workdays=5
    )


def test_from_application_to_removal(operator, staff, province, expert, platform, programme):
    second = person(Role.REVIEWER)

    # applied and sent up the chain
    application = services.start_application(
        actor=operator, programme=programme, platform=platform, build_type="new", now=START
    )
    services.submit_application(actor=operator, application=application, now=START)
    application.refresh_from_db()
    assert (application.number, application.status) == ("A2026-00001", "city")
    assert application.path == ["city", "province", "experts", "site", "publicity", "decision"]
    assert list(waiting_applications(staff)) == [application]
    assert list(waiting_applications(province)) == []

    # returned for correction, and back to who returned it
    services.move_application(
        actor=staff, application=application, name="return", reason="请补充场地说明", now=days(1)
    )
    services.edit_application(
        actor=operator, application=application, values={"statement": "场地为自有"}, now=days(2)
    )
    services.submit_application(actor=operator, application=application, now=days(2))
    services.move_application(
        actor=staff, application=application, name="to_province", reason="同意推荐", now=days(3)
    )
    services.move_application(
        actor=province, application=application, name="to_experts", now=days(4)
    )

    # two experts: one declares and scores, one has a conflict
    due = date(2026, 3, 20)
    first, other = (
        services.assign_expert(
            actor=province, application=application, reviewer=user, due_date=due, now=days(4)
        )
        for user in (expert, second)
    )
    services.answer_invitation(actor=expert, assignment=first, name="declare", now=days(5))
    with pytest.raises(DomainError) as error:
        services.move_application(
            actor=province, application=application, name="to_site", now=days(5)
        )
    assert error.value.code == "no_scores"
    services.hand_in_scores(
        actor=expert, assignment=first, scores={"设施": Decimal(50), "团队": Decimal(30)},
        comment="设施完备", is_supportive=True, now=days(5),
    )  # fmt: skip
    services.answer_invitation(
        actor=second, assignment=other, name="decline", reason="曾任该单位顾问", now=days(5)
    )
    application.refresh_from_db()
    page = application_page(application, province)
    assert (page.spread.count, page.spread.mean) == (1, Decimal(80))
    assert application_page(application, operator).assignments == []

    # the visit
    services.move_application(actor=province, application=application, name="to_site", now=days(8))
    services.record_visit(
        actor=province, application=application, now=days(9),
        values={
            "visited_date": days(9).date(), "members": "张三、李四", "findings": "设备在用",
            "result": "passed",
        },
    )  # fmt: skip

    # made public for five working days: from Monday 16 March to the end of Monday 23 March
    monday = days(14)
    services.move_application(
        actor=province, application=application, name="to_publicity", now=monday
    )
    application.refresh_from_db()
    assert application.publicity_ends_at == datetime(
        2026, 3, 23, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai")
    )
    with pytest.raises(DomainError) as error:
        services.move_application(
            actor=province, application=application, name="to_decision", now=days(21)
        )
    assert error.value.code == "publicity_running"
    services.move_application(
        actor=province, application=application, name="to_decision", now=days(22)
    )

    # decided: to be built first, and not on the roster before it is accepted
    with pytest.raises(Refused):
        services.move_application(
            actor=staff, application=application, name="recognise", decision_number="x",
            now=days(23),
        )  # fmt: skip
    with pytest.raises(DomainError) as error:
        services.move_application(
            actor=province, application=application, name="recognise", now=days(23)
        )
    assert (error.value.code, error.value.field) == ("field_required", "decision_number")
    services.move_application(
        actor=province, application=application, name="recognise",
        decision_number="粤发改〔2026〕1号", now=days(23),
    )  # fmt: skip
    recognition = Recognition.objects.get()
    assert (recognition.status, recognition.started_date) == ("building", None)
    assert recognition.certificate_number == f"{programme.scheme.certificate_prefix}〔2026〕001"
    assert list(roster_rows(days(30).date())) == []
    assert [row.kind for row in Assessment.objects.order_by("pk")] == ["midterm", "acceptance"]

    # accepted
    with pytest.raises(DomainError) as error:
        services.move_recognition(
            actor=province, recognition=recognition, name="accept", now=days(400)
        )
    assert error.value.code == "acceptance_open"
    services.conclude_assessment(
        actor=province, assessment=recognition.assessments.get(kind="acceptance"), now=days(400),
        values={"held_date": days(399).date(), "result": "passed", "conclusion": "建成"},
    )  # fmt: skip
    services.move_recognition(actor=province, recognition=recognition, name="accept", now=days(400))
    assert list(roster_rows(days(399).date())) == []
    assert list(roster_rows(days(400).date())) == [recognition]

    # ordered to rectify, re-checked, restored
    services.move_recognition(
        actor=province, recognition=recognition, name="rectify", reason="机时不足",
        rectify_by=days(480).date(), now=days(420),
    )  # fmt: skip
    with pytest.raises(DomainError) as error:
        services.move_recognition(
            actor=province, recognition=recognition, name="restore", reason="好了", now=days(470)
        )
    assert error.value.code == "recheck_open"
    services.conclude_assessment(
        actor=province, assessment=recognition.assessments.get(kind="recheck"), now=days(470),
        values={"held_date": days(470).date(), "result": "passed", "conclusion": "已整改"},
    )  # fmt: skip
    services.move_recognition(
        actor=province, recognition=recognition, name="restore", reason="复查合格", now=days(471)
    )

    # removed; the appeal is upheld
    services.move_recognition(
        actor=province, recognition=recognition, name="remove", reason="停止运行", now=days(500)
    )
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ended_date) == ("removed", days(500).date())
    assert list(roster_rows(days(500).date())) == []
    appeal = services.make_appeal(
        actor=operator, recognition=recognition, body="仍在运行", now=days(501)
    )
    services.answer_appeal(
        actor=province, appeal=appeal, name="uphold", answer="情况属实", now=days(510)
    )
    recognition.refresh_from_db()
    assert (recognition.status, recognition.ended_date) == ("active", None)

    # the roster of every day is what it was on that day
    seen = {
        number: [row.status_on_day for row in roster_rows(days(number).date())]
        for number in (399, 400, 420, 471, 500, 509, 510)
    }
    assert seen == {
        399: [], 400: ["active"], 420: ["rectifying"], 471: ["active"], 500: [], 509: [],
        510: ["active"],
    }  # fmt: skip
    assert list(recognition.changes.order_by("pk").values_list("status", flat=True)) == [
        "building", "active", "rectifying", "active", "removed", "active",
    ]  # fmt: skip
    opinions = ReviewOpinion.objects.order_by("pk").values_list("stage", "body")
    assert list(opinions) == [("city", "请补充场地说明"), ("city", "同意推荐")]
