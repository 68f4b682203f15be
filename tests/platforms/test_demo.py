"""The demo platform: complete, published, marked, and made once."""

import pytest
from django.core.cache import cache

from platforms.kinds import OFFERS
from platforms.models import Capability, Platform
from platforms.services import attach_demo_platform
from taxonomy.services import load_code_lists
from tests.factories.accounts import OrganisationFactory


@pytest.fixture
def demo(db, now):
    cache.clear()
    load_code_lists(now=now)
    return OrganisationFactory(is_demo=True)


def test_demo_platform_is_complete_published_and_marked(demo, now):
    platform = attach_demo_platform(organisation=demo, now=now)

    assert (platform.is_demo, platform.organisation) == (True, demo)
    for kind in OFFERS:
        rows = kind.model.objects.shown().filter(platform=platform)
        assert rows.exists(), kind.key
    assert set(Capability.objects.values_list("completeness", flat=True)) == {100}


def test_demo_platform_is_made_once(demo, now):
    attach_demo_platform(organisation=demo, now=now)
    attach_demo_platform(organisation=demo, now=now)

    assert Platform.objects.count() == 1
    assert Capability.objects.count() == 2
