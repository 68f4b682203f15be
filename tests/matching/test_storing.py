"""Lists are stored whole, and written only where they say something new."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demands.models import Demand
from matching.enums import Side
from matching.models import Match, MatchList, ResourceMatch
from matching.selectors.documents import demand_docs
from matching.services.runs import find_lists
from matching.services.storing import store_lists
from platforms.models import Platform
from tests.factories.matching import (
    match_demand,
    metal_capability,
    polymer_capability,
    polymer_demand,
)
from tests.factories.platforms import EquipmentFactory
from tests.factories.taxonomy import TermFactory

pytestmark = pytest.mark.django_db
WRITTEN_ANEW = 11
"""Statements: savepoint and release; lists known, made and locked; phrases read, two deletions;
lists, matches and resources written."""
SAID_BEFORE = 5
"""Statements: savepoint and release; lists known and locked; lists marked."""


@pytest.fixture
def supply():
    """A capability and a machine that suit the polymer demand."""
    capability = polymer_capability()
    capability.platform.fields.add(TermFactory())
    words = {"name": "聚合反应放大中试釜", "specification": "公斤级聚合反应放大、聚合物后处理"}
    EquipmentFactory(platform=capability.platform, **words)
    return capability


def found_now(now=None):
    docs = demand_docs(Demand.objects.open().order_by("pk"))
    return find_lists(side=Side.DEMAND, docs=docs, now=now or timezone.now())


def rows():
    """Every stored row with its key: equal only when nothing was written."""
    return [list(model.objects.order_by("pk").values()) for model in (Match, ResourceMatch)]


def test_what_was_found_is_stored_as_it_is(supply):
    run = match_demand(polymer_demand())
    (item,) = found_now()
    MatchList.objects.all().delete()

    assert store_lists(run=run, found=[item]) == 1

    (row,), (match,) = MatchList.objects.all(), Match.objects.all()
    (resource,) = ResourceMatch.objects.all()
    best, other = item.entries[0], item.resources["equipment"][0]
    assert (row.run, row.looked_at) == (run, item.looked_at)
    assert (row.terms, row.platforms) == (item.terms, item.platforms)
    assert (row.relevant_count, row.possible_count, row.near_count) == (1, 1, 0)
    assert (row.best_score, match.score) == (best.score, best.score)
    assert (match.demand_id, match.capability) == (item.subject_id, supply)
    assert match.features == {name: round(value, 6) for name, value in best.features.items()}
    assert (match.rank, match.is_possible, match.phrases) == (1, True, [])
    assert (resource.score, resource.platform) == (other.score, supply.platform)
    assert resource.demand_id == item.subject_id


def test_what_is_found_again_as_it_was_keeps_its_rows(supply):
    match_demand(polymer_demand())
    before = rows()

    later = match_demand(Demand.objects.get())

    assert rows() == before
    assert {row.run for row in MatchList.objects.filter(demand__isnull=False)} == {later}


def test_what_is_found_otherwise_is_replaced_and_keeps_its_phrases(supply):
    demand = polymer_demand()
    match_demand(demand)
    said = [{"asked": "聚合反应放大到公斤级", "offered": "公斤级聚合反应放大"}]
    Match.objects.update(phrases=said)
    metal = metal_capability()

    match_demand(demand)

    listed = demand.match_list.matches.ranked().values_list("capability", "phrases")
    assert list(listed) == [(supply.pk, said), (metal.pk, [])]


def test_rows_that_went_with_a_platform_come_back_with_it(supply):
    demand = polymer_demand()
    match_demand(demand)
    Match.objects.all().delete()  # the platform's went with it, the list says what is left
    Platform.objects.filter(pk=supply.platform.pk).update(status="withdrawn")
    match_demand(demand)
    gone = demand.match_list.matches.count()
    Platform.objects.filter(pk=supply.platform.pk).update(status="published")

    match_demand(demand)

    assert (gone, demand.match_list.matches.count()) == (0, 1)


def test_earlier_reading_marks_nothing(supply):
    late = match_demand(polymer_demand())
    before = MatchList.objects.order_by("pk").values()

    stored = store_lists(run=late, found=found_now(timezone.now() - timedelta(hours=1)))

    assert stored == 0
    assert list(MatchList.objects.order_by("pk").values()) == list(before)


def test_nothing_found_stores_nothing():
    assert store_lists(run=match_demand(polymer_demand()), found=[]) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_lists(supply, count, django_assert_num_queries):
    run = match_demand(polymer_demand())
    for _ in range(count - 1):
        polymer_demand()
    MatchList.objects.all().delete()
    found = found_now()

    with django_assert_num_queries(WRITTEN_ANEW):
        store_lists(run=run, found=found)
    with django_assert_num_queries(SAID_BEFORE):
        store_lists(run=run, found=found)
