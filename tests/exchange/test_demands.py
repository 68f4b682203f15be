"""Demands of a neighbour: what is public of them, how they end, whose they are."""

from __future__ import annotations

import pytest

from demands.enums import DemandStatus
from demands.models import Demand
from tests.exchange.test_pulling import LATER, counts
from tests.factories.accounts import OrganisationFactory
from tests.factories.demands import open_demand
from tests.factories.taxonomy import TermFactory


@pytest.fixture(autouse=True)
def _terms(db):
    TermFactory()


def theirs(**values):
    return lambda: open_demand(slug="their-demand", title="环氧树脂放大", **values)


def test_an_open_demand_is_published_here_from_its_portal(neighbour, pull):
    told = neighbour.publish("demands", theirs(description="三批放大", budget_low_yuan=200_000))

    job = pull()

    demand = Demand.objects.get()
    assert counts(job)["created"] == 1
    assert (demand.status, demand.description, demand.budget_low_yuan) == (
        "open",
        "三批放大",
        200_000,
    )
    assert demand.organisation is None
    assert demand.organisation_name == told["organisation"]
    assert demand.source_url == f"{neighbour.base_url}/demands/their-demand/"
    assert (demand.contact_name, demand.published_at.isoformat()[:10]) == ("", "2026-11-01")


def test_of_a_confidential_demand_only_the_teaser_comes_even_if_more_is_told(neighbour, pull):
    own = OrganisationFactory()
    told = neighbour.publish("demands", theirs(confidentiality="teaser", teaser="可以公开的摘要"))
    neighbour.put(
        "demands", {**told, "description": "不该外传的全文", "organisation_uscc": own.uscc}
    )

    pull()

    demand = Demand.objects.get()
    assert (demand.teaser, demand.description) == ("可以公开的摘要", "")
    assert demand.organisation is None


def test_an_anonymous_demand_names_nobody(neighbour, pull):
    told = neighbour.publish("demands", theirs(is_anonymous=True))
    neighbour.put("demands", {**told, "organisation": "某某有限公司"})

    pull()

    assert Demand.objects.get().organisation_name == ""
    assert Demand.objects.get().shown_organisation == "匿名企业"


def test_a_demand_of_an_organisation_here_is_linked_not_doubled(neighbour, pull):
    own = open_demand(title="环氧树脂放大", budget_text="面议")
    code = own.organisation.uscc
    neighbour.publish("demands", theirs(), organisation_uscc=code, materials="双酚 A")

    job = pull()

    own.refresh_from_db()
    assert "created" not in counts(job)
    assert Demand.objects.count() == 1
    assert (own.materials, own.source_title) == ("双酚 A", "")


@pytest.mark.parametrize("ending", ["fulfilled", "expired"])
def test_a_demand_ends_as_it_ended_there(neighbour, pull, ending):
    neighbour.publish("demands", theirs())
    pull()
    neighbour.change("demands", "their-demand", LATER, status=ending)

    pull()

    assert Demand.objects.get().status == ending


def test_a_demand_that_is_over_is_not_taken(neighbour, pull):
    neighbour.publish("demands", theirs(status="fulfilled"))

    assert counts(pull()) == {"skipped": 1}
    assert not Demand.objects.exists()


def test_withdrawn_there_is_withdrawn_here_and_comes_back(neighbour, pull):
    neighbour.publish("demands", theirs())
    pull()
    gone = neighbour.withdraw("demands", "their-demand")

    pull()
    status = Demand.objects.get().status
    neighbour.put("demands", {**gone, "updated_at": LATER, "title": "环氧树脂放大（续）"})
    pull()

    assert status == DemandStatus.WITHDRAWN
    assert Demand.objects.get().title == "环氧树脂放大（续）"
    assert Demand.objects.get().status == DemandStatus.OPEN
