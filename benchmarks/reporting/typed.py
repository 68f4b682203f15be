"""What people would have typed into the reports of a cycle: all at once, by one statement."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from accounts.models import User
from benchmarks.reporting.rows import quiet
from reporting.enums import Fill, Kind
from reporting.models import Indicator, PlanTarget, ReportCycle, ReportValue
from reporting.selectors.indicators import choices_of

PLANNED = ("SRV-02", "SRV-04", "SRV-12", "TRF-02", "SHR-03")
YES = ("BAS-06", "BAS-10")
SUMMARY = "演示总结：本年度平台运行平稳，完成合同约定的中试任务，服务企业以中小企业为主。" * 4
FILLED = """
INSERT INTO reporting_reportvalue (created_at, updated_at, report_id, indicator_id, number, text,
    data, null_reason, fill, detail, note, typed_by_id, typed_at, correction_reason,
    correction_answer, version)
SELECT now(), now(), r.id, s.indicator,
    CASE WHEN s.high IS NOT NULL
        THEN bench_draw(s.code, r.platform_id * 100 + %(year)s, s.low, s.high) END,
    s.text, s.data, '', 'M', '{}', '', %(user)s, now(), '', '', 1
FROM reporting_annualreport r, jsonb_to_recordset(%(samples)s::jsonb)
    AS s(indicator bigint, code text, low bigint, high bigint, text text, data jsonb)
WHERE r.cycle_id = %(cycle)s
ON CONFLICT (report_id, indicator_id) DO NOTHING
"""
PLANS = """
INSERT INTO reporting_plantarget (created_at, updated_at, report_id, code, target, note)
SELECT now(), now(), v.report_id, i.code, v.number * 1.15 + 1, '演示措施'
FROM reporting_reportvalue v JOIN reporting_indicator i ON i.id = v.indicator_id
JOIN reporting_annualreport r ON r.id = v.report_id
WHERE r.cycle_id = %(cycle)s AND i.code = ANY(%(codes)s) AND v.number IS NOT NULL
ON CONFLICT DO NOTHING
"""


def type_values(cycle: ReportCycle, user: User) -> int:
    """Every value that a person gives, and next year's targets; how many values were written."""
    rows = cycle.indicators.filter(fill=Fill.MANUAL).in_order()
    samples = json.dumps([_sample(row) for row in rows])
    with quiet(ReportValue, PlanTarget), connection.cursor() as cursor:
        cursor.execute(FILLED, {"samples": samples, "cycle": cycle.pk, "user": user.pk,
                                "year": cycle.year % 100})  # fmt: skip
        count = cursor.rowcount
        cursor.execute(PLANS, {"cycle": cycle.pk, "codes": list(PLANNED)})
    return count


def _sample(indicator: Indicator) -> dict[str, Any]:
    """What is typed for an indicator: between which numbers, or which words or data."""
    found: dict[str, Any] = {"indicator": indicator.pk, "code": indicator.code, "text": ""}
    choices = [code for code, _name in choices_of(indicator)]
    if indicator.is_number:
        low, high = (40, 100) if indicator.kind == Kind.PCT else (20, 60)
        is_part = bool(indicator.options.get("part_of"))
        is_rare = indicator.code in {"SAF-01", "SAF-01a", "SAF-06"}
        return found | {"low": 0 if is_rare else 1 if is_part else low,
                        "high": 0 if is_rare else 20 if is_part else high}  # fmt: skip
    if indicator.kind == Kind.BOOL:
        return found | {"data": indicator.code in YES}
    if indicator.kind == Kind.LIST:
        return found | {"data": [_row(indicator)] if indicator.columns else choices[:2]}
    return found | {"text": choices[0] if choices else SUMMARY}


def _row(indicator: Indicator) -> dict[str, str]:
    return {
        column["name"]: str(column["choices"][0]) if "choices" in column
        else "10" if column.get("kind") else "演示"
        for column in indicator.columns
    }  # fmt: skip
