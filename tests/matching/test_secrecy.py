"""Explanations of confidential demands: after the promise, noted, under the reader's name (D08)."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.enums import Role, Scope
from demands.models import FullReading
from tests.factories.accounts import person, with_token
from tests.factories.demands import disclose
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
def capability():
    return polymer_capability()


@pytest.fixture
def secret(capability):
    demand = polymer_demand(confidentiality="teaser", teaser="高分子放大")
    match_demand(demand)
    return demand


@pytest.mark.parametrize(("status", "reads"), [("granted", False), ("promised", True)])
@pytest.mark.parametrize("name", ["capability", "suited"])
def test_a_platform_reads_after_its_promise(client, capability, secret, status, reads, name):
    operator = operator_of(capability.platform)
    disclose(secret, capability.platform.organisation, status=status)
    client.force_login(operator)
    args = [capability.slug] if name == "capability" else ["platform", capability.platform.slug]

    shown = client.get(reverse(f"matching:{name}", args=args)).content.decode()

    assert (secret.description in strip_tags(shown)) is reads  # words are marked
    assert ('class="watermark"' in shown) is reads
    assert FullReading.objects.filter(reader=operator).count() == reads


@pytest.mark.parametrize(("status", "reads"), [("granted", False), ("promised", True)])
def test_rest_notes_what_it_tells(api, capability, secret, status, reads):
    operator = operator_of(capability.platform)
    disclose(secret, capability.platform.organisation, status=status)
    run = match_capability(capability)

    client = with_token(api, operator, Scope.MATCHING_READ)
    row = client.get(f"/api/v1/match-runs/{run.pk}/results/").json()["results"][0]

    assert (row["demand"]["text"] == secret.description) is reads
    assert FullReading.objects.filter(reader=operator).count() == reads


def test_a_broker_who_looks_at_the_list_is_noted_and_the_owner_is_not(client, secret):
    broker = person(Role.BROKER, region=secret.region)
    for user in (owner_of(secret), broker):
        client.force_login(user)
        shown = client.get(reverse("matching:demand", args=[secret.slug])).content.decode()
        assert ('class="watermark"' in shown) is (user == broker)

    assert [row.reader for row in FullReading.objects.all()] == [broker]
