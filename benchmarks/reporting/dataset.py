"""The nation's years of operations, made with a seed: plausible, not real.

Each platform: 4 pieces of equipment, 5 capabilities, a line, 2 experts, a place on a roster; each
year 12 enquiries of which 10 become projects with quote and outcome, 24 lines of usage log, 2
demands, an inspection, some public money, changes and stories. Every second platform lies in one
province. All by set-based SQL.
"""

from __future__ import annotations

from typing import Any

from accounts.models import Organisation, User
from benchmarks.reporting.rows import insert, one_of, prepare
from cases.models import Case, Clearance, Outcome, Project, Quote, Receipt, SafetyInspection
from demands.models import Demand
from platforms.models import (
    Capability,
    ChangeReport,
    Equipment,
    Expert,
    FundingRecord,
    Line,
    Platform,
    Recognition,
    RosterChange,
    Scheme,
    UsageLog,
)
from taxonomy.models import Industry, Region, Term

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CLIENTS = 3  # enterprises a platform
PLATFORMS = "(SELECT id, region_id, row_number() OVER (ORDER BY id) AS n FROM platforms_platform) p"
ZONE = "AT TIME ZONE 'Asia/Shanghai'"


def uscc(number: int) -> str:
    """A valid GB 32100 code for the `number`-th body; every tenth is a public institution."""
    body = f"{'12' if number % 10 == 7 else '91'}440000MA{number:07d}"
    total = sum(CHARACTERS.index(c) * (3**i % 31) for i, c in enumerate(body))
    return body + CHARACTERS[(31 - total % 31) % 31]


def terms(code_list: str) -> list[int]:
    return list(
        Term.objects.filter(code_list=code_list, is_active=True).order_by("order", "pk")
        .values_list("pk", flat=True)
    )  # fmt: skip


def make(count: int, *, years: list[int], seed: int) -> dict[str, int]:
    """`count` platforms and their `years`; how many rows of each kind there are."""
    prepare(seed)
    user = User.objects.create(email="bench@example.com", name="基准")
    clients = _bodies(count)
    _platforms(count)
    _offers()
    _roster()
    span = f"generate_series({years[0]}, {years[-1]}) y"
    made = _projects(span, clients, user)
    _followed(span, user)
    made[UsageLog] = insert(
        UsageLog,
        f"(SELECT id, row_number() OVER (ORDER BY id) AS n FROM platforms_equipment) e, {span}, "
        "generate_series(0, 5) k",
        equipment_id="e.id", is_demo="true",
        start_at=f"(make_date(y, 1, 1) + 30 * k + 5 + time '09:00') {ZONE}",
        hours="bench_draw('hours', e.n * 60 + y * 7 + k, 10, 300)",
        is_external="bench_share('external', e.n * 60 + y * 7 + k) < 0.3",
        source=one_of(["import", "entered", "api"], "source", "e.n"),
    )  # fmt: skip
    models = (Organisation, Platform, Equipment, Capability, Demand, *made)
    return {model.__name__: model._default_manager.count() for model in models}


def _bodies(count: int) -> tuple[int, int]:
    """Operators, then their clients; the first id of the clients and how many they are."""
    cities = list(Region.objects.filter(level=2, is_active=True).order_by("pk"))
    own = [row for row in cities if row.pk.startswith("44")]
    regions = [row for pair in zip(cities, own * len(cities), strict=False) for row in pair]
    sizes = ["large", "medium", "small", "micro", "micro"]
    rows = Organisation.objects.bulk_create(
        (
            Organisation(name=f"单位{n}", uscc=uscc(n), region=regions[n * 7 % len(regions)],
                         size_class=sizes[n * 3 % 5], status="approved", is_demo=True)
            for n in range(count * (1 + CLIENTS))
        ),
        batch_size=2000,
    )  # fmt: skip
    srdi = list(
        Term.objects.filter(code__in=("srdi-sme", "little-giant", "tech-sme"))
        .values_list("pk", flat=True)
    )  # fmt: skip
    if srdi:
        insert(
            Organisation.qualifications.through, "accounts_organisation o",
            after="WHERE bench_share('srdi', o.id) < 0.2", organisation_id="o.id",
            term_id=one_of(srdi, "srdi-kind", "o.id"),
        )  # fmt: skip
    return rows[count].pk, count * CLIENTS


