"""What follows for invented recognitions: assessments under way, late and done; an appeal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from platforms.access import ProgrammeAccess, RecognitionAccess
from platforms.enums import AssessmentKind, CheckResult
from platforms.models import Assessment, Platform, Programme, Recognition, Scheme
from platforms.services.appeals import make_appeal
from platforms.services.assessments import ask_extension, conclude_assessment, plan_assessment
from platforms.services.demo_applications import DemoDesk, score
from platforms.services.recognition_demo import SLUG
from platforms.services.reviewing import assign_assessor
from platforms.services.roster import record_recognition
from platforms.services.schemes import save_programme
from platforms.services.task_book import save_task_book

TASKS = (
    {"name": "建成中试线", "target": "1 条", "done": "1 条", "proof": "验收单（演示）"},
    {"name": "对外服务企业", "target": "20 家", "done": "12 家", "proof": ""},
    {"name": "公开参数和价格的服务能力", "target": "8 项", "done": "", "proof": ""},
)


@transaction.atomic
def attach_demo_assessments(
    *, platforms: Sequence[Platform], desk: DemoDesk, now: datetime
) -> None:
    """A mid-term assessment late, one concluded, those of what is being built with their task
    books; an appeal of who lost the status. Not to be called twice.

    The first of `platforms`, the demo operator's, gets a status of its city where that has a
    ladder of its own, with an assessment to prepare.
    """
    today = timezone.localdate(now)
    rows = Recognition.objects.filter(platform__in=platforms).select_related(
        "platform__region", "platform__organisation", "scheme"
    )
    for recognition in rows.filter(status="building"):
        _build(recognition, desk, now)
    for recognition in rows.filter(status="removed"):
        operator = desk.operators[recognition.platform_id]
        body = "演示申诉：已按要求恢复对外服务，请予复核。"
        make_appeal(actor=operator, recognition=recognition, body=body, now=now)
    active = list(rows.filter(status="active").order_by("pk")[:2])
    for recognition in active[:1]:
        _planned(recognition, today - timedelta(days=5), desk, now)
    for recognition in active[1:]:
        conclude_assessment(
            actor=desk.officer(RecognitionAccess, "assess", recognition), now=now,
            assessment=_planned(recognition, today, desk, now),
            values={"held_date": today, "result": CheckResult.PASSED,
                    "conclusion": "任务完成情况良好（演示结论）。"},
        )  # fmt: skip
    _own(platforms[0], desk, now)


def _build(recognition: Recognition, desk: DemoDesk, now: datetime) -> None:
    """Being built: the task book is half done, experts judge the mid-term assessment, and the
    acceptance is asked to be later."""
    operator = desk.operators[recognition.platform_id]
    for assessment in recognition.assessments.order_by("pk"):
        save_task_book(actor=operator, assessment=assessment, rows=TASKS, now=now)
        if assessment.kind == AssessmentKind.MIDTERM:
            _panel(recognition, assessment, desk, now)
        if assessment.kind == AssessmentKind.ACCEPTANCE:
            ask_extension(
                actor=operator, assessment=assessment, now=now,
                until=assessment.due_date + timedelta(days=90),
                reason="主要设备到货推迟（演示）。",
            )  # fmt: skip


def _panel(recognition: Recognition, assessment: Assessment, desk: DemoDesk, now: datetime) -> None:
    """The demo expert has still to declare, the others have scored."""
    for number, expert in enumerate(desk.experts):
        invited = assign_assessor(
            actor=desk.officer(RecognitionAccess, "assess", recognition), assessment=assessment,
            reviewer=expert, due_date=timezone.localdate(now) + timedelta(days=10), now=now,
        )  # fmt: skip
        if number:
            score(invited, now)


def _own(platform: Platform, desk: DemoDesk, now: datetime) -> None:
    taken = Programme.objects.filter(slug=SLUG).values("scheme")
    schemes = Scheme.objects.filter(is_active=True).exclude(pk__in=taken).select_related("region")
    for scheme in schemes.order_by("pk"):
        if scheme.region.contains(platform.region_id):
            break
    else:
        return
    started = timezone.localdate(now) - timedelta(days=300)
    wanted = Recognition(platform=platform, scheme=scheme)
    recognition = record_recognition(
        actor=desk.officer(RecognitionAccess, "record", wanted), platform=platform, scheme=scheme,
        batch="演示批次", started_date=started, now=now,
        document_number=f"演示文号〔{started.year}〕201号",
        certificate_number=f"演示〔{started.year}〕201",
        build_type=scheme.build_types[0] if scheme.build_types else "",
    )  # fmt: skip
    planned = _planned(recognition, timezone.localdate(now) + timedelta(days=20), desk, now)
    save_task_book(actor=desk.operators[platform.pk], assessment=planned, rows=TASKS, now=now)
    _prepared(scheme, desk, now)


def _prepared(scheme: Scheme, desk: DemoDesk, now: datetime) -> None:
    """The city has a batch of its own in preparation."""
    today = timezone.localdate(now)
    save_programme(
        actor=desk.officer(ProgrammeAccess, "create", Programme(scheme=scheme)), is_demo=True,
        slug="demo-city-batch", now=now,
        values={
            "scheme": scheme, "year": today.year,
            "title": f"演示：{today.year} 年{scheme.name}申报",
            "opens_date": today, "closes_date": today + timedelta(days=90),
            "notice": "演示批次，还在筹备，不是真实的申报通知。",
        },
    )  # fmt: skip


def _planned(recognition: Recognition, due_date: date, desk: DemoDesk, now: datetime) -> Assessment:
    return plan_assessment(
        actor=desk.officer(RecognitionAccess, "assess", recognition), recognition=recognition,
        kind=AssessmentKind.MIDTERM, due_date=due_date, now=now,
    )  # fmt: skip
