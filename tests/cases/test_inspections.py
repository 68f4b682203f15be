"""The list of safety inspections, and who is told of findings that are not mended."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from cases import services
from cases.models import SafetyInspection
from notifications.models import Notification
from tests.factories.cases import ProjectFactory

MONDAY = datetime(2026, 11, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def inspected(project, **values):
    values = {
        "held_date": date(2026, 5, 6), "inspector": "李工", "findings": "标识缺失",
        "found_count": 2, "rectify_by": timezone.localdate() - timedelta(days=1),
    } | values  # fmt: skip
    return SafetyInspection.objects.create(project=project, **values)


def listed(client, query=""):
    page = client.get(f"/inspections/{query}")
    return [row.record for row in page.context["table"].paginated_rows]


def test_what_is_late_comes_first_and_can_be_asked_for(client, cast, project, settings):
    settings.DEMO_MODE = True
    mended = inspected(project, mended_count=2)
    soon = inspected(project, rectify_by=timezone.localdate())
    late = inspected(project)
    client.force_login(cast.operator)

    assert listed(client) == [late, soon, mended]
    assert listed(client, "?timing=open") == [late, soon]
    assert listed(client, "?timing=overdue") == [late]
    assert client.get("/inspections/?export=csv").status_code == 200


def test_others_do_not_see_them(client, cast, project, settings):
    settings.DEMO_MODE = True
    inspected(project)

    client.force_login(cast.other_operator)
    assert listed(client) == []
    client.force_login(cast.enterprise)
    assert client.get("/inspections/").status_code == 403


def test_the_list_costs_the_same_for_one_and_three(
    client, cast, project, settings, django_assert_num_queries
):
    settings.DEMO_MODE = True
    inspected(project)
    client.force_login(cast.operator)
    client.get("/inspections/")
    with django_assert_num_queries(6):
        client.get("/inspections/")
    for _ in range(2):
        inspected(ProjectFactory(platform=cast.platform))
    with django_assert_num_queries(6):
        client.get("/inspections/")


def test_operators_are_reminded_and_staff_told_when_late(cast, project):
    inspected(project, rectify_by=date(2026, 11, 20))
    inspected(project, rectify_by=date(2026, 11, 20), mended_count=2)

    counts = [services.remind_inspections(now=MONDAY + timedelta(days=day)) for day in (0, 2, 3, 7)]

    assert counts == [0, 1, 0, 2]
    assert set(Notification.objects.values_list("user", flat=True)) == {
        cast.operator.pk, cast.city_staff.pk,
    }  # fmt: skip
