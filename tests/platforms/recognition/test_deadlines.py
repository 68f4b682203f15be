"""By when a stage should be finished, who is reminded, and the overdue list."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from notifications.models import Notification
from platforms import services
from platforms.ladders import stage_workdays
from platforms.models import Application
from platforms.services import deadlines
from portal.selectors.workbench.staff import government
from tests.factories.recognition import (
    STEPS,
    ApplicationFactory,
    AssignmentFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchemeFactory,
)

ZONE = ZoneInfo("Asia/Shanghai")
TIMED = [
    {**step, "workdays": {"apply": 10, "recommend": 5, "check": 15}.get(step["slug"])}
    for step in STEPS
]
MONDAY = datetime(2026, 11, 16, 10, tzinfo=ZONE)


def timed(**values):
    scheme = SchemeFactory(steps=TIMED, score_sheet=[])
    return ApplicationFactory(programme=ProgrammeFactory(scheme=scheme), **values)


def titles(user=None):
    rows = Notification.objects.filter(**({"user": user} if user else {}))
    return list(rows.order_by("pk").values_list("title", flat=True))


@pytest.mark.parametrize(("status", "days"), [("city", 5), ("returned", 10), ("experts", None)])
def test_a_ladder_says_how_long_a_stage_may_take(db, status, days):
    assert stage_workdays(SchemeFactory(steps=TIMED), status) == days


def test_submitting_and_returning_set_the_day(operator, staff, platform):
    application = timed(platform=platform, status="returned", returned_from="city")

    services.submit_application(actor=operator, application=application, now=MONDAY)
    application.refresh_from_db()
    first = application.stage_due_at
    services.move_application(
        actor=staff, application=application, name="return", reason="缺证明", now=MONDAY
    )
    application.refresh_from_db()

    assert first == datetime(2026, 11, 23, 23, 59, 59, tzinfo=ZONE)
    assert application.stage_due_at == datetime(2026, 11, 30, 23, 59, 59, tzinfo=ZONE)


def test_the_end_of_the_road_and_silent_stages_have_no_day(province, staff, platform):
    application = timed(platform=platform, status="province", stage_due_at=MONDAY)

    services.move_application(
        actor=province, application=application, name="to_experts", now=MONDAY
    )
    application.refresh_from_db()
    silent = application.stage_due_at
    Application.objects.update(status="city", stage_due_at=MONDAY)
    services.move_application(
        actor=staff, application=application, name="reject", reason="不符", now=MONDAY
    )
    application.refresh_from_db()

    assert (silent, application.stage_due_at) == (None, None)


def test_staff_are_reminded_two_days_before_and_weekly_after(staff, province, operator, platform):
    due = datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZONE)
    timed(platform=platform, status="city", stage_due_at=due)

    counts = [
        deadlines.remind_recognition(now=MONDAY + timedelta(days=days))
        for days in (0, 2, 3, 7, 8, 14)
    ]

    assert counts == [0, 1, 0, 1, 0, 1]
    assert titles(staff) == [
        f"即将到期（市级审核）：{platform}",
        *[f"已超时（市级审核）：{platform}"] * 2,
    ]
    assert titles(province) == titles(operator) == []


def test_a_returned_application_reminds_its_platform(operator, staff, platform):
    timed(platform=platform, status="returned", stage_due_at=MONDAY - timedelta(days=3))

    assert deadlines.remind_recognition(now=MONDAY) == 1
    assert titles(operator) == [f"已超时（退回补正）：{platform}"]


def test_experts_are_reminded_until_they_have_scored(expert, platform):
    application = timed(platform=platform, status="experts")
    AssignmentFactory(application=application, reviewer=expert, due_date=date(2026, 11, 17))
    AssignmentFactory(
        application=application, status="scored", total=80, due_date=date(2026, 11, 17)
    )

    assert deadlines.remind_recognition(now=MONDAY) == 1
    assert titles() == [f"评审即将到期：{application}"]


def test_platforms_are_reminded_of_assessments_a_month_before(operator, platform):
    recognition = RecognitionFactory(platform=platform)
    recognition.assessments.create(kind="midterm", due_date=date(2026, 12, 16))
    recognition.assessments.create(kind="recheck", due_date=date(2026, 12, 17))

    assert deadlines.remind_recognition(now=MONDAY) == 1
    assert titles(operator) == [f"中期考核评估即将到期：{platform}"]


def test_the_overdue_list_shows_only_late_ones_of_the_region(sign_in, staff, other_staff, platform):
    late = timed(platform=platform, status="city", stage_due_at=timezone.now() - timedelta(days=1))
    on_time = timed(status="city", stage_due_at=timezone.now() + timedelta(days=9))
    client = sign_in(staff)

    everything = client.get("/review/applications/all/").content.decode()
    overdue = client.get("/review/applications/all/?timing=overdue").content.decode()

    assert late.number in everything
    assert on_time.number in everything
    assert late.number in overdue
    assert on_time.number not in overdue
    assert "已超时" in client.get(late.get_absolute_url()).content.decode()
    assert late.number in client.get("/review/applications/all/?export=csv").content.decode()
    elsewhere = sign_in(other_staff).get("/review/applications/all/").content.decode()
    assert late.number not in elsewhere


def test_what_is_late_at_the_own_level_is_not_counted_again(sign_in, staff, platform):
    yesterday = timezone.now() - timedelta(days=1)
    own = timed(platform=platform, status="city", stage_due_at=yesterday)
    other = timed(platform=platform, status="province", stage_due_at=yesterday)

    items = {item.label: item for item in government(staff).items}
    page = sign_in(staff).get("/review/applications/all/?timing=elsewhere").content.decode()

    assert (items["待本级办理的认定申报"].count, items["待本级办理的认定申报"].late) == (1, 1)
    assert items["其他环节超过办理时限的申报"].count == 1
    assert other.number in page
    assert own.number not in page


def test_operators_do_not_open_the_staff_list(sign_in, operator):
    assert sign_in(operator).get("/review/applications/all/").status_code == 403


def test_the_list_costs_the_same_for_one_and_three(sign_in, province, django_assert_num_queries):
    client = sign_in(province)
    timed(status="province", stage_due_at=timezone.now())
    client.get("/review/applications/all/")
    with django_assert_num_queries(8):
        client.get("/review/applications/all/")
    timed(status="province")
    timed(status="province")
    with django_assert_num_queries(8):
        client.get("/review/applications/all/")


def test_operators_see_the_step_and_its_day(sign_in, operator, platform):
    due = timezone.now() + timedelta(days=3)
    application = timed(platform=platform, status="city", stage_due_at=due)

    page = sign_in(operator).get(application.get_absolute_url()).content.decode()

    assert f"本环节应于 <time>{timezone.localtime(due).date()}</time> 办结" in page
