"""Invented platforms with what they offer and keep on record, so that a year can be reported."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from core.access import SYSTEM
from core.activity import register_actions
from core.pinyin import pinyin_key
from core.search import search_vector
from core.services import emit, log_activity
from platforms.access import RecognitionAccess
from platforms.completeness import percent_complete
from platforms.enums import ChangeKind, ChangeStatus, ListingStatus, UsageSource
from platforms.kinds import search_body
from platforms.models import (
    Capability,
    ChangeReport,
    Equipment,
    Expert,
    FundingRecord,
    Line,
    Platform,
    Scheme,
    UsageLog,
)
from platforms.services.demo_entries import attach_demo_entries
from platforms.services.listings import process_kind_of
from platforms.services.roster import move_recognition, record_recognition
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region
from taxonomy.selectors import term

register_actions({"platforms.platform.load_demo": "载入了演示平台"})
FIRST_SIZE = 2  # of the demo operator's own platform
WAN = 10_000
TERMS = {"kind": "platform-kind", "host_type": "host-type", "build_type": "build-type",
         "level": "platform-level"}  # fmt: skip
SERVICE_TYPES = ("product-trial", "process-innovation", "tech-maturation", "test-verification",
                 "inspection")  # fmt: skip
VERIFICATIONS = ("process", "performance", "adaptation", "production", "design")
MODES: tuple[list[str], ...] = (
    ["project"],
    ["short_term", "project"],
    ["station"],
    ["mentor"],
    [],
)
SHOWN = {"status": ListingStatus.PUBLISHED}


@dataclass(frozen=True)
class DemoPlatform:
    """A row of `data/demo/platforms.toml` with its place and who runs it."""

    row: Mapping[str, Any]
    region: Region
    organisation: Organisation

    @property
    def chance(self) -> random.Random:
        """The same draws for the same platform, whatever else is made."""
        return random.Random(self.row["slug"])  # noqa: S311 -- data, not secrets


@transaction.atomic
def attach_demo_register(
    *,
    platforms: Sequence[DemoPlatform],
    first: Platform,
    years: Sequence[int],
    staff: Any,
    now: datetime,
) -> list[Platform]:
    """Publish the platforms with their offers, and their records of `years` and of this one.

    Everything hangs on platforms marked `is_demo`; set-based. `first`, the demo operator's own,
    gets records too. Recognitions are written by their services, under documents that say 演示;
    `staff` is who warns. Not to be called twice for the same rows.
    """
    made = _platforms(platforms, now)
    equipment = _offers(platforms, made, now)
    equipment[first.pk] = list(first.equipment.order_by("pk"))
    _usage([first, *made], equipment, years, now)
    _records(platforms, made, years, now)
    sizes = {platform: item.row["size"] for item, platform in zip(platforms, made, strict=True)}
    attach_demo_entries(platforms={first: FIRST_SIZE, **sizes}, years=years, now=now)
    _recognise(platforms, made, staff, now)
    log_activity(actor=SYSTEM, action="platforms.platform.load_demo", target=made[0], now=now,
                 data={"count": len(made)})  # fmt: skip
    emit("platforms.starting_data.loaded", capability_count=len(made))
    return made


def _platforms(wanted: Sequence[DemoPlatform], now: datetime) -> list[Platform]:
    rows = [_platform(item, number, now) for number, item in enumerate(wanted, 1)]
    for row in rows:
        _index(row, {"fields": True, "capabilities": True})
    made = Platform.objects.bulk_create(rows)
    through = Platform.fields.through
    through.objects.bulk_create(
        through(platform_id=platform.pk, term_id=found.pk)
        for item, platform in zip(wanted, made, strict=True)
        for code in item.row["fields"]
        if (found := term("field-data", code))
    )
    return made


def _platform(item: DemoPlatform, number: int, now: datetime) -> Platform:
    row, chance = item.row, item.chance
    return Platform(
        slug=row["slug"], name=row["name"], pinyin_key=pinyin_key(row["name"]), region=item.region,
        organisation=item.organisation, address=f"演示路 {number} 号（演示数据，非真实地址）",
        **{name: term(code_list, row[name]) for name, code_list in TERMS.items()},
        operation_mode=term("operation-mode", chance.choice(["internal-external", "in-house-rd"])),
        governance=term("governance", chance.choice(["council", "director"])),
        inclusion_basis=term("inclusion-basis", chance.choice(["voluntary", "fiscal-subsidy"])),
        run_status=term("run-status", "running"), niche=row["niche"],
        summary=f"演示平台（虚构），方向为{row['niche']}，用来说明从服务到年度报告的全过程。",
        floor_area_sqm=row["floor_area_sqm"], is_open=True, is_demo=True,
        external_share_percent=chance.randint(35, 80), contact_name="演示联系人",
        contact_email="operator@demo.example", status_changed_at=now, confirmed_at=now, **SHOWN,
    )  # fmt: skip


def _index(row: Any, known: Mapping[str, bool]) -> None:
    if isinstance(row, Capability):
        row.process_kind = process_kind_of(row)
    row.search = search_vector(title=str(row), body=search_body(row))
    row.completeness = percent_complete(row, known)


def _offers(
    wanted: Sequence[DemoPlatform], made: Sequence[Platform], now: datetime
) -> dict[int, list[Equipment]]:
    """Equipment, a line, an expert or two, capabilities; the equipment by platform."""
    pairs = list(zip(wanted, made, strict=True))
    equipment = [_equipment(item, platform, now) for item, platform in pairs]
    for piece in chain.from_iterable(equipment):
        _index(piece, {})
    Equipment.objects.bulk_create(chain.from_iterable(equipment))
    lines = [_line(item, platform, now) for item, platform in pairs]
    experts = [
        _expert(item, platform, number, now)
        for item, platform in pairs
        for number in range(1, item.row["size"] + 1)
    ]
    for row in [*lines, *experts]:
        _index(row, {})
    Line.objects.bulk_create(lines)
    Expert.objects.bulk_create(experts)
    _capabilities(pairs, equipment, now)
    return {platform.pk: rows for platform, rows in zip(made, equipment, strict=True)}


def _equipment(item: DemoPlatform, platform: Platform, now: datetime) -> list[Equipment]:
    chance, founded = item.chance, item.row["founded"]
    return [
        Equipment(
            slug=f"{platform.slug}-e{number}", platform=platform, name=name, quantity=quantity,
            value_yuan=wan * WAN, origin=origin, is_open=chance.random() < 0.8,
            takes_bookings=number % 3 != 0,
            model_number=f"演示-{number:02d}", maker="演示制造商",
            specification=f"{item.row['niche']}用，指标为演示数据。",
            acquired_date=date(founded - 1, chance.randint(1, 12), 15),
            hourly_price_yuan=max(50, wan * 2), open_hours_yearly=chance.choice([600, 800, 1000]),
            status_changed_at=now, confirmed_at=now, **SHOWN,
        )
        for number, (name, wan, quantity, origin) in enumerate(item.row["equipment"], 1)
    ]  # fmt: skip


def _line(item: DemoPlatform, platform: Platform, now: datetime) -> Line:
    capability = item.row["capabilities"][0]
    return Line(
        slug=f"{platform.slug}-line", platform=platform, name=f"演示{item.row['niche']}中试线",
        kind="line", description=f"{capability[1]}（演示数据）。",
        scale_text=f"{capability[3]}–{capability[4]} {capability[5]}",
        floor_area_sqm=Decimal(item.row["floor_area_sqm"]) / 4, is_digital=item.row["size"] > 1,
        is_open=True, takes_bookings=item.row["size"] > 1, status_changed_at=now,
        confirmed_at=now, **SHOWN,
    )  # fmt: skip


def _expert(item: DemoPlatform, platform: Platform, number: int, now: datetime) -> Expert:
    return Expert(
        slug=f"{platform.slug}-x{number}", platform=platform, name=f"演示专家{number}",
        title="演示高级工程师", employer=str(item.organisation), expertise=item.row["niche"],
        engagement_modes=item.chance.choice(MODES), availability="每周两天（演示）",
        consented_at=now, consent_note="演示人物，非真实个人。",
        status_changed_at=now, confirmed_at=now, **SHOWN,
    )  # fmt: skip


def _capabilities(
    pairs: Sequence[tuple[DemoPlatform, Platform]],
    equipment: Sequence[Sequence[Equipment]],
    now: datetime,
) -> None:
    rows, links = [], []
    for (item, platform), pieces in zip(pairs, equipment, strict=True):
        chance = item.chance
        for number, facts in enumerate(item.row["capabilities"], 1):
            row = _capability(item, platform, number, facts, chance, now)
            _index(row, {"service_types": True, "certificates": False, "equipment": True,
                         "parameters": False})  # fmt: skip
            rows.append(row)
            links.append((row, pieces, chance.sample(SERVICE_TYPES, 2),
                          chance.sample(VERIFICATIONS, 2)))  # fmt: skip
    Capability.objects.bulk_create(rows)
    _link(Capability.service_types.through, "term_id", [
        (row, found.pk) for row, _e, codes, _v in links for code in codes
        if (found := term("service-type", code))
    ])  # fmt: skip
    _link(Capability.verification_types.through, "term_id", [
        (row, found.pk) for row, _e, _s, codes in links for code in codes
        if (found := term("verification-type", code))
    ])  # fmt: skip
    _link(Capability.equipment.through, "equipment_id", [
        (row, piece.pk) for row, pieces, _s, _v in links for piece in pieces[:2]
    ])  # fmt: skip


def _link(through: Any, other: str, pairs: Sequence[tuple[Capability, int]]) -> None:
    through.objects.bulk_create(through(capability_id=row.pk, **{other: pk}) for row, pk in pairs)


def _capability(
    item: DemoPlatform,
    platform: Platform,
    number: int,
    facts: Sequence[Any],
    chance: random.Random,
    now: datetime,
) -> Capability:
    title, process, materials, low, high, unit, trl_low, trl_high = facts
    price = chance.randint(2, 12) * WAN
    is_priced = chance.random() < 0.75
    return Capability(
        slug=f"{platform.slug}-c{number}", platform=platform, title=title, process=process,
        description=f"{item.row['niche']}方向：{process}，适用{materials}。演示数据。",
        materials=materials, field=term("field-data", item.row["fields"][0]),
        scale_low=low, scale_high=high, scale_unit=unit, trl_low=trl_low, trl_high=trl_high,
        price_model="range" if is_priced else "negotiable",
        price_low_yuan=price if is_priced else None,
        price_high_yuan=price * 3 if is_priced else None, price_unit="批" if is_priced else "",
        lead_days_low=15, lead_days_high=chance.choice([40, 60, 90]), is_open=True,
        next_free_date=timezone.localdate(now) + timedelta(days=chance.randint(7, 60)),
        status_changed_at=now, confirmed_at=now - timedelta(days=chance.randint(1, 85)), **SHOWN,
    )  # fmt: skip


def _usage(
    made: Sequence[Platform],
    equipment: Mapping[int, Sequence[Equipment]],
    years: Sequence[int],
    now: datetime,
) -> None:
    """Two lines a month and piece: own work and work for others; some sent by machines."""
    zone, lines = timezone.get_current_timezone(), []
    for platform in made:
        chance = random.Random(f"usage-{platform.slug}")  # noqa: S311 -- data, not secrets
        for piece in equipment[platform.pk]:
            source = chance.choice([UsageSource.API, UsageSource.ENTERED, UsageSource.IMPORT])
            for year in [*years, years[-1] + 1]:
                for month in range(1, 13):
                    day = date(year, month, chance.randint(1, 20))
                    start = datetime.combine(day, time(9), zone)
                    if start >= now:
                        break
                    hours = (chance.randint(40, 130), chance.randint(10, 60))
                    lines += [
                        _log(piece, start, hours[0], False, source),
                        _log(piece, start + timedelta(hours=10), hours[1], True, source),
                    ]
    UsageLog.objects.bulk_create(lines, batch_size=2000)


def _log(piece: Equipment, start: datetime, hours: int, is_external: bool, source: str) -> UsageLog:
    return UsageLog(
        equipment=piece, start_at=start, hours=hours * piece.quantity, is_external=is_external,
        client_name="演示企业" if is_external else "", purpose="演示数据", source=source,
        is_demo=True,
    )  # fmt: skip


def _records(
    wanted: Sequence[DemoPlatform],
    made: Sequence[Platform],
    years: Sequence[int],
    now: datetime,
) -> None:
    """Public money for the larger ones, an important change here and there."""
    money, changes = [], []
    for number, (item, platform) in enumerate(zip(wanted, made, strict=True)):
        chance = random.Random(f"money-{platform.slug}")  # noqa: S311 -- data, not secrets
        if item.row["size"] > 1:
            money += [
                FundingRecord(
                    platform=platform, level=chance.choice(["province", "city"]), kind="subsidy",
                    fund="演示中试专项资金", year=year, department="演示主管部门",
                    amount_yuan=chance.randint(20, 200) * WAN, paid_date=date(year, 6, 30),
                    document_number=f"演示文号〔{year}〕{number + 1}号", is_demo=True,
                )
                for year in years
            ]  # fmt: skip
        if number % 4 == 1:
            changes.append(
                ChangeReport(
                    platform=platform, kind=ChangeKind.LEADER, before="演示负责人甲",
                    happened_date=date(years[-1], 5, 6), after="演示负责人乙",
                    note="演示数据：负责人变更。", status=ChangeStatus.ACCEPTED,
                    status_changed_at=now,
                )
            )  # fmt: skip
    FundingRecord.objects.bulk_create(money)
    ChangeReport.objects.bulk_create(changes)


def _recognise(
    wanted: Sequence[DemoPlatform], made: Sequence[Platform], staff: Any, now: datetime
) -> None:
    """Three of four stand on the first ladder's roster; one was warned, one has left."""
    home = current_jurisdiction()
    ladder = home.ladders[0].slug if home.ladders else ""
    scheme = Scheme.objects.filter(slug=f"{home.slug}-{ladder}").first()
    if scheme is None:
        return
    rows = [pair for number, pair in enumerate(zip(wanted, made, strict=True)) if number % 4 != 3]
    held = [
        record_recognition(
            actor=SYSTEM, platform=platform, scheme=scheme, batch="演示批次",
            started_date=date(item.row["founded"], 10, 1), now=now,
            document_number=f"演示文号〔{item.row['founded']}〕{number}号",
            certificate_number=f"演示〔{item.row['founded']}〕{number:03d}",
            build_type=item.row["build_type"] if scheme.build_types else "",
        )
        for number, (item, platform) in enumerate(rows, 1)
    ]  # fmt: skip
    for recognition, name in zip(reversed(held), ("remove", "warn"), strict=False):
        if RecognitionAccess(staff).can(name, recognition):
            move_recognition(
                actor=staff, recognition=recognition, name=name, now=now,
                reason="演示数据：用来说明名册变动。",
            )  # fmt: skip
