"""Numbers of the development report that no platform reports: roster, demands, cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from cases.enums import CaseStatus
from cases.models import Case, Project
from demands.enums import DemandStatus
from demands.models import Demand
from matching.selectors.atlas import UNMET, Narrowing, looked_at_demands
from platforms.models import Recognition
from reporting.models import ReportCycle
from reporting.publishing.reports import included


@dataclass(frozen=True)
class Moment:
    """What is counted: a cycle, which of its reports, as of when."""

    cycle: ReportCycle
    includes: str
    now: datetime

    @property
    def prefix(self) -> str:
        return self.cycle.region.prefix

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The first moment of the year, and of the next."""
        zone = timezone.get_current_timezone()
        year = self.cycle.year
        return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def _held(moment: Moment, condition: Q) -> int:
    rows = Recognition.objects.filter(condition, platform__region__code__startswith=moment.prefix)
    return rows.values("platform").distinct().count()


def _roster(moment: Moment) -> int:
    rows = Recognition.objects.on_roster(moment.cycle.last_day)
    inside = rows.filter(platform__region__code__startswith=moment.prefix)
    return inside.values("platform").distinct().count()  # type: ignore[no-any-return]


def _entered(moment: Moment) -> int:
    return _held(moment, Q(started_date__range=(moment.cycle.first_day, moment.cycle.last_day)))


def _left(moment: Moment) -> int:
    return _held(moment, Q(ended_date__range=(moment.cycle.first_day, moment.cycle.last_day)))


def demands_of(moment: Moment) -> Q:
    """Demands of the region that were published in the year."""
    start, end = moment.bounds
    return Q(published_at__gte=start, published_at__lt=end,
             region__code__startswith=moment.prefix)  # fmt: skip


def _demands(moment: Moment) -> int:
    return Demand.objects.submitted().filter(demands_of(moment)).count()  # type: ignore[no-any-return]


def _fulfilled(moment: Moment) -> int:
    rows = Demand.objects.filter(demands_of(moment), status=DemandStatus.FULFILLED)
    return rows.count()


def _unmet(moment: Moment) -> int:
    return looked_at_demands(Narrowing(within=moment.prefix)).filter(UNMET).count()


def projects_of(moment: Moment) -> Q:
    """Enquiries to platforms of the region, made in the year."""
    start, end = moment.bounds
    return Q(asked_at__gte=start, asked_at__lt=end,
             platform__region__code__startswith=moment.prefix)  # fmt: skip


def _enquiries(moment: Moment) -> int:
    return Project.objects.filter(projects_of(moment)).count()


def cases_of(moment: Moment) -> Q:
    """Cases published in the year, of platforms or places of the region."""
    start, end = moment.bounds
    inside = Q(platform__region__code__startswith=moment.prefix) | Q(
        region__code__startswith=moment.prefix
    )
    return inside & Q(status=CaseStatus.PUBLISHED, published_at__gte=start, published_at__lt=end)


def _cases(moment: Moment) -> int:
    return Case.objects.filter(cases_of(moment)).distinct().count()


FIGURES: dict[str, Callable[[Moment], int]] = {
    "roster": _roster,
    "entered": _entered,
    "left": _left,
    "reports": lambda moment: included(moment.cycle, moment.includes).count(),
    "expected": lambda moment: moment.cycle.reports.count(),
    "demands": _demands,
    "fulfilled": _fulfilled,
    "unmet": _unmet,
    "enquiries": _enquiries,
    "cases": _cases,
}
# what can be counted for an earlier year too: the rest is as of the moment of freezing
PAST = frozenset({"roster", "entered", "left", "reports", "expected", "demands", "enquiries",
                  "cases"})  # fmt: skip
