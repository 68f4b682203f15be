"""Feedback on equipment, lines, experts and solutions: the same words, both sides, REST."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role, Scope
from core.errors import DomainError, Refused
from core.models import ActivityLog
from matching.access import ResourceMatchesAccess
from matching.kinds import resource_fields
from matching.models import Feedback
from matching.selectors.judgements import graded_pairs
from matching.selectors.offers import demands_suited, resource_cards, tab_counts
from matching.services.feedback import give_feedback, withdraw_feedback
from tests.factories.accounts import person, with_token
from tests.factories.matching import (
    match_demand,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)
from tests.factories.taxonomy import chengdu
from tests.matching.test_offers import KINDS, make, match_resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def demand():
    polymer_capability()
    return polymer_demand()


@pytest.fixture
def equipment(demand):
    """A machine in the demand's list."""
    found = make("equipment")
    match_demand(demand)
    return found


def say(actor, side, demand, offer, verdict="unsuitable", reason="scale", note=""):
    return give_feedback(
        actor=actor, side=side, demand=demand, offer=offer, verdict=verdict, reason=reason,
        note=note, now=timezone.now(),
    )  # fmt: skip


def cards(user, demand, kind="equipment"):
    return resource_cards(user, demand.match_list, demand, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_judge_every_kind(demand, kind):
    offer = make(kind)

    theirs = say(owner_of(demand), "demand", demand, offer)
    ours = say(operator_of(offer.platform), "capability", demand, offer, verdict="suitable")

    rows = Feedback.objects.filter(demand=demand, **resource_fields(offer))
    assert set(rows) == {theirs, ours}
    assert (theirs.capability, theirs.side, ours.side) == (None, "demand", "capability")
    assert ActivityLog.objects.filter(action="matching.feedback.give").count() == 2


def test_later_word_replaces_the_earlier(demand, equipment):
    owner = owner_of(demand)
    say(owner, "demand", demand, equipment)

    say(owner, "demand", demand, equipment, verdict="suitable")

    assert [(f.verdict, f.reason) for f in Feedback.objects.all()] == [("suitable", "")]


def test_reason_is_needed_and_nothing_is_kept_without(demand, equipment):
    with pytest.raises(DomainError) as refused:
        say(owner_of(demand), "demand", demand, equipment, reason="")

    assert refused.value.field == "reason"
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("side", ["demand", "capability"])
def test_stranger_may_not_judge(demand, equipment, side):
    with pytest.raises(Refused):
        say(person(Role.OPERATOR), side, demand, equipment)

    assert not Feedback.objects.exists()


def test_refused_ones_come_last_and_leave_the_count(demand, equipment):
    other = make("equipment", name="聚合反应放大中试釜二号")
    match_demand(demand)
    owner = owner_of(demand)
    first = cards(owner, demand)[0].listing

    say(owner, "demand", demand, first)

    shown = cards(owner, demand)
    assert {card.listing for card in shown} == {equipment, other}
    assert [card.is_rejected for card in shown] == [False, True]
    assert shown[1].listing == first
    assert shown[1].own.reason == "scale"
    assert tab_counts(demand.match_list)["equipment"] == 1


def test_word_outlives_a_rematch_and_can_be_taken_back(demand, equipment):
    owner = owner_of(demand)
    say(owner, "demand", demand, equipment)
    match_demand(demand)
    demand.refresh_from_db()
    assert [card.is_rejected for card in cards(owner, demand)] == [True]

    taken = [
        withdraw_feedback(
            actor=owner, side="demand", demand=demand, offer=equipment, now=timezone.now()
        )
        for _ in range(2)
    ]

    assert taken == [1, 0]
    assert [card.is_rejected for card in cards(owner, demand)] == [False]


def test_one_side_does_not_see_what_the_other_said(demand, equipment):
    operator, owner = operator_of(equipment.platform), owner_of(demand)
    match_resource(equipment)
    say(owner, "demand", demand, equipment, note="太旧")

    (fit,) = demands_suited(operator, equipment)

    assert (fit.own, fit.remarks, fit.is_rejected) == (None, [], False)


def test_refused_demand_comes_last_for_the_platform(demand, equipment):
    match_demand(polymer_demand())
    operator = operator_of(equipment.platform)
    first = demands_suited(operator, equipment)[0].demand

    say(operator, "capability", first, equipment)

    fits = demands_suited(operator, equipment)
    assert [fit.is_rejected for fit in fits] == [False, True]
    assert fits[1].demand == first


def test_weights_do_not_learn_from_it(demand, equipment):
    say(owner_of(demand), "demand", demand, equipment, verdict="suitable")

    assert graded_pairs() == {}


def test_who_may_judge_and_subscribe(demand, equipment):
    people = {
        "operator": operator_of(equipment.platform),
        "stranger": person(Role.OPERATOR),
        "staff": person(Role.GOVERNMENT),
        "staff elsewhere": person(Role.GOVERNMENT, region=chengdu()),
        "broker": person(Role.BROKER),
        "auditor": person(Role.AUDITOR),
    }

    for action in ("judge", "subscribe"):
        allowed = {
            name
            for name, user in people.items()
            if ResourceMatchesAccess(user).can(action, equipment)
        }
        assert allowed == {"operator", "staff", "broker"}


def test_enterprise_judges_on_the_tab(client, demand, equipment):
    client.force_login(owner_of(demand))
    url = reverse("matching:judge_resource", args=[demand.slug, "equipment", equipment.slug])
    tab = f"{reverse('matching:demand', args=[demand.slug])}?kind=equipment"
    assert url in client.get(tab).content.decode()

    answer = client.post(url, {"verdict": "unsuitable", "reason": "price"})

    assert answer.url == tab
    shown = client.get(tab).content.decode()
    assert "已标为不合适的 1 项" in shown
    assert "没有相关的设备" in shown


def test_operator_judges_on_the_page_of_the_resource(client, demand, equipment):
    match_resource(equipment)
    client.force_login(operator_of(equipment.platform))
    url = reverse("matching:judge_suited", args=["equipment", equipment.slug, demand.slug])
    page = reverse("matching:suited", args=["equipment", equipment.slug])
    assert url in client.get(page).content.decode()

    answer = client.post(url, {"verdict": "unsuitable", "reason": ""})
    assert "请选择不合适的原因" in answer.content.decode()
    client.post(url, {"verdict": "unsuitable", "reason": "time"})
    shown = client.get(page).content.decode()
    assert "已标为不合适的 1 条" in shown
    assert "目前没有足够相关的需求" in shown
    client.post(url, {"withdraw": "1"})

    assert not Feedback.objects.exists()


def test_stranger_finds_no_form(client, demand, equipment):
    client.force_login(person(Role.OPERATOR))

    for name, args in (
        ("judge_resource", [demand.slug, "equipment", equipment.slug]),
        ("judge_suited", ["equipment", equipment.slug, demand.slug]),
    ):
        url = reverse(f"matching:{name}", args=args)
        assert client.post(url, {"verdict": "suitable"}).status_code == 404


def test_machines_judge_from_both_ends(api, demand, equipment):
    run = match_demand(demand)
    with_token(api, owner_of(demand), Scope.MATCHING_WRITE, Scope.MATCHING_READ)
    body = {"counterpart": equipment.slug, "offer": "equipment", "verdict": "suitable"}

    said = api.post(f"/api/v1/match-runs/{run.pk}/feedback/", body, format="json")
    told = api.get(f"/api/v1/match-runs/{run.pk}/offers/", {"offer": "equipment"}).json()
    own = match_resource(equipment)
    with_token(api, operator_of(equipment.platform), Scope.MATCHING_WRITE, Scope.MATCHING_READ)
    body = {"counterpart": demand.slug, "verdict": "unsuitable", "reason": "time"}
    answered = api.post(f"/api/v1/match-runs/{own.pk}/feedback/", body, format="json")
    fits = api.get(f"/api/v1/match-runs/{own.pk}/suited/").json()

    assert (said.status_code, answered.status_code) == (201, 201)
    assert said.json()["capability"] is None
    assert (said.json()["resource_kind"], said.json()["resource_id"]) == ("equipment", equipment.pk)
    assert told["results"][0]["feedback"]["verdict"] == "suitable"
    assert fits["results"][0]["is_rejected"] is True
    assert fits["results"][0]["feedback"]["reason"] == "time"


def test_machine_names_a_resource_of_another_kind_in_vain(api, demand, equipment):
    run = match_demand(demand)
    with_token(api, owner_of(demand), Scope.MATCHING_WRITE)
    body = {"counterpart": equipment.slug, "offer": "line", "verdict": "suitable"}

    answer = api.post(f"/api/v1/match-runs/{run.pk}/feedback/", body, format="json")

    assert answer.status_code == 404
