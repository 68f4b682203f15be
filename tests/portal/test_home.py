"""The home page: true figures without demo data, the newest of each module, few queries."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from cases.enums import OutcomeStatus
from portal.selectors.home import home_figures, home_page
from tests.factories.cases import OutcomeFactory, ProjectFactory, confirmed, published_case
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.factories.policies import DocumentFactory, NewsFactory

pytestmark = pytest.mark.django_db
NAMES = ["platforms", "capabilities", "open_demands", "confirmed_outcomes", "cases", "documents"]


def counts() -> dict[str, int]:
    cache.clear()
    figures = home_figures()
    return {name: getattr(figures, name) for name in [*NAMES, "news"]}


def test_figures_count_what_is_public():
    project = ProjectFactory()
    CapabilityFactory(platform=project.platform)
    open_demand()
    confirmed(project)
    published_case(platform=project.platform)
    DocumentFactory()
    NewsFactory()

    assert counts() == dict.fromkeys([*NAMES, "news"], 1)


def test_figures_leave_demo_data_out():
    project = ProjectFactory(is_demo=True, platform=PlatformFactory(is_demo=True))
    CapabilityFactory(platform=project.platform)
    open_demand(is_demo=True)
    confirmed(project)
    published_case(platform=project.platform, project=project)

    assert counts() == dict.fromkeys([*NAMES, "news"], 0)


def test_figures_leave_out_what_is_not_public():
    platform = PlatformFactory(status="draft")
    CapabilityFactory(platform=platform)
    DemandFactory(status="in_review")
    open_demand(status="expired")
    OutcomeFactory(project=ProjectFactory(platform=platform), status=OutcomeStatus.CLAIMED)
    published_case(platform=platform, status="draft")
    DocumentFactory(status="draft")
    NewsFactory(status="draft")

    assert counts() == dict.fromkeys([*NAMES, "news"], 0)


@pytest.mark.parametrize(("days", "expected"), [(None, 0), (0, 1), (29, 1), (31, 0)])
def test_a_platform_counts_as_confirmed_for_a_while(days, expected, settings):
    settings.CONFIRM_EVERY_DAYS = 30
    at = None if days is None else timezone.now() - timedelta(days=days)
    PlatformFactory(confirmed_at=at)

    assert home_figures().confirmed_platforms == expected


def test_figures_are_counted_once_a_minute(django_assert_num_queries):
    first = home_figures()
    PlatformFactory()

    with django_assert_num_queries(0):
        second = home_figures()

    assert second == first


def test_the_newest_demands_are_shown_and_expired_ones_are_not():
    now = timezone.now()
    old, new = (open_demand(published_at=now - timedelta(days=days)) for days in (9, 1))
    open_demand(status="expired")
    DemandFactory()

    assert home_page().demands == [new, old]


def test_demo_capabilities_are_not_shown():
    CapabilityFactory(platform__is_demo=True)
    real = CapabilityFactory()

    assert home_page().capabilities == [real]


@pytest.mark.parametrize("rows", [1, 3])
def test_home_counts_its_queries(rows, client, django_assert_num_queries):
    for _ in range(rows):
        CapabilityFactory()
        open_demand()
        published_case()
        DocumentFactory()
        NewsFactory()

    # eight figures beside the platforms confirmed, and a list of each of the five modules
    with django_assert_num_queries(15):
        response = client.get("/")

    assert response.status_code == 200


def test_an_empty_portal_says_what_to_do(client):
    page = client.get("/").content.decode()

    assert "还没有公开的需求" in page
    assert "还没有已发布的能力" in page


def test_home_marks_demo_demands(client):
    open_demand(is_demo=True)

    assert "演示数据" in client.get("/").content.decode()
