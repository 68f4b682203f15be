"""What people are told about challenges and bids. Until bids are opened nobody learns of one."""

from __future__ import annotations

from datetime import datetime

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import (
    last_reason,
    people_of_organisation,
    people_of_organisations,
    staff_for_region,
)
from cases.access import ENTERPRISE_ROLES
from cases.enums import BidStatus
from cases.models import Challenge, ChallengeObjection
from notifications.services import notify

# move → title, what is said, and whom it concerns: poser, staff, bidders, winner, experts
SAID: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "submit": ("待审核的揭榜", "需求单位提出揭榜，请审核。", ("staff",)),
    "accept": ("揭榜已通过审核", "将在下一批榜单中发布。", ("poser",)),
    "return": ("揭榜被退回修改", "请按原因修改后再提交。", ("poser",)),
    "publish": ("榜单已发布", "已发榜，截止前收到的方案保持密封。", ("poser",)),
    "extend": ("揭榜已延期", "截止日改为 {due}，截止前可以修改方案。", ("poser", "bidders")),
    "withdraw": ("揭榜已撤榜", "不再评审，已提交的方案不拆封。", ("poser", "bidders")),
    "unseal": ("揭榜方案已拆封", "请查看方案并评分。", ("poser", "staff", "experts")),
    "choose": ("揭榜结果公示", "中选单位已选定，公示至 {until}。", ("staff", "bidders")),
    "object": ("公示收到异议", "请核实后答复。", ("staff", "poser")),
    "reopen": ("揭榜重新评审", "异议成立，重新评审。", ("poser", "bidders")),
    "award": ("揭榜结果", "评审结束，结果见揭榜页。", ("staff", "bidders")),
    "settle": ("揭榜结果", "公示期满，结果见揭榜页。", ("poser", "staff", "bidders")),
    "fail": ("揭榜未选定", "本次没有选定方案。", ("staff", "bidders")),
    "resume": ("揭榜重新评审", "中选方的对接已中断，可以另选或结束。", ("poser", "bidders")),
    "finish": ("揭榜项目已验收", "成果已经需求单位确认。", ("staff", "winner")),
    "miss": ("揭榜项目未达要求", "对接已办结，没有取得成功的成果。", ("staff", "winner")),
}


def tell_move(*, event_id: str, challenge_id: int, move: str, now: datetime) -> None:
    """Whom the move concerns, with its reason where there is one."""
    challenge = Challenge.objects.select_related("demand").get(pk=challenge_id)
    title, body, parties = SAID[move]
    body = body.format(due=challenge.due_date, until=challenge.publicity_until)
    if reason := last_reason(challenge, move):
        body = f"{body}原因：{reason}"
    notify(
        users=[user for party in parties for user in _people(challenge, party)],
        event_id=event_id, kind=f"challenge_{move}", title=f"{title}：{challenge}",
        body=body, url=challenge.get_absolute_url(), now=now,
    )  # fmt: skip


def _people(challenge: Challenge, party: str) -> list[User]:
    if party == "poser":
        home = challenge.demand.organisation_id
        return list(people_of_organisation(home, ENTERPRISE_ROLES))
    if party == "staff":
        return list(staff_for_region(challenge.region_id))
    if party == "experts":
        return list(challenge.reviewers.all())
    bids = challenge.bids.exclude(status=BidStatus.WITHDRAWN)
    if party == "winner":
        bids = bids.filter(status=BidStatus.WON)
    return list(people_of_organisations(bids.values("organisation"), [Role.OPERATOR]))


def tell_invited(*, event_id: str, challenge_id: int, user_ids: list[int], now: datetime) -> None:
    """Experts invited after the bids were opened."""
    challenge = Challenge.objects.select_related("demand").get(pk=challenge_id)
    notify(
        users=User.objects.filter(pk__in=user_ids, is_active=True), event_id=event_id,
        kind="challenge_invited", title=f"请为揭榜方案评分：{challenge}",
        body="方案已拆封，请查看并评分。", url=challenge.get_absolute_url(), now=now,
    )  # fmt: skip


def tell_answered(*, event_id: str, objection_id: int, now: datetime) -> None:
    """Who objected reads the answer."""
    row = ChallengeObjection.objects.select_related("challenge__demand", "made_by").get(
        pk=objection_id
    )
    notify(
        users=[row.made_by], event_id=event_id, kind="challenge_answered",
        title=f"异议已答复：{row.challenge}", body=row.answer,
        url=row.challenge.get_absolute_url(), now=now,
    )  # fmt: skip
