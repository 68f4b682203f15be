"""Invented projects of demo platforms: from first contact to outcomes, for reported years."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from cases.enums import CaseStatus, DeclineReason, OutcomeKind, OutcomeStatus, ProjectStatus
from cases.models import Case, Message, Outcome, Project, Quote, Receipt
from cases.querysets import OPEN_STATUSES
from cases.services.stories import case_search
from core.access import SYSTEM
from core.activity import register_actions
from core.reminders import reply_due
from core.services import log_activity
from demands.services.demo import DemoDemand, load_demo_demands
from platforms.models import Capability, Platform

register_actions({"cases.project.load_demo": "载入了演示对接项目"})
P = ProjectStatus
# how far the enquiries of a past year and of the running one have come, in percent
PAST = {P.CLOSED: 70, P.DELIVERED: 6, P.DECLINED: 14, P.CANCELLED: 10}
RUNNING = {P.CLOSED: 42, P.DELIVERED: 12, P.PILOTING: 12, P.CONTRACTED: 8, P.QUOTED: 8,
           P.IN_TALKS: 7, P.ENQUIRY: 3, P.DECLINED: 8}  # fmt: skip
KINDS = {OutcomeKind.VERIFIED: 52, OutcomeKind.PRODUCED: 22, OutcomeKind.LAUNCHED: 20,
         OutcomeKind.FAILED: 6}  # fmt: skip
# what may follow from mass production: chance in percent, amount in 万元 or nothing
FOLLOWING = {
    OutcomeKind.SOLD: (60, (20, 160)), OutcomeKind.HANDED: (30, None),
    OutcomeKind.INVESTED: (15, (50, 300)), OutcomeKind.LICENSED: (20, (10, 60)),
    OutcomeKind.FOUNDED: (10, None),
}  # fmt: skip
SIGNED = (P.CONTRACTED, P.PILOTING, P.DELIVERED, P.CLOSED)
A_YEAR = 7  # projects of the smallest platform
STORIES = 5
Client = tuple[Organisation, User]


@dataclass(frozen=True)
class DemoClients:
    """Who asks: the demo enterprise first, then the invented ones; who runs each platform."""

    clients: Sequence[Client]
    hosts: Mapping[int, User]  # by platform


@dataclass
class _Drafts:
    """Rows to be written, in the order of their projects."""

    projects: list[Project] = field(default_factory=list)
    demands: dict[int, DemoDemand] = field(default_factory=dict)  # by place of the project


@transaction.atomic
def attach_demo_projects(
    *,
    platforms: Mapping[Platform, int],
    parties: DemoClients,
    years: Sequence[int],
    now: datetime,
) -> int:
    """Projects of `platforms` (with their size, 1–3) asked from a year before `years` until now.

    Marked `is_demo`, drawn from the platform's slug alone; a few statements in all, no events.
    Returns how many projects. Not to be called twice.
    """
    offers = _offers(platforms)
    drafts = _Drafts()
    for platform, size in platforms.items():
        chance = random.Random(f"projects-{platform.slug}")  # noqa: S311 -- data, not secrets
        # the year before too: what was asked then was delivered in the first reported one
        for year in range(years[0] - 1, years[-1] + 2):
            count = (A_YEAR + year - years[0]) * size + chance.randint(0, 3)
            for _ in range(count):
                _draft(drafts, platform, offers[platform.pk], parties, year, chance, now)
    _for_the_sign_ins(drafts, next(iter(platforms)), offers, parties, now)
    demands = load_demo_demands(demands=list(drafts.demands.values()))
    for place, demand in zip(drafts.demands, demands, strict=True):
        drafts.projects[place].demand = demand
    for number, project in enumerate(drafts.projects, 1):
        project.number = f"YS{timezone.localtime(project.asked_at).year}-{number:05d}"
    made = Project.objects.bulk_create(drafts.projects, batch_size=500)
    _talk(made, parties)
    _receipts(made, parties, now)
    outcomes = _outcomes(made, parties, now)
    _stories(outcomes, now)
    log_activity(actor=SYSTEM, action="cases.project.load_demo", target=made[0], now=now,
                 data={"count": len(made)})  # fmt: skip
    return len(made)


def _offers(platforms: Mapping[Platform, int]) -> dict[int, list[Capability]]:
    found: dict[int, list[Capability]] = {platform.pk: [] for platform in platforms}
    rows = Capability.objects.filter(platform__in=found).select_related("field").order_by("pk")
    for row in rows:
        found[row.platform_id].append(row)
    return found


def _drawn(chances: Mapping[Any, int], chance: random.Random) -> Any:
    return chance.choices(list(chances), weights=list(chances.values()))[0]


def _draft(
    drafts: _Drafts,
    platform: Platform,
    offers: Sequence[Capability],
    parties: DemoClients,
    year: int,
    chance: random.Random,
    now: datetime,
) -> None:
    """One project as far as it came by now; left out when it would begin later."""
    capability = chance.choice(offers)
    asked = datetime.combine(
        date(year, 1, 5) + timedelta(days=chance.randint(0, 330)),
        time(9 + chance.randint(0, 7), 30), timezone.get_current_timezone(),
    )  # fmt: skip
    is_past = year < timezone.localdate(now).year
    status = _drawn(PAST if is_past else RUNNING, chance)
    if status == P.ENQUIRY:
        asked = now - timedelta(hours=chance.randint(2, 30))
    if asked >= now - timedelta(hours=1):
        return
    client = _client(drafts, platform, capability, parties, status, chance)
    project = _project(platform, capability, client, asked, status)
    _progress(project, chance, now)
    if chance.random() < 0.35 and project.status in SIGNED:
        drafts.demands[len(drafts.projects)] = DemoDemand(
            title=f"{capability.title}（演示需求）",
            description=f"寻求承接：{capability.process}，物料为{capability.materials}。演示数据。",
            field=capability.field, organisation=client[0], person=client[1],
            published_at=asked - timedelta(days=3),
            settled_at=datetime.combine(project.contract_date or asked.date(), time(10),
                                        asked.tzinfo),
        )  # fmt: skip
    drafts.projects.append(project)


def _client(
    drafts: _Drafts,
    platform: Platform,
    capability: Capability,
    parties: DemoClients,
    status: str,
    chance: random.Random,
) -> Client:
    """Somebody without the same enquiry open; now and then the platform's own operator."""
    host = platform.organisation
    if host is not None and status == P.CLOSED and chance.random() < 0.06:
        return host, parties.hosts[platform.pk]
    busy = {
        row.enterprise_id
        for row in drafts.projects
        if row.platform_id == platform.pk
        and row.capability_id == capability.pk
        and row.status in OPEN_STATUSES
    }
    free = [pair for pair in parties.clients[1:] if pair[0].pk not in busy]
    return chance.choice(free)


