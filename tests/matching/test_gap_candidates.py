"""Candidate platforms: who comes closest to unmet demands, told to who may see their lists."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from matching.models import MatchList
from matching.selectors.atlas import gap_candidates, unmet_demands
from platforms.enums import ListingStatus
from platforms.models import Platform
from tests.factories.accounts import person
from tests.factories.matching import (
    match_demand,
    owner_of,
    platform,
    polymer_capability,
    polymer_demand,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def unmet():
    """Two demands nobody meets, close to one platform; a demonstration platform is close too."""
    polymer_capability(platform=platform(name="聚合平台"))
    polymer_capability(platform=platform(name="演示平台", is_demo=True))
    demands = [polymer_demand(title=title) for title in ("早的", "晚的")]
    for demand in demands:
        match_demand(demand)
    MatchList.objects.filter(demand__in=demands).update(relevant_count=0, chance=0)
    return demands


def shown(browser, **query):
    rows = browser.get(reverse("matching:unmet"), query).context["candidates"]
    return [(row.name, row.demands) for row in rows]


def test_real_platforms_are_counted_by_the_demands_they_come_close_to(unmet):
    (row,) = gap_candidates(unmet_demands())

    assert (row.name, row.demands) == ("聚合平台", 2)
    assert row.url == Platform.objects.get(name="聚合平台").get_absolute_url()


def test_a_withdrawn_platform_is_no_candidate(unmet):
    Platform.objects.update(status=ListingStatus.WITHDRAWN)

    assert gap_candidates(unmet_demands()) == []


def test_met_demands_count_for_nobody(unmet):
    MatchList.objects.filter(demand=unmet[0]).update(relevant_count=1, chance=1)

    assert [row.demands for row in gap_candidates(unmet_demands())] == [1]


def test_candidates_are_for_who_may_see_the_lists(unmet, client):
    assert shown(client) == []
    for user, expected in (
        (person(Role.ENTERPRISE), []),
        (owner_of(unmet[0]), [("聚合平台", 1)]),
    ):
        client.force_login(user)
        assert shown(client) == expected


def test_what_narrows_the_list_narrows_the_candidates(unmet, client):
    client.force_login(owner_of(unmet[0]))

    assert shown(client, field="none") == []
    assert shown(client, field="new-materials") == [("聚合平台", 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_candidates_cost_one_query(django_assert_num_queries, count):
    for number in range(count):
        polymer_capability(platform=platform(name=f"平台{number}"))
    match_demand(polymer_demand())

    with django_assert_num_queries(1):
        gap_candidates(unmet_demands())
