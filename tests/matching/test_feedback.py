"""Feedback: who may judge, what it does to the list, and that it outlives a rematch."""

import pytest
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.models import ActivityLog
from matching.models import Feedback
from matching.selectors.fitting import fitting_demands
from matching.selectors.results import capability_page, demand_page
from matching.services.feedback import give_feedback, withdraw_feedback
from tests.factories.accounts import person
from tests.factories.matching import (
    match_demand,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return {"demand": polymer_demand(), "offer": polymer_capability()}


def say(actor, side, pair, verdict="unsuitable", reason="scale", note=""):
    return give_feedback(
        actor=actor, side=side, verdict=verdict, reason=reason, note=note,
        now=timezone.now(), **pair,
    )  # fmt: skip


def everything(page):
    return [*page.best, *page.weak, *page.near]


def test_owner_says_unsuitable_with_reason(pair):
    feedback = say(owner_of(pair["demand"]), "demand", pair, note=" 太小 ")

    assert (feedback.side, feedback.reason, feedback.note) == ("demand", "scale", "太小")
    assert ActivityLog.objects.filter(action="matching.feedback.give").count() == 1


def test_later_word_replaces_the_earlier(pair):
    owner = owner_of(pair["demand"])
    say(owner, "demand", pair)

    say(owner, "demand", pair, verdict="suitable")

    assert [(f.verdict, f.reason) for f in Feedback.objects.all()] == [("suitable", "")]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "nonsense"}, "reason"),
        ({"verdict": "maybe"}, "verdict"),
        ({"note": "长" * 301}, "note"),
    ],
)
def test_wrong_feedback_is_refused_at_its_field(pair, values, field):
    with pytest.raises(DomainError) as caught:
        say(owner_of(pair["demand"]), "demand", pair, **values)

    assert caught.value.field == field
    assert Feedback.objects.count() == 0


@pytest.mark.parametrize("side", ["demand", "capability", "nonsense"])
def test_stranger_may_not_judge(pair, side):
    with pytest.raises(Refused):
        say(person(Role.ENTERPRISE), side, pair)

    assert Feedback.objects.count() == 0


def test_operator_judges_in_his_own_list_only(pair):
    operator = operator_of(pair["offer"].platform)

    assert say(operator, "capability", pair).side == "capability"
    with pytest.raises(Refused):
        say(operator, "demand", pair)


def test_broker_speaks_for_neither_side(pair):
    assert say(person(Role.BROKER), "demand", pair).side == "broker"


def test_unsuitable_leaves_the_list_of_its_side_only(pair):
    match_demand(pair["demand"])
    owner, operator = owner_of(pair["demand"]), operator_of(pair["offer"].platform)

    say(owner, "demand", pair)

    mine = demand_page(user=owner, demand=pair["demand"])
    theirs = capability_page(user=operator, capability=pair["offer"])
    assert (len(everything(mine)), len(mine.rejected)) == (0, 1)
    assert (len(everything(theirs)), len(theirs.rejected)) == (1, 0)
    assert everything(theirs)[0].remarks == []


def test_feedback_outlives_a_rematch(pair):
    owner = owner_of(pair["demand"])
    match_demand(pair["demand"])
    say(owner, "demand", pair)

    match_demand(pair["demand"])

    assert len(demand_page(user=owner, demand=pair["demand"]).rejected) == 1


def test_brokers_remark_is_shown_and_removes_nothing(pair):
    match_demand(pair["demand"])
    say(person(Role.BROKER), "demand", pair)

    page = demand_page(user=owner_of(pair["demand"]), demand=pair["demand"])

    assert [remark.side for remark in everything(page)[0].remarks] == ["broker"]


def test_platforms_no_removes_the_demand_from_its_overview(pair):
    match_demand(pair["demand"])
    operator = operator_of(pair["offer"].platform)
    before = fitting_demands(operator).count()

    say(operator, "capability", pair)

    assert (before, fitting_demands(operator).count()) == (1, 0)


def test_withdrawn_feedback_brings_the_pair_back(pair):
    owner = owner_of(pair["demand"])
    match_demand(pair["demand"])
    say(owner, "demand", pair)

    first = withdraw_feedback(actor=owner, side="demand", now=timezone.now(), **pair)
    second = withdraw_feedback(actor=owner, side="demand", now=timezone.now(), **pair)

    assert (first, second) == (1, 0)
    assert demand_page(user=owner, demand=pair["demand"]).rejected == []


def test_nobody_withdraws_for_another(pair):
    say(owner_of(pair["demand"]), "demand", pair)

    count = withdraw_feedback(
        actor=owner_of(pair["demand"]), side="demand", now=timezone.now(), **pair
    )

    assert (count, Feedback.objects.count()) == (0, 1)