def _project(
    platform: Platform, capability: Capability, client: Client, asked: datetime, status: str
) -> Project:
    return Project(
        title=capability.title, platform=platform, capability=capability, enterprise=client[0],
        started_by=client[1], status=status, status_changed_at=asked, asked_at=asked,
        reply_due_at=reply_due(asked), is_demo=True,
    )  # fmt: skip


def _progress(project: Project, chance: random.Random, now: datetime) -> None:
    """Dates as far as the status wants them; what would lie ahead has not happened yet."""
    asked = project.asked_at
    if project.status == P.ENQUIRY:
        return
    if project.status == P.CANCELLED and chance.random() < 0.5:
        project.status_changed_at = asked + timedelta(hours=20)
        return
    hours = chance.choice([1, 2, 4, 6, 20, 26, 44]) if chance.random() < 0.88 else 150
    project.first_replied_at = min(asked + timedelta(hours=hours), now)
    project.status_changed_at = project.first_replied_at
    if project.status == P.DECLINED:
        project.decline_reason = chance.choice(DeclineReason.values)
    if project.status not in SIGNED:
        return
    today = timezone.localdate(now)
    project.contract_date = asked.date() + timedelta(days=chance.randint(8, 25))
    project.contract_amount_yuan = chance.randint(3, 60) * 10_000
    started = project.contract_date + timedelta(days=chance.randint(3, 15))
    project.promised_date = started + timedelta(days=chance.choice([45, 60, 75, 90]))
    delivered = started + timedelta(days=chance.randint(25, 85))
    if project.contract_date > today:
        project.status, project.contract_date = P.QUOTED, None
        project.contract_amount_yuan = project.promised_date = None
    elif project.status == P.CONTRACTED or started > today:
        project.status = P.CONTRACTED
    elif project.status == P.PILOTING or delivered > today:
        project.status, project.started_date = P.PILOTING, started
    else:
        project.started_date, project.delivered_date = started, delivered


