"""One Celery worker against two over whole chunks of a full run: see README.md beside this file."""

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.utils import timezone
from redis import Redis

from core.access import SYSTEM
from matching.models import MatchList, MatchRun
from matching.services.full import cancel_run, start_full_run

TICKS = os.sysconf("SC_CLK_TCK")
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 600


def _times(pid: int, last: int) -> float:
    """Seconds of processor time of a process, with (15) or without (13) its ended children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0.0
    return sum(map(int, fields[11:last])) / TICKS


def _processes(*condition: str) -> list[int]:
    found = subprocess.run(["/usr/bin/pgrep", *condition], capture_output=True, check=False)
    return [int(line) for line in found.stdout.split()]


def _used(worker: int) -> tuple[float, float, float]:
    """Processor seconds so far of the worker's children, of PostgreSQL, and of the machine."""
    children = sum(_times(pid, 13) for pid in _processes("-P", str(worker)))
    database = sum(_times(pid, 15) for pid in _processes("-x", "postgres"))
    fields = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return children, database, (sum(fields) - fields[3] - fields[4]) / TICKS


def _start(count: int) -> subprocess.Popen[bytes]:
    """A Celery worker with ``count`` processes that has taken up its queue."""
    name = f"speed{time.monotonic_ns()}@localhost"
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-n", name, "-c"]
    command += [str(count), "-Q", "matching", "--without-mingle", "--without-gossip"]
    worker = subprocess.Popen(
        command,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "LOG_LEVEL": "WARNING"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + PATIENCE_SECONDS
    with Redis.from_url(settings.REDIS_URL) as broker:
        while not any(name.encode() in q for q in broker.smembers("_kombu.binding.celery.pidbox")):
            if time.monotonic() > end or worker.poll() is not None:
                raise SystemExit("the worker did not start")
            time.sleep(POLL_SECONDS)
    return worker


def _wait(run: MatchRun, chunks: int) -> int:
    """Until so many chunks are done, or the run is; how many are."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        run.refresh_from_db()
        if run.done_count >= chunks or run.is_finished:
            return run.done_count
        if time.monotonic() > end:
            raise SystemExit("waited too long")
        time.sleep(POLL_SECONDS)


def measure(count: int, chunks: int, *, is_new: bool) -> float:
    """Seconds a chunk with ``count`` worker processes, once each of them has its indexes."""
    if is_new:
        MatchList.objects.update(digest="")  # every list says something new
    current_app.control.purge()
    worker = _start(count)
    run = start_full_run(actor=SYSTEM, now=timezone.now())
    try:
        before = _wait(run, 2 * count)
        at, start = time.perf_counter(), _used(worker.pid)
        done = _wait(run, before + chunks) - before
        seconds, end = time.perf_counter() - at, _used(worker.pid)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        run.refresh_from_db()
        if not run.is_finished:
            cancel_run(actor=SYSTEM, run=run, now=timezone.now())
        current_app.control.purge()
    own, database, machine = (after - first for first, after in zip(start, end, strict=True))
    others = (machine - own - database) / seconds
    print(
        f"{count} worker(s), {'new' if is_new else 'unchanged'} lists: {done} chunks, "
        f"{seconds / done:.3f} s a chunk elapsed; processor s a chunk: workers {own / done:.3f}, "
        f"PostgreSQL {database / done:.3f}; others kept {others:.2f} cores busy",
        flush=True,
    )
    return seconds / done


def main(chunks: int = 30, pairs: int = 3) -> None:
    """One worker and two in turn, the order changing from pair to pair."""
    for is_new in (True, False):
        ratios = []
        for pair in range(pairs):
            order = (1, 2) if pair % 2 == 0 else (2, 1)
            took = {count: measure(count, chunks, is_new=is_new) for count in order}
            ratios.append(took[1] / took[2])
        print(f"two workers are {statistics.median(ratios):.2f} times as fast as one", end="; ")
        print(f"pairs {', '.join(f'{ratio:.2f}' for ratio in ratios)}", flush=True)