def _platforms(count: int) -> None:
    links = {
        name: one_of(terms(code_list), name, "o.n")
        for name, code_list in (
            ("kind_id", "platform-kind"), ("build_type_id", "build-type"),
            ("host_type_id", "host-type"), ("level_id", "platform-level"),
            ("operation_mode_id", "operation-mode"), ("governance_id", "governance"),
        )
    }  # fmt: skip
    insert(
        Platform,
        "(SELECT id, region_id, row_number() OVER (ORDER BY id) AS n "
        f"FROM accounts_organisation ORDER BY id LIMIT {count}) o",
        slug="'bench-' || o.n", name="'基准平台' || o.n",
        pinyin_key="'ji1 zhun3 ' || lpad(o.n::text, 6, '0')", organisation_id="o.id",
        region_id="o.region_id", status="'published'", is_demo="true",
        floor_area_sqm="bench_draw('area', o.n, 100, 9000)", **links,
    )  # fmt: skip
    insert(
        Platform.fields.through, f"{PLATFORMS}, generate_series(0, 1) k", platform_id="p.id",
        term_id=one_of(terms("field-data"), "field", "p.n * 2 + k"), after="ON CONFLICT DO NOTHING",
    )  # fmt: skip


def _offers() -> None:
    shown: dict[str, Any] = {"platform_id": "p.id", "status": "'published'"}
    number = "p.n * 10 + k"
    insert(
        Equipment, f"{PLATFORMS}, generate_series(0, 3) k", **shown,
        slug="'bench-e-' || p.n || '-' || k", name="'设备' || k",
        quantity=f"bench_draw('quantity', {number}, 1, 3)",
        value_yuan=f"bench_draw('value', {number}, 5, 500) * 10000",
        is_open=f"bench_share('open', {number}) < 0.7",
        origin=one_of(["domestic", "imported", ""], "origin", number),
    )  # fmt: skip
    industries = list(Industry.objects.order_by("pk").values_list("pk", flat=True))
    insert(
        Capability, f"{PLATFORMS}, generate_series(0, 4) k", **shown,
        slug="'bench-c-' || p.n || '-' || k", title="'能力' || k",
        completeness=f"bench_draw('complete', {number}, 20, 100)",
        price_model=one_of(["fixed", "range", "negotiable", ""], "price", number),
        trl_low=f"bench_draw('low', {number}, 3, 5)",
        trl_high=f"bench_draw('high', {number}, 6, 9)",
        field_id=one_of(terms("field-data"), "offer-field", number),
        industry_id=one_of(industries, "industry", number),
        next_free_date=f"CASE WHEN bench_share('free', {number}) < 0.5 THEN current_date + 30 END",
        confirmed_at=f"now() - make_interval(days => bench_draw('day', {number}, 0, 400)::int)",
    )  # fmt: skip
    for through, code_list in (
        (Capability.service_types.through, "service-type"),
        (Capability.verification_types.through, "verification-type"),
    ):
        insert(
            through, "platforms_capability c, generate_series(0, 1) k", capability_id="c.id",
            term_id=one_of(terms(code_list), code_list, "c.id * 2 + k"),
            after="ON CONFLICT DO NOTHING",
        )  # fmt: skip
    insert(
        Line, PLATFORMS, **shown, slug="'bench-l-' || p.n", name="'中试线'", kind="'line'",
        is_digital="bench_share('digital', p.n) < 0.4",
    )  # fmt: skip
    insert(
        Expert, f"{PLATFORMS}, generate_series(0, 1) k", **shown, expertise="'工艺放大'",
        slug="'bench-x-' || p.n || '-' || k", name="'专家' || k", consented_at="now()",
        engagement_modes="CASE k WHEN 0 THEN ARRAY['project'] ELSE ARRAY[]::text[] END",
    )  # fmt: skip


