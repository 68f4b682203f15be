"""A cycle of 2026 in 广东省 with one report, made by the services themselves."""

from datetime import date
from typing import Any

from django.utils import timezone

from core.access import SYSTEM
from reporting.models import AnnualReport, Indicator, ReportCycle
from reporting.selectors.sheets import lines_of
from reporting.services import cycles, filling
from reporting.services.filling import Typed
from tests.factories.taxonomy import guangdong

SENTENCE = "当年业务结构调整，数据已核对。"
PLAN = {"SRV-02": "5", "SRV-04": "4", "SRV-12": "300", "TRF-02": "2", "SHR-03": "100"}


def planned_cycle(**values: Any) -> ReportCycle:
    """A cycle that is not open yet."""
    return cycles.create_cycle(
        **{
            "actor": SYSTEM, "year": 2026, "region": guangdong(), "now": timezone.now(),
            "opens_date": date(2026, 11, 1), "due_date": date(2027, 3, 31),
        } | values
    )  # fmt: skip


def open_cycle(**values: Any) -> ReportCycle:
    """An open cycle; reports of published platforms are made and prefilled (tasks run at once in
    transactional tests, else call the job)."""
    from reporting.services.opening import fill_cycle

    cycle = planned_cycle(**values)
    ReportCycle.objects.filter(pk=cycle.pk).update(status="open")
    cycle = ReportCycle.objects.select_related("region").get(pk=cycle.pk)
    now = timezone.now()
    fill_cycle(cycle=cycle, now=now, tell=lambda done, total: True, since=now)
    return cycle


def report_for(platform: Any, cycle: ReportCycle) -> AnnualReport:
    rows = AnnualReport.objects.select_related("cycle__region", "platform__organisation")
    return rows.get(platform=platform, cycle=cycle)


def raw_for(indicator: Indicator) -> Any:
    """Something valid to type for an indicator."""
    if indicator.columns:
        return None
    return {"int": "1", "dec": "1.50", "pct": "50", "bool": "否", "text": "正常"}.get(
        indicator.kind
    )


def type_all(*, actor: Any, report: AnnualReport, **values: Any) -> None:
    """Type something valid for everything that is asked for, and explain every warning."""
    typed = []
    for line in lines_of(report):
        indicator = line.indicator
        if not indicator.is_manual:
            continue
        raw = values.get(indicator.code.replace("-", "_"), raw_for(indicator))
        reason = "" if raw is not None else "na"
        typed.append(Typed(indicator.code, raw, null_reason=reason, note=SENTENCE))
    saved = filling.save_values(actor=actor, report=report, typed=typed, now=timezone.now())
    assert not saved.errors, saved.errors
    targets = {code: (value, "") for code, value in PLAN.items()}
    assert filling.save_plan(
        actor=actor, report=report, targets=targets, now=timezone.now()
    ).is_clean
    notes = [
        Typed(line.indicator.code, note=SENTENCE)
        for line in lines_of(report)
        if line.findings and not line.indicator.is_manual
    ]
    filling.save_values(actor=actor, report=report, typed=notes, now=timezone.now())
