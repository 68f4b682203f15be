"""Numbers made of projects: a platform's replies (public), the operator's funnel (complaint 8).

Definitions follow the indicators SRV-14 … SRV-20, PRT-05, PRT-06 and PRT-18.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.access import ProjectAccess
from cases.enums import OutcomeStatus, ProjectStatus
from cases.models import Outcome, Project, Quote
from cases.querysets import ANSWERED, owed
from core.expressions import Median, WorkingHours
from core.templatetags.portal_format import plain
from platforms.models import Platform

YEAR = timedelta(days=365)
FIRST_DAY = date(2024, 1, 1)  # no enquiry is older than the portal
PERIODS = {"90": (timedelta(days=90), "近 90 天"), "365": (YEAR, "近一年"), "all": (None, "全部")}


def percent(part: int, whole: int) -> int | None:
    """Whole percent of `whole`; None of nothing."""
    return round(100 * part / whole) if whole else None


@dataclass(frozen=True)
class ReplyFacts:
    """How a platform answers: enquiries of the last 365 days whose reply was given or due."""

    count: int
    replied: int
    on_time_percent: int | None
    median_hours: float | None
    overdue: int
    as_of: datetime


def reply_facts(platform: Platform, *, now: datetime) -> ReplyFacts:
    """SRV-17 (working hours), SRV-18 (percent) and PRT-06 of one platform. One query.

    Demonstrations count only for demo platforms.
    """
    rows = Project.objects.filter(platform=platform, asked_at__gte=now - YEAR)
    return reply_facts_of(rows if platform.is_demo else rows.filter(is_demo=False), now=now)


def reply_facts_of(rows: QuerySet[Project], *, now: datetime) -> ReplyFacts:
    """As `reply_facts`, over any projects, counted as SRV-17 and SRV-18 are. One query."""
    days = (timezone.localdate(now) - FIRST_DAY).days + 2
    hours = WorkingHours(F("asked_at"), F("first_replied_at"), first=FIRST_DAY, days=days)
    found = rows.filter(owed(now=now)).aggregate(
        count=Count("pk"),
        replied=Count("pk", filter=ANSWERED),
        on_time=Count("pk", filter=Q(first_replied_at__lte=F("reply_due_at"))),
        overdue=Count("pk", filter=Q(status=ProjectStatus.ENQUIRY) & Q(first_replied_at=None)),
        hours=Median(hours, filter=ANSWERED),
    )
    return ReplyFacts(
        count=found["count"],
        replied=found["replied"],
        on_time_percent=percent(found["on_time"], found["count"]),
        median_hours=None if found["hours"] is None else round(found["hours"], 1),
        overdue=found["overdue"],
        as_of=now,
    )


@dataclass(frozen=True)
class Stage:
    """One step of the funnel: how many projects came so far, and what part of the step before."""

    label: str
    definition: str
    count: int
    share: int | None
    advice: str


@dataclass(frozen=True)
class Figure:
    """One indicator with what it says and how it is counted."""

    code: str
    label: str
    value: str
    definition: str


@dataclass(frozen=True)
class Funnel:
    stages: list[Stage]
    figures: list[Figure]
    weakest: Stage | None
    platforms: list[tuple[str, dict[str, int]]]


# key, label, definition, what to do when it is the weakest step
STAGES = (
    ("asked", "咨询", "期间内企业发起的咨询。",
     "把能力的参数、价格、周期写全并按时确认，会更容易被匹配和找到。"),
    ("replied", "已回复", "平台发过消息、报过价或婉拒过的。",
     "请在承诺的工作日内先回一句，再谈细节；婉拒也算回复。"),
    ("quoted", "已报价", "平台给出过报价的。", "谈清范围后尽快报价，可先报区间再细化。"),
    ("contracted", "已签约", "企业确认签约的。",
     "对照婉拒与取消的原因，看价格、周期还是条件不合适。"),
    ("delivered", "已交付", "平台标记交付的。", "完成后请及时标记交付。"),
    ("confirmed", "成果已确认", "至少一项成果经企业确认的。",
     "交付后提出成果并附证据，提醒企业确认。"),
)  # fmt: skip


def funnel(user: Any, *, period: str, now: datetime) -> Funnel:
    """How far the enquiries of the period came, on the platforms the user runs or looks after."""
    rows = ProjectAccess(user).supplied()
    span = PERIODS.get(period, PERIODS["365"])[0]
    if span is not None:
        rows = rows.filter(asked_at__gte=now - span)
    counts = rows.aggregate(**_reached())
    stages = _stages(counts)
    narrowing = [stage for stage in stages[1:] if stage.share is not None]
    by_platform = rows.values("platform__name").annotate(**_reached()).order_by("platform__name")
    return Funnel(
        stages=stages,
        figures=_figures(rows, counts, now=now),
        weakest=min(narrowing, key=lambda stage: stage.share or 0, default=None),
        platforms=[(row.pop("platform__name"), row) for row in by_platform],
    )


def _reached() -> dict[str, Count]:
    quoted = Exists(Quote.objects.filter(project=OuterRef("pk")))
    confirmed = Exists(
        Outcome.objects.filter(project=OuterRef("pk"), status=OutcomeStatus.CONFIRMED)
    )
    conditions = {
        "asked": Q(),
        "replied": Q(first_replied_at__isnull=False),
        "quoted": Q(quoted),
        "contracted": Q(contract_date__isnull=False),
        "delivered": Q(delivered_date__isnull=False),
        "confirmed": Q(confirmed),
    }
    return {name: Count("pk", filter=condition) for name, condition in conditions.items()}


def _stages(counts: dict[str, int]) -> list[Stage]:
    stages: list[Stage] = []
    for key, label, definition, advice in STAGES:
        share = percent(counts[key], stages[-1].count) if stages else None
        stages.append(Stage(label, definition, counts[key], share, advice))
    return stages


def _figures(rows: QuerySet[Project], counts: dict[str, int], *, now: datetime) -> list[Figure]:
    replies = reply_facts_of(rows, now=now)
    done = list(
        rows.filter(delivered_date__isnull=False).values_list(
            "started_date", "delivered_date", "promised_date"
        )
    )
    days = [(end - start).days for start, end, _promised in done if start and end]
    promised = [(end, by) for _start, end, by in done if end and by]
    outcomes = Outcome.objects.filter(project__in=rows)
    confirmed = outcomes.confirmed().count()
    ratings = outcomes.confirmed().filter(satisfaction__isnull=False)
    scores = list(ratings.values_list("satisfaction", flat=True))
    punctual = sum(end <= by for end, by in promised)
    return [
        Figure("SRV-17", "首次响应中位时长",
               _told(replies.median_hours, "工作小时", replies.replied),
               "从咨询到平台首次回复的小时数，周末和节假日不计（含调休）。"),
        Figure("SRV-18", "按时回复率", _told(replies.on_time_percent, "%", replies.count),
               "承诺时限内回复的 ÷ 已回复或已到期的咨询。"),
        Figure("PRT-06", "超期未回复", f"{replies.overdue} 条", "已过承诺时限、仍无回复的咨询。"),
        Figure("SRV-20", "对接转签约率", _told(percent(counts["contracted"], counts["asked"]), "%",
               counts["asked"]), "签约 ÷ 咨询。"),
        Figure("SRV-14", "平均交付周期", _told(_days(days), "", len(days)),
               "从开始中试到交付的天数：平均，中位。"),
        Figure("SRV-15", "按期交付率", _told(percent(punctual, len(promised)), "%", len(promised)),
               "不晚于承诺日期交付的 ÷ 已交付的。"),
        Figure("SRV-16", "客户满意度", _told(_spread(scores), "", len(scores)),
               "企业确认成果时的评分（1–5 分）：平均，最低–最高。"),
        Figure("PRT-18", "结果确认率", _told(percent(confirmed, outcomes.count()), "%",
               outcomes.count()), "企业确认的成果 ÷ 平台提出的成果。"),
    ]  # fmt: skip


def _told(value: Any, unit: str, count: int) -> str:
    """The value with its unit and how many cases it rests on."""
    if value is None:
        return "未注明"
    number = plain(value) if isinstance(value, float | int) else value
    space = "" if unit in {"", "%"} else " "
    return f"{number}{space}{unit}（n={count}）"


def _days(days: Iterable[int]) -> str | None:
    listed = list(days)
    return f"{mean(listed):.1f} 天，中位 {median(listed):g} 天" if listed else None


def _spread(scores: list[int]) -> str | None:
    return f"{mean(scores):.1f} 分，{min(scores)}–{max(scores)} 分" if scores else None