def _roster() -> None:
    """Everybody recognised in one of the last years; a few left again."""
    scheme = Scheme.objects.filter(level="province").first() or Scheme.objects.create(
        slug="bench", name="省级中试平台认定", level="province", certificate_prefix="B",
        region=Region.objects.get(pk="000000"), source="基准",
    )  # fmt: skip
    left = "bench_share('left', p.n) < 0.03"
    insert(
        Recognition, PLATFORMS, platform_id="p.id", scheme_id=str(scheme.pk), is_demo="true",
        certificate_number="'B' || lpad(p.n::text, 6, '0')",
        verification_code="'BV' || lpad(p.n::text, 8, '0')", decided_date="date '2019-06-01'",
        started_date="date '2019-06-01' + bench_draw('day', p.n, 0, 2000)::int",
        ended_date=f"CASE WHEN {left} THEN date '2025-09-01' END",
        status=f"CASE WHEN {left} THEN 'removed' ELSE 'active' END", status_changed_at="now()",
    )  # fmt: skip
    insert(
        RosterChange, "platforms_recognition r", recognition_id="r.id", day="r.started_date",
        status="'active'",
    )  # fmt: skip
    insert(
        RosterChange, "platforms_recognition r", after="WHERE r.ended_date IS NOT NULL",
        recognition_id="r.id", day="r.ended_date", status="'removed'",
    )  # fmt: skip


def _projects(span: str, clients: tuple[int, int], user: User) -> dict[Any, int]:
    """Twelve enquiries a platform and year: ten become projects, one is declined, one dropped."""
    first, count = clients
    number = "(p.n * 20 + k) * 100 + y % 100"
    made: dict[Any, int] = {}
    insert(
        Demand, f"{PLATFORMS}, {span}, generate_series(0, 1) k",
        slug="'bench-d-' || p.n || '-' || y || '-' || k", title="'需求' || k", is_demo="true",
        organisation_id=f"{first} + bench_draw('asker', {number}, 0, {count - 1})",
        region_id="p.region_id", field_id=one_of(terms("field-data"), "demand-field", number),
        status="CASE WHEN k = 0 THEN 'fulfilled' ELSE 'expired' END", status_changed_at="now()",
        published_at=f"(make_date(y, 1, 10) + bench_draw('posted', {number}, 0, 90)::int + "
        f"time '09:00') {ZONE}",
    )  # fmt: skip
    asked = (
        f"(make_date(y, 1, 5) + bench_draw('asked', {number}, 0, 150)::int + time '09:30') {ZONE}"
    )
    waited = f"make_interval(hours => bench_draw('hours', {number}, 1, 90)::int)"
    begun = f"make_date(y, 1, 1) + bench_draw('begun', {number}, 0, 200)::int"
    ordered = "CASE WHEN k < 10 THEN {} END"
    made[Project] = insert(
        Project, f"{PLATFORMS}, {span}, generate_series(0, 11) k", platform_id="p.id",
        number="'B' || y % 100 || '-' || p.n || '-' || k", title="'项目' || k", is_demo="true",
        enterprise_id=f"{first} + bench_draw('client', {number}, 0, {count - 1})",
        started_by_id=str(user.pk), status_changed_at=asked, asked_at=asked,
        demand_id="CASE WHEN k < 2 THEN (SELECT d.id FROM demands_demand d "
        "WHERE d.slug = 'bench-d-' || p.n || '-' || y || '-' || k) END",
        status="CASE k WHEN 10 THEN 'declined' WHEN 11 THEN 'cancelled' ELSE 'closed' END",
        decline_reason="CASE k WHEN 10 THEN 'capacity' ELSE '' END",
        reply_due_at=f"{asked} + interval '2 days'",
        first_replied_at=f"{asked} + {waited}",
        contract_date=ordered.format(begun), started_date=ordered.format(begun),
        contract_amount_yuan=ordered.format(f"bench_draw('amount', {number}, 1, 80) * 10000"),
        promised_date=ordered.format(f"{begun} + 90"),
        delivered_date=ordered.format(f"{begun} + bench_draw('took', {number}, 20, 150)::int"),
    )  # fmt: skip
    delivered = "cases_project j"
    made[Quote] = insert(
        Quote, delivered, after="WHERE j.contract_date IS NOT NULL", project_id="j.id",
        amount_yuan="j.contract_amount_yuan", lead_days="90", valid_until_date="j.contract_date",
        scope="'打样'", quoted_by_id=str(user.pk), quoted_at="j.asked_at",
    )  # fmt: skip
    made[Receipt] = insert(
        Receipt, delivered, after="WHERE j.delivered_date IS NOT NULL", project_id="j.id",
        amount_yuan="j.contract_amount_yuan", received_date="j.delivered_date",
        registered_by_id=str(user.pk), status="'confirmed'",
        status_changed_at=f"(j.delivered_date + time '16:00') {ZONE}",
    )  # fmt: skip
    made[Outcome] = insert(
        Outcome, delivered, after="WHERE j.delivered_date IS NOT NULL", project_id="j.id",
        kind=one_of(["verified", "verified", "produced", "launched", "failed"], "kind", "j.id"),
        description="'达到指标'", achieved_date="j.delivered_date", claimed_by_id=str(user.pk),
        status="CASE WHEN bench_share('confirm', j.id) < 0.8 THEN 'confirmed' ELSE 'claimed' END",
        status_changed_at=f"(j.delivered_date + time '15:00') {ZONE}",
        trl_before="4", trl_after="6", satisfaction="bench_draw('mark', j.id, 3, 5)",
    )  # fmt: skip
    return made


