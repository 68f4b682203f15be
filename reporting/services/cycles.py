"""Years of reporting: made, opened, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from core.errors import DomainError
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform
from reporting.access import CycleAccess
from reporting.enums import Coverage, JobKind
from reporting.models import Indicator, ReportCycle, ReportingJob
from reporting.services.jobs import start_job
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region

EVENTS = {"open": "reporting.cycle.opened", "close": "reporting.cycle.closed",
          "reopen": "reporting.cycle.reopened"}  # fmt: skip


@transaction.atomic
def create_cycle(
    *,
    actor: Any,
    year: int,
    region: Region,
    opens_date: date,
    due_date: date,
    now: datetime,
    coverage: str = Coverage.PUBLISHED,
    notice: str = "",
    is_demo: bool = False,
) -> ReportCycle:
    """Make a cycle with the indicator versions and the review chain in force now.

    What a demo account makes is a demo cycle: it covers demo platforms only, as a real one covers
    none of them.
    Errors: Refused, `invalid` (dates, the year exists already), `no_indicators`.
    """
    access = CycleAccess(actor)
    cycle = ReportCycle(
        year=year, region=region, opens_date=opens_date, due_date=due_date, coverage=coverage,
        reviewers=list(current_jurisdiction().reviewers), notice=notice.strip(),
        status_changed_at=now, is_demo=is_demo or getattr(actor, "is_demo", False),
    )  # fmt: skip
    access.require("create")
    if not access.is_system and not actor.covers_region("government", region.pk):
        raise DomainError("region", "只能为所管辖的地区建立年度填报。", "region")
    check_record(cycle)
    indicators = list(Indicator.objects.current().annual())
    if not indicators:
        raise DomainError("no_indicators", "还没有载入指标，请系统管理员先载入。")
    cycle.save()
    cycle.indicators.set(indicators)
    log_activity(actor=actor, action="reporting.reportcycle.create", target=cycle, now=now)
    return cycle


@transaction.atomic
def edit_cycle(
    *, actor: Any, cycle: ReportCycle, values: Mapping[str, Any], now: datetime
) -> ReportCycle:
    """Change the dates or the notice. Errors: Refused, `invalid`."""
    locked = lock(cycle)
    CycleAccess(actor).require("edit", locked)
    changed = {name: values[name] for name in ("opens_date", "due_date", "notice")}
    changed = {name: new for name, new in changed.items() if getattr(locked, name) != new}
    before = {name: str(getattr(locked, name)) for name in changed}
    assign(locked, changed)
    check_record(locked)
    locked.save(update_fields=[*changed, "updated_at"])
    log_activity(
        actor=actor, action="reporting.reportcycle.edit", target=locked, now=now, data=before
    )
    return locked


@transaction.atomic
def move_cycle(
    *, actor: Any, cycle: ReportCycle, name: str, now: datetime, reason: str = ""
) -> ReportCycle:
    """`open` (starts the job that makes the reports), `close`, `reopen`. Errors: Refused,
    `wrong_state`, `reason_required`."""
    moved = perform(CycleAccess(actor), name, cycle, now=now, reason=reason)
    if name == "open":
        start_job(actor=actor, kind=JobKind.OPEN_CYCLE, cycle=moved, now=now)
    emit(EVENTS[name], cycle_id=moved.pk)
    return moved


@transaction.atomic
def request_compute(*, actor: Any, cycle: ReportCycle, now: datetime) -> ReportingJob:
    """Compute all reports under way anew, and make those of platforms that came since.

    Errors: Refused, `job_running`.
    """
    CycleAccess(actor).require("compute", cycle)
    return start_job(actor=actor, kind=JobKind.OPEN_CYCLE, cycle=cycle, now=now)
