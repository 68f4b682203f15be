"""The list of assessments: what is due, late or asks for more time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.errors import DomainError, Refused
from notifications.models import Notification
from platforms import services
from platforms.services import deadlines
from tests.factories.recognition import RecognitionFactory, SchemeFactory

MONDAY = datetime(2026, 11, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def listed(client, query=""):
    page = client.get(f"/assessments/{query}")
    return [row.record for row in page.context["table"].paginated_rows]


def due(recognition, days, kind="midterm", **values):
    day = timezone.localdate() + timedelta(days=days)
    return recognition.assessments.create(kind=kind, due_date=day, **values)


def test_unfinished_ones_come_first_and_late_ones_can_be_asked_for(sign_in, staff, platform):
    recognition = RecognitionFactory(platform=platform)
    done = due(recognition, -9, "recheck", result="passed", held_date=date(2026, 1, 5))
    late = due(recognition, -1)
    asking = due(recognition, 5, "acceptance", extension_asked_date=timezone.localdate())
    removed = due(RecognitionFactory(platform=platform, status="removed"), -1)
    client = sign_in(staff)

    assert listed(client) == [late, removed, asking, done]
    assert listed(client, "?timing=overdue") == [late]
    assert listed(client, "?timing=open") == [late, asking]
    assert listed(client, "?timing=asking") == [asking]
    assert client.get("/assessments/?export=xlsx").status_code == 200


def test_the_list_is_for_the_platform_and_its_staff(
    sign_in, operator, stranger, other_staff, department, platform
):
    row = due(RecognitionFactory(platform=platform), 3)

    assert listed(sign_in(operator)) == [row]
    for user in (stranger, other_staff):
        assert listed(sign_in(user)) == []
    assert sign_in(department).get("/assessments/").status_code == 403


def test_the_list_costs_the_same_for_one_and_three(sign_in, staff, django_assert_num_queries):
    client = sign_in(staff)
    due(RecognitionFactory(), 3)
    client.get("/assessments/")
    with django_assert_num_queries(7):
        client.get("/assessments/")
    due(RecognitionFactory(), 3)
    due(RecognitionFactory(), 3)
    with django_assert_num_queries(7):
        client.get("/assessments/")


def test_once_late_the_level_of_the_ladder_is_told_too(operator, province, platform):
    recognition = RecognitionFactory(platform=platform)
    recognition.assessments.create(kind="midterm", due_date=date(2026, 11, 20))

    counts = [deadlines.remind_recognition(now=MONDAY + timedelta(days=day)) for day in (0, 7)]

    assert counts == [1, 2]
    told = Notification.objects.order_by("pk").values_list("user", flat=True)
    assert sorted(told) == sorted([operator.pk, operator.pk, province.pk])


def plan(actor, scheme, day=date(2026, 12, 31)):
    return services.plan_assessments(
        actor=actor, scheme=scheme, kind="midterm", due_date=day, now=MONDAY
    )


def test_a_batch_plans_for_all_that_have_none(province, operator, platform):
    scheme = SchemeFactory()
    first = RecognitionFactory(platform=platform, scheme=scheme)
    second = RecognitionFactory(scheme=scheme, status="building", started_date=None)
    RecognitionFactory(scheme=scheme, status="removed", ended_date=date(2026, 1, 1))
    RecognitionFactory()

    assert [row.recognition for row in plan(province, scheme)] == [first, second]
    with pytest.raises(DomainError) as error:
        plan(province, scheme)
    assert error.value.code == "nobody"
    assert first.assessments.get().due_date == date(2026, 12, 31)


def test_a_batch_is_refused_and_plans_nothing(staff, operator, province, platform):
    scheme = SchemeFactory()
    row = RecognitionFactory(platform=platform, scheme=scheme)

    with pytest.raises(Refused):
        plan(operator, scheme)
    with pytest.raises(DomainError) as error:
        plan(staff, scheme)  # the province's ladder is not the city's to assess
    assert error.value.field == "scheme"
    with pytest.raises(DomainError) as error:
        plan(province, scheme, date(2026, 11, 15))
    assert error.value.field == "due_date"
    assert not row.assessments.exists()


def test_a_batch_in_the_page(sign_in, province, operator, platform):
    row = RecognitionFactory(platform=platform)
    day = timezone.localdate() + timedelta(days=60)

    client = sign_in(province)
    asked = {"scheme": row.scheme_id, "kind": "midterm", "due_date": str(day)}
    page = client.post("/assessments/new/", asked, follow=True).content.decode()

    assert "已为 1 家平台安排" in page
    assert row.assessments.get().kind == "midterm"
    assert sign_in(operator).get("/assessments/new/").status_code == 403
