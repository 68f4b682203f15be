"""A whole reported year over invented platforms, so that every page has something to show."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.enums import OrganisationStatus, Role, SizeClass
from accounts.models import Organisation, User
from accounts.selectors import DEMO_USCC
from accounts.services.demo import DEMO_DOMAIN
from accounts.services.demo_bodies import DemoBody, load_demo_bodies
from cases.services.demo_projects import DemoClients, attach_demo_projects
from cases.services.demo_vouchers import DemoVoucherSides, attach_demo_vouchers
from core.access import SYSTEM
from platforms.models import Platform
from platforms.services.demo import SLUG
from platforms.services.demo_bookings import attach_demo_bookings
from platforms.services.demo_register import FIRST_SIZE, DemoPlatform, attach_demo_register
from portal.services.demo_work import DemoCast, attach_demo_work
from reporting.services.demo_results import attach_demo_lists, attach_demo_results
from reporting.services.demo_year import DemoPeople, attach_demo_cycles
from reporting.services.monitoring import compute_portal_values
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region

FILE = Path("data/demo/platforms.toml")
SIGN_INS = ("enterprise", "operator", "province", "city", "department", "broker", "reviewer")
TRADES = (
    "新材料",
    "生物科技",
    "电子",
    "医药",
    "智能装备",
    "新能源",
    "食品",
    "光电",
    "化工",
    "环保",
)
PLACES = 14  # from here on clients are registered elsewhere in the country
SIZES = (SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.MICRO, SizeClass.LARGE)
MARKS = ("srdi-sme", "", "tech-sme", "", "")


@transaction.atomic
def load_demo_year(*, now: datetime) -> dict[str, int]:
    """Demo platforms, their work of the last two whole years and of this one, and two cycles.

    Needs `load_demo` before it. Safe to run twice: what is there is left as it is. Returns how
    many of each were made. All rows are marked `is_demo` or hang on rows that are.
    """
    rows = _rows()
    if Platform.objects.filter(slug=rows[0]["slug"]).exists():
        return {"演示平台": 0}
    year = timezone.localdate(now).year
    years = (year - 2, year - 1)
    root = Region.objects.get(pk=current_jurisdiction().region)
    people = {name: _person(name) for name in SIGN_INS}
    first = Platform.objects.select_related("region", "organisation").get(slug=SLUG)
    hosts, clients, others = _bodies(rows, root, first.region, now)
    made = attach_demo_register(
        platforms=[DemoPlatform(row, body.region, body) for row, (body, _p) in
                   zip(rows, hosts, strict=True)],
        first=first, years=years, staff=people["province"], now=now,
    )  # fmt: skip
    sizes = {first: FIRST_SIZE} | {
        platform: row["size"] for platform, row in zip(made, rows, strict=True)
    }
    operators = {first.pk: people["operator"]} | {
        platform.pk: person for platform, (_b, person) in zip(made, hosts, strict=True)
    }
    projects = attach_demo_projects(
        platforms=sizes, parties=DemoClients(clients, operators), years=years, now=now
    )
    attach_demo_bookings(
        platforms=sizes, clients=clients, operator=people["operator"], years=years, now=now
    )
    cycles = attach_demo_cycles(
        region=root, platforms=sizes, years=years, now=now,
        people=DemoPeople(people["province"], people["city"], operators),
    )  # fmt: skip
    run, _report = attach_demo_results(
        cycle=cycles[0], staff=people["province"], at=_summer_of(years[0] + 1), now=now
    )
    lists = attach_demo_lists(
        cycle=cycles[0], staff=people["province"], earlier=_summer_of(years[0]), now=now
    )
    attach_demo_work(
        platforms=[first, *made], cycle=cycles[0], run=run, now=now,
        cast=DemoCast(people, operators, clients[0], *others),
    )  # fmt: skip
    attach_demo_vouchers(
        region=root, platforms=[first, *made], now=now,
        sides=DemoVoucherSides(people["province"], people["city"], clients, operators),
    )  # fmt: skip
    compute_portal_values(actor=SYSTEM, now=now)
    return {"演示平台": len(made), "演示对接项目": projects, "演示年度填报": len(cycles),
            "演示清单": len(lists)}  # fmt: skip


def _rows() -> list[Mapping[str, Any]]:
    table: dict[str, list[Mapping[str, Any]]] = tomllib.loads(
        (settings.BASE_DIR / FILE).read_text("utf-8")
    )
    return table["platforms"]


def _summer_of(year: int) -> datetime:
    """When the reports of the year before are all in."""
    return timezone.make_aware(datetime.combine(date(year, 6, 1), time(10)))


def _person(account: str) -> User:
    return User.objects.get(email=f"{account}@{DEMO_DOMAIN}")


Bodies = list[tuple[Organisation, User]]


def _bodies(
    rows: Sequence[Mapping[str, Any]], root: Region, home: Region, now: datetime
) -> tuple[Bodies, Bodies, Bodies]:
    """Who runs the platforms; the clients, the demo enterprise first; who else takes part."""
    places = _places(root, home)
    hosts = [
        DemoBody(f"{row['name']}运营单位", places[row["place"] % len(places)], Role.OPERATOR,
                 SizeClass.MEDIUM)
        for row in rows
    ]  # fmt: skip
    elsewhere = list(
        Region.objects.active().filter(level=2).exclude(code__startswith=root.prefix)
        .order_by("code")[::23]
    )  # fmt: skip
    wanted = [
        DemoBody(
            f"演示{trade}企业{number}",
            (places if number <= PLACES else elsewhere)[number % 7],
            Role.ENTERPRISE, SIZES[number % 4], MARKS[number % 5],
        )
        for number, trade in enumerate((*TRADES, *TRADES[::-1]), 1)
    ] + [
        DemoBody(f"演示高校院所{number}", places[number % len(places)], Role.ENTERPRISE,
                 prefix="12")
        for number in (1, 2, 3)
    ]  # fmt: skip
    others = [
        DemoBody("演示第二协同部门", home, Role.DEPARTMENT, prefix="11"),
        DemoBody("演示第三方评审机构", home, Role.REVIEWER),
        DemoBody("演示待认领平台运营单位", home, Role.OPERATOR),
        DemoBody("演示待审核企业", home, Role.ENTERPRISE, status=OrganisationStatus.PENDING),
    ]
    made = load_demo_bodies(bodies=[*hosts, *wanted, *others], now=now)
    first = (Organisation.objects.get(uscc=DEMO_USCC["enterprise"]), _person("enterprise"))
    end = len(hosts) + len(wanted)
    return made[: len(hosts)], [first, *made[len(hosts) : end]], made[end : end + 3]


def _places(root: Region, home: Region) -> list[Region]:
    """The demo city first, then the others of the level below the root; at least seven."""
    inside = Region.objects.active().under(root.prefix).filter(level=root.level + 1)
    others = list(inside.exclude(pk=home.pk).order_by("code"))
    found = [home, *others]
    return found * (1 + 7 // len(found))
