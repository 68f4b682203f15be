"""This portal beside a neighbour that it may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from exchange import services
from exchange.models import Peer, PullJob
from tests.exchange.portal import Neighbour, running_neighbour
from tests.factories.accounts import person
from tests.factories.taxonomy import guangdong, zhongshan


@pytest.fixture
def neighbour(settings) -> Iterator[Neighbour]:  # type: ignore[no-untyped-def]
    settings.OUTGOING_HTTP, settings.OUTGOING_NETWORKS = True, ["127.0.0.0/8"]
    with running_neighbour() as found:
        yield found


@pytest.fixture
def peer(db, neighbour: Neighbour) -> Peer:
    zhongshan()
    return Peer.objects.create(name="邻省平台", base_url=neighbour.base_url, region=guangdong())


@pytest.fixture
def pull(peer: Peer) -> Callable[[], PullJob]:
    """Pull from the peer and return the finished job."""

    def run() -> PullJob:
        job = services.start_pull(actor=SYSTEM, peer=peer, now=timezone.now())
        services.run_pull(job_id=job.pk, now=timezone.now())
        peer.refresh_from_db()
        job.refresh_from_db()
        return job

    return run


@pytest.fixture
def staff(db):  # type: ignore[no-untyped-def]
    """Runs the portal: staff of the whole region."""
    return person(Role.GOVERNMENT, region=guangdong())


@pytest.fixture
def city_staff(db):  # type: ignore[no-untyped-def]
    return person(Role.GOVERNMENT, region=zhongshan())
