"""REST of monitoring: running indicators with their history, alerts taken and closed (C18)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from reporting.models import Alert, Indicator, PortalValue
from reporting.services import alerts as services
from tests.factories.accounts import ServiceTokenFactory, person
from tests.factories.taxonomy import guangdong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]
RUNNING, ALERTS = "/api/v1/running-indicators/", "/api/v1/alerts/"


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=guangdong())


@pytest.fixture
def system(staff, api):
    """A monitoring screen of the government."""
    return signed(api, staff)


def signed(api, user):
    secret = f"zs{user.pk:010d}secret"
    ServiceTokenFactory(user=user, secret=secret, scopes=["monitoring:read", "monitoring:write"])
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return api


@pytest.fixture
def alert(now):
    indicator = Indicator.objects.current().get(code="PRT-06")
    services.watch_value(indicator=indicator, problem="超期未回复数为 2条，高于 0。", now=now)
    return Alert.objects.get()


def measured(code, day, value, **detail):
    PortalValue.objects.create(
        indicator=Indicator.objects.current().get(code=code), day=day, value=value, detail=detail,
        computed_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_running_indicators_with_their_latest_value(system, count, django_assert_num_queries):
    for day in range(1, count + 1):
        measured("PRT-06", date(2026, 11, day), day, demo="7")
    system.get(RUNNING)
    with django_assert_num_queries(7):
        page = system.get(RUNNING, {"page_size": count, "q": "未回复"}).json()

    [row] = page["results"]
    assert (row["code"], row["value"], row["day"]) == (
        "PRT-06",
        f"{count}.0000",
        f"2026-11-0{count}",
    )
    assert (row["detail"], row["alert_above"], row["unit"]) == ({"demo": "7"}, 0, "条")
    assert system.get(RUNNING).json()["count"] == 18
    unknown = system.get(f"{RUNNING}PRT-10/").json()
    assert (unknown["value"], unknown["day"], unknown["detail"]) == (None, None, {})
    assert system.get(f"{RUNNING}SRV-01/").status_code == 404  # of the annual report


def test_history_is_paged_by_day_week_or_month(system):
    for day, value in ((date(2026, 10, 30), 3), (date(2026, 11, 1), 5), (date(2026, 11, 4), 4)):
        measured("PRT-10", day, value)
    history = f"{RUNNING}PRT-10/history/"

    first = system.get(history, {"page_size": 1}).json()
    months = system.get(history, {"by": "month"}).json()["results"]

    assert (first["count"], first["results"][0]["day"]) == (3, "2026-11-04")
    assert [(row["start"], row["value"], row["change"]) for row in months] == [
        ("2026-11-01", "4.0000", "1.0000"), ("2026-10-01", "3.0000", None),
    ]  # fmt: skip
    wrong = system.get(history, {"by": "year"})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (400, {"by"})


def test_an_alert_is_taken_closed_with_evidence_and_reopened(system, staff, alert):
    path, due = f"{ALERTS}{alert.pk}/", timezone.localdate() + timedelta(days=3)

    def close():
        paper = SimpleUploadedFile("督办记录.txt", "已电话督办".encode())
        return system.post(f"{path}close/", {"reason": "已督办", "files": [paper]})

    taken = system.post(f"{path}take/", {"due_date": due.isoformat()}).json()
    bare = system.post(f"{path}close/", {"reason": "已督办"})
    closed, twice = close().json(), close()
    opened = system.post(f"{path}reopen/", {"reason": "材料不符"}).json()

    assert (taken["owner"], taken["due_date"]) == (staff.name, due.isoformat())
    assert (bare.status_code, set(bare.json()["fields"])) == (400, {"files"})
    assert (closed["status"], closed["answer"]) == ("closed", "已督办")
    assert [file["name"] for file in closed["files"]] == ["督办记录.txt"]
    assert (twice.status_code, twice.json()["code"]) == (400, "wrong_state")
    assert (opened["status"], opened["closed_by"]) == ("open", None)


def test_alerts_are_filtered(system, staff, alert):
    def count(**asked):
        return system.get(ALERTS, asked).json()["count"]

    assert (count(), count(status="closed"), count(mine="true"), count(overdue="true")) == (
        1,
        0,
        0,
        0,
    )
    Alert.objects.update(due_date="2026-01-05", owner=staff)
    assert (count(mine="true"), count(overdue="true")) == (1, 1)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.OPERATOR, Role.ENTERPRISE])
def test_others_know_of_neither(role, api, alert):
    measured("PRT-06", date(2026, 11, 1), 1)
    others = signed(api, person(role))

    assert others.get(RUNNING).json()["count"] == others.get(ALERTS).json()["count"] == 0
    assert others.get(f"{RUNNING}PRT-06/history/").status_code == 404
    assert others.post(f"{ALERTS}{alert.pk}/take/").status_code == 404
    alert.refresh_from_db()
    assert alert.owner is None
