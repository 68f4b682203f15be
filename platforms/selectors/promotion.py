"""The ladder a platform climbs: where it stands, what comes next and what is missing (Z13, C03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from platforms.enums import ApplicationStatus, GovernmentLevel
from platforms.ladders import SelfCheck, check_platform
from platforms.models import Application, Platform, Programme, Recognition, Scheme
from platforms.states.recognition import LIVE

LEVELS = [
    GovernmentLevel.COUNTY,
    GovernmentLevel.CITY,
    GovernmentLevel.PROVINCE,
    GovernmentLevel.NATIONAL,
]
OVER = (ApplicationStatus.WITHDRAWN, ApplicationStatus.REJECTED, ApplicationStatus.RECOGNISED)


@dataclass(frozen=True)
class NextRung:
    """The next status to win: what it asks for, and the batch that takes applications now."""

    scheme: Scheme
    checks: list[SelfCheck]
    programme: Programme | None
    application: Application | None

    @property
    def missing(self) -> list[SelfCheck]:
        return [check for check in self.checks if not check.passed]

    @property
    def met(self) -> int:
        """The self-check's score: how many conditions are met."""
        return len(self.checks) - len(self.missing)


@dataclass(frozen=True)
class Promotion:
    """The rungs for people, lowest first, and the next one; None at the top."""

    steps: list[dict[str, str]]
    next: NextRung | None


def promotion_of(platform: Platform, day: date) -> Promotion:
    """The ladders of the platform's region, lowest first. The next is the first above all held.

    A platform may always apply higher: a rung below one that is held is never the next, and says
    whether it was held too. `day` decides which batches take applications.
    """
    rungs = _rungs(platform)
    held = set(
        Recognition.objects.filter(platform=platform, status__in=LIVE).values_list(
            "scheme", flat=True
        )
    )
    top = max((place for place, row in enumerate(rungs) if row.pk in held), default=-1)
    steps = [
        {
            "label": row.name,
            "state": _state(place, top, row.pk in held),
        }
        for place, row in enumerate(rungs)
    ]
    following = rungs[top + 1] if top + 1 < len(rungs) else None
    return Promotion(steps, _next(platform, following, day) if following else None)


def _state(place: int, top: int, is_held: bool) -> str:
    if place > top:
        return "current" if place == top + 1 else "todo"
    return "done" if is_held else "skipped"


def _rungs(platform: Platform) -> list[Scheme]:
    """Active schemes of the region, by level; of one level the cultivation pool comes first."""
    code = platform.region_id
    rows = Scheme.objects.filter(is_active=True).select_related("region")
    found = [row for row in rows.order_by("pk") if row.region.contains(code)]
    found.sort(key=lambda row: (LEVELS.index(GovernmentLevel(row.level)), "培育" not in row.name))
    return found


def _next(platform: Platform, scheme: Scheme, day: date) -> NextRung:
    mine = Application.objects.filter(platform=platform, programme__scheme=scheme)
    last = mine.order_by("-pk").first()
    live = last if last is not None and last.status not in OVER else None
    programme = Programme.objects.taking(day).filter(scheme=scheme).order_by("closes_date").first()
    declared = last.declared if last else {}
    return NextRung(scheme, check_platform(scheme, platform, declared), programme, live)
