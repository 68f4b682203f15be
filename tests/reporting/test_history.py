"""A running indicator over time: periods, the page, the files, who sees it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from reporting.models import Indicator, PortalValue
from reporting.selectors.history import history_of
from tests.factories.accounts import person
from tests.factories.taxonomy import guangdong
from tests.reporting.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators", "demo_mode")]
D = Decimal
PAGE = "/monitoring/PRT-10/"


@pytest.fixture
def indicator():
    return Indicator.objects.get(code="PRT-10", is_current=True)


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=guangdong())


def measured(indicator, day, value, **detail):
    return PortalValue.objects.create(
        indicator=indicator, day=day, value=value, detail=detail, computed_at=timezone.now()
    )


@pytest.fixture
def days(indicator):
    """Friday 3, Sunday 5, Monday without a value, Wednesday 4; a demo beside the last."""
    for day, value in ((date(2026, 10, 30), 3), (date(2026, 11, 1), 5), (date(2026, 11, 2), None)):
        measured(indicator, day, value)
    measured(indicator, date(2026, 11, 4), 4, demo="7")
    measured(Indicator.objects.get(code="PRT-02"), date(2026, 11, 4), 100)


def told(indicator, by):
    points = history_of(PortalValue.objects.all(), indicator, by=by)
    return [(one.start.isoformat(), one.value, one.change) for one in points]


def test_each_period_has_its_last_value_and_the_change(indicator, days):
    assert told(indicator, "day") == [
        ("2026-11-04", D(4), None), ("2026-11-02", None, None), ("2026-11-01", D(5), D(2)),
        ("2026-10-30", D(3), None),
    ]  # fmt: skip
    assert told(indicator, "week") == [("2026-11-02", D(4), D(-1)), ("2026-10-26", D(5), None)]
    assert told(indicator, "month") == [("2026-11-01", D(4), D(1)), ("2026-10-01", D(3), None)]


def test_a_page_shows_some_and_knows_the_one_before(indicator):
    for back in range(95):
        measured(indicator, date(2026, 11, 4) - timedelta(days=back), 95 - back)

    rows = PortalValue.objects.all()
    shown = history_of(rows, indicator, by="day")

    assert (len(shown), shown[-1].change) == (92, D(1))
    assert len(history_of(rows, indicator, by="day", everything=True)) == 95


def test_the_page_draws_and_lists(staff, days):
    client = signed_in(staff)

    page = client.get(f"{PAGE}?by=week")

    assert [one.value for one in page.context["points"]] == [D(4), D(5)]
    assert "<polyline" in page.content.decode()
    assert [tab["label"] for tab in page.context["tabs"] if tab["active"]] == ["按周"]
    assert client.get(f"{PAGE}?by=hour").context["by"] == "day"
    assert f'href="{PAGE}"' in client.get("/monitoring/").content.decode()
    assert "还没有计算过" in client.get("/monitoring/PRT-01/").content.decode()


def test_the_file_has_every_day(staff, days):
    sheet = signed_in(staff).get(f"{PAGE}?export=csv").content.decode().replace("\r", "")

    assert sheet.split("\n")[1:3] == [
        "2026-11-04,2026-11-04,4.0000,,7,",
        "2026-11-02,2026-11-02,,,,",
    ]


def test_only_staff_see_it(days):
    for role in (Role.OPERATOR, Role.ENTERPRISE, Role.BROKER):
        assert signed_in(person(role)).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_unknown_and_annual_indicators_have_no_history(staff):
    client = signed_in(staff)

    assert client.get("/monitoring/PRT-99/").status_code == 404
    assert client.get("/monitoring/SRV-02/").status_code == 404


def test_statements_do_not_grow_with_days(staff, indicator):
    client = signed_in(staff)
    counts = []
    for days in (1, 3):
        for back in range(days):
            measured(indicator, date(2026, 11 - days, 20) - timedelta(days=back), back)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        counts.append(len(found))

    assert counts == [6, 6]
