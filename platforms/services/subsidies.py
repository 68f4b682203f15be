"""Declining subsidies (C07): planned by rule, judged by results, paid into the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from core.templatetags.portal_format import plain, yuan
from platforms.access import SubsidyAccess
from platforms.enums import FundingKind, GovernmentLevel, SubsidyStatus
from platforms.ladders import earlier_support, running_subsidies
from platforms.models import Platform, SubsidyPlan, SubsidyYear
from platforms.services.funding import record_funding
from platforms.states import SUBSIDY_YEAR
from taxonomy.jurisdiction import Subsidy

register_actions(
    {
        "platforms.subsidyplan.create": "定了退坡补贴计划",
        "platforms.subsidyplan.stop": "停止了退坡补贴",
        **{f"platforms.subsidyyear.{row.name}": row.label for row in SUBSIDY_YEAR.transitions},
    }
)
CENT = Decimal("0.01")
MOST_YEARS = 10


@transaction.atomic
def plan_subsidy(
    *,
    actor: Any,
    platform: Platform,
    values: Mapping[str, Any],
    now: datetime,
    rates: Sequence[Decimal] = (),
    rule: Subsidy | None = None,
) -> SubsidyPlan:
    """Plan each year's amount: `base_yuan` times the year's rate (percent, never rising).

    Without `rates`, `level` and `gate` those of the rule hold. A later year waits for its results
    where there is a gate; the first does not. G46: a level that supported the platform's building,
    or subsidises it already, needs `exception_reason`. Raises Refused, DomainError
    `double_funding`, or at `rates` or another field.
    """
    locked = lock(platform)
    plan = SubsidyPlan(
        platform=locked, recorded_by=actor if actor.pk else None,
        rule=_plain(rule), **{"is_demo": locked.is_demo, **values},
    )  # fmt: skip
    if rule is not None:
        plan.level, plan.gate = plan.level or rule.level, plan.gate or rule.gate
        rates = rates or [Decimal(rate) for rate in rule.rates]
    SubsidyAccess(actor).require("record", plan)
    _check_rates(rates)
    check_record(plan)
    _check_double(plan)
    plan.save()
    for place, rate in enumerate(rates):
        is_gated = bool(plan.gate) and place > 0
        row = SubsidyYear(
            plan=plan, year=plan.first_year + place, rate_percent=rate,
            planned_yuan=(plan.base_yuan * rate / 100).quantize(CENT), status_changed_at=now,
            status=SubsidyStatus.WAITING if is_gated else SubsidyStatus.PAYABLE,
        )  # fmt: skip
        check_record(row)
        row.save()
    log_activity(
        actor=actor, action="platforms.subsidyplan.create", target=plan, now=now,
        reason=plan.exception_reason, data={"rates": [str(rate) for rate in rates]},
    )  # fmt: skip
    emit("platforms.subsidyplan.planned", plan_id=plan.pk)
    return plan


def _plain(rule: Subsidy | None) -> dict[str, Any]:
    facts = asdict(rule) if rule else {}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in facts.items()}


def _check_rates(rates: Sequence[Decimal]) -> None:
    if not rates:
        raise DomainError("field_required", "请填写各年的比例。", "rates")
    if len(rates) > MOST_YEARS:
        raise DomainError("too_many", f"最多 {MOST_YEARS} 年。", "rates")
    if any(not 0 < rate <= 100 for rate in rates):
        raise DomainError("out_of_range", "各年比例须大于 0，不超过 100%。", "rates")
    if any(later > earlier for earlier, later in pairwise(rates)):
        raise DomainError("rising", "退坡补贴的比例逐年不升，请核对。", "rates")


def _check_double(plan: SubsidyPlan) -> None:
    had = [f"{row.year} 年{row.fund} {yuan(row.amount_yuan)}"
           for row in earlier_support(plan.platform, plan.level)]  # fmt: skip
    had += [f"{row.fund}（{row.first_year} 年起）"
            for row in running_subsidies(plan.platform, plan.level)]  # fmt: skip
    if had and not plan.exception_reason.strip():
        level = GovernmentLevel(plan.level).label
        raise DomainError(
            "double_funding",
            f"该平台已享受{level}财政资金（{'；'.join(had)}），原则上不再重复支持。"
            "确需支持请写明理由。",
            "exception_reason",
        )


@transaction.atomic
def judge_year(
    *, actor: Any, row: SubsidyYear, is_met: bool, basis: str, now: datetime
) -> SubsidyYear:
    """Say whether the results that a year's money hangs on were reached, and by what.

    Raises Refused, DomainError `wrong_state` or `reason_required`.
    """
    locked = lock(row, "plan__platform__region", "funding")
    name = "meet" if is_met else "miss"
    moved = perform(SubsidyAccess(actor), name, locked, now=now, reason=basis)
    moved.basis = basis.strip()[:500]
    moved.save(update_fields=["basis", "updated_at"])
    emit(f"platforms.subsidyyear.{name}", year_id=moved.pk)
    return moved


@transaction.atomic
def pay_year(
    *,
    actor: Any,
    row: SubsidyYear,
    amount_yuan: Decimal,
    paid_date: date,
    now: datetime,
    document_number: str = "",
) -> SubsidyYear:
    """Enter what was paid in the ledger: in the year or later, not more than was planned.

    Raises Refused, DomainError `wrong_state`, at `amount_yuan` or at `paid_date`.
    """
    locked = lock(row, "plan__platform__region", "funding")
    access, plan = SubsidyAccess(actor), locked.plan
    if access.can("pay", locked):  # else perform says why not
        if amount_yuan > locked.planned_yuan:
            raise DomainError(
                "above_plan", f"不能超过计划的 {plain(locked.planned_yuan)} 元。", "amount_yuan"
            )
        if paid_date > timezone.localdate(now):
            raise DomainError("future", "拨付日期不能晚于今天。", "paid_date")
        if paid_date.year < locked.year:
            raise DomainError("too_early", f"{locked.year} 年度的补贴不能提前拨付。", "paid_date")
        locked.funding = record_funding(
            actor=actor, platform=plan.platform, now=now,
            values={
                "level": plan.level, "kind": FundingKind.SUBSIDY, "fund": plan.fund,
                "year": locked.year, "amount_yuan": amount_yuan, "paid_date": paid_date,
                "department": plan.department, "is_demo": plan.is_demo,
                "document_number": document_number.strip() or plan.document_number,
                "exception_reason": plan.exception_reason,
            },
        )  # fmt: skip
        locked.save(update_fields=["funding", "updated_at"])
    perform(access, "pay", locked, now=now)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def stop_subsidy(*, actor: Any, plan: SubsidyPlan, reason: str, now: datetime) -> int:
    """Pay no further year of a plan; how many are stopped.

    Raises Refused, DomainError `reason_required` or `wrong_state` (nothing is left).
    """
    access = SubsidyAccess(actor)
    access.require("record", plan)
    rows = plan.years.filter(status__in=SUBSIDY_YEAR.by_name["stop"].sources)
    left = list(rows.select_related("plan__platform").order_by("pk"))
    if not left:
        raise DomainError("wrong_state", "没有还要拨付的年度。")
    for row in left:
        perform(access, "stop", row, now=now, reason=reason)
    log_activity(
        actor=actor, action="platforms.subsidyplan.stop", target=plan, now=now, reason=reason
    )
    emit("platforms.subsidyplan.stopped", plan_id=plan.pk)
    return len(left)
