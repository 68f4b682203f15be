"""Rewards for good results (Z08, L07): planned by the rule, made public, decided, paid."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from core.templatetags.portal_format import yuan
from core.workdays import end_of_workdays
from platforms.enums import FundingKind, GovernmentLevel
from platforms.models import FundingRecord
from platforms.services.funding import pay_funding, record_funding
from reporting.access import EvaluationAccess, RewardAccess
from reporting.enums import RewardStatus
from reporting.models import EvaluationResult, EvaluationRun, RewardItem, RewardPlan
from reporting.services.evaluations import lock_run
from taxonomy.jurisdiction import Reward, jurisdiction_of
from taxonomy.models import RegionLevel

LEVELS: dict[int, str] = {
    RegionLevel.COUNTRY: GovernmentLevel.NATIONAL,
    RegionLevel.PROVINCE: GovernmentLevel.PROVINCE,
    RegionLevel.CITY: GovernmentLevel.CITY,
    RegionLevel.COUNTY: GovernmentLevel.COUNTY,
}
WAN = Decimal(10_000)
EXAMPLE_WORKDAYS = 5


def reward_rule(run: EvaluationRun) -> Reward | None:
    """The rule of the run's region that this scheme's grades earn; None where there is none."""
    rules = jurisdiction_of(run.region_id).rewards
    return next((rule for rule in rules if rule.evaluation == run.scheme_slug), None)


@transaction.atomic
def plan_reward(
    *,
    actor: Any,
    run: EvaluationRun,
    amount_yuan: Decimal,
    department: str,
    now: datetime,
    budget_yuan: Decimal | None = None,
) -> RewardPlan:
    """The list of a published run: each platform of a rewarded grade gets `amount_yuan`, by rank,
    until the budget is used up; who had the same year's reward of this level gets nothing (G46).

    Errors: Refused, `no_rule`, `amount_yuan` (above the rule's cap), `nobody`, `invalid`.
    """
    locked = lock_run(run)
    EvaluationAccess(actor).require("reward", locked)
    rule = reward_rule(locked)
    if rule is None:
        raise DomainError("no_rule", "本地区没有与这个评价对应的奖补规定。")
    if rule.maximum_wan is not None and amount_yuan > rule.maximum_wan * WAN:
        raise DomainError(
            "above_maximum", f"每家最高 {rule.maximum_wan} 万元（{rule.source}）。", "amount_yuan"
        )
    results = EvaluationResult.objects.in_force().filter(round__run=locked, grade__in=rule.grades)
    listed = list(results.light().select_related("platform").order_by("rank", "platform__slug"))
    if not listed:
        raise DomainError("nobody", "没有达到奖补条件的平台。")
    plan = RewardPlan(
        run=locked, rule=asdict(rule), name=f"{locked.cycle.year}年度{rule.name}",
        amount_yuan=amount_yuan, budget_yuan=budget_yuan, department=department.strip(),
        status_changed_at=now, is_demo=locked.is_demo,
    )  # fmt: skip
    check_record(plan)
    plan.save()
    RewardItem.objects.bulk_create(_items(plan, listed))
    log_activity(actor=actor, action="reporting.rewardplan.create", target=plan, now=now)
    return plan


def _items(plan: RewardPlan, results: list[EvaluationResult]) -> list[RewardItem]:
    level = LEVELS[plan.run.region.level]
    had = {
        row.platform_id: row
        for row in FundingRecord.objects.filter(
            platform__in=[r.platform_id for r in results], kind=FundingKind.REWARD, level=level,
            fund=plan.name,
        )
    }  # fmt: skip
    left = plan.budget_yuan
    items = []
    for result in results:
        amount, note = plan.amount_yuan, ""
        if result.platform_id in had:
            record = had[result.platform_id]
            amount, note = Decimal(0), f"已获{record.fund} {yuan(record.amount_yuan)}，不重复支持"
        elif left is not None and left < amount:
            amount, note = Decimal(0), "总额已用完"
        elif left is not None:
            left -= amount
        items.append(
            RewardItem(plan=plan, result=result, platform=result.platform, place=result.rank or 0,
                       amount_yuan=amount, note=note)
        )  # fmt: skip
    return items


@transaction.atomic
def exclude_item(*, actor: Any, item: RewardItem, reason: str, now: datetime) -> RewardItem:
    """Take a platform's amount away before the publicity. Errors: Refused, `reason_required`."""
    plan = RewardPlan.objects.select_for_update().get(pk=item.plan_id)
    RewardAccess(actor).require("edit", plan)
    if not reason.strip():
        raise DomainError("reason_required", "请写明不予奖补的理由。", "reason")
    item.amount_yuan, item.note = Decimal(0), reason.strip()[:300]
    item.save(update_fields=["amount_yuan", "note", "updated_at"])
    log_activity(
        actor=actor, action="reporting.rewardplan.exclude", target=plan, now=now, reason=reason,
        data={"platform": item.platform.slug},
    )  # fmt: skip
    return item


@transaction.atomic
def move_reward(
    *,
    actor: Any,
    plan: RewardPlan,
    name: str,
    now: datetime,
    reason: str = "",
    document_number: str = "",
) -> RewardPlan:
    """`show`, `decide` (with the decision's number: writes each amount to the ledger, once),
    `cancel`.

    Errors: Refused, `wrong_state`, `reason_required`, `publicity_running`, `field_required`,
    `twice` (the ledger has it already).
    """
    locked = lock(plan)
    access = RewardAccess(actor)
    if name == "decide" and access.can(name, locked):
        if locked.publicity_ends_at and now <= locked.publicity_ends_at:
            day = timezone.localtime(locked.publicity_ends_at).date()
            raise DomainError("publicity_running", f"公示到 {day} 结束，之后才能决定。")
        locked.document_number = document_number.strip()
        locked.save(update_fields=["document_number", "updated_at"])
    moved = perform(access, name, locked, now=now, reason=reason)
    if name == "show":
        moved.publicity_starts_at = now
        moved.publicity_ends_at = end_of_workdays(now, _workdays(moved))
        moved.save(update_fields=["publicity_starts_at", "publicity_ends_at", "updated_at"])
    if name == "decide":
        _enter_ledger(actor, moved, now)
    emit(f"reporting.reward.{'decided' if name == 'decide' else name}", plan_id=moved.pk)
    return moved


def _workdays(plan: RewardPlan) -> int:
    return int(plan.run.scheme.definition.get("publicity_workdays", EXAMPLE_WORKDAYS))


def _enter_ledger(actor: Any, plan: RewardPlan, now: datetime) -> None:
    level = LEVELS[plan.run.region.level]
    items = plan.items.filter(amount_yuan__gt=0, funding=None).select_related("platform")
    for item in items.order_by("pk"):
        item.funding = record_funding(
            actor=actor, platform=item.platform, now=now,
            values={
                "level": level, "kind": FundingKind.REWARD, "fund": plan.name,
                "year": timezone.localdate(now).year, "amount_yuan": item.amount_yuan,
                "department": plan.department, "document_number": plan.document_number,
                "is_demo": plan.is_demo or item.platform.is_demo,
            },
        )  # fmt: skip
        item.save(update_fields=["funding", "updated_at"])


@transaction.atomic
def pay_reward(*, actor: Any, plan: RewardPlan, paid_date: date, now: datetime) -> int:
    """Note that the amounts were paid on a day; those noted before keep theirs. How many.

    Errors: Refused, `wrong_state`, `twice` (nothing is left to pay), at `paid_date`.
    """
    locked = lock(plan)
    if locked.status != RewardStatus.DECIDED:
        raise DomainError("wrong_state", "作出决定后才能登记拨付。")
    RewardAccess(actor).require("pay", locked)
    items = locked.items.filter(funding__isnull=False, funding__paid_date=None)
    waiting = list(items.select_related("funding").order_by("pk"))
    if not waiting:
        raise DomainError("twice", "已全部登记拨付。")
    for record in (item.funding for item in waiting if item.funding):
        pay_funding(actor=actor, record=record, paid_date=paid_date, now=now)
    log_activity(
        actor=actor, action="reporting.rewardplan.pay", target=locked, now=now,
        data={"count": len(waiting), "paid_date": paid_date.isoformat()},
    )  # fmt: skip
    return len(waiting)
