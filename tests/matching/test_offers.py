"""Matches at the grain of platform, equipment, line, expert and solution, from both ends."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role, Scope
from core.access import SYSTEM
from core.errors import Refused
from core.models import JobStatus
from core.services import emit
from matching.enums import ResourceKind
from matching.models import MatchRun, ResourceMatch
from matching.selectors.offers import demands_suited, platform_cards, resource_cards
from matching.selectors.runs import named_runs
from matching.services.runs import execute_run, start_resource_run
from tests.factories.accounts import person, with_token
from tests.factories.matching import (
    match_capability,
    match_demand,
    metal_capability,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)
from tests.factories.platforms import (
    EquipmentFactory,
    ExpertFactory,
    LineFactory,
    PlatformFactory,
    SolutionFactory,
)
from tests.factories.taxonomy import TermFactory

pytestmark = pytest.mark.django_db

KINDS = list(ResourceKind.values)
MAKERS = {
    "equipment": lambda **v: EquipmentFactory(
        **{"name": "聚合反应放大中试釜", "specification": "公斤级聚合反应放大、聚合物后处理"} | v
    ),
    "line": lambda **v: LineFactory(
        **{"name": "聚合反应放大中试线", "description": "公斤级聚合反应放大、聚合物后处理"} | v
    ),
    "expert": lambda **v: ExpertFactory(
        **{"name": "张三", "expertise": "聚合反应放大中试，公斤级聚合物后处理"} | v
    ),
    "solution": lambda **v: SolutionFactory(
        **{"title": "聚合反应放大方案", "problem": "聚合反应放大到公斤级",
           "summary": "聚合反应放大与聚合物后处理"} | v
    ),
}  # fmt: skip


def platform_of_the_trade():
    platform = PlatformFactory()
    platform.fields.add(TermFactory())
    return platform


def make(kind, **values):
    return MAKERS[kind](**{"platform": platform_of_the_trade()} | values)


def match_resource(resource):
    run = start_resource_run(actor=SYSTEM, resource=resource, now=timezone.now())
    execute_run(run_id=run.pk, now=timezone.now())
    return MatchRun.objects.get(pk=run.pk)


@pytest.mark.parametrize("kind", KINDS)
def test_run_of_a_demand_ranks_each_kind_by_its_own_words(kind):
    polymer_capability()
    wanted = make(kind)
    demand = polymer_demand()

    match_demand(demand)

    (card,) = resource_cards(owner_of(demand), demand.match_list, demand, kind)
    assert card.listing == wanted
    assert card.percent >= 30
    assert any("聚合" in word for word in card.words)


@pytest.mark.parametrize("kind", KINDS)
def test_unrelated_resource_is_not_shown_however_few_there_are(kind):
    polymer_capability()
    texts = {
        "equipment": {"name": "铝合金熔炼炉", "specification": "半连续铸造"},
        "line": {"name": "铸造线", "description": "铝合金半连续铸造"},
        "expert": {"expertise": "铝合金熔炼"},
        "solution": {"title": "铝合金铸造", "problem": "铸件气孔", "summary": "除气"},
    }
    make(kind, **texts[kind])
    demand = polymer_demand()

    match_demand(demand)

    assert resource_cards(owner_of(demand), demand.match_list, demand, kind) == []


@pytest.mark.parametrize("kind", KINDS)
def test_withdrawn_resource_leaves_the_lists_at_once(kind):
    polymer_capability()
    resource = make(kind)
    demand = polymer_demand()
    match_demand(demand)

    type(resource).objects.filter(pk=resource.pk).update(status="withdrawn")

    assert resource_cards(owner_of(demand), demand.match_list, demand, kind) == []


def test_resources_change_no_place_and_no_score_of_capabilities():
    polymer_capability()
    metal_capability()
    demand = polymer_demand()
    match_demand(demand)
    before = list(demand.match_list.matches.ranked().values_list("capability_id", "score"))
    for kind in KINDS:
        make(kind)

    match_demand(demand)

    after = list(demand.match_list.matches.ranked().values_list("capability_id", "score"))
    assert after == before


def test_rematch_doubles_no_resource():
    make("equipment")
    polymer_capability()
    demand = polymer_demand()

    match_demand(demand)
    match_demand(demand)

    assert ResourceMatch.objects.count() == 1


def test_closed_equipment_is_ruled_out_as_a_closed_capability_is():
    polymer_capability()
    make("equipment", is_open=False)
    demand = polymer_demand()

    match_demand(demand)

    assert resource_cards(owner_of(demand), demand.match_list, demand, "equipment") == []


def test_platform_stands_by_its_best_capability_with_what_else_it_has():
    best = polymer_capability()
    polymer_capability(platform=best.platform)
    best.platform.fields.add(TermFactory())
    make("equipment", platform=best.platform)
    demand = polymer_demand()

    match_demand(demand)

    (card,) = platform_cards(demand.match_list)
    assert (card.platform, card.capability, card.count) == (best.platform, best, 2)
    assert card.resources == [("设备", 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_new_resource_is_in_the_lists_it_enters(kind, django_capture_on_commit_callbacks):
    polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    resource = make(kind)

    with django_capture_on_commit_callbacks(execute=True):
        emit(f"platforms.{kind}.published", **{f"{kind}_id": resource.pk})

    run = MatchRun.objects.get(kind="resource")
    assert (run.status, run.resource_kind, run.resource_id) == (JobStatus.DONE, kind, resource.pk)
    (named,) = named_runs(MatchRun.objects.filter(pk=run.pk))
    assert named.subject == f"{ResourceKind(kind).label}：{resource}"
    assert [fit.demand for fit in demands_suited(operator_of(resource.platform), resource)] == [
        demand
    ]


def test_resources_published_together_are_matched_together():
    polymer_capability()
    demand = polymer_demand()
    resources = [make("equipment") for _ in range(3)]
    other = make("line")
    now = timezone.now()
    runs = [start_resource_run(actor=SYSTEM, resource=one, now=now) for one in [*resources, other]]
    type(resources[2]).objects.filter(pk=resources[2].pk).update(status="withdrawn")

    execute_run(run_id=runs[1].pk, now=timezone.now())

    stored = [MatchRun.objects.get(pk=run.pk) for run in runs]
    assert [run.status for run in stored] == ["done", "done", "failed", "queued"]
    assert [run.result.get("relevant") for run in stored[:2]] == [1, 1]
    assert demand.match_list.run_id == runs[1].pk  # replaced once
    for resource in resources[:2]:
        assert [x.demand for x in demands_suited(operator_of(resource.platform), resource)] == [
            demand
        ]
    execute_run(run_id=runs[0].pk, now=timezone.now())
    assert MatchRun.objects.get(pk=runs[0].pk).attempts == 1  # nothing left to do


def test_event_of_a_withdrawn_resource_starts_nothing(django_capture_on_commit_callbacks):
    resource = make("line", status="withdrawn")

    with django_capture_on_commit_callbacks(execute=True):
        emit("platforms.line.changed", line_id=resource.pk)

    assert MatchRun.objects.count() == 0


def test_resource_that_no_longer_fits_leaves_the_list():
    polymer_capability()
    resource = make("equipment")
    demand = polymer_demand()
    match_demand(demand)
    resource.name, resource.specification = "铝合金熔炼炉", "半连续铸造"
    resource.save()

    match_resource(resource)

    assert demands_suited(operator_of(resource.platform), resource) == []


def test_resource_withdrawn_meanwhile_fails_the_run():
    resource = make("equipment")
    run = start_resource_run(actor=SYSTEM, resource=resource, now=timezone.now())
    type(resource).objects.update(status="withdrawn")

    execute_run(run_id=run.pk, now=timezone.now())

    run.refresh_from_db()
    assert (run.status, run.error) == (JobStatus.FAILED, "资源或方案已不在公开状态。")


def test_waiting_run_of_a_resource_is_reused():
    resource = make("equipment")

    first = start_resource_run(actor=SYSTEM, resource=resource, now=timezone.now())

    assert start_resource_run(actor=SYSTEM, resource=resource, now=timezone.now()) == first


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR])
def test_strangers_start_no_run_and_see_no_demands(client, role):
    resource = make("equipment")
    stranger = person(role)
    client.force_login(stranger)

    with pytest.raises(Refused):
        start_resource_run(actor=stranger, resource=resource, now=timezone.now())
    page = client.get(reverse("matching:suited", args=["equipment", resource.slug]))

    assert MatchRun.objects.count() == 0
    assert page.status_code == 404


def test_draft_is_not_matched():
    resource = make("solution", status="draft")

    with pytest.raises(Refused, match="已发布"):
        start_resource_run(
            actor=operator_of(resource.platform), resource=resource, now=timezone.now()
        )


def test_withheld_text_stays_withheld_from_the_operator():
    polymer_capability()
    resource = make("equipment")
    demand = polymer_demand(confidentiality="teaser", teaser="一种聚合反应放大")
    match_demand(demand)

    (fit,) = demands_suited(operator_of(resource.platform), resource)

    assert (fit.is_full, fit.text) == (False, "一种聚合反应放大")


def test_platform_sees_the_demands_of_its_capabilities_once_each(client):
    first = polymer_capability()
    second = polymer_capability(platform=first.platform)
    demand = polymer_demand()
    match_capability(first)
    match_capability(second)
    operator = operator_of(first.platform)
    client.force_login(operator)

    (fit,) = demands_suited(operator, first.platform)
    public = client.get(first.platform.get_absolute_url()).content.decode()

    assert (fit.demand, fit.count) == (demand, 2)
    assert reverse("matching:suited", args=["platform", first.platform.slug]) in public


def test_public_page_tells_strangers_nothing_of_demands(client):
    resource = make("equipment")

    page = client.get(resource.get_absolute_url()).content.decode()

    assert "适合它的需求" not in page


def test_tabs_show_every_kind_with_its_count(client):
    capability = polymer_capability(platform=platform_of_the_trade())
    for _ in range(60):
        metal_capability()
    for kind in KINDS:
        make(kind, platform=capability.platform)
    demand = polymer_demand()
    match_demand(demand)
    client.force_login(owner_of(demand))
    url = reverse("matching:demand", args=[demand.slug])

    page = client.get(url)
    shown = {
        kind: client.get(url, {"kind": kind}).content.decode() for kind in ["platform", *KINDS]
    }

    assert [tab["count"] for tab in page.context["tabs"]] == [1, 1, 1, 1, 1, 1]
    assert "相关的设备 1 项" in shown["platform"]
    assert "张三" in shown["expert"]
    assert f"platform={capability.platform.slug}&amp;demand={demand.slug}" in shown["line"]


def test_empty_tab_says_where_to_look(client):
    polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    client.force_login(owner_of(demand))

    page = client.get(
        reverse("matching:demand", args=[demand.slug]), {"kind": "line"}
    ).content.decode()

    assert "没有相关的中试线" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_tab_costs_the_same_queries_however_many(rows, django_assert_num_queries):
    polymer_capability()
    for number in range(rows):
        make("equipment", name=f"聚合反应放大中试釜{number}")
    demand = polymer_demand()
    match_demand(demand)

    match_list, owner = demand.match_list, owner_of(demand)

    with django_assert_num_queries(4):  # of which one asks for the roles
        assert len(resource_cards(owner, match_list, demand, "equipment")) == rows


def test_machines_read_the_same_offers_and_demands(api):
    capability = polymer_capability(platform=platform_of_the_trade())
    equipment = make("equipment", platform=capability.platform)
    demand = polymer_demand()
    run = match_demand(demand)
    with_token(api, owner_of(demand), Scope.MATCHING_READ)
    url = f"/api/v1/match-runs/{run.pk}/offers/"

    devices = api.get(url, {"offer": "equipment"}).json()["results"]
    platforms = api.get(url, {"offer": "platform"}).json()["results"]
    wrong = api.get(url, {"offer": "nonsense"})
    with_token(api, operator_of(capability.platform), Scope.MATCHING_READ, Scope.MATCHING_WRITE)
    started = api.post("/api/v1/match-runs/", {"equipment": equipment.slug}, format="json")
    execute_run(run_id=started.json()["id"], now=timezone.now())
    suited = api.get(f"/api/v1/match-runs/{started.json()['id']}/suited/").json()["results"]

    assert [row["slug"] for row in devices] == [equipment.slug]
    assert platforms[0]["capability"] == capability.slug
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown_kind")
    assert [row["demand"]["slug"] for row in suited] == [demand.slug]


def test_machine_of_a_stranger_starts_nothing(api):
    equipment = make("equipment")
    with_token(api, person(Role.OPERATOR), Scope.MATCHING_WRITE)

    answer = api.post("/api/v1/match-runs/", {"equipment": equipment.slug}, format="json")

    assert answer.status_code == 404
    assert MatchRun.objects.count() == 0
