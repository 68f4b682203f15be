"""Invented challenges, one in every state, with bids of demo platforms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.enums import OutcomeKind
from cases.models import Bid, Challenge
from cases.services.bids import choose_bid, mark_bid, move_bid, save_bid
from cases.services.challenges import (
    follow_project,
    invite_reviewers,
    move_challenge,
    object_to_choice,
    propose_challenge,
    publish_challenges,
)
from cases.services.demo_work import DemoSides
from cases.services.outcomes import answer_outcome, claim_outcome
from cases.services.projects import contract_project, move_project
from core.access import SYSTEM
from core.services import settle_events
from demands.services import create_draft, publish_demand, submit_demand
from platforms.models import Platform
from taxonomy.models import Region, Term

A_DAY = timedelta(days=1)
# what is asked for, the state its challenge reaches, bounty in 万元
TOLD = (
    ("阻燃剂微胶囊化连续放大", "draft", 30),
    ("耐候胶膜百米级涂布试制", "in_review", 45),
    ("生物基聚酯低色度脱色", "returned", 25),
    ("导热填料表面改性中试", "accepted", 50),
    ("光刻胶树脂窄分布聚合", "open", 120),
    ("催化剂成型与寿命验证", "judging", 80),
    ("气凝胶常压干燥放大", "publicity", 90),
    ("电解液添加剂提纯放大", "awarded", 60),
    ("锂盐结晶粒径控制中试", "done", 70),
    ("特种气体阀件耐蚀验证", "failed", 20),
    ("可降解薄膜吹塑试制", "withdrawn", 35),
)
LISTED = ("open", "judging", "publicity", "awarded", "done", "failed", "withdrawn")


@transaction.atomic
def attach_demo_challenges(
    *,
    platforms: Sequence[Platform],
    region: Region,
    field: Term | None,
    sides: DemoSides,
    now: datetime,
) -> None:
    """Demands of the demo enterprise put forward, in two lists: one whose choices are made public
    first, one without. The first of `platforms` is the demo operator's.

    Through the services, marked as demo as the enterprise is. Not to be called twice.
    """
    proposed, listed, bid_at = (now - days * A_DAY for days in (25, 20, 10))
    made = {status: _proposed(title, status, bounty, field, sides, proposed)
            for title, status, bounty in TOLD}  # fmt: skip
    staff, (organisation, person) = sides.staff, sides.enterprise
    for status, challenge in made.items():
        if status in ("accepted", *LISTED):
            move_challenge(actor=staff, challenge=challenge, name="accept", now=listed)
    move_challenge(actor=staff, challenge=made["returned"], name="return", now=now,
                   reason="演示：请写明出资方。")  # fmt: skip
    first = [made[one] for one in ("awarded", "done", "failed", "withdrawn")]
    second = [made[one] for one in ("open", "judging", "publicity")]
    for rows, days in ((first, 0), (second, 5)):
        publish_challenges(
            actor=staff, region=region, challenges=rows, publicity_days=days, now=listed
        )
    bidders = [one for one in platforms if one.organisation_id != organisation.pk][:2]
    for status in ("open", "judging", "publicity", "awarded", "done"):
        for place, platform in enumerate(bidders):
            bid = _bid(made[status], platform, sides.operators[platform.pk], place, bid_at)
            if place or status != "open":  # of the open one the demo operator's is a draft
                move_bid(actor=bid.made_by, bid=bid, name="submit", now=bid_at)
    move_challenge(actor=staff, challenge=made["withdrawn"], name="withdraw", now=now,
                   reason="演示：需求单位已自行解决。")  # fmt: skip
    for status in ("judging", "publicity", "awarded", "done", "failed"):
        _unsealed(made[status], sides, now)
    move_challenge(actor=person, challenge=made["failed"], name="fail", now=now,
                   reason="演示：没有收到方案。")  # fmt: skip
    for status in ("publicity", "awarded", "done"):
        winner = made[status].bids.order_by("pk")[0]
        mark_bid(actor=person, bid=winner, marks=[42, 25, 16], comment="演示评语：路线可行。",
                 now=now)  # fmt: skip
        choose_bid(actor=person, bid=winner, now=now)
    loser = sides.operators[bidders[1].pk]
    made["publicity"].refresh_from_db()
    object_to_choice(actor=loser, challenge=made["publicity"], now=now,
                     text="演示：请核实对方设备的耐压等级。")  # fmt: skip
    _finish(made["done"].bids.get(status="won"), sides, now)
    # what waits for somebody stands on the workbench
    ids = {row.pk: row.demand_id for row in made.values()}
    settle_events(prefix="cases.challenge.", key="challenge_id", ids=ids, now=now)
    settle_events(prefix="demands.demand.", key="demand_id", ids=ids.values(), now=now)


def _proposed(
    title: str, status: str, bounty: int, field: Term | None, sides: DemoSides, now: datetime
) -> Challenge:
    organisation, person = sides.enterprise
    demand = create_draft(
        actor=person, organisation=organisation, now=now - 5 * A_DAY,
        values={
            "title": f"{title}（演示揭榜）", "field": field,
            "description": "演示数据：小试已稳定，征集能放大到中试并交付样品和报告的方案。",
            "target_figures": "演示：三批收率 ≥ 85%，批间差异 ≤ 5%。",
        },
    )  # fmt: skip
    submit_demand(actor=person, demand=demand, is_secrecy_confirmed=True, now=now - 5 * A_DAY)
    demand = publish_demand(actor=SYSTEM, demand=demand, now=now - 5 * A_DAY)
    values: dict[str, Any] = {
        "bounty_wan": Decimal(bounty), "payer": "需求单位自筹（演示）",
        "conditions": "演示：有同类中试经验，可以联合揭榜。",
        "due_date": timezone.localdate(now) + 60 * A_DAY,
    }  # fmt: skip
    challenge = propose_challenge(actor=person, demand=demand, values=values, now=now)
    if status != "draft":
        move_challenge(actor=person, challenge=challenge, name="submit", now=now)
    return challenge


def _bid(challenge: Challenge, platform: Platform, actor: User, place: int, now: datetime) -> Bid:
    challenge.refresh_from_db()
    wan = Decimal(challenge.bounty_wan) * (9 + place) / 10
    return save_bid(
        actor=actor, challenge=challenge, now=now,
        values={
            "platform": platform, "capability": platform.capabilities.published().first(),
            "partners": "演示合作单位" if place else "", "price_yuan": wan * 10_000,
            "lead_days": 90 + 30 * place,
            "plan": "演示方案：先复核小试，再分三步放大，每步各做三批，交付样品、报告和工艺包。",
        },
    )  # fmt: skip


def _unsealed(challenge: Challenge, sides: DemoSides, now: datetime) -> None:
    """Bids are opened only after the last day, so that day is moved back first."""
    yesterday = timezone.localdate(now) - A_DAY
    Challenge.objects.filter(pk=challenge.pk).update(due_date=yesterday)
    challenge.refresh_from_db()
    invite_reviewers(actor=sides.staff, challenge=challenge, reviewers=sides.experts, now=now)
    move_challenge(actor=sides.staff, challenge=challenge, name="unseal", now=now)
    bid = challenge.bids.order_by("-pk").first()
    if bid:  # the demo expert has one left to mark
        mark_bid(actor=sides.experts[0], bid=bid, marks=[38, 22, 15], now=now,
                 comment="演示评语：周期偏长。")  # fmt: skip


def _finish(bid: Bid, sides: DemoSides, now: datetime) -> None:
    """The chosen bid's project, delivered and confirmed."""
    operator, person = sides.operators[bid.platform_id], sides.enterprise[1]
    project, today = bid.project, timezone.localdate(now)
    assert project is not None  # noqa: S101 -- it was chosen, for mypy
    contract_project(
        actor=person, project=project, contract_amount_yuan=bid.price_yuan, contract_date=today,
        promised_date=today + 90 * A_DAY, now=now,
    )  # fmt: skip
    for name in ("begin", "deliver"):
        project = move_project(actor=operator, project=project, name=name, now=now)
    outcome = claim_outcome(
        actor=operator, project=project, kind=OutcomeKind.VERIFIED, achieved_date=today,
        description="演示：三批均达到榜单指标。", evidence_grade="C", now=now,
    )  # fmt: skip
    answer_outcome(actor=person, outcome=outcome, name="confirm", now=now, satisfaction=5)
    follow_project(project_id=project.pk, now=now)
