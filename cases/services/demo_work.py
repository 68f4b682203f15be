"""Invented work around demo projects: late replies, stories to review, calls, the safety ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from cases.enums import ClearanceKind, ClearanceStage, OutcomeStatus, ProjectStatus
from cases.models import Case, CaseCall, Project
from cases.services.calls import create_call, enter_case, mark_entry, move_call
from cases.services.ledger import mend_findings, record_inspection, save_clearance
from cases.services.projects import start_enquiry
from cases.services.stories import move_case, write_case
from platforms.models import Platform
from taxonomy.models import Region

A_DAY = timedelta(days=1)
CRITERIA = [
    {"name": "技术成熟度提升", "marks": 40},
    {"name": "产业化成效", "marks": 40},
    {"name": "可推广性", "marks": 20},
]
MARKS = (34, 32, 16)


@dataclass(frozen=True)
class DemoSides:
    """Who takes part: the operator of each platform, the demo enterprise, staff, those of the demo
    city, and experts (the demo expert first)."""

    operators: Mapping[int, User]  # by platform
    enterprise: tuple[Organisation, User]
    staff: User
    city: User
    experts: Sequence[User]


@transaction.atomic
def attach_demo_case_work(
    *, platforms: Sequence[Platform], region: Region, sides: DemoSides, now: datetime
) -> None:
    """An enquiry that is late, a case to review, two calls (open, and being marked), procedures
    and inspections. The first of `platforms` is the demo operator's.

    All through the services, on projects marked `is_demo`. Not to be called twice.
    """
    organisation, person = sides.enterprise
    start_enquiry(
        actor=person, enterprise=organisation, platform=platforms[1], now=now - 9 * A_DAY,
        body="您好，想了解贵平台近期的排期（演示数据）。",
    )  # fmt: skip
    _story(platforms[0], sides, now)
    _calls(region, platforms[0].region, sides, now)
    _ledger(platforms[0], sides, now)


def _story(platform: Platform, sides: DemoSides, now: datetime) -> None:
    """Written by the platform and agreed to by the enterprise: staff have to review it."""
    told = Project.objects.filter(
        platform=platform, status=ProjectStatus.CLOSED, cases=None,
        outcomes__status=OutcomeStatus.CONFIRMED,
    )  # fmt: skip
    rows = told.exclude(enterprise=platform.organisation).select_related("started_by")
    project = rows.order_by("-asked_at", "pk").first()
    if project is None:
        return
    case = write_case(
        actor=sides.operators[platform.pk], project=project, now=now - 3 * A_DAY,
        values={
            "title": f"{project.title}（演示案例）", "client_name": project.enterprise.name,
            "summary": "演示案例：小试样品经三批放大验证，工艺参数稳定，交付全套工艺文件。",
            "result": "企业确认完成中试验证（演示数据）。",
        },
    )  # fmt: skip
    operator, client = sides.operators[platform.pk], project.started_by
    move_case(actor=operator, case=case, name="ask_consent", now=now - 2 * A_DAY)
    move_case(actor=client, case=case, name="consent", now=now - A_DAY)


def _calls(region: Region, city: Region, sides: DemoSides, now: datetime) -> None:
    """The province's takes entries, the city's is being marked: the demo expert has one entry left
    to mark."""
    published = Case.objects.published().filter(project__is_demo=True)
    today, cases = timezone.localdate(now), list(published.order_by("pk"))
    half = len(cases) // 2
    _call("演示：下半年典型案例征集", (today - 10 * A_DAY, today + 30 * A_DAY), region,
          cases[:half], sides, sides.staff, now)  # fmt: skip
    call = _call("演示：上半年典型案例征集", (today - 40 * A_DAY, today), city, cases[half:],
                 sides, sides.city, now)  # fmt: skip
    entries = list(call.entries.order_by("pk"))
    if not entries:
        return
    # a call that is over cannot be opened, so its last day is moved back once it is
    CaseCall.objects.filter(pk=call.pk).update(due_date=today - A_DAY)
    move_call(actor=sides.city, call=call, name="score", now=now)
    for expert in sides.experts:
        for entry in entries[:1] if expert == sides.experts[0] else entries:
            lost = (entry.pk + expert.pk) % 5
            mark_entry(
                actor=expert, entry=entry, marks=[mark - lost for mark in MARKS], now=now,
                comment="成效清楚，可推广（演示评语）。",
            )  # fmt: skip


def _call(
    title: str,
    days: tuple[date, date],
    region: Region,
    cases: Sequence[Case],
    sides: DemoSides,
    staff: User,
    now: datetime,
) -> CaseCall:
    call = create_call(
        actor=staff, reviewers=sides.experts, now=now,
        values={
            "title": title, "region": region, "opens_date": days[0], "due_date": days[1],
            "notice": "演示征集：不是真实的通知。已发布的案例可直接报名，由专家按标准评分。",
            "criteria": CRITERIA,
        },
    )  # fmt: skip
    call = move_call(actor=staff, call=call, name="open", now=now)
    for case in cases:
        if operator := sides.operators.get(case.platform_id or 0):
            enter_case(actor=operator, call=call, case=case, now=now)
    return call


def _ledger(platform: Platform, sides: DemoSides, now: datetime) -> None:
    """Procedures of two projects; inspections with findings late, under way and mended."""
    today, actor = timezone.localdate(now), sides.operators[platform.pk]
    rows = Project.objects.filter(platform=platform).exclude(started_date=None)
    projects = list(rows.order_by("-started_date", "pk")[:3])
    stages = (ClearanceStage.REUSED, ClearanceStage.PREPARING, ClearanceStage.EXEMPT)
    for place, project in enumerate(projects):
        stage = stages[place]
        number = "演示批复〔2025〕1号" if stage == ClearanceStage.REUSED else ""
        for kind in ClearanceKind.values:
            save_clearance(
                actor=actor, project=project, kind=kind, now=now,
                values={"stage": stage, "approval_number": number, "officer_name": "演示专员",
                        "note": "演示数据。"},
            )  # fmt: skip
        inspection = record_inspection(
            actor=actor, project=project, now=now,
            values={
                "held_date": today - 20 * A_DAY, "inspector": "演示检查人员", "found_count": 2,
                "findings": "演示检查：应急器材标识不清，1 处管线未编号。",
                "rectify_by": today + (10 * place - 5) * A_DAY,
            },
        )  # fmt: skip
        if place:
            mend_findings(
                actor=actor, inspection=inspection, mended_count=place, now=now,
                rectification="已补标识（演示）。",
            )  # fmt: skip
