"""The portal's own numbers (part B): set-based, over everything that is shown, as of now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, Exists, F, Max, Model, OuterRef, Q, Sum
from django.utils import timezone

from accounts.enums import SizeClass
from cases.enums import OutcomeStatus
from cases.models import Outcome, Project, Quote
from cases.querysets import ANSWERED
from core.expressions import Median, WorkingHours
from core.models import DayCount
from demands.enums import DemandStatus
from demands.models import Demand
from matching.enums import Verdict
from matching.models import Feedback, Match, MatchList
from platforms.enums import ListingStatus
from platforms.models import (
    Capability,
    Equipment,
    Expert,
    FundedBody,
    Line,
    Platform,
    Solution,
)
from platforms.selectors.coverage import coverage_of
from policies.models import News, PolicyDocument
from reporting.models import AnnualReport
from reporting.queries.offers import ACTIVE_DAYS

STOCK: tuple[tuple[str, type[Model]], ...] = (
    ("平台", Platform), ("服务能力", Capability), ("设备", Equipment), ("中试线", Line),
    ("专家", Expert), ("解决方案", Solution),
)  # fmt: skip
UNMET_DAYS, PLACES, TOP, PROBED_DAYS = 30, 10, 5, 30
# of these the demo has rows of its own, counted apart and never added
OF_ROWS = frozenset(
    f"portal.{name}"
    for name in ("missing_bodies", "stock", "demands", "funnel", "median_reply_hours",
                 "overdue_replies", "hits_in_five", "negative_feedback", "unmet_demands",
                 "freshness", "prefilled", "exposure", "confirmed_outcomes")
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """When it is computed: now, and the first moment of the year; of real rows or demo rows."""

    now: datetime
    is_demo: bool = False

    @property
    def year_start(self) -> datetime:
        local = timezone.localtime(self.now)
        return local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Reading:
    """A portal indicator at a moment: its value, and rows or counts beside it."""

    value: Decimal | None
    detail: dict[str, Any] = field(default_factory=dict)


def _percent(part: int, whole: int) -> Reading:
    value = Decimal(100 * part) / whole if whole else None
    return Reading(value, {"part": part, "n": whole})


def _listed(model: type[Model], moment: Moment) -> Any:
    """What is on show, of real or of demo platforms."""
    name = "is_demo" if model is Platform else "platform__is_demo"
    rows = model._default_manager.filter(status=ListingStatus.PUBLISHED)
    return rows.filter(**{name: moment.is_demo})


def _posted(moment: Moment) -> Any:
    return Demand.objects.filter(published_at__gte=moment.year_start, is_demo=moment.is_demo)


def _projects(moment: Moment) -> Any:
    return Project.objects.filter(is_demo=moment.is_demo)


def missing_bodies(moment: Moment) -> Reading:
    """Bodies that must enter and have not, with the share that has; nothing, not 0, while no
    department has named any."""
    found = coverage_of(FundedBody.objects.filter(is_demo=moment.is_demo))
    if found.percent is None:
        return Reading(None)
    rows = [
        {"name": "应纳入", "value": f"{found.total} 家"},
        {"name": "已纳入", "value": f"{found.entered} 家"},
        {"name": "纳入率", "value": f"{found.percent}%"},
    ]
    return Reading(Decimal(found.missing), {"rows": rows, "n": found.total})


def stock(moment: Moment) -> Reading:
    since = moment.now - timedelta(days=ACTIVE_DAYS)
    rows = []
    for label, model in STOCK:
        counts = _listed(model, moment).aggregate(
            published=Count("pk"), active=Count("pk", filter=Q(confirmed_at__gte=since))
        )
        rows.append({"kind": label, **counts})
    return Reading(Decimal(sum(row["active"] for row in rows)), {"rows": rows})


def demands(moment: Moment) -> Reading:
    return Reading(Decimal(_posted(moment).count()))


def funnel(moment: Moment) -> Reading:
    posted = _posted(moment)
    projects = Project.objects.filter(demand__in=posted)
    counts = projects.aggregate(
        contacted=Count("demand", distinct=True, filter=Q(first_replied_at__isnull=False)),
        quoted=Count("demand", distinct=True, filter=Exists(Quote.objects.filter(
            project=OuterRef("pk")))),
        contracted=Count("demand", distinct=True, filter=Q(contract_date__isnull=False)),
        delivered=Count("demand", distinct=True, filter=Q(delivered_date__isnull=False)),
        confirmed=Count("demand", distinct=True, filter=Exists(Outcome.objects.filter(
            project=OuterRef("pk"), status=OutcomeStatus.CONFIRMED))),
    )  # fmt: skip
    total = posted.count()
    pushed = MatchList.objects.filter(demand__in=posted, relevant_count__gt=0).count()
    steps = [
        ("发布", total, "本年以来发布的需求"),
        ("推送", pushed, "匹配到相关能力的需求"),
        ("接洽", counts["contacted"], "平台已回复咨询的需求"),
        ("报价", counts["quoted"], "至少有一份报价的需求"),
        ("签约", counts["contracted"], "企业已确认签约的需求"),
        ("完成", counts["delivered"], "平台已交付的需求"),
        ("确认", counts["confirmed"], "企业已确认成果的需求"),
    ]
    rows = [{"step": step, "count": count, "definition": text} for step, count, text in steps]
    return Reading(Decimal(counts["confirmed"]), {"rows": rows})


def median_reply_hours(moment: Moment) -> Reading:
    hours = WorkingHours(F("asked_at"), F("first_replied_at"), first=moment.year_start.date())
    found = (
        _projects(moment)
        .filter(ANSWERED, asked_at__gte=moment.year_start)
        .aggregate(median=Median(hours), n=Count("pk"))
    )
    median = found["median"]
    return Reading(None if median is None else Decimal(str(median)), {"n": found["n"]})


def overdue_replies(moment: Moment) -> Reading:
    return Reading(Decimal(_projects(moment).overdue(now=moment.now).count()))


def hits_in_five(moment: Moment) -> Reading:
    """Demands with a known good partner whose first five matches contain it."""
    asked = Project.objects.filter(
        demand=OuterRef("pk"), first_replied_at__isnull=False, asked_at__gte=moment.year_start
    )
    liked = Feedback.objects.filter(
        demand=OuterRef("pk"), verdict=Verdict.SUITABLE, created_at__gte=moment.year_start,
        capability__isnull=False,
    )  # fmt: skip
    top = Match.objects.filter(match_list__demand=OuterRef("pk"), is_possible=True, rank__lte=TOP)
    answered = {
        "capability__platform__projects__demand": OuterRef("pk"),
        "capability__platform__projects__first_replied_at__isnull": False,
    }
    found_suitable = {
        "capability__feedback__demand": OuterRef("pk"),
        "capability__feedback__verdict": Verdict.SUITABLE,
    }
    hit, fancied = Exists(top.filter(**answered)), Exists(top.filter(**found_suitable))
    rows = Demand.objects.filter(Exists(asked) | Exists(liked), is_demo=moment.is_demo)
    return _percent(rows.filter(hit | fancied).count(), rows.count())


def negative_feedback(moment: Moment) -> Reading:
    rows = Feedback.objects.filter(
        created_at__gte=moment.year_start, demand__is_demo=moment.is_demo
    )
    bad = rows.filter(verdict=Verdict.UNSUITABLE)
    reading = _percent(bad.count(), rows.count())
    reasons = bad.values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    return Reading(reading.value, reading.detail | {"reasons": dict(reasons)})


def unmet_demands(moment: Moment) -> Reading:
    old = moment.now - timedelta(days=UNMET_DAYS)
    possible = MatchList.objects.filter(demand=OuterRef("pk"), possible_count__gt=0)
    rows = Demand.objects.filter(
        status=DemandStatus.OPEN, published_at__lt=old, is_demo=moment.is_demo
    )
    unmet = rows.filter(~Exists(possible))
    by_field = unmet.values_list("field__name").annotate(n=Count("pk")).order_by("-n")[:10]
    fields = {name or "未注明": count for name, count in by_field}
    return Reading(Decimal(unmet.count()), {"fields": fields})


def freshness(moment: Moment) -> Reading:
    since = moment.now - timedelta(days=settings.CONFIRM_EVERY_DAYS)
    rows, part, whole = [], 0, 0
    for label, model in STOCK:
        counts = _listed(model, moment).aggregate(
            n=Count("pk"), fresh=Count("pk", filter=Q(confirmed_at__gte=since))
        )
        rows.append({"kind": label, **counts})
        part, whole = part + counts["fresh"], whole + counts["n"]
    reading = _percent(part, whole)
    return Reading(reading.value, {"kinds": rows, "n": whole})


def update_gaps(moment: Moment) -> Reading:
    """国办秘函〔2019〕19号: a column that stands still."""
    rows: list[dict[str, Any]] = []
    today = timezone.localdate(moment.now)
    for label, model, limit in (("行业动态", News, 14), ("通知政策", PolicyDocument, 180)):
        last = model._default_manager.filter(status="published").aggregate(at=Max("published_at"))
        days = (today - timezone.localdate(last["at"])).days if last["at"] else None
        rows.append({"column": label, "days": days, "limit": limit})
    known = [row["days"] for row in rows if row["days"] is not None]
    late = [row["column"] for row in rows if row["days"] is None or row["days"] > row["limit"]]
    return Reading(Decimal(max(known)) if known else None, {"rows": rows, "late": late})


def interpreted(moment: Moment) -> Reading:
    rows = PolicyDocument.objects.filter(status="published")
    linked = PolicyDocument.objects.filter(
        status="published", interpretations__status="published"
    ).distinct()
    return _percent(linked.count(), rows.count())


def prefilled(moment: Moment) -> Reading:
    rows = AnnualReport.objects.filter(burden_percent__isnull=False, cycle__is_demo=moment.is_demo)
    last = rows.aggregate(year=Max("cycle__year"))["year"]
    found = rows.filter(cycle__year=last).aggregate(mean=Avg("burden_percent"), n=Count("pk"))
    return Reading(found["mean"], {"year": last, "n": found["n"]})


def exposure(moment: Moment) -> Reading:
    places = Match.objects.filter(
        is_possible=True, rank__lte=PLACES, capability__platform__is_demo=moment.is_demo
    ).for_demands()
    counted = places.values_list("capability__platform__organisation__size_class")
    counts = {size or "": n for size, n in counted.annotate(n=Count("pk")).order_by()}
    total = sum(counts.values())
    labels = dict(SizeClass.choices)
    rows = [
        {"size": str(labels.get(size, "未注明")), "share": round(100 * n / total, 2)}
        for size, n in sorted(counts.items())
    ]
    small = sum(n for size, n in counts.items() if size in {SizeClass.SMALL, SizeClass.MICRO})
    return Reading(_percent(small, total).value, {"rows": rows, "n": total})


def confirmed_outcomes(moment: Moment) -> Reading:
    counts = Outcome.objects.filter(project__is_demo=moment.is_demo).aggregate(
        n=Count("pk"), part=Count("pk", filter=Q(status=OutcomeStatus.CONFIRMED))
    )
    return _percent(counts["part"], counts["n"])


def _counted(moment: Moment, since: date, *names: str) -> dict[str, int]:
    """Sums of day counts since a day, by name."""
    rows = DayCount.objects.filter(name__in=names, day__gte=since)
    found = dict(rows.values_list("name").annotate(n=Sum("count")).order_by())
    return {name: found.get(name, 0) for name in names}


def empty_searches(moment: Moment) -> Reading:
    counts = _counted(moment, moment.year_start.date(), "search-empty", "search-found")
    return _percent(counts["search-empty"], sum(counts.values()))


def availability(moment: Moment) -> Reading:
    """Of the probe's visits in the last days: answered, and how slowly."""
    since = timezone.localdate(moment.now) - timedelta(days=PROBED_DAYS)
    counts = _counted(moment, since, "probe-ok", "probe-failed", "probe-slow", "probe-ms")
    visits = counts["probe-ok"] + counts["probe-failed"]
    if not visits:
        return Reading(None)
    answered = counts["probe-ok"]
    mean = f"{counts['probe-ms'] / answered / 1000:.2f} 秒" if answered else "未注明"
    rows = [
        {"name": "可用率", "value": f"{100 * answered / visits:.2f}%"},
        {"name": "首页平均响应", "value": mean},
        {"name": "响应超过 15 秒", "value": f"{100 * counts['probe-slow'] / visits:.2f}%"},
    ]
    return Reading(Decimal(100 * answered) / visits, {"rows": rows, "n": visits})


