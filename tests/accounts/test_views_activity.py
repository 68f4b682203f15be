"""Pages of the activity log: filters, export, chain."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from core.models import ActivityLog
from core.services import log_activity, seal_activity_log
from tests.accounts.conftest import signed_in
from tests.factories.accounts import (
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]


@pytest.fixture
def log(now) -> list[ActivityLog]:
    user = person(Role.ENTERPRISE)
    return [
        log_activity(
            actor=user, action=action, target=user, now=now.replace(year=2025, month=month, day=15)
        )
        for action, month in (("accounts.user.edit", 1), ("accounts.user.sign_in", 2))
    ]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({}, 3),  # with the auditor's own sign-in
        ({"action": "accounts.user.edit"}, 1),
        ({"since": "2025-02-01"}, 2),
        ({"until": "2025-01-31"}, 1),
        ({"since": "不是日期"}, 3),
        ({"person": "没有此人"}, 0),
        ({"target": "用户"}, 3),
    ],
)
def test_the_log_is_filtered(query, total, log):
    response = signed_in(person(Role.AUDITOR)).get(reverse("accounts:activity"), query)

    assert response.context["total"] == total


def test_the_log_is_filtered_by_address(log):
    response = signed_in(person(Role.AUDITOR)).get(
        reverse("accounts:activity"), {"person": log[0].actor.email}
    )

    assert response.context["total"] == 2


def test_the_log_is_exported_in_words(log):
    response = signed_in(person(Role.AUDITOR)).get(reverse("accounts:activity"), {"export": "csv"})

    assert "修改了个人资料" in response.content.decode()


def test_the_chain_is_verified_on_the_page(log, now):
    client = signed_in(person(Role.AUDITOR))
    before = client.get(reverse("accounts:activity"), {"verify": "1"})
    seal_activity_log(now=now.replace(year=2027))

    after = client.get(reverse("accounts:activity"), {"verify": "1"})

    assert "还没有封存的记录" in before.content.decode()
    assert "校验通过" in after.content.decode()


def test_ones_own_activity_is_shown(log):
    response = signed_in(log[0].actor).get(reverse("accounts:my_activity"))

    assert response.context["total"] == 3  # the two and signing in


def test_days_the_wrong_way_round_are_told_at_their_field(log):
    page = signed_in(person(Role.AUDITOR)).get(
        reverse("accounts:activity"), {"since": "2025-02-01", "until": "2025-01-01"}
    )

    assert page.context["filter"].form.errors == {"until": ["截止日期早于起始日期，请对调。"]}
    assert "截止日期早于起始日期" in page.content.decode()
