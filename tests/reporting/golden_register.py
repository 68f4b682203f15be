"""What the golden platform registered once, and the editions of the product list it stands in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import Role
from reporting.models import PublishedList, PublishedListRow
from tests.factories.accounts import person
from tests.factories.cases import confirmed
from tests.factories.platforms import RegisterEntryFactory
from tests.factories.taxonomy import guangdong

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEFORE, OVER = date(2025, 5, 1), date(2026, 12, 30)


def make_register(platform: Any) -> None:
    """Certificates of three people, two in force at the end of the year, one of them with two; one
    data set and two scenarios open; two patents and three licences; an event of each kind."""

    def entry(kind: str, started_date: date = date(2026, 3, 5), **values: Any) -> Any:
        values |= {"platform": platform, "kind": kind, "started_date": started_date}
        return RegisterEntryFactory(**values)

    entry("manager", BEFORE, title="甲", level="junior", number="1")
    entry("manager", BEFORE, title="甲", level="senior", number="2")
    last_day = {"ended_date": date(2026, 12, 31)}
    entry("manager", BEFORE, title="乙", level="middle", number="3", **last_day)
    entry("manager", BEFORE, title="丙", level="middle", number="4", ended_date=OVER)
    entry("dataset")
    entry("dataset", BEFORE, ended_date=OVER)
    entry("dataset", date(2027, 1, 2))
    entry("scenario", BEFORE)
    entry("scenario")
    patent = entry("patent", number="ZL1")
    entry("patent", number="ZL2", ended_date=OVER)
    entry("patent", BEFORE, number="ZL0")
    for number in (1, 2, 3):
        entry("licence", title=f"企业{number}", patent=patent)
    entry("licence", BEFORE, title="企业四", patent=patent)
    entry("roadshow", date(2026, 12, 31))
    entry("roadshow", BEFORE)
    entry("roadshow", date(2027, 1, 1))
    entry("alliance")


def edition(number: int, published: date, **values: Any) -> PublishedList:
    at = datetime.combine(published, datetime.min.time(), SHANGHAI)
    return PublishedList.objects.create(
        **{
            "kind": "products", "number": number, "region": guangdong(), "title": "创新产品清单",
            "status": "published", "published_at": at, "issued_by": person(Role.GOVERNMENT),
        }
        | values
    )  # fmt: skip


def make_lists(platform: Any) -> None:
    """Two launched products: one came in this year; one was there last year, and came in anew
    only by an edition that was withdrawn."""
    made = platform.projects.get(delivered_date=date(2026, 12, 31))
    new = made.outcomes.get(kind="launched")
    old = confirmed(
        made, kind="launched", achieved_date=date(2025, 3, 1),
        status_changed_at=datetime(2025, 3, 2, tzinfo=SHANGHAI),
    )  # fmt: skip
    first = edition(1, date(2025, 6, 1))
    second = edition(2, date(2026, 6, 1), previous=first)
    withdrawn = edition(3, date(2026, 7, 1), previous=second, status="withdrawn")
    for order, (listed, row, change) in enumerate(
        ((first, old, ""), (second, old, "changed"), (second, new, "added"),
         (withdrawn, old, "added"))
    ):  # fmt: skip
        PublishedListRow.objects.create(
            published_list=listed, order=order, key=f"outcome-{row.pk}", data={}, digest="x",
            change=change,
        )  # fmt: skip
