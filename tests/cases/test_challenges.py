"""Challenges: the round from a demand to an accepted outcome, who may do what, and the seal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.enums import Role
from cases import services
from cases.access import BidAccess
from cases.enums import BidStatus, ChallengeStatus
from cases.models import Bid, Challenge, ChallengeList, Project
from cases.selectors import ranked_bids, reply_facts
from cases.services import challenge_notices
from cases.states import CHALLENGE
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import ActivityLog, Event
from notifications.models import Notification
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, person
from tests.factories.cases import bid_for, challenge_of
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.factories.taxonomy import chengdu, zhongshan

S = ChallengeStatus
EVERYBODY = (
    "enterprise", "operator", "other_enterprise", "staff", "city_staff", "far_staff", "broker",
    "reviewer", "admin", "visitor", "system",
)  # fmt: skip
GIVEN = {"bounty_wan": Decimal(80), "payer": "需求单位自筹", "conditions": ""}
OFFER = {"partners": "", "plan": "三步放大", "price_yuan": Decimal(700_000), "lead_days": 90,
         "capability": None}  # fmt: skip


def values(**changes):
    return GIVEN | {"due_date": timezone.localdate() + timedelta(days=30)} | changes


def state():
    return (
        list(Challenge.objects.order_by("pk").values_list("pk", "status", "due_date", "listing")),
        list(Bid.objects.order_by("pk").values_list("pk", "status", "plan", "project")),
        ChallengeList.objects.count(), Project.objects.count(), Event.objects.count(),
        ActivityLog.objects.count(),
    )  # fmt: skip


def refused(code, service, **arguments):
    """The service refuses with this code and leaves nothing behind."""
    before = state()
    with pytest.raises(DomainError) as error:
        service(**arguments)
    assert error.value.code == code
    assert state() == before


def test_the_round_from_a_demand_to_an_accepted_outcome(cast, now):
    demand = open_demand(organisation=cast.firm, target_figures="收率 ≥ 85%")
    capability = CapabilityFactory(platform=cast.platform)
    challenge = services.propose_challenge(
        actor=cast.enterprise, demand=demand, values=values(), now=now
    )
    for actor, name in ((cast.enterprise, "submit"), (cast.city_staff, "accept")):
        services.move_challenge(actor=actor, challenge=challenge, name=name, now=now)
    listing = services.publish_challenges(
        actor=cast.city_staff, region=zhongshan(), challenges=[challenge], publicity_days=0, now=now
    )
    assert str(listing) == f"中山市 {timezone.localdate(now).year} 年第 1 批"
    offer = OFFER | {"platform": cast.platform, "capability": capability}
    bid = services.save_bid(actor=cast.operator, challenge=challenge, values=offer, now=now)
    services.move_bid(actor=cast.operator, bid=bid, name="submit", now=now)
    offer["plan"] = "四步放大"
    services.save_bid(actor=cast.operator, challenge=challenge, values=offer, bid=bid, now=now)
    bid.refresh_from_db()
    assert (bid.status, bid.plan) == (BidStatus.SUBMITTED, "四步放大")

    Challenge.objects.update(due_date=timezone.localdate(now) - timedelta(days=1))
    assert services.keep_challenges(now=now) == 1
    assert services.keep_challenges(now=now) == 0
    mark = {"bid": bid, "comment": "可行", "now": now}
    services.mark_bid(actor=cast.enterprise, marks=[40, 20, 10], **mark)
    services.mark_bid(actor=cast.city_staff, marks=[50, 30, 0], **mark)
    services.mark_bid(actor=cast.enterprise, marks=[45, 25, 10], **mark)  # the new ones count
    row = ranked_bids(cast.enterprise, challenge).get()
    assert (row.mean, row.lowest, row.highest, row.scored) == (80, 80, 80, 2)
    services.choose_bid(actor=cast.enterprise, bid=bid, now=now)

    bid.refresh_from_db()
    project = bid.project
    quote = project.quotes.get()
    assert (bid.status, project.status, project.demand, project.capability) == (
        "won", "quoted", demand, capability,
    )  # fmt: skip
    assert (quote.amount_yuan, quote.lead_days, quote.scope, quote.quoted_by) == (
        700_000, 90, "四步放大", cast.operator,
    )  # fmt: skip
    later = now + timedelta(days=30)
    assert reply_facts(cast.platform, now=later).count == 0  # nobody waited

    Project.objects.update(status="delivered")
    project.refresh_from_db()
    outcome = services.claim_outcome(
        actor=cast.operator, project=project, kind="verified", description="达到指标",
        achieved_date=timezone.localdate(now), evidence_grade="C", now=now,
    )  # fmt: skip
    services.answer_outcome(actor=cast.enterprise, outcome=outcome, name="confirm", now=now)
    for _twice in range(2):
        services.follow_project(project_id=project.pk, now=now)
    challenge.refresh_from_db()
    assert (challenge.status, project.outcomes.confirmed().count()) == ("done", 1)


def test_what_a_demand_must_be_to_be_put_forward(cast, now):
    def propose(demand, actor=cast.enterprise, **changes):
        return {"actor": actor, "demand": demand, "values": values(**changes), "now": now}

    good = open_demand(organisation=cast.firm, target_figures="收率")
    draft = DemandFactory(organisation=cast.firm, target_figures="收率")
    bare = open_demand(organisation=cast.firm)
    service = services.propose_challenge

    refused("not_open", service, **propose(draft))
    refused("target_figures", service, **propose(bare))
    refused("refused", service, **propose(good, actor=cast.other_enterprise))
    refused("due_date", service, **propose(good, due_date=timezone.localdate()))
    refused("invalid", service, **propose(good, bounty_wan=Decimal(0)))
    made = service(**propose(good))
    refused("invalid", service, **propose(good))  # once
    edit = {"challenge": made, "values": values(payer="财政"), "now": now}
    services.edit_challenge(actor=cast.enterprise, **edit)
    services.move_challenge(actor=cast.enterprise, challenge=made, name="submit", now=now)
    refused("wrong_state", services.edit_challenge, actor=cast.enterprise, **edit)
    refused("reason_required", services.move_challenge, actor=cast.city_staff, challenge=made,
            name="return", now=now)  # fmt: skip


def test_a_list_is_numbered_by_region_and_year(cast, now):
    def publish(*rows, region=None, actor=cast.staff):
        return {"actor": actor, "region": region or zhongshan(), "challenges": rows,
                "publicity_days": 5, "now": now}  # fmt: skip

    first, second, early = (challenge_of(cast.firm, status=one)
                            for one in ("accepted", "accepted", "in_review"))  # fmt: skip
    service = services.publish_challenges

    refused("none_chosen", service, **publish())
    refused("out_of_region", service, **publish(first, region=chengdu(), actor=cast.far_staff))
    refused("wrong_state", service, **publish(first, early))
    refused("refused", service, **publish(first, actor=cast.enterprise))
    refused("refused", service, **publish(first, region=zhongshan().parent, actor=cast.city_staff))
    Challenge.objects.filter(pk=early.pk).update(status="accepted", due_date=timezone.localdate())
    refused("wrong_state", service, **publish(early))
    services.move_challenge(
        actor=cast.city_staff, challenge=early, name="return", reason="截止日已到", now=now
    )
    assert [service(**publish(row)).number for row in (first, second)] == [1, 2]
    first.refresh_from_db()
    assert (first.status, first.publicity_days) == ("open", 5)


def test_what_a_bid_may_not_be(cast, now):
    challenge = challenge_of(cast.firm)
    foreign = PlatformFactory(organisation=OrganisationFactory())
    own = PlatformFactory(organisation=cast.firm)
    poser = person(Role.OPERATOR, organisation=cast.firm)

    def save(platform=cast.platform, actor=cast.operator, **changes):
        return {"actor": actor, "challenge": challenge, "now": now,
                "values": OFFER | {"platform": platform} | changes}  # fmt: skip

    service = services.save_bid
    refused("foreign_platform", service, **save(foreign))
    refused("foreign_capability", service, **save(capability=CapabilityFactory(platform=foreign)))
    refused("refused", service, **save(own, actor=poser))
    refused("refused", service, **save(actor=cast.other_enterprise))
    refused("invalid", service, **save(price_yuan=Decimal(0)))
    bid = service(**save())
    refused("invalid", service, **save())  # one of each organisation
    moved = {"actor": cast.operator, "bid": bid, "now": now}
    services.move_bid(name="submit", **moved)
    refused("wrong_state", services.move_bid, name="submit", **moved)
    services.move_bid(name="withdraw", **moved)
    Challenge.objects.update(due_date=timezone.localdate() - timedelta(days=1))
    challenge.refresh_from_db()
    bid.refresh_from_db()
    refused("wrong_state", services.move_bid, name="submit", **moved)
    refused("wrong_state", service, **save(), bid=bid)


def test_more_time_is_given_while_bids_are_taken(cast, now):
    challenge = challenge_of(cast.firm, days=3)
    later = challenge.due_date + timedelta(days=10)
    given = {"actor": cast.enterprise, "challenge": challenge, "now": now}

    refused("due_date", services.extend_challenge, due_date=challenge.due_date, reason="x", **given)
    refused("reason_required", services.extend_challenge, due_date=later, reason=" ", **given)
    services.extend_challenge(due_date=later, reason="方案复杂", **given)
    refused("wrong_state", services.move_challenge, name="unseal", **given)

    challenge.refresh_from_db()
    assert challenge.due_date == later


def test_bids_are_judged_by_people_without_a_stake(cast, now):
    challenge = challenge_of(cast.firm, status="judging")
    bid = bid_for(challenge, cast.platform)
    involved = person(Role.REVIEWER, organisation=cast.runner)
    mark = {"bid": bid, "marks": [40, 20, 10], "comment": "可行", "now": now}

    refused("reviewers", services.invite_reviewers, actor=cast.city_staff, challenge=challenge,
            reviewers=[cast.broker], now=now)  # fmt: skip
    refused("refused", services.mark_bid, actor=cast.reviewer, **mark)
    services.invite_reviewers(
        actor=cast.city_staff, challenge=challenge, reviewers=[cast.reviewer, involved], now=now
    )
    refused("refused", services.mark_bid, actor=involved, **mark)
    refused("marks", services.mark_bid, actor=cast.reviewer, **mark | {"marks": [51, 0, 0]})
    refused("comment", services.mark_bid, actor=cast.reviewer, **mark | {"comment": " "})
    refused("unmarked", services.choose_bid, actor=cast.enterprise, bid=bid, now=now)
    services.mark_bid(actor=cast.reviewer, **mark)
    refused("refused", services.choose_bid, actor=cast.city_staff, bid=bid, now=now)
    both_sides = person(Role.ENTERPRISE, organisation=cast.firm)
    RoleAssignmentFactory(user=both_sides, role=Role.OPERATOR, organisation=cast.runner)
    refused("refused", services.choose_bid, actor=both_sides, bid=bid, now=now)
    services.choose_bid(actor=cast.enterprise, bid=bid, now=now)
    refused("wrong_state", services.choose_bid, actor=cast.enterprise, bid=bid, now=now)
    refused("wrong_state", services.mark_bid, actor=cast.reviewer, **mark)


def test_a_choice_is_public_and_holds_after_objections_are_answered(cast, now):
    challenge = challenge_of(cast.firm, status="judging", publicity_days=5)
    bid = bid_for(challenge, cast.platform)
    rival = bid_for(challenge, PlatformFactory(organisation=OrganisationFactory()))
    services.mark_bid(actor=cast.enterprise, bid=bid, marks=[1, 1, 1], comment="可", now=now)
    services.choose_bid(actor=cast.enterprise, bid=bid, now=now)
    challenge.refresh_from_db()
    given = {"challenge": challenge, "now": now}
    assert (challenge.status, Project.objects.count()) == ("publicity", 0)

    refused("text", services.object_to_choice, actor=cast.broker, text=" ", **given)
    row = services.object_to_choice(actor=cast.broker, text="请核实", **given)
    refused("wrong_state", services.settle_choice, actor=cast.enterprise, **given)
    Challenge.objects.update(publicity_until=timezone.localdate() - timedelta(days=1))
    challenge.refresh_from_db()
    refused("wrong_state", services.settle_choice, actor=cast.enterprise, **given)
    refused("wrong_state", services.object_to_choice, actor=cast.broker, text="迟了", **given)
    assert services.keep_challenges(now=now) == 0
    answer = {"objection": row, "now": now}
    refused("refused", services.answer_objection, actor=cast.enterprise, answer="属实", **answer)
    refused("answer", services.answer_objection, actor=cast.city_staff, answer=" ", **answer)
    services.answer_objection(actor=cast.city_staff, answer="已核实", **answer)
    refused("answered", services.answer_objection, actor=cast.city_staff, answer="再答", **answer)
    assert services.keep_challenges(now=now) == 1

    challenge.refresh_from_db()
    assert (challenge.status, Project.objects.get().started_by) == (
        "awarded", challenge.proposed_by,
    )  # fmt: skip
    assert set(Bid.objects.values_list("pk", "status")) == {(bid.pk, "won"), (rival.pk, "lost")}


def test_an_upheld_objection_opens_the_choice_again(cast, now):
    challenge = challenge_of(cast.firm, status="publicity")
    bid_for(challenge, cast.platform, status="won")

    services.move_challenge(
        actor=cast.city_staff, challenge=challenge, name="reopen", reason="资质不实", now=now
    )

    challenge.refresh_from_db()
    assert (challenge.status, Bid.objects.get().status) == ("judging", "lost")


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        ("cancelled", "", ("judging", "lost")),
        ("closed", "failed", ("failed", "won")),
        ("closed", "verified", ("done", "won")),
        ("delivered", "verified", ("awarded", "won")),
    ],
)
def test_the_end_of_the_project_ends_the_challenge(cast, project, now, status, kind, expected):
    challenge = challenge_of(cast.firm, status="awarded")
    bid_for(challenge, cast.platform, status="won", project=project)
    Project.objects.update(status=status)
    if kind:
        project.outcomes.create(
            kind=kind, description="结果", achieved_date=timezone.localdate(),
            claimed_by=cast.operator, status="confirmed",
        )  # fmt: skip

    services.follow_project(project_id=project.pk, now=now)

    challenge.refresh_from_db()
    assert (challenge.status, Bid.objects.get().status) == expected


def test_an_award_carries_on_what_is_under_way(cast, project, now):
    challenge = challenge_of(cast.firm, status="judging")
    Project.objects.update(demand=challenge.demand, status="in_talks")
    bid = bid_for(challenge, cast.platform)
    services.mark_bid(actor=cast.enterprise, bid=bid, marks=[1, 1, 1], comment="可", now=now)

    services.choose_bid(actor=cast.enterprise, bid=bid, now=now)

    bid.refresh_from_db()
    assert (bid.project, bid.project.status, Project.objects.count()) == (project, "quoted", 1)


def test_a_withdrawn_demand_takes_its_challenge_off(cast, now):
    challenge = challenge_of(cast.firm)
    bid_for(challenge, cast.platform)

    for _twice in range(2):
        services.withdraw_of_demand(demand_id=challenge.demand_id, now=now)

    challenge.refresh_from_db()
    assert challenge.status == "withdrawn"
    assert not BidAccess(cast.enterprise).visible().exists()


def test_who_is_told(cast, now):
    challenge = challenge_of(cast.firm)
    bid_for(challenge, cast.platform)
    challenge.reviewers.add(cast.reviewer)

    def told(move):
        Notification.objects.all().delete()
        challenge_notices.tell_move(
            event_id=str(Event.objects.create(name="x").pk), challenge_id=challenge.pk, move=move,
            now=now,
        )  # fmt: skip
        people = set(Notification.objects.values_list("user", flat=True))
        return {name for name in EVERYBODY if getattr(getattr(cast, name), "pk", 0) in people}

    assert told("submit") == {"city_staff"}
    assert told("extend") == {"enterprise", "operator"}
    assert told("unseal") == {"enterprise", "city_staff", "reviewer"}
    assert told("award") == {"city_staff", "operator"}
    assert {row.name for row in CHALLENGE.transitions} <= challenge_notices.SAID.keys()

    services.move_challenge(
        actor=cast.city_staff, challenge=challenge, name="withdraw", reason="见附件{1}", now=now
    )
    assert told("withdraw") == {"enterprise", "operator"}
    assert all("见附件{1}" in row.body for row in Notification.objects.all())


def test_unknown_moves_are_refused(cast, now):
    challenge = challenge_of(cast.firm)
    bid = bid_for(challenge, cast.platform)

    refused("unknown_action", services.move_challenge, actor=SYSTEM, challenge=challenge,
            name="finish", now=now)  # fmt: skip
    refused("unknown_action", services.move_bid, actor=SYSTEM, bid=bid, name="win", now=now)
    with pytest.raises(Refused):
        services.move_challenge(
            actor=cast.broker, challenge=challenge, name="withdraw", reason="原因", now=now
        )
