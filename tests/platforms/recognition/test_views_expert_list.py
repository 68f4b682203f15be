"""The expert's list: what is to be done first, and what is late."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from platforms.models import ExpertAssignment
from platforms.selectors.recognition import own_assignments
from tests.factories.accounts import person
from tests.factories.recognition import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert():
    return person(Role.REVIEWER)


def test_open_invitations_come_first_by_their_day(expert):
    today = timezone.localdate()
    done = AssignmentFactory(reviewer=expert, status="scored", total=80, due_date=date(2026, 1, 5))
    later = AssignmentFactory(reviewer=expert, due_date=today + timedelta(days=9))
    sooner = AssignmentFactory(
        reviewer=expert, status="scoring", due_date=today + timedelta(days=2)
    )
    AssignmentFactory()

    assert list(own_assignments(expert)) == [sooner, later, done]


@pytest.mark.parametrize(
    ("status", "days", "is_late"),
    [("invited", -1, True), ("scoring", -1, True), ("scoring", 0, False), ("scored", -1, False),
     ("declined", -1, False)],
)  # fmt: skip
def test_only_what_is_still_to_be_done_is_late(status, days, is_late):
    day = timezone.localdate() + timedelta(days=days)

    assert ExpertAssignment(status=status, due_date=day).is_overdue is is_late


@pytest.mark.parametrize("count", [1, 3])
def test_list_says_what_is_late_in_as_many_queries(
    client, expert, count, django_assert_num_queries
):
    yesterday = timezone.localdate() - timedelta(days=1)
    AssignmentFactory.create_batch(count, reviewer=expert, due_date=yesterday)
    client.force_login(expert)

    with django_assert_num_queries(8):
        page = client.get("/expert/").content.decode()

    assert page.count("待声明，已超期") == count
