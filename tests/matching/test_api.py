"""REST: start a run, poll it, read explained results, judge them."""

import pytest
from django.utils import timezone

from accounts.enums import Role, Scope
from matching.models import Feedback, MatchRun
from matching.services.full import start_full_run
from tests.factories.accounts import person, with_token
from tests.factories.matching import (
    match_capability,
    match_demand,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)

pytestmark = pytest.mark.django_db
RUNS = "/api/v1/match-runs/"


@pytest.fixture
def demand():
    return polymer_demand()


@pytest.fixture
def capability():
    return polymer_capability()


def test_token_starts_polls_and_reads(api, demand, capability, django_capture_on_commit_callbacks):
    client = with_token(api, owner_of(demand), Scope.MATCHING_WRITE, Scope.MATCHING_READ)

    with django_capture_on_commit_callbacks(execute=True):
        started = client.post(RUNS, {"demand": demand.slug})
    run = client.get(f"{RUNS}{started.json()['id']}/").json()
    results = client.get(f"{RUNS}{run['id']}/results/").json()

    assert started.status_code == 201
    assert (run["status"], run["is_finished"], run["percent"]) == ("done", True, 100)
    assert (run["demand"], run["relevant_count"]) == (demand.slug, 1)
    assert results["count"] == 1
    row = results["results"][0]
    assert row["capability"]["slug"] == capability.slug
    assert row["demand"]["text"] == demand.description
    assert row["is_possible"]
    assert row["words"]
    assert sum(part["share"] for part in row["parts"]) == pytest.approx(100)
    assert row["checks"] == [
        {"label": "对外开放", "result": "unknown", "asked": "是", "offered": "未注明",
         "hint": ""}
    ]  # fmt: skip


def test_run_for_a_capability_withholds_what_is_confidential(api, capability):
    demand = polymer_demand(confidentiality="teaser", teaser="高分子放大")
    run = match_capability(capability)
    client = with_token(api, operator_of(capability.platform), Scope.MATCHING_READ)

    row = client.get(f"{RUNS}{run.pk}/results/").json()["results"][0]

    assert row["demand"]["slug"] == demand.slug
    assert row["demand"]["text"] == "高分子放大"
    assert {check["asked"] for check in row["checks"]} == {"对接后可见"}


@pytest.mark.parametrize("scopes", [[], [Scope.MATCHING_READ], [Scope.DEMANDS_WRITE]])
def test_starting_needs_the_scope(api, demand, scopes):
    client = with_token(api, owner_of(demand), *(scopes or [Scope.CASES_READ]))

    response = client.post(RUNS, {"demand": demand.slug})

    assert response.status_code == 403
    assert MatchRun.objects.count() == 0


def test_reading_needs_the_scope(api, demand):
    run = match_demand(demand)
    client = with_token(api, owner_of(demand), Scope.DEMANDS_READ)

    assert client.get(f"{RUNS}{run.pk}/results/").status_code == 403


def test_visitor_sees_no_runs(api, demand):
    run = match_demand(demand)

    assert api.get(RUNS).json()["count"] == 0
    assert api.get(f"{RUNS}{run.pk}/").status_code == 404


def test_stranger_sees_no_results(api, demand):
    run = match_demand(demand)
    client = with_token(api, person(Role.ENTERPRISE), Scope.MATCHING_READ, Scope.MATCHING_WRITE)

    assert client.get(f"{RUNS}{run.pk}/results/").status_code == 404
    assert client.post(RUNS, {"demand": demand.slug}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"demand": "a", "capability": "b"}])
def test_run_needs_one_subject(api, demand, body):
    client = with_token(api, owner_of(demand), Scope.MATCHING_WRITE)

    response = client.post(RUNS, body)

    assert response.status_code == 400
    assert response.json()["fields"] == {
        "demand": ["请给出一条需求、一项能力、一项资源或一个方案的编号。"]
    }


def test_feedback_is_stored(api, demand, capability):
    run = match_demand(demand)
    client = with_token(api, owner_of(demand), Scope.MATCHING_WRITE)

    response = client.post(
        f"{RUNS}{run.pk}/feedback/",
        {"counterpart": capability.slug, "verdict": "unsuitable", "reason": "scale"},
    )

    assert response.status_code == 201
    assert response.json()["side"] == "demand"
    assert Feedback.objects.get().reason == "scale"


def test_feedback_without_reason_is_refused_at_its_field(api, demand, capability):
    run = match_demand(demand)
    client = with_token(api, owner_of(demand), Scope.MATCHING_WRITE)

    response = client.post(
        f"{RUNS}{run.pk}/feedback/", {"counterpart": capability.slug, "verdict": "unsuitable"}
    )

    assert response.status_code == 400
    assert response.json()["fields"] == {"reason": ["请选择不合适的原因。"]}


def test_operator_judges_through_his_run(api, demand, capability):
    run = match_capability(capability)
    client = with_token(api, operator_of(capability.platform), Scope.MATCHING_WRITE)

    client.post(f"{RUNS}{run.pk}/feedback/", {"counterpart": demand.slug, "verdict": "suitable"})

    assert Feedback.objects.get().side == "capability"


def test_full_run_has_no_results_of_its_own(api):
    staff = person(Role.SYSTEM_ADMIN)
    run = start_full_run(actor=staff, now=timezone.now())
    api.force_authenticate(staff)

    response = api.get(f"{RUNS}{run.pk}/results/")

    assert (response.status_code, response.json()["code"]) == (400, "no_results")


def test_runs_are_filtered_by_kind(api, demand, capability):
    match_demand(demand)
    client = with_token(api, owner_of(demand), Scope.MATCHING_READ)

    assert client.get(RUNS, {"kind": "demand"}).json()["count"] == 1
    assert client.get(RUNS, {"kind": "full"}).json()["count"] == 0


def test_operator_starts_a_run_for_a_capability(api, capability):
    client = with_token(api, operator_of(capability.platform), Scope.MATCHING_WRITE)

    response = client.post(RUNS, {"capability": capability.slug})

    assert response.status_code == 201
    assert response.json()["capability"] == capability.slug