def _followed(span: str, user: User) -> None:
    """What is kept beside projects: procedures, inspections, money, changes, stories."""
    year = f"{PLATFORMS}, {span}"
    insert(
        Clearance, "cases_project j", project_id="j.id", kind="'eia'", approval_number="'演示'",
        stage="'approved'",
        after="WHERE j.contract_date IS NOT NULL AND bench_share('eia', j.id) < 0.3",
    )  # fmt: skip
    insert(
        SafetyInspection, "cases_project j", project_id="j.id", inspector="'检查组'",
        held_date="j.started_date", findings="'无'", found_count="2", mended_count="2",
        after="WHERE j.contract_date IS NOT NULL AND bench_share('held', j.id) < 0.1",
    )  # fmt: skip
    insert(
        FundingRecord, year, platform_id="p.id", year="y", kind="'subsidy'", fund="'中试专项资金'",
        level=one_of(["province", "city"], "level", "p.n"), is_demo="true",
        amount_yuan="bench_draw('money', p.n * 100 + y % 100, 10, 300) * 10000",
        after="WHERE bench_share('fund', p.n * 100 + y % 100) < 0.3",
    )  # fmt: skip
    insert(
        ChangeReport, year, platform_id="p.id", kind="'leader'", status="'accepted'",
        happened_date="make_date(y, 5, 20)", note="'演示变动'",
        after="WHERE bench_share('change', p.n * 100 + y % 100) < 0.1",
    )  # fmt: skip
    insert(
        Case, "cases_project j", slug="'bench-s-' || j.id",
        title="j.title", platform_id="j.platform_id", project_id="j.id", summary="'演示案例'",
        status="'published'", consented_at="now()", written_by_id=str(user.pk),
        published_at=f"(j.delivered_date + time '15:00') {ZONE}",
        after="WHERE j.delivered_date IS NOT NULL AND bench_share('story', j.id) < 0.005",
    )  # fmt: skip
