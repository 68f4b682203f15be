"""Every access object of matching: who may do what, and which rows they see."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.models import JobStatus
from matching.access import (
    CapabilityMatchesAccess,
    DemandMatchesAccess,
    FeedbackAccess,
    MatchRunAccess,
    MatchWeightsAccess,
    SubscriptionAccess,
)
from matching.models import Feedback, MatchRun, MatchWeights, Subscription
from matching.services.full import start_full_run
from matching.services.runs import start_capability_run, start_demand_run
from tests.factories.accounts import person
from tests.factories.matching import (
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)
from tests.factories.taxonomy import chengdu

pytestmark = pytest.mark.django_db
WHO = (
    "visitor", "owner", "operator", "stranger", "staff", "staff elsewhere", "broker",
    "broker elsewhere", "system admin", "auditor", "system",
)  # fmt: skip


@pytest.fixture
def demand():
    return polymer_demand()


@pytest.fixture
def capability():
    return polymer_capability()


@pytest.fixture
def people(demand, capability):
    return {
        "visitor": AnonymousUser(),
        "owner": owner_of(demand),
        "operator": operator_of(capability.platform),
        "stranger": person(Role.ENTERPRISE),
        "staff": person(Role.GOVERNMENT),
        "staff elsewhere": person(Role.GOVERNMENT, region=chengdu()),
        "broker": person(Role.BROKER),
        "broker elsewhere": person(Role.BROKER, region=chengdu()),
        "system admin": person(Role.SYSTEM_ADMIN),
        "auditor": person(Role.AUDITOR),
        "system": SYSTEM,
    }


def allowed(people, access_class, action, obj):
    return {who for who in WHO if access_class(people[who]).can(action, obj)}


@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("view", {"owner", "staff", "broker", "system"}),
        ("start", {"owner", "staff", "broker", "system"}),
        ("judge", {"owner", "staff", "broker"}),
        ("subscribe", {"owner", "staff", "broker"}),
        ("nonsense", set()),
    ],
)
def test_matches_of_a_demand(people, demand, action, who):
    assert allowed(people, DemandMatchesAccess, action, demand) == who


@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("view", {"operator", "staff", "broker", "system"}),
        ("start", {"operator", "staff", "broker", "system"}),
        ("judge", {"operator", "staff", "broker"}),
        ("subscribe", {"operator", "staff", "broker"}),
        ("nonsense", set()),
    ],
)
def test_matches_of_a_capability(people, capability, action, who):
    assert allowed(people, CapabilityMatchesAccess, action, capability) == who


@pytest.mark.parametrize("who", WHO)
def test_visible_demands_are_those_whose_matches_may_be_seen(people, demand, who):
    access = DemandMatchesAccess(people[who])

    assert access.visible().filter(pk=demand.pk).exists() is bool(access.can("view", demand))


@pytest.mark.parametrize("who", WHO)
def test_visible_capabilities_are_those_whose_matches_may_be_seen(people, capability, who):
    access = CapabilityMatchesAccess(people[who])

    visible = access.visible().filter(pk=capability.pk).exists()
    assert visible is bool(access.can("view", capability))


@pytest.mark.parametrize("who", ["staff elsewhere", "broker elsewhere"])
def test_demands_of_public_sources_are_every_officials(people, who):
    listed = polymer_demand(organisation=None, region=None)
    access = DemandMatchesAccess(people[who])

    assert access.can("view", listed)
    assert access.visible().filter(pk=listed.pk).exists()


@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("list", {"staff", "system admin", "system"}),
        ("start_full", {"staff", "system admin", "system"}),
        ("cancel", {"staff", "system admin", "system"}),
        ("view", {"staff", "system admin", "system"}),
    ],
)
def test_full_runs(people, action, who):
    run = start_full_run(actor=SYSTEM, now=timezone.now())

    assert allowed(people, MatchRunAccess, action, run) == who


@pytest.mark.parametrize("who", WHO)
def test_visible_runs_are_those_that_may_be_viewed(people, demand, capability, who):
    now = timezone.now()
    start_full_run(actor=SYSTEM, now=now)
    start_demand_run(actor=SYSTEM, demand=demand, now=now)
    start_capability_run(actor=SYSTEM, capability=capability, now=now)
    access = MatchRunAccess(people[who])

    visible = set(access.visible())

    assert visible == {run for run in MatchRun.objects.all() if access.can("view", run)}


def test_run_of_a_demand_is_seen_by_its_owner(people, demand):
    run = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())

    assert allowed(people, MatchRunAccess, "view", run) == {
        "owner", "staff", "broker", "system admin", "system",
    }  # fmt: skip


def test_only_full_unfinished_runs_are_cancelled(demand):
    single = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())
    finished = MatchRun(kind="full", status=JobStatus.DONE)
    access = MatchRunAccess(SYSTEM)

    assert access.can("cancel", single).code == "wrong_kind"
    assert access.can("cancel", finished).code == "wrong_state"


@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("view", {"owner", "staff", "system admin", "system"}),
        ("withdraw", {"owner"}),
    ],
)
def test_feedback(people, demand, capability, action, who):
    feedback = Feedback.objects.create(
        demand=demand, capability=capability, given_by=people["owner"], side="demand",
        verdict="suitable",
    )  # fmt: skip

    assert allowed(people, FeedbackAccess, action, feedback) == who
    seen = {name for name in WHO if FeedbackAccess(people[name]).visible().exists()}
    assert seen == {"owner", "staff", "system admin", "system"}


@pytest.mark.parametrize("action", ["view", "add", "activate", "freeze", "unfreeze"])
def test_weights(people, action):
    row = MatchWeights.objects.create(version="a", record={})
    who = {"staff", "system admin", "system"}

    assert allowed(people, MatchWeightsAccess, action, row) == who
    assert {name for name in WHO if MatchWeightsAccess(people[name]).visible().exists()} == who


def test_subscriptions_are_ones_own(people):
    row = Subscription.objects.create(user=people["owner"], words="聚合")

    for action in ("view", "cancel"):
        assert allowed(people, SubscriptionAccess, action, row) == {"owner"}
    assert {name for name in WHO if SubscriptionAccess(people[name]).visible().exists()} == {
        "owner"
    }
    assert not SubscriptionAccess(people["visitor"]).can("create")
    assert SubscriptionAccess(people["stranger"]).can("create")
