"""Invented daily business of demo platforms: what they ask for, get, report and offer anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.demo_bodies import demo_uscc
from core.access import SYSTEM
from platforms.access import ChangeAccess, SubsidyAccess, TaxAccess, TicketAccess
from platforms.enums import ChangeKind, GovernmentLevel, ReportKind, SubsidyStatus, SupportKind
from platforms.models import (
    Capability,
    Equipment,
    Platform,
    SubsidyPlan,
    SupportTicket,
    TaxEligibility,
)
from platforms.services.changes import move_change, report_change
from platforms.services.claims import claim_platform
from platforms.services.coverage import record_bodies
from platforms.services.demo_applications import DemoDesk
from platforms.services.eligibility import end_eligibility, record_eligibility
from platforms.services.listings import create_listing, move_listing
from platforms.services.reports import report_listing
from platforms.services.subsidies import judge_year, pay_year, plan_subsidy
from platforms.services.support import move_ticket, raise_ticket, reply_to_ticket, route_ticket
from taxonomy.selectors import term

A_DAY = timedelta(days=1)
RATES = (Decimal(100), Decimal(60), Decimal(30))
# what is asked for, in the order of the platforms; how far it has come
TICKETS = (
    (0, SupportKind.ENERGY, "中试线用电需增容 200 kVA", "submitted"),
    (0, SupportKind.ENVIRONMENT, "新增中试项目的环评能否沿用平台批复", "handling"),
    (0, SupportKind.TALENT, "引进放大工艺工程师的人才政策", "answered"),
    (1, SupportKind.LAND, "扩建二期厂房的用地指标", "late"),
    (4, SupportKind.APPROVAL, "危险化学品使用许可办理进度", "closed"),
)


@transaction.atomic
def attach_demo_support(*, platforms: Sequence[Platform], desk: DemoDesk, now: datetime) -> None:
    """Tickets at every step, declining subsidies paid, due and lost, the import-tax list, changes
    to report and to approve, bodies that must enter, a claim, a correction and listings to look
    through.

    The first of `platforms` is the demo operator's. All through the services, on demo platforms.
    Not to be called twice.
    """
    for place, kind, title, status in TICKETS:
        _ticket(platforms[place], kind, title, status, desk, now)
    for platform, stand in zip((platforms[0], platforms[1], platforms[5]),
                               ("due", "payable", "lost"), strict=True):  # fmt: skip
        _subsidy(platform, stand, desk, now)
    _tax(platforms, desk, now)
    _changes(platforms[0], desk, now)
    _funded(platforms, desk, now)
    _offers(platforms[0], desk.operators[platforms[0].pk], now)


@transaction.atomic
def attach_demo_claim(
    *, like: Platform, claimant: tuple[Organisation, User], now: datetime
) -> Platform:
    """A demo platform that nobody runs here, in the region of `like`; `claimant` says they do, and
    somebody says that its contact is wrong. Not to be called twice."""
    organisation, person = claimant
    platform: Platform = create_listing(
        actor=SYSTEM, model=Platform, slug="demo-unclaimed", now=now,
        values={
            "name": "演示待认领中试平台", "region": like.region, "kind": like.kind,
            "address": "演示路 99 号（演示数据，非真实地址）", "is_demo": True,
            "summary": "演示平台（虚构），资料由主管部门登记，等运营单位认领。",
        },
    )  # fmt: skip
    for name in ("submit", "publish"):
        platform = move_listing(actor=SYSTEM, listing=platform, name=name, now=now)
    claim_platform(
        actor=person, platform=platform, organisation=organisation, now=now,
        note="演示认领：本单位负责该平台的建设和运营，证明材料可当面核对。",
    )  # fmt: skip
    report_listing(
        actor=person, platform=platform, kind=ReportKind.CONTACT, client="demo", now=now,
        note="演示纠错：页面上没有联系方式。",
    )  # fmt: skip
    return platform


def _ticket(
    platform: Platform, kind: str, title: str, status: str, desk: DemoDesk, now: datetime
) -> None:
    operator, at = desk.operators[platform.pk], now - 12 * A_DAY
    department, person = desk.departments[0]
    ticket = raise_ticket(
        actor=operator, platform=platform, now=at,
        values={"kind": kind, "title": title, "body": f"演示诉求：{title}，请协调办理。"},
    )  # fmt: skip
    if status == "submitted":
        return
    ticket = route_ticket(
        actor=desk.officer(TicketAccess, "route", ticket), ticket=ticket, department=department,
        workdays=3 if status == "late" else 20, now=at + A_DAY,
    )  # fmt: skip
    if status == "handling":
        body = "已收到，正与业务处室核对（演示）。"
        reply_to_ticket(actor=person, ticket=ticket, body=body, now=at + 2 * A_DAY)
    elif status != "late":
        _answer(ticket, status, operator, person, at)


def _answer(ticket: SupportTicket, status: str, operator: User, person: User, at: datetime) -> None:
    ticket = move_ticket(
        actor=person, ticket=ticket, name="answer", now=at + 3 * A_DAY,
        reason="可按现行政策办理，请备齐材料到窗口或线上提交（演示答复）。",
    )  # fmt: skip
    if status == "closed":
        move_ticket(actor=operator, ticket=ticket, name="accept", now=at + 4 * A_DAY)


def _subsidy(platform: Platform, stand: str, desk: DemoDesk, now: datetime) -> None:
    """Begun last year and paid then; this year is to be judged, to be paid, or lost."""
    year = timezone.localdate(now).year
    staff = desk.officer(SubsidyAccess, "record", SubsidyPlan(platform=platform))
    plan = plan_subsidy(
        actor=staff, platform=platform, rates=RATES, now=now - timedelta(days=400),
        values={
            "level": GovernmentLevel.CITY, "fund": "演示运营补贴", "base_yuan": Decimal(500_000),
            "first_year": year - 1, "gate": "上一年度运行评价合格以上（演示）",
            "department": "演示主管部门", "document_number": f"演示文号〔{year - 1}〕301号",
        },
    )  # fmt: skip
    first, second = plan.years.order_by("year")[:2]
    pay_year(
        actor=staff, row=first, amount_yuan=first.planned_yuan, now=now,
        paid_date=date(year - 1, 9, 30),
    )  # fmt: skip
    if stand != "due" and second.status == SubsidyStatus.WAITING:
        is_met = stand == "payable"
        basis = "上一年度运行评价良好（演示）。" if is_met else "上一年度没有对外服务（演示）。"
        judge_year(actor=staff, row=second, is_met=is_met, basis=basis, now=now)


def _tax(platforms: Sequence[Platform], desk: DemoDesk, now: datetime) -> None:
    """Two on the list, of which one was taken off it."""
    today = timezone.localdate(now)
    for number, platform in enumerate((platforms[0], platforms[2])):
        staff = desk.officer(TaxAccess, "record", TaxEligibility(platform=platform))
        row = record_eligibility(
            actor=staff, platform=platform, now=now,
            values={
                "document_number": f"演示文号〔{today.year}〕40{number + 1}号",
                "started_date": today - timedelta(days=200),
                "valid_until": today + timedelta(days=900),
            },
        )  # fmt: skip
        if number:
            end_eligibility(
                actor=staff, eligibility=row, ended_date=today - A_DAY, now=now,
                reason="不再承担相应的中试任务（演示）。",
            )  # fmt: skip


def _funded(platforms: Sequence[Platform], desk: DemoDesk, now: datetime) -> None:
    """Of five invented bodies that must enter the register, three have."""
    entered = [row.organisation for row in platforms[1:4] if row.organisation]
    rows = [(body.name, body.uscc) for body in entered]
    rows += [
        ("演示应纳入研究院", demo_uscc("12", 9001)),
        ("演示应纳入中试公司", demo_uscc("91", 9002)),
    ]
    basis = term("inclusion-basis", "fiscal-subsidy")
    assert basis is not None  # noqa: S101 -- the starting data holds the list, for mypy
    record_bodies(
        actor=desk.staff[-1], rows=rows, basis=basis, fund="演示专项资金",
        source="演示来函〔2026〕1号", now=now,
    )  # fmt: skip


def _changes(platform: Platform, desk: DemoDesk, now: datetime) -> None:
    """One waits for approval, one came back, one is asked for."""
    made = [
        report_change(
            actor=desk.operators[platform.pk], platform=platform, now=now - 9 * A_DAY,
            values={
                "kind": kind, "happened_date": timezone.localdate(now) - timedelta(days=20),
                "before": "演示甲", "after": "演示乙", "note": f"演示数据：{kind.label}。",
            },
        )
        for kind in (ChangeKind.LEADER, ChangeKind.EQUIPMENT, ChangeKind.ADDRESS)
    ]  # fmt: skip
    moves = ((made[1], "return", "请补充变动设备的清单（演示）。"),
             (made[2], "dismiss", "属于门牌更正（演示）。"),
             (made[2], "ask", "经核对实际搬迁，请补报（演示）。"))  # fmt: skip
    for report, name, reason in moves:
        staff = desk.officer(ChangeAccess, name, report)
        report.refresh_from_db()
        move_change(actor=staff, report=report, name=name, reason=reason, now=now - 5 * A_DAY)


def _offers(platform: Platform, operator: User, now: datetime) -> None:
    """A capability long unconfirmed, one that waits for review, and a draft."""
    common: dict[str, Any] = {
        "field": term("field-data", "new-materials"), "process": "分散、涂布、干燥",
        "materials": "水性树脂、功能填料", "trl_low": 4, "trl_high": 7, "is_open": True,
    }  # fmt: skip
    long_ago = now - timedelta(days=100)
    shown = create_listing(
        actor=SYSTEM, model=Capability, slug="demo-coating-trial", platform=platform, now=long_ago,
        values=common | {"title": "功能涂布液小批量试制", "description": "演示数据：水性功能涂布液"
                         "的分散、调配和连续涂布试验。"},
    )  # fmt: skip
    for name in ("submit", "publish"):
        shown = move_listing(actor=SYSTEM, listing=shown, name=name, now=long_ago)
    waiting = create_listing(
        actor=operator, model=Equipment, platform=platform, now=now,
        values={"name": "实验型涂布机", "specification": "演示数据：幅宽 300 mm，0.5–20 m/min。"},
    )  # fmt: skip
    move_listing(actor=operator, listing=waiting, name="submit", now=now)
    for title, is_submitted in (("涂布液中试放大", True), ("卷对卷涂布试验", False)):
        offer = create_listing(
            actor=operator, model=Capability, platform=platform, now=now,
            values=common | {"title": title, "description": "演示数据：公斤级到百公斤级放大。"},
        )  # fmt: skip
        if is_submitted:
            move_listing(actor=operator, listing=offer, name="submit", now=now)