def _for_the_sign_ins(
    drafts: _Drafts,
    platform: Platform,
    offers: Mapping[int, Sequence[Capability]],
    parties: DemoClients,
    now: datetime,
) -> None:
    """The demo enterprise and the demo operator have something to do with one another."""
    client, chance = parties.clients[0], random.Random(1)  # noqa: S311 -- data, not secrets
    listed = offers[platform.pk]
    for days, status, capability in (
        (1, P.ENQUIRY, listed[0]), (12, P.QUOTED, listed[-1]), (160, P.DELIVERED, None),
    ):  # fmt: skip
        project = _project(
            platform, capability or listed[0], client, now - timedelta(days=days), status
        )
        project.capability = capability
        _progress(project, chance, now)
        drafts.projects.append(project)


def _talk(projects: Sequence[Project], parties: DemoClients) -> None:
    """The question, the first answer, and the price where one was given."""
    messages, quotes = [], []
    for project in projects:
        host = parties.hosts[project.platform_id]
        messages.append(
            Message(
                project=project, author=project.started_by, organisation=project.enterprise,
                sent_at=project.asked_at, body="您好，想了解这项服务能否承接（演示数据）。",
            )
        )  # fmt: skip
        if project.first_replied_at is None:
            continue
        messages.append(
            Message(
                project=project, author=host, organisation=project.platform.organisation,
                sent_at=project.first_replied_at, body="收到，我们按您的要求评估（演示数据）。",
            )
        )  # fmt: skip
        if project.status in (*SIGNED, P.QUOTED):
            quotes.append(_quote(project, host))
    Message.objects.bulk_create(messages, batch_size=1000)
    Quote.objects.bulk_create(quotes, batch_size=1000)


def _quote(project: Project, host: User) -> Quote:
    at = (project.first_replied_at or project.asked_at) + timedelta(hours=2)
    return Quote(
        project=project, amount_yuan=project.contract_amount_yuan or 80_000, lead_days=60,
        valid_until_date=at.date() + timedelta(days=60), scope="演示报价：含试制、检测和报告。",
        quoted_by=host, quoted_at=at,
    )  # fmt: skip


def _outcomes(projects: Sequence[Project], parties: DemoClients, now: datetime) -> list[Outcome]:
    """One outcome or two of what was delivered; closed projects have a confirmed one."""
    made = []
    for project in projects:
        if project.delivered_date is None or project.status not in (P.DELIVERED, P.CLOSED):
            continue
        chance = random.Random(f"outcome-{project.number}")  # noqa: S311 -- data, not secrets
        made.append(_outcome(project, _drawn(KINDS, chance), parties, chance, now))
        if made[-1].kind == OutcomeKind.VERIFIED and chance.random() < 0.35:
            made.append(_outcome(project, OutcomeKind.PRODUCED, parties, chance, now))
        if made[-1].kind == OutcomeKind.PRODUCED:
            made += _following(project, parties, chance, now)
    return Outcome.objects.bulk_create(made, batch_size=500)


def _outcome(
    project: Project, kind: str, parties: DemoClients, chance: random.Random, now: datetime
) -> Outcome:
    assert project.delivered_date is not None  # noqa: S101 -- the caller's condition, for mypy
    today = timezone.localdate(now)
    achieved = min(project.delivered_date + timedelta(days=chance.randint(1, 40)), today)
    answered = min(datetime.combine(achieved, time(15), project.asked_at.tzinfo), now)
    is_confirmed = project.status == P.CLOSED
    before = chance.randint(4, 5)
    return Outcome(
        project=project, kind=kind, description="演示成果：达到约定指标。",
        product_name="演示产品" if kind == OutcomeKind.LAUNCHED else "",
        trl_before=before, trl_after=before + (kind != OutcomeKind.FAILED) * chance.randint(1, 2),
        achieved_date=achieved, evidence_grade=chance.choice("BCCD"),
        claimed_by=parties.hosts[project.platform_id], status_changed_at=answered,
        status=OutcomeStatus.CONFIRMED if is_confirmed else OutcomeStatus.CLAIMED,
        satisfaction=chance.choice([3, 4, 4, 5, 5]) if is_confirmed else None,
    )  # fmt: skip


