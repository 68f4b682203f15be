"""A worker or the broker killed in the middle of a full rematch: nothing lost or doubled."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from core.access import SYSTEM
from core.models import JobStatus
from demands.models import Demand
from matching.enums import ChunkStatus, Side
from matching.models import Match, MatchList, MatchRun
from matching.selectors.documents import demand_docs
from matching.services.full import resume_full_runs, start_full_run
from matching.services.runs import find_lists
from tests.factories.matching import POLYMER, polymer_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.workers import Broker, in_process, kill_worker, running_worker, start_worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.real_celery,
    pytest.mark.slow,
]
DEMANDS, CAPABILITIES = 60, 30
PATIENCE_SECONDS = 180
START = """
from django.utils import timezone
from core.access import SYSTEM
from matching.services.full import start_full_run
start_full_run(actor=SYSTEM, now=timezone.now(), chunk_size=1)
"""
RESUME = """
from datetime import timedelta
from django.utils import timezone
from matching.services.full import resume_full_runs
print(resume_full_runs(now=timezone.now() + timedelta(minutes=5)))
"""


def wait_for(condition):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


def done_chunks(run):
    return run.chunks.filter(status=ChunkStatus.DONE).count()


def entries():
    rows = Match.objects.for_demands().values_list("demand", "capability", "rank", "score")
    return Counter(rows)


def expected_entries():
    found = find_lists(
        side=Side.DEMAND, docs=demand_docs(Demand.objects.open()), now=timezone.now()
    )
    return Counter(
        (item.subject_id, int(entry.document_id), rank, entry.score)
        for item in found
        for rank, entry in enumerate([*item.entries, *item.near], start=1)
    )


def make_rows():
    platform = PlatformFactory()
    for number in range(CAPABILITIES):
        title = f"{POLYMER['title']}{number}号线"
        CapabilityFactory(
            platform=platform, title=title, description=POLYMER["description"] * (number % 3 + 1)
        )
    for number in range(DEMANDS):
        polymer_demand(description=f"聚合反应放大{number}公斤，含后处理")


@pytest.fixture
def empty_queue():
    current_app.control.purge()
    yield
    current_app.control.purge()


def test_killed_worker_and_lost_queue_lose_and_double_nothing(empty_queue):
    make_rows()

    worker = start_worker(concurrency=2)
    run = start_full_run(actor=SYSTEM, now=timezone.now(), chunk_size=1)
    wait_for(lambda: done_chunks(run) >= 10)
    kill_worker(worker)
    before = done_chunks(run)
    current_app.control.purge()
    run.refresh_from_db()
    assert run.status == JobStatus.RUNNING
    assert before == run.done_count < run.total_count == DEMANDS + CAPABILITIES

    with running_worker(concurrency=2):
        assert resume_full_runs(now=timezone.now()) == 0
        queued = resume_full_runs(now=timezone.now() + timedelta(minutes=5))
        wait_for(lambda: MatchRun.objects.get(pk=run.pk).is_finished)

    run.refresh_from_db()
    assert queued == run.total_count - before
    assert (run.status, run.done_count) == (JobStatus.DONE, run.total_count)
    assert done_chunks(run) == run.total_count
    assert MatchList.objects.count() == DEMANDS + CAPABILITIES
    assert entries() == expected_entries()


@pytest.fixture
def broker():
    one = Broker()
    yield one
    one.kill()


def settled(run, *, seconds=3):
    """The number of chunks done, once it has not changed for some seconds."""
    before, since = done_chunks(run), time.monotonic()
    while time.monotonic() - since < seconds:
        if done_chunks(run) != before:
            before, since = done_chunks(run), time.monotonic()
        time.sleep(0.1)
    return before


def test_killed_broker_loses_and_doubles_nothing(broker):
    make_rows()

    with running_worker(concurrency=2, broker=broker.url):
        in_process(START, broker=broker.url)
        run = MatchRun.objects.get()
        wait_for(lambda: done_chunks(run) >= 10)
        broker.kill()
        before = settled(run)
        assert before < DEMANDS + CAPABILITIES
        broker.start()
        queued = in_process(RESUME, broker=broker.url)
        # a worker that was acknowledging just then ends, and whoever watches it starts another
        with running_worker(concurrency=2, broker=broker.url):
            wait_for(lambda: MatchRun.objects.get().is_finished)

    run.refresh_from_db()
    assert int(queued) == run.total_count - before
    assert (run.status, run.done_count) == (JobStatus.DONE, DEMANDS + CAPABILITIES)
    assert MatchList.objects.count() == DEMANDS + CAPABILITIES
    assert entries() == expected_entries()
