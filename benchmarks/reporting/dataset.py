"""A province's or the nation's year of operations, made with a seed: plausible, not real."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Organisation, User
from cases.models import Outcome, Project
from platforms.models import Capability, Equipment, Platform, UsageLog
from taxonomy.models import Region

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BATCH = 5000


def uscc(number: int) -> str:
    """A valid GB 32100 code for the `number`-th body."""
    body = f"91440000MA{number:07d}"
    total = sum(CHARACTERS.index(c) * (3**i % 31) for i, c in enumerate(body))
    return body + CHARACTERS[(31 - total % 31) % 31]


def make(platform_count: int, *, years: list[int], seed: int) -> dict[str, int]:
    """Platforms with 4 pieces of equipment, 5 capabilities, 12 projects and 24 log lines a year."""
    chance = random.Random(seed)
    region_codes = list(
        Region.objects.filter(level=2, is_active=True).order_by("code").values_list("pk", flat=True)
    )
    bodies = Organisation.objects.bulk_create(
        [
            Organisation(
                name=f"单位{n}", uscc=uscc(n), region_id=chance.choice(region_codes),
                size_class=chance.choice(["large", "medium", "small", "micro"]), status="approved",
            )
            for n in range(platform_count * 4)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    hosts, clients = bodies[:platform_count], bodies[platform_count:]
    user = User.objects.create(email="bench@example.com", name="基准")
    platforms = Platform.objects.bulk_create(
        [
            Platform(slug=f"bench-{n}", name=f"平台{n}", pinyin_key=f"ping2tai2{n:06d}",
                     organisation=host, region_id=host.region_id, status="published", is_demo=True)
            for n, host in enumerate(hosts)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    equipment = make_offers(platforms, chance)
    for year in years:
        make_year(year, platforms, equipment, clients, user, chance)
    return {
        model.__name__: model.objects.count()
        for model in (Platform, Equipment, Capability, Project, Outcome, UsageLog)
    }


def make_offers(platforms: list[Any], chance: random.Random) -> list[Any]:
    now = datetime.now(SHANGHAI)
    Capability.objects.bulk_create(
        [
            Capability(
                slug=f"bench-{platform.pk}-{n}", platform=platform, title=f"能力{n}",
                status="published", completeness=chance.randint(20, 100),
                price_model=chance.choice(["fixed", "range", "negotiable", ""]),
                trl_low=chance.randint(3, 5), trl_high=chance.randint(6, 9),
                confirmed_at=now - timedelta(days=chance.randint(0, 400)),
            )
            for platform in platforms
            for n in range(5)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    return Equipment.objects.bulk_create(
        [
            Equipment(
                slug=f"bench-{platform.pk}-{n}", platform=platform, name=f"设备{n}",
                status="published", quantity=chance.randint(1, 3),
                value_yuan=chance.randint(5, 500) * 10_000, is_open=chance.random() < 0.7,
                origin=chance.choice(["domestic", "imported", ""]),
            )
            for platform in platforms
            for n in range(4)
        ],
        batch_size=BATCH,
    )  # fmt: skip


def make_year(
    year: int, platforms: list[Any], equipment: list[Any], clients: list[Any], user: Any,
    chance: random.Random,
) -> None:  # fmt: skip
    first = date(year, 1, 1)
    at = datetime(year, 1, 1, 9, tzinfo=SHANGHAI)
    projects = []
    for platform in platforms:
        for n in range(12):
            start = first + timedelta(days=chance.randint(0, 200))
            asked = at + timedelta(days=chance.randint(0, 150))
            projects.append(
                Project(
                    number=f"B{year % 100}-{platform.pk}-{n}", title=f"项目{n}", platform=platform,
                    enterprise=chance.choice(clients), started_by=user, status="closed",
                    asked_at=asked, status_changed_at=asked, reply_due_at=asked + timedelta(days=2),
                    first_replied_at=asked + timedelta(hours=chance.randint(1, 90)),
                    contract_date=start, contract_amount_yuan=chance.randint(1, 80) * 10_000,
                    started_date=start, promised_date=start + timedelta(days=90),
                    delivered_date=start + timedelta(days=chance.randint(20, 150)), is_demo=True,
                )
            )  # fmt: skip
    made = Project.objects.bulk_create(projects, batch_size=BATCH)
    Outcome.objects.bulk_create(
        [
            Outcome(
                project=project, kind=chance.choice(["verified", "produced", "launched"]),
                description="达到指标", achieved_date=project.delivered_date, claimed_by=user,
                status="confirmed" if chance.random() < 0.8 else "claimed",
                satisfaction=chance.randint(3, 5), status_changed_at=at, trl_before=4, trl_after=6,
            )
            for project in made
        ],
        batch_size=BATCH,
    )  # fmt: skip
    UsageLog.objects.bulk_create(
        [
            UsageLog(
                equipment=piece, start_at=at + timedelta(days=30 * n), source="import",
                hours=Decimal(chance.randint(10, 300)), is_external=chance.random() < 0.3,
            )
            for piece in equipment
            for n in range(6)
        ],
        batch_size=BATCH,
    )  # fmt: skip
