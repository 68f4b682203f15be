"""What search engines are told: every public page once, nothing that visitors cannot open."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.sitemaps import SITEMAPS, RecordSitemap
from tests.factories.cases import published_case
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory, SolutionFactory
from tests.factories.policies import (
    DocumentFactory,
    InterpretationFactory,
    NewsFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def places(client, url):
    """The addresses in a file, without the host."""
    text = client.get(url).content.decode()
    return re.findall(r"<loc>http://testserver([^<]*)</loc>", text)


def section(client, name):
    return places(client, reverse("sitemap_section", args=[name]))


def test_robots_names_the_sitemap_and_what_is_closed(client):
    answer = client.get("/robots.txt")

    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"
    assert "Disallow: /workbench/" in lines


def test_the_index_names_every_section(client):
    assert places(client, "/sitemap.xml") == [f"/sitemap-{name}.xml" for name in SITEMAPS]


def test_every_listed_page_opens_for_a_visitor(client):
    found = section(client, "pages")

    assert len(found) == len(set(found))
    assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("platforms", PlatformFactory),
        ("capabilities", CapabilityFactory),
        ("solutions", SolutionFactory),
        ("demands", open_demand),
        ("cases", published_case),
        ("policies", DocumentFactory),
        ("interpretations", InterpretationFactory),
        ("news", NewsFactory),
        ("topics", TopicFactory),
    ],
)
def test_public_records_are_listed_at_their_address(name, make, client):
    record = make()

    assert section(client, name) == [record.get_absolute_url()]


def test_drafts_and_demo_data_are_not_listed(client):
    PlatformFactory(status="draft")
    PlatformFactory(is_demo=True)
    CapabilityFactory(platform=PlatformFactory(is_demo=True))
    DemandFactory(status="in_review")
    open_demand(is_demo=True)

    assert [section(client, name) for name in ("platforms", "capabilities", "demands")] == [
        [], [], []
    ]  # fmt: skip


def test_a_long_section_is_cut_into_pages(client, monkeypatch):
    monkeypatch.setattr(RecordSitemap, "limit", 2)
    slugs = [PlatformFactory().slug for _ in range(3)]

    index = places(client, "/sitemap.xml")

    assert "/sitemap-platforms.xml?p=2" in index
    assert places(client, "/sitemap-platforms.xml?p=2") == [f"/platforms/{slugs[-1]}/"]


def test_the_newest_change_of_a_section_is_told():
    first, second = PlatformFactory(), PlatformFactory()
    later = timezone.now() + timedelta(days=1)
    type(first).objects.filter(pk=first.pk).update(updated_at=later)

    assert SITEMAPS["platforms"].get_latest_lastmod() == later
    assert second.updated_at < later


@pytest.mark.parametrize("rows", [1, 3])
def test_a_section_takes_two_queries(rows, client, django_assert_num_queries):
    for _ in range(rows):
        CapabilityFactory()

    with django_assert_num_queries(2):
        section(client, "capabilities")
