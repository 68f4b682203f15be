"""Many rows by one statement say what single rows would."""

from datetime import date
from decimal import Decimal

import pytest

from core.bulk import update_rows, write_rows
from core.models import DayCount
from platforms.models import FundingRecord
from tests.factories.platforms import PlatformFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
ODD = "聚合“'\\\n\t%s {x}"


def write(**counts):
    return write_rows(
        DayCount, [{"subject": word, "count": n} for word, n in counts.items()],
        same={"day": DAY, "name": "search"}, unique=["day", "name", "subject"], update=["count"],
    )  # fmt: skip


def counted():
    return dict(DayCount.objects.values_list("subject", "count"))


def test_what_is_new_is_inserted_and_what_is_named_overwritten():
    DayCount.objects.create(day=DAY, name="search", subject="冻干", count=1)

    assert write(**{"冻干": 5, ODD: 2}) == 2

    assert counted() == {"冻干": 5, ODD: 2}


def test_writing_twice_leaves_one_row_each():
    write(冻干=5)
    write(冻干=5)

    assert counted() == {"冻干": 5}


def test_decimals_days_and_defaults_arrive_exactly(now):
    platform = PlatformFactory()

    write_rows(
        FundingRecord,
        [{"fund": "甲", "amount_yuan": Decimal("0.10"), "paid_date": DAY},
         {"fund": "乙", "amount_yuan": Decimal("123456789012.34"), "paid_date": None}],
        same={"platform_id": platform.pk, "level": "city", "kind": "build", "year": 2026,
              "created_at": now, "updated_at": now},
    )  # fmt: skip

    first, second = FundingRecord.objects.order_by("pk")
    assert (first.amount_yuan, first.paid_date, first.department) == (Decimal("0.10"), DAY, "")
    assert (second.amount_yuan, second.paid_date) == (Decimal("123456789012.34"), None)
    assert (first.created_at, first.is_demo) == (now, False)


def test_only_the_named_attributes_of_the_named_rows_are_overwritten():
    write(冻干=5, 干燥=1)
    row = DayCount.objects.get(subject="冻干")

    assert update_rows(DayCount, [{"id": row.pk, "subject": ODD}]) == 1

    assert counted() == {ODD: 5, "干燥": 1}


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert (write(), update_rows(DayCount, [])) == (0, 0)
