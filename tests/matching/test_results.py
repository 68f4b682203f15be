"""What a page shows: marks, shares, checks, and nothing of a withheld text."""

import pytest

from demands.enums import Confidentiality
from matching.models import Match, MatchList
from matching.selectors.highlight import Text, shared_words, strong_terms
from matching.selectors.results import capability_page, demand_page, parts_of, readable_demands
from tests.factories.demands import disclose
from tests.factories.matching import (
    match_capability,
    match_demand,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)
from tests.factories.taxonomy import RegionFactory

SECRET = {
    "confidentiality": Confidentiality.TEASER,
    "teaser": "高分子放大",
    "title": "高分子中试",
    "description": "聚合反应放大到公斤级，含后处理",
}


def joined(pieces):
    return "".join(piece.text for piece in pieces)


def marked(pieces):
    return [piece.text for piece in pieces if piece.is_marked]


def everything(page):
    return [*page.best, *page.weak, *page.near]


def test_pieces_join_to_the_text():
    text = Text("聚合反应放大，ＰＡ66 材料")

    tokens = {"聚合", "合反", "pa66"}

    assert joined(text.pieces(tokens, tokens)) == text.text
    assert marked(text.pieces(tokens, tokens)) == ["聚合", "ＰＡ66"]


def test_everyday_words_and_single_characters_are_not_marked():
    assert strong_terms({"聚合": 100, "开发": 10, "级": 90}) == {"聚合": 100}


def test_words_are_ordered_by_weight():
    text = Text("放大，聚合")

    assert shared_words(text, {"放大": 5, "聚合": 9}, {"放大", "聚合"}) == ["聚合", "放大"]


def test_bar_shows_what_raised_the_score():
    parts = parts_of({"lexical": 0.6, "semantic": -0.2, "taxonomy": 0.2})

    assert [(p.label, round(p.share), round(p.start)) for p in parts] == [
        ("字词相同", 75, 0),
        ("领域相同", 25, 75),
    ]


@pytest.mark.django_db
def test_both_texts_are_marked():
    polymer_capability()
    demand = polymer_demand()
    match_demand(demand)

    card = everything(demand_page(user=owner_of(demand), demand=demand))[0]

    assert "聚合反应放大" in "".join(marked(card.demand_title))
    assert "聚合反应放大" in "".join(marked(card.capability_title))
    assert joined(card.demand_text) == demand.description


@pytest.mark.django_db
def test_words_of_one_meaning_are_shown_and_none_of_a_withheld_text():
    capability = polymer_capability(title="高分子放大")
    demand = polymer_demand(title="PMMA放大", description="")
    secret = polymer_demand(**SECRET | {"description": "PMMA放大到公斤级"})
    match_demand(demand)
    match_demand(secret)

    page = capability_page(user=operator_of(capability.platform), capability=capability)

    links = {card.match.demand_id: card.links for card in everything(page)}
    assert links[demand.pk]["pmma"] == ["聚合物", "高分子"]
    assert links[secret.pk] == {}


@pytest.mark.django_db
def test_withheld_text_shows_and_betrays_nothing():
    capability = polymer_capability()
    demand = polymer_demand(**SECRET, budget_high_yuan=500_000)
    match_demand(demand)

    page = capability_page(user=operator_of(capability.platform), capability=capability)

    card = everything(page)[0]
    assert not card.is_full_text
    assert joined(card.demand_text) == "高分子放大"
    assert card.words == ["放大", "中试"]
    assert marked(card.capability_title) == ["放大", "中试"]
    assert {check.asked for check in card.checks} == {"对接后可见"}
    assert {check.hint for check in card.checks} == {""}


@pytest.mark.django_db
def test_disclosed_text_is_shown_in_full():
    capability = polymer_capability()
    demand = polymer_demand(**SECRET)
    match_demand(demand)
    disclose(demand, capability.platform.organisation)

    page = capability_page(user=operator_of(capability.platform), capability=capability)

    assert joined(everything(page)[0].demand_text) == demand.description


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_reading_rights_cost_one_query(django_assert_num_queries, count):
    operator = operator_of(polymer_capability().platform)
    demands = [polymer_demand(**SECRET) for _ in range(count)]
    operator.organisation_ids()

    with django_assert_num_queries(1):
        assert readable_demands(operator, demands) == set()


@pytest.mark.django_db
def test_weak_pairs_are_set_apart():
    polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    Match.objects.update(score=0.2)

    page = demand_page(user=owner_of(demand), demand=demand)

    assert (len(page.best), len(page.weak)) == (0, 1)


@pytest.mark.django_db
def test_near_miss_names_what_fails_and_what_would_help():
    polymer_capability(scale_low=10, scale_high=100, scale_unit="kg/批")
    demand = polymer_demand(scale_low=500, scale_high=800, scale_unit="kg/批")
    match_demand(demand)

    page = demand_page(user=owner_of(demand), demand=demand)

    assert [check.label for check in page.near[0].failed] == ["规模"]
    assert page.near[0].failed[0].hint
    assert page.relaxations[0]["gains"] == 1
    assert [c.title for c in page.relaxations[0]["capabilities"]] == ["聚合反应放大中试"]


@pytest.mark.django_db
def test_capability_withdrawn_since_is_not_shown():
    capability = polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    capability.status = "withdrawn"
    capability.save()

    assert everything(demand_page(user=owner_of(demand), demand=demand)) == []


@pytest.mark.django_db
def test_demand_closed_since_is_not_shown():
    capability = polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    demand.status = "withdrawn"
    demand.save()

    page = capability_page(user=operator_of(capability.platform), capability=capability)

    assert everything(page) == []


@pytest.mark.django_db
def test_demand_without_a_list_is_an_empty_page():
    demand = polymer_demand()

    page = demand_page(user=owner_of(demand), demand=demand)

    assert (page.match_list, page.run, everything(page)) == (None, None, [])
    assert MatchList.objects.count() == 0


@pytest.mark.django_db
def test_capability_is_told_which_demand_it_nearly_fits_and_what_it_lacks():
    capability = polymer_capability(trl_low=6, trl_high=8)
    demand = polymer_demand(trl_current=3, trl_target=4)

    match_capability(capability)

    page = capability_page(user=operator_of(capability.platform), capability=capability)
    (near,) = page.near
    assert (page.best, near.match.demand) == ([], demand)
    assert [check.hint for check in near.failed] == ["承接成熟度 3–4 级"]


@pytest.mark.django_db
def test_near_miss_does_not_say_what_a_withheld_text_asks():
    capability = polymer_capability(trl_low=6, trl_high=8)
    polymer_demand(trl_current=3, trl_target=4, confidentiality="teaser", teaser="一种聚合反应放大")

    match_capability(capability)

    (near,) = capability_page(user=operator_of(capability.platform), capability=capability).near
    assert [(check.asked, check.hint) for check in near.failed] == [("对接后可见", "")]


@pytest.mark.django_db
def test_relaxation_of_the_region_says_where_else():
    polymer_capability()
    demand = polymer_demand()
    demand.wanted_region = RegionFactory(code="440100", name="广州市", level=2)
    demand.save()

    match_demand(demand)

    page = demand_page(user=owner_of(demand), demand=demand)
    (item,) = [row for row in page.relaxations if row["name"] == "region"]
    assert (item["gains"], item["where"], item["field"]) == (1, "中山市 1 项", "wanted_region")
