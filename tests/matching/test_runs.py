"""Runs for one demand or capability: started by events, done once, never lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import Event, JobStatus
from core.services import emit
from demands.models import Demand
from matching.models import Match, MatchList, MatchRun, MatchWeights
from matching.services.runs import (
    execute_run,
    resume_single_runs,
    start_capability_run,
    start_demand_run,
)
from platforms.models import Capability
from tests.factories.accounts import person
from tests.factories.demands import DemandFactory
from tests.factories.matching import (
    match_capability,
    match_demand,
    metal_capability,
    owner_of,
    polymer_capability,
    polymer_demand,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["demands.demand.published", "demands.demand.amended"])
def test_publication_starts_a_run_by_itself(django_capture_on_commit_callbacks, name):
    capability = polymer_capability()
    demand = polymer_demand()

    with django_capture_on_commit_callbacks(execute=True):
        emit(name, demand_id=demand.pk)

    run = MatchRun.objects.get(demand=demand)
    assert run.status == JobStatus.DONE
    assert run.owner is None
    assert [m.capability for m in demand.match_list.matches.ranked()] == [capability]


def test_publication_of_a_capability_starts_a_run(django_capture_on_commit_callbacks):
    demand = polymer_demand()
    capability = polymer_capability()

    with django_capture_on_commit_callbacks(execute=True):
        emit("platforms.capability.published", capability_id=capability.pk)

    assert [m.demand for m in capability.match_list.matches.ranked()] == [demand]


def test_event_of_a_withdrawn_demand_starts_nothing(django_capture_on_commit_callbacks):
    demand = DemandFactory()

    with django_capture_on_commit_callbacks(execute=True):
        emit("demands.demand.published", demand_id=demand.pk)

    assert MatchRun.objects.count() == 0


def test_relevant_capability_ranks_first():
    metal = metal_capability()
    polymer = polymer_capability()
    demand = polymer_demand()

    run = match_demand(demand)

    assert [m.capability for m in demand.match_list.matches.ranked()] == [polymer, metal]
    assert (run.capability_count, run.demand_count) == (2, 1)


def test_entry_keeps_the_numbers_that_ranked():
    polymer_capability()
    demand = polymer_demand()

    match_demand(demand)

    match = Match.objects.for_demands().get(demand=demand)
    assert {"lexical", "taxonomy"} <= set(match.features) == set(match.shares)
    assert sum(abs(share) for share in match.shares.values()) == pytest.approx(1, abs=0.001)
    assert match.checks == [
        {
            "name": "open", "label": "对外开放", "status": "unknown", "asked": "是",
            "offered": "未注明", "relaxation": "",
        }
    ]  # fmt: skip


def test_failed_constraint_makes_a_near_miss_with_a_relaxation():
    polymer_capability(trl_low=6, trl_high=8)
    demand = polymer_demand(trl_current=3, trl_target=4)

    match_demand(demand)

    match = Match.objects.for_demands().get(demand=demand)
    assert not match.is_possible
    assert [c["status"] for c in match.checks if c["name"] == "trl"] == ["not_met"]
    assert demand.match_list.relaxations[0]["name"] == "trl"
    assert demand.match_list.relevant_count == 0


def test_region_check_speaks_of_names():
    polymer_capability()
    demand = polymer_demand()
    demand.wanted_region = demand.region
    demand.save()

    match_demand(demand)

    match = Match.objects.for_demands().get(demand=demand)
    check = next(c for c in match.checks if c["name"] == "region")
    assert (check["asked"], check["offered"], check["status"]) == ("中山市", "中山市", "met")


def test_withdrawn_capability_is_not_matched():
    polymer_capability(status="withdrawn")
    polymer_capability(platform__status="withdrawn")
    demand = polymer_demand()

    match_demand(demand)

    assert demand.match_list.matches.count() == 0


def test_run_refreshes_the_lists_it_enters():
    capability = polymer_capability()
    demand = polymer_demand()

    match_demand(demand)

    assert [m.demand for m in capability.match_list.matches.ranked()] == [demand]
    assert Match.objects.count() == 2


def test_rematch_doubles_nothing():
    polymer_capability()
    demand = polymer_demand()

    match_demand(demand)
    match_demand(demand)

    assert MatchList.objects.count() == 2
    assert Match.objects.count() == 2


def test_earlier_reading_does_not_overwrite_a_later_one():
    demand = polymer_demand()
    late = match_demand(demand)
    polymer_capability()
    run = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())

    execute_run(run_id=run.pk, now=timezone.now() - timedelta(hours=1))

    demand.match_list.refresh_from_db()
    assert demand.match_list.run == late
    assert demand.match_list.matches.count() == 0


def test_what_was_committed_before_a_run_is_in_it():
    demand = polymer_demand()
    match_demand(demand)
    added = polymer_capability()

    match_demand(demand)
    with_new = [m.capability_id for m in demand.match_list.matches.ranked()]
    Capability.objects.filter(pk=added.pk).update(status="withdrawn")
    match_demand(demand)

    assert with_new == [added.pk]
    assert demand.match_list.matches.count() == 0


def test_edited_text_is_in_the_next_run():
    metal, polymer = metal_capability(), polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    before = [m.capability for m in demand.match_list.matches.ranked()]
    for capability in (metal, polymer):
        capability.title, capability.description = "微波消解", "土壤样品前处理"
        if capability is metal:
            capability.title = "聚合反应放大中试"
        capability.save()

    match_demand(demand)

    assert before == [polymer, metal]
    assert [m.capability for m in demand.match_list.matches.ranked()] == [metal, polymer]


def test_waiting_run_is_reused():
    demand = polymer_demand()

    first = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())
    second = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())

    assert first == second


def test_finished_run_is_done_once():
    demand = polymer_demand()
    run = match_demand(demand)

    execute_run(run_id=run.pk, now=timezone.now())

    run.refresh_from_db()
    assert run.attempts == 1


def test_stranger_may_not_start_a_run():
    demand = polymer_demand()

    with pytest.raises(Refused):
        start_demand_run(actor=person(Role.ENTERPRISE), demand=demand, now=timezone.now())

    assert MatchRun.objects.count() == 0


def test_closed_demand_is_not_matched():
    demand = DemandFactory()

    with pytest.raises(Refused, match="征集中"):
        start_demand_run(actor=owner_of(demand), demand=demand, now=timezone.now())


def test_draft_capability_is_not_matched():
    capability = polymer_capability(status="draft")

    with pytest.raises(Refused, match="已发布"):
        start_capability_run(actor=SYSTEM, capability=capability, now=timezone.now())


def test_demand_closed_meanwhile_fails_the_run():
    demand = polymer_demand()
    run = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())
    Demand.objects.filter(pk=demand.pk).update(status="withdrawn")

    execute_run(run_id=run.pk, now=timezone.now())

    run.refresh_from_db()
    assert (run.status, run.error) == (JobStatus.FAILED, "需求或能力已不在公开状态。")


def test_lost_run_is_queued_again(django_capture_on_commit_callbacks):
    demand = polymer_demand()
    start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        early = resume_single_runs(now=timezone.now())
        count = resume_single_runs(now=timezone.now() + timedelta(minutes=3))

    assert (early, count) == (0, 1)
    assert MatchRun.objects.get().status == JobStatus.DONE


def test_run_that_never_ends_is_given_up():
    demand = polymer_demand()
    run = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())
    MatchRun.objects.filter(pk=run.pk).update(attempts=5)

    resume_single_runs(now=timezone.now() + timedelta(minutes=3))

    run.refresh_from_db()
    assert run.status == JobStatus.FAILED


def test_news_is_only_what_was_not_there():
    capability = polymer_capability()
    demand = polymer_demand()

    match_demand(demand)
    match_demand(demand)

    told = Event.objects.filter(name="matching.demand.matched").order_by("created_at")
    assert [e.payload["capability_ids"] for e in told] == [[capability.pk], []]


def test_both_directions_agree_on_a_pair():
    capability = polymer_capability()
    demand = polymer_demand()

    match_capability(capability)

    assert [m.demand for m in capability.match_list.matches.ranked()] == [demand]
    assert [m.capability for m in demand.match_list.matches.ranked()] == [capability]


def test_nobody_on_the_other_side_is_an_empty_list():
    demand = polymer_demand()

    run = match_demand(demand)

    assert run.status == JobStatus.DONE
    assert demand.match_list.relevant_count == 0


def test_unreachable_broker_is_a_domain_error():
    from matching.services.runs import ask_broker  # beside its own test only

    demand = polymer_demand()

    with pytest.raises(DomainError, match="技术经理人"):
        ask_broker(actor=owner_of(demand), demand=demand, now=timezone.now())


def test_failing_run_says_so_and_the_error_rises():
    MatchWeights.objects.create(version="broken", record={}, is_active=True)
    demand = polymer_demand()
    run = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())

    with pytest.raises(ValueError, match="权重"):
        execute_run(run_id=run.pk, now=timezone.now())

    run.refresh_from_db()
    assert (run.status, run.error) == (JobStatus.FAILED, "匹配没有完成，请稍后重试。")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("demands.demand.published", "demand_id"),
        ("platforms.capability.published", "capability_id"),
    ],
)
def test_event_of_what_is_gone_starts_nothing(django_capture_on_commit_callbacks, name, key):
    with django_capture_on_commit_callbacks(execute=True):
        emit(name, **{key: 0})

    assert MatchRun.objects.count() == 0
