"""The declared policy for everybody, the measured exposure for staff."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from matching.models import MatchRun
from matching.selectors.exposure import exposure_trend
from matching.services.full import start_full_run
from tests.factories.accounts import person
from tests.factories.matching import polymer_capability, polymer_demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_runs(django_capture_on_commit_callbacks):
    polymer_capability()
    polymer_demand()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            start_full_run(actor=SYSTEM, now=timezone.now())
    return list(MatchRun.objects.filter(kind="full", status="done").order_by("pk"))


def test_trend_has_every_full_run_oldest_first(full_runs):
    trend = exposure_trend("newness")

    assert trend.runs == full_runs
    (line,) = trend.lines
    assert (line.label, line.shown, line.offered, line.ratio) == (
        "近 90 天入网", [100.0, 100.0], 100.0, 1.0,
    )  # fmt: skip


def test_unknown_grouping_is_the_first(full_runs):
    assert exposure_trend("nonsense").by == "size_class"


def test_group_that_one_run_did_not_know_has_a_gap(full_runs):
    first = full_runs[0]
    first.result["exposure"]["newness"] = {"更早入网": [1.0, 1.0]}
    first.save()

    lines = {line.label: line.shown for line in exposure_trend("newness").lines}

    assert lines == {"近 90 天入网": [None, 100.0], "更早入网": [100.0, None]}


def test_staff_see_the_trend_and_take_it_along(client, mfa_done, full_runs):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))
    url = reverse("matching:exposure")

    page = client.get(url, {"by": "region"}).content.decode()
    sheet = client.get(url, {"export": "csv"}).content.decode()

    assert "按平台所在省份的展示份额" in page
    assert sheet.count("近 90 天入网") == 2
    assert "企业规模" in sheet


def test_without_a_full_run_the_page_says_how_to_get_one(client, mfa_done):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    assert "做一次全量重算后" in client.get(reverse("matching:exposure")).content.decode()


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR, Role.BROKER])
def test_exposure_is_for_staff(client, role):
    client.force_login(person(role))

    assert client.get(reverse("matching:exposure")).status_code == 403


def test_policy_is_public_and_states_its_bounds(client):
    page = client.get(reverse("matching:policy")).content.decode()

    assert "最多占 3 个名次" in page
    assert "损失超过 1.0%" in page
