"""Real Celery workers for tests: subprocesses on the test's own database and broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app
from django.conf import settings
from django.db import connection

ROOT = settings.BASE_DIR
READY_SECONDS = 60


def worker_environment() -> dict[str, str]:
    """The environment under which another process sees the test's database."""
    values = connection.settings_dict
    address = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
    return os.environ | {
        "DATABASE_URL": f"postgres://{values['USER']}:{values['PASSWORD']}@{address}",
        "MATCHING_ENCODER": "off",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
    }


def start_worker(
    *, concurrency: int = 1, queues: str = "default,matching,reporting"
) -> subprocess.Popen[bytes]:
    """Start a worker process; it has answered a ping when this returns."""
    name = f"test{time.monotonic_ns()}@localhost"
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-n", name]
    command += ["-Q", queues, "-c", str(concurrency), "--without-mingle", "--without-gossip"]
    worker = subprocess.Popen(
        command, cwd=ROOT, env=worker_environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + READY_SECONDS
    while not _answers(name):
        if worker.poll() is not None or time.monotonic() > end:
            kill_worker(worker)
            raise RuntimeError("the Celery worker did not start")
    return worker


def _answers(name: str) -> bool:
    with current_app.connection_for_write() as connection:
        inspect = current_app.control.inspect([name], timeout=0.5, connection=connection)
        return bool(inspect.ping())


def kill_worker(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL the worker and all its children, as a power cut would."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)


@contextmanager
def running_worker(**options: int | str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker for the length of a `with`; killed at its end."""
    worker = start_worker(**options)  # type: ignore[arg-type]
    try:
        yield worker
    finally:
        kill_worker(worker)
