"""Pulls as job rows, the list of neighbours, and what the client makes of odd answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import JobStatus
from exchange import services
from exchange.client import PeerClient
from exchange.models import Peer, PulledRecord, PullJob
from tests.factories.taxonomy import guangdong, zhongshan


def test_only_those_who_run_the_portal_start_a_pull(peer, city_staff, now):
    with pytest.raises(Refused):
        services.start_pull(actor=city_staff, peer=peer, now=now)

    assert not PullJob.objects.exists()


def test_the_hour_pulls_from_active_neighbours_alone(peer, now):
    Peer.objects.create(
        name="停用的", base_url="https://off.cn", region=peer.region, is_active=False
    )

    assert services.pull_all(now=now) == 1
    assert PullJob.objects.get().peer == peer


def test_a_finished_pull_is_not_done_again(neighbour, peer, pull, now):
    job = pull()
    asked = len(neighbour.asked)

    services.run_pull(job_id=job.pk, now=now)

    assert len(neighbour.asked) == asked


def test_what_a_lost_worker_left_is_queued_again_and_given_up_at_last(peer, now):
    job = services.start_pull(actor=SYSTEM, peer=peer, now=now)
    later = now + timedelta(minutes=5)

    again = services.resume_pulls(now=later)
    at_once = services.resume_pulls(now=later)
    PullJob.objects.update(attempts=5)
    given_up = services.resume_pulls(now=later + timedelta(minutes=5))

    job.refresh_from_db()
    assert (again, at_once, given_up) == (1, 0, 0)
    assert (job.status, job.error) == (JobStatus.FAILED, "多次没有完成。")


def test_another_region_is_read_from_the_beginning(peer, staff, now):
    Peer.objects.update(cursors={"platform": "2026-11-01T00:00:00+08:00~x"})
    values = {"name": "改名", "base_url": peer.base_url, "region": guangdong()}

    renamed = services.edit_peer(actor=staff, peer=peer, values=values, now=now)
    kept = dict(renamed.cursors)
    moved = services.edit_peer(
        actor=staff, peer=peer, values={**values, "region": zhongshan()}, now=now
    )

    assert (list(kept), moved.cursors) == (["platform"], {})


def test_others_keep_no_neighbours(city_staff, peer, now):
    values = {"name": "别的", "base_url": "https://x.cn", "region": peer.region}

    with pytest.raises(Refused):
        services.add_peer(actor=city_staff, values=values, now=now)
    with pytest.raises(Refused):
        services.edit_peer(actor=city_staff, peer=peer, values=values, now=now)

    assert Peer.objects.get().name == "邻省平台"


def test_settling_nothing_is_refused(peer, staff, now):
    record = PulledRecord.objects.create(peer=peer, kind="platform", remote_id="x")

    with pytest.raises(DomainError) as refused:
        services.settle_conflicts(
            actor=staff, record=record, names=["summary"], take="ours", now=now
        )

    assert refused.value.code == "nothing_chosen"


@pytest.mark.parametrize(
    "answer",
    [
        [], {"results": "x"}, {"results": [{"slug": "a"}]},
        {"results": [{"slug": "a\u0000", "updated_at": "x"}]},
        {"results": [{"slug": "\ud800", "updated_at": "x"}]},
    ],
)  # fmt: skip
def test_odd_answers_are_refused(neighbour, answer):
    neighbour.answer = lambda target: (200, answer)

    with pytest.raises(DomainError) as refused:
        PeerClient(neighbour.base_url).changes("platforms", "")

    assert refused.value.code == "odd"


def test_the_token_goes_along_and_being_asked_too_often_is_waited_for(
    neighbour, peer, settings, monkeypatch: pytest.MonkeyPatch
):
    settings.EXCHANGE_TOKENS = {peer.host: "secret-token"}
    waits: list[float] = []
    monkeypatch.setattr("exchange.client.time.sleep", waits.append)
    answers = iter([(429, {}), (200, {"results": [], "count": 0})])
    neighbour.answer = lambda target: next(answers)

    page = PeerClient(peer.base_url, peer.token).changes("platforms", "")

    assert (page.is_last, waits) == (True, [60])
    assert neighbour.authorization == "Bearer secret-token"
