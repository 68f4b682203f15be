"""The directories' counts are made before anybody waits for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.services.directories import count_directories
from tests.factories.platforms import CapabilityFactory

pytestmark = pytest.mark.django_db


def counts(queries):
    return [row["sql"] for row in queries if "COUNT(" in row["sql"]]


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr("core.counts.MANY_ROWS", 1)
    return CapabilityFactory.create_batch(2)


def test_the_first_reader_waits_for_no_count_over_all(many, client):
    count_directories()

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/capabilities/")

    assert page.context["total"] == 2
    # of services, ways and certificates there are none, so nothing is kept of them
    assert len(counts(queries)) == 3


def test_counts_are_made_anew(many, client):
    count_directories()
    CapabilityFactory()
    assert client.get("/capabilities/").context["total"] == 2

    count_directories()

    assert client.get("/capabilities/").context["total"] == 3
