"""Register entries of demo platforms: certificates, open resources and events, invented."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.utils import timezone

from core.search import search_vector
from platforms.enums import ManagerLevel, RegisterKind
from platforms.models import Platform, RegisterEntry

K = RegisterKind
NOTE = "演示数据，非真实信息。"


def attach_demo_entries(
    *, platforms: Mapping[Platform, int], years: Sequence[int], now: datetime
) -> None:
    """Entries of `years` and of this one for demo platforms with their size (1–3), set-based; one
    event lies ahead. Not to be called twice for the same platforms."""
    made = [
        entry
        for platform, size in platforms.items()
        for entry in _entries(platform, size, [*years, years[-1] + 1], now)
    ]
    for entry in made:
        if entry.is_public:
            body = f"{entry.get_kind_display()} {entry.note} {entry.platform}"
            entry.search = search_vector(title=entry.title, body=body)
    RegisterEntry.objects.bulk_create(made)
    RegisterEntry.objects.bulk_create(
        _entry(row.platform, K.LICENCE, row.started_date + timedelta(days=20), "演示被许可人",
               patent=row)
        for row in made
        if row.kind == K.PATENT and row.started_date + timedelta(days=20) < timezone.localdate(now)
    )  # fmt: skip


def _entry(platform: Platform, kind: str, day: date, title: str, **values: Any) -> RegisterEntry:
    facts = {"note": NOTE, "is_demo": True} | values
    return RegisterEntry(platform=platform, kind=kind, started_date=day, title=title, **facts)


def _entries(
    platform: Platform, size: int, years: Sequence[int], now: datetime
) -> list[RegisterEntry]:
    chance = random.Random(f"register-{platform.slug}")  # noqa: S311 -- data, not secrets
    today, first, about = timezone.localdate(now), years[0], platform.niche
    levels = cycle(ManagerLevel.values)
    made = [
        _entry(platform, K.MANAGER, date(first - 1, 9, number), f"演示技术经理人{number}",
               level=next(levels), number=f"演示-TM-{number:03d}")
        for number in range(1, size + 1)
    ] + [
        _entry(platform, K.DATASET, date(first, 3 * number, 10), f"{about}试验数据集{number}",
               note=f"演示数据集：{about}的工艺条件与检测结果，CSV，每季度更新，注明来源即可使用。")
        for number in range(1, size)
    ] + [
        _entry(platform, K.SCENARIO, date(first, 4, 1), f"{about}应用场景",
               note=f"演示场景：{about}的新产品可在中试线上试用，须先提交样品和检测报告。")
    ]  # fmt: skip
    for year in years:
        made += _of_year(platform, size, year, chance)
    made = [row for row in made if row.started_date <= today]
    coming = today + timedelta(days=chance.randint(7, 40))
    made.append(_entry(platform, K.ROADSHOW, coming, f"{about}中试成果对接会（演示活动）",
                       note="演示活动：展示样品和案例，企业可当场提出需求。"))  # fmt: skip
    return made


def _of_year(
    platform: Platform, size: int, year: int, chance: random.Random
) -> list[RegisterEntry]:
    about = platform.niche
    held = [
        _entry(platform, K.ROADSHOW, date(year, chance.randint(1, 12), number * 5),
               f"{year} 年{about}对接路演第 {number} 场")
        for number in range(1, size + 1)
    ] + [
        _entry(platform, K.ALLIANCE, date(year, 5 + number, 12), f"演示联盟{year}年交流会{number}")
        for number in range(1, size + 1)
    ]  # fmt: skip
    if size == 1:
        return held
    return [
        *held,
        _entry(platform, K.PATENT, date(year, chance.randint(2, 10), 8), f"{about}制备方法（演示）",
               number=f"演示-ZL-{year}-{platform.slug[-12:]}",
               note="演示许可：一次性使用费 1 万元，非独占，许可期三年。"),
    ]  # fmt: skip
