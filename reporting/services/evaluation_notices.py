"""Messages about evaluations and rewards: to those judged, to those who decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import people_of_organisation, people_of_organisations, staff_for_region
from core.templatetags.portal_format import day as shown_day
from core.templatetags.portal_format import yuan
from notifications.services.messages import notify
from reporting.models import EvaluationDispute, EvaluationResult, EvaluationRun, RewardPlan

KIND = "reporting.evaluation"
EVENTS = (
    "reporting.evaluation.shown", "reporting.evaluation.published",
    "reporting.evaluation.entrusted", "reporting.dispute.made", "reporting.dispute.answered",
    "reporting.reward.decided",
)  # fmt: skip


def operators_in(run: EvaluationRun) -> QuerySet[User]:
    """Everybody who runs a platform that the run judged."""
    results = EvaluationResult.objects.in_force().filter(round__run=run)
    return people_of_organisations(results.values("platform__organisation"), [Role.OPERATOR])


def tell(*, event_id: str, name: str, payload: dict[str, Any], now: datetime) -> int:
    """Write the messages of an event; safe to run twice. How many were written."""
    if name.startswith("reporting.dispute."):
        return _tell_dispute(event_id, name, payload["dispute_id"], now)
    if name == "reporting.reward.decided":
        return _tell_reward(event_id, payload["plan_id"], now)
    related = ("scheme", "cycle", "region")
    run = EvaluationRun.objects.select_related(*related).get(pk=payload["run_id"])
    if name == "reporting.evaluation.entrusted":
        users: Any = User.objects.filter(pk__in=payload["user_ids"])
        title, body = f"请审阅{run}", f"受托机构：{run.agency}。可查看全部结果并写评价意见。"
    elif name == "reporting.evaluation.shown":
        users, title = operators_in(run), f"{run}开始公示"
        body = f"请查看本平台的得分明细，有异议的请在 {shown_day(run.publicity_ends_at)} 前提出。"
    else:
        users, title, body = operators_in(run), f"{run}结果已公布", "可查看等次和得分明细。"
    return notify(
        users=users, kind=KIND, event_id=event_id, title=title, body=body,
        url=run.get_absolute_url(), now=now,
    )  # fmt: skip


def _tell_dispute(event_id: str, name: str, dispute_id: int, now: datetime) -> int:
    related = ("run__scheme", "run__cycle", "run__region", "platform")
    dispute = EvaluationDispute.objects.select_related(*related).get(pk=dispute_id)
    if name == "reporting.dispute.made":
        users: Any = staff_for_region(dispute.run.region_id)
        title, body = f"“{dispute.platform}”对评价提出异议", dispute.reason[:200]
    else:
        users = people_of_organisation(dispute.platform.organisation_id, [Role.OPERATOR])
        title = f"评价异议{dispute.get_status_display()}：{dispute.code}"
        body = dispute.answer[:200]
    return notify(
        users=users, kind=KIND, event_id=event_id, title=title, body=body,
        url=dispute.get_absolute_url(), now=now,
    )  # fmt: skip


def _tell_reward(event_id: str, plan_id: int, now: datetime) -> int:
    plan = RewardPlan.objects.get(pk=plan_id)
    count = 0
    for item in plan.items.filter(amount_yuan__gt=0).select_related("platform"):
        organisation = item.platform.organisation_id
        if organisation:
            count += notify(
                users=people_of_organisation(organisation, [Role.OPERATOR]), kind=KIND,
                event_id=event_id, title=f"“{item.platform}”获得{plan.name}",
                body=f"金额 {yuan(item.amount_yuan)}，文号 {plan.document_number}。",
                url=plan.get_absolute_url(), now=now,
            )  # fmt: skip
    return count
