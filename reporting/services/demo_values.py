"""What the operator of a demo platform types into a report: invented, and consistent."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from reporting.enums import Fill, NullReason
from reporting.models import AnnualReport, Indicator, ReportValue
from reporting.selectors.indicators import choices_of
from reporting.selectors.sheets import lines_of
from reporting.values import clean, columns_of

SUMMARY = (
    "演示总结：本年度平台运行平稳，完成合同约定的中试任务，服务企业以中小企业为主；"
    "部分设备机时仍有富余，明年将公开更多可预约时段。以上均为演示数据。"
)
WISH = [{"kind": "资金", "note": "演示诉求：希望设备更新得到支持。"}]
EXPLAINED = "演示数据：业务量变化所致，已核对。"
PLANNED = ("SRV-02", "SRV-04", "SRV-12", "TRF-02", "SHR-03")


@dataclass(frozen=True)
class Draws:
    """The size of a platform, its draws, and the numbers that the portal has computed."""

    size: int
    step: int  # years since the first reported one
    chance: random.Random
    numbers: Mapping[str, Decimal | None]

    def of(self, code: str) -> Decimal:
        return self.numbers.get(code) or Decimal(0)

    def count(self, low: int, high: int) -> int:
        """A number that grows with the size and a little from year to year."""
        return self.chance.randint(low, high) * self.size + self.step


def _money(value: Decimal | float) -> str:
    return str(Decimal(str(value)).quantize(Decimal("0.01")))


def typed_values(draws: Draws) -> dict[str, Any]:
    """Every value that a person gives, by code; a NullReason where there is none."""
    return {
        **_governance(draws), **_people(draws), **_service(draws), **_finance(draws),
        **_results(draws), **_safety(draws),
    }  # fmt: skip


def _governance(draws: Draws) -> dict[str, Any]:
    area = 400 * draws.size
    return {
        "BAS-05": ["in-house-rd"], "BAS-06": draws.size > 1, "BAS-07": "director",
        "BAS-08": draws.count(3, 5), "BAS-10": True,
        "BAS-11": [{"name": "演示资质", "number": f"演示-{draws.size:03d}", "until": "2028-12-31"}],
        "CON-01": str(area), "CON-06": min(draws.size - 1, int(draws.of("CON-05"))),
        "CON-12": ["safety"], "CAP-05": [{"process": "演示工艺", "scale": 100 * draws.size,
                                          "unit": "kg/批"}],
        "DIG-02": draws.size - 1 + draws.step,
    }  # fmt: skip


def _people(draws: Draws) -> dict[str, Any]:
    staff = draws.count(16, 22)
    technical = staff * 3 // 5
    return {
        "TAL-01": staff, "TAL-02": technical, "TAL-02a": technical * 4 // 5, "TAL-04": staff // 5,
        "TAL-07": draws.size + draws.step, "TAL-08": draws.count(20, 40), "TAL-09": 1,
    }  # fmt: skip


def _service(draws: Draws) -> dict[str, Any]:
    income = draws.of("SRV-12")
    return {
        "SRV-09": draws.size, "SRV-22": _money(income * Decimal("0.04")),
        "SHR-05a": int(draws.of("CON-04")) + draws.chance.randint(0, 1),
    }  # fmt: skip


def _finance(draws: Draws) -> dict[str, Any]:
    fiscal, income = draws.of("CON-10a"), draws.of("SRV-12")
    own = Decimal(draws.count(90, 140))
    social = Decimal(draws.count(20, 40))
    total = income + fiscal + own / 2
    cost = total * draws.chance.randint(85, 104) / 100
    sources = {"自筹": own, "财政": fiscal, "社会资本": social}
    uses = {"维护": cost / 5, "升级": cost / 10, "薪酬": cost / 2}
    rounded = {kind: Decimal(_money(amount)) for kind, amount in uses.items()}
    rounded["其他"] = Decimal(_money(cost)) - sum(rounded.values())
    planned = draws.count(80, 120)
    return {
        "CON-08": _money(own / 3), "CON-09": _money(own + fiscal + social),
        "CON-09a": [{"kind": kind, "amount": _money(amount)} for kind, amount in sources.items()],
        "CON-11": _money(social), "FIN-01": _money(total), "FIN-01a": _money(fiscal),
        "FIN-03": _money(total / 50), "FIN-04": _money(total / 100), "FIN-06": _money(cost),
        "FIN-06a": [{"kind": kind, "amount": str(amount)} for kind, amount in rounded.items()],
        "PLN-03": NullReason.NOT_APPLICABLE, "PLN-04a": _money(planned),
        "PLN-04b": _money(planned * 0.93),
    }  # fmt: skip


def _results(draws: Draws) -> dict[str, Any]:
    return {
        "TRF-06": NullReason.NOT_APPLICABLE, "INN-01": draws.count(1, 3), "INN-02": draws.size,
        "INN-03": draws.size, "INN-04": draws.count(1, 2), "INN-05": NullReason.NOT_COUNTED,
        "INN-06": draws.size, "INN-07": draws.count(2, 4), "ECO-04": draws.count(4, 9),
        "ECO-07": draws.count(1, 3),
    }  # fmt: skip


def _safety(draws: Draws) -> dict[str, Any]:
    needed = draws.count(3, 6)
    return {
        "SAF-01": 0, "SAF-01a": 0, "SAF-02": False, "SAF-03a": needed, "SAF-03b": needed,
        "SAF-04": [{"date": "第二季度", "found": draws.size, "mended": draws.size}],
        "SAF-05": _money(draws.chance.randint(12, 30) / 100), "SAF-06": 0,
        # the departments answered those of the first year long ago
        "PLN-06": WISH if draws.step and draws.size == 3 else NullReason.NOT_APPLICABLE,
        "PLN-07": SUMMARY,
    }  # fmt: skip


def typed_rows(
    *,
    report: AnnualReport,
    indicators: Iterable[Indicator],
    values: Mapping[str, Any],
    present: Iterable[str],
    share: float,
    person: User,
    now: datetime,
) -> list[ReportValue]:
    """Unsaved rows of the first `share` of what a person has to give and nobody gave yet."""
    taken = set(present)
    asked = [row for row in indicators if row.fill == Fill.MANUAL and row.code not in taken]
    rows = []
    for indicator in asked[: int(len(asked) * share)]:
        given = values[indicator.code]
        reason = given if isinstance(given, NullReason) else ""
        value = None if reason else clean(indicator, given, dict(choices_of(indicator)))
        rows.append(
            ReportValue(
                report=report, indicator=indicator, fill=Fill.MANUAL, null_reason=reason,
                typed_by=person, typed_at=now, version=1, **columns_of(indicator, value),
            )
        )  # fmt: skip
    return rows


def explain(report: AnnualReport) -> None:
    """Write the sentence that each remaining warning of the report asks for."""
    rows = []
    for line in lines_of(report):
        if line.row and any(found.blocks and not found.is_error for found in line.findings):
            line.row.note = EXPLAINED
            rows.append(line.row)
    ReportValue.objects.bulk_update(rows, ["note"])