def _following(
    project: Project, parties: DemoClients, chance: random.Random, now: datetime
) -> list[Outcome]:
    """What came of mass production later: sales, investment, licences, new firms."""
    made = []
    for kind, (percent, amounts) in FOLLOWING.items():
        if chance.random() * 100 >= percent:
            continue
        row = _outcome(project, kind, parties, chance, now)
        row.trl_before = row.trl_after = row.satisfaction = None
        row.description = "演示成果：中试以后取得。"
        row.amount_yuan = chance.randint(*amounts) * 10_000 if amounts else None
        row.party_name = "" if kind in (OutcomeKind.SOLD, OutcomeKind.LICENSED) else "演示单位"
        row.document_number = "演示登记号" if kind == OutcomeKind.LICENSED else ""
        made.append(row)
    return made


def _receipts(projects: Sequence[Project], parties: DemoClients, now: datetime) -> None:
    """A third of the contract on signing, the rest after delivery; the last of a project that is
    not closed waits for the enterprise."""
    made, today = [], timezone.localdate(now)
    for project in projects:
        if project.contract_date is None or not project.contract_amount_yuan:
            continue
        first = Decimal(project.contract_amount_yuan) * 3 / 10
        parts = [(project.contract_date + timedelta(days=5), first, "首付款", True)]
        if project.delivered_date:
            rest = project.contract_amount_yuan - first
            parts.append((project.delivered_date + timedelta(days=15), rest, "尾款",
                          project.status == P.CLOSED))  # fmt: skip
        made += [
            Receipt(
                project=project, amount_yuan=amount, received_date=day, note=f"演示{note}",
                **_voucher(project, amount, is_first=note == "首付款"),
                registered_by=parties.hosts[project.platform_id],
                status=OutcomeStatus.CONFIRMED if is_confirmed else OutcomeStatus.CLAIMED,
                status_changed_at=min(
                    datetime.combine(day, time(16), project.asked_at.tzinfo), now
                ),
            )
            for day, amount, note, is_confirmed in parts
            if day <= today
        ]  # fmt: skip
    Receipt.objects.bulk_create(made, batch_size=1000)


def _voucher(project: Project, amount: Decimal, *, is_first: bool) -> dict[str, Any]:
    """A tenth of the first payment of every third project was paid by a voucher."""
    if not is_first or int(project.number[-3:]) % 3:
        return {}
    return {
        "voucher_yuan": (amount / 10).quantize(Decimal("0.01")),
        "voucher_number": f"演示券-{project.number}",
    }


TOLD = {OutcomeKind.PRODUCED: "实现量产", OutcomeKind.LAUNCHED: "产品上市"}


def _stories(outcomes: Sequence[Outcome], now: datetime) -> None:
    """A few published cases, one a platform: of mass production, every third of a launch."""
    told: dict[int, Case] = {}
    for outcome in outcomes:
        project = outcome.project
        kind = OutcomeKind.PRODUCED if len(told) % 3 else OutcomeKind.LAUNCHED
        is_good = outcome.kind == kind and project.status == P.CLOSED
        if not is_good or project.platform_id in told or len(told) == STORIES:
            continue
        at = outcome.status_changed_at
        case = Case(
            slug=project.number.lower(), project=project, platform=project.platform,
            title=f"{project.title}{TOLD[kind]}（演示案例）", client_name=project.enterprise.name,
            field=project.capability.field if project.capability else None,
            region=project.platform.region, result=f"企业确认{TOLD[kind]}（演示数据）。",
            summary="演示案例：企业带着小试成果而来，经放大、试制和检测，形成可量产的工艺。",
            status=CaseStatus.PUBLISHED, status_changed_at=at, published_at=at, consented_at=at,
            written_by=outcome.claimed_by,
        )  # fmt: skip
        case.search = case_search(case)
        told[project.platform_id] = case
    Case.objects.bulk_create(told.values())