def partners(moment: Moment) -> Reading:
    """How requests of partners' systems ended this year, by partner."""
    names = {"partner-ok": "ok", "partner-failed": "failed", "partner-conflict": "conflicts"}
    counts = DayCount.objects.filter(name__in=names, day__gte=moment.year_start.date())
    found: dict[str, dict[str, Any]] = {}
    for subject, name, n in counts.values_list("subject", "name").annotate(n=Sum("count")):
        row = found.setdefault(subject, {"partner": subject, "ok": 0, "failed": 0, "conflicts": 0})
        row[names[name]] += n
    rows = [found[subject] for subject in sorted(found)]
    done = sum(row["ok"] for row in rows)
    reading = _percent(done, sum(row["ok"] + row["failed"] + row["conflicts"] for row in rows))
    return Reading(reading.value, reading.detail | {"rows": rows})


READERS: dict[str, Callable[[Moment], Reading]] = {
    "portal.missing_bodies": missing_bodies,
    "portal.stock": stock,
    "portal.demands": demands,
    "portal.funnel": funnel,
    "portal.median_reply_hours": median_reply_hours,
    "portal.overdue_replies": overdue_replies,
    "portal.hits_in_five": hits_in_five,
    "portal.negative_feedback": negative_feedback,
    "portal.empty_searches": empty_searches,
    "portal.unmet_demands": unmet_demands,
    "portal.freshness": freshness,
    "portal.update_gaps": update_gaps,
    "portal.interpreted": interpreted,
    "portal.prefilled": prefilled,
    "portal.exposure": exposure,
    "portal.availability": availability,
    "portal.sync": partners,
    "portal.confirmed_outcomes": confirmed_outcomes,
}
