"""Evaluations for tests: platforms with accepted reports of given values, and a small scheme."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from core.access import SYSTEM
from reporting.models import (
    AnnualReport,
    EvaluationRun,
    EvaluationScheme,
    ReportCycle,
    ReportValue,
)
from reporting.services import evaluation_schemes, evaluations
from reporting.services.rounds import compute_round
from reporting.services.snapshots import freeze
from reporting.values import columns_of
from tests.factories.accounts import UserFactory
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import planned_cycle
from tests.factories.taxonomy import guangdong

# two headings; everybody is compared with everybody
SMALL: dict[str, Any] = {
    "slug": "small", "name": "小评价", "use": "grade", "sources": ["测试"], "basis": "测试",
    "example": True, "publicity_workdays": 5, "groups": [[]], "minimum_group": 2,
    "flat_score": 60, "ties": ["SRV-13"],
    "size": {"code": "TAL-01", "bands": [{"name": "小", "below": 20}, {"name": "大"}]},
    "grades": [
        {"slug": "excellent", "name": "优秀", "minimum": 80, "share": 40},
        {"slug": "good", "name": "良好", "minimum": 60},
        {"slug": "fair", "name": "合格", "minimum": 30},
        {"slug": "poor", "name": "较差"},
    ],
    "vetoes": [
        {"slug": "accident", "name": "事故", "test": "positive", "code": "SAF-01", "years": 3},
        {"slug": "violation", "name": "违法", "test": "true", "code": "SAF-02", "years": 3},
        {"slug": "false-data", "name": "虚假数据", "test": "false_data"},
        {"slug": "no-report", "name": "没有报告", "test": "no_report"},
        {"slug": "no-service", "name": "没有对外服务", "test": "zero", "code": "SRV-03"},
    ],
    "headings": [
        {"name": "服务", "weight": 70, "items": [
            {"name": "服务企业数", "formula": "SRV-04", "weight": 40},
            {"name": "人均收入", "formula": "SRV-12 / TAL-01", "unit": "万元/人", "weight": 30},
        ]},
        {"name": "机制", "weight": 30, "items": [
            {"name": "对外收入占比", "formula": "SRV-13", "method": "absolute", "weight": 20},
            {"name": "财政依赖度", "formula": "FIN-05", "method": "absolute", "direction": "down",
             "weight": 10},
        ]},
    ],
}  # fmt: skip
# safe in every veto
VALUES: dict[str, Any] = {
    "SAF-01": 0, "SAF-02": False, "SRV-03": 3, "SRV-04": 4, "SRV-12": 300, "TAL-01": 10,
    "SRV-13": 50, "FIN-05": 20,
}  # fmt: skip


def small_scheme(**changes: Any) -> EvaluationScheme:
    definition = SMALL | changes
    evaluation_schemes.load_schemes(actor=SYSTEM, definitions=[definition], now=timezone.now())
    return EvaluationScheme.objects.get(slug=definition["slug"], is_current=True)


def accepted(cycle: ReportCycle, platform: Any = None, **values: Any) -> AnnualReport:
    """An accepted report with these values (SRV_04=…); None says 未统计, "na" 不适用."""
    platform = platform or PlatformFactory()
    report = AnnualReport.objects.create(cycle=cycle, platform=platform, chain=["province"])
    given = VALUES | {code.replace("_", "-"): value for code, value in values.items()}
    by_code = {row.code: row for row in cycle.indicators.filter(code__in=given)}
    for code, value in given.items():
        reason = {None: "uncounted", "na": "na", "secret": "secret"}.get(
            value if isinstance(value, str | None) else "", ""
        )
        columns = columns_of(by_code[code], None if reason else value)
        ReportValue.objects.create(
            report=report, indicator=by_code[code], fill=by_code[code].fill, null_reason=reason,
            **columns,
        )  # fmt: skip
    freeze(report=report, actor=UserFactory(), now=timezone.now())
    AnnualReport.objects.filter(pk=report.pk).update(status="accepted")
    return report


def open_year(**values: Any) -> ReportCycle:
    cycle = planned_cycle(**values)
    ReportCycle.objects.filter(pk=cycle.pk).update(status="open")
    return ReportCycle.objects.select_related("region").get(pk=cycle.pk)


def compute(run: EvaluationRun, *, at: datetime | None = None, reason: str = "") -> None:
    """A round, as the job does it."""
    moment = at or timezone.now()
    compute_round(
        cycle=run.cycle, now=moment, tell=lambda done, total: True, since=moment, run_id=run.pk,
        reason=reason,
    )  # fmt: skip


def a_run(cycle: ReportCycle, scheme: EvaluationScheme | None = None) -> EvaluationRun:
    """A run over the cycle's region, not computed yet."""
    return evaluations.create_run(
        actor=SYSTEM, scheme=scheme or small_scheme(), cycle=cycle, region=guangdong(),
        now=timezone.now(),
    )  # fmt: skip
