"""`script/test [pytest arguments]`: every test on a database of its own, thrown away at will."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import redis

from launcher.embedded import Embedded
from launcher.environment import ROOT, SetupError, only_one
from launcher.processes import Group, Stop, stop_on_signals

_SLOTS = 9  # so many runs at once in one checkout


def main(arguments: list[str]) -> int:
    """Run pytest and return its exit status."""
    with test_environment() as env:
        env["PYTHONPATH"] = str(ROOT / "script")
        command = [sys.executable, "-m", "pytest", "-p", "launcher.pytest_worker"]
        command += [*_in_parallel(arguments), *arguments]
        process = subprocess.Popen(command, env=env, cwd=ROOT)
        try:
            status = process.wait()
        except Stop:  # Ctrl-C has reached pytest too; a SIGTERM has not
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            status = process.wait()
    return status if status >= 0 else 128 - status


def _in_parallel(arguments: list[str]) -> list[str]:
    """Use both cores, unless the arguments speak of that themselves or need the terminal."""
    alone = (
        "-n",
        "--numprocesses",
        "--dist",
        "-p",
        "--pdb",
        "--trace",
        "-s",
        "--collect-only",
        "--co",
    )
    if any(argument.startswith(alone) for argument in arguments):
        return []
    # whoever is done takes over from the other: the long browser walks come last
    return ["-n", str(min(2, os.cpu_count() or 1)), "--dist", "worksteal"]


@contextlib.contextmanager
def test_environment() -> Iterator[dict[str, str]]:
    """Run PostgreSQL and Valkey for tests and checks; yield the environment to find them by.

    The variables of the operator do not take part: a test must never reach a real database.
    """
    group = Group()
    with _slot() as home, stop_on_signals():
        try:
            servers = _started(home, group)
            redis.Redis.from_url(servers.redis_url).flushall()
            yield _environment(servers)
        finally:
            group.stop()


@contextlib.contextmanager
def _slot() -> Iterator[Path]:
    """Give a directory below var/test that no other run uses at this time."""
    for number in range(1, _SLOTS + 1):
        home = ROOT / "var" / "test" / str(number)
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(only_one(home / "lock"))
            except BlockingIOError:
                continue
            yield home
            return
    raise SetupError(f"已有 {_SLOTS} 个测试在运行。")


def _started(home: Path, group: Group) -> Embedded:
    """Start the servers; data spoilt by a crash (nothing is synced) are made anew."""
    servers = Embedded(home, lasting=False)
    try:
        servers.start_postgres(group)
    except SetupError:
        group.stop()
        group.children.clear()
        shutil.rmtree(home / "pgdata", ignore_errors=True)
        servers.start_postgres(group)
    servers.start_valkey(group)
    return servers


def _environment(servers: Embedded) -> dict[str, str]:
    kept = (
        *("PATH", "HOME", "USER", "LANG", "LC_ALL", "TERM", "TMPDIR", "TZ", "COLUMNS", "NO_COLOR"),
        *("FORCE_COLOR", "CI", "CHROMIUM_PATH", "DISPLAY", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"),
    )
    env = {name: os.environ[name] for name in kept if name in os.environ}
    own = {
        name: value for name, value in os.environ.items() if name.startswith(("PYTEST_", "COV_"))
    }
    return (
        env
        | own
        | {
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": servers.settings["secret_key"],
            "VAR_DIR": str(servers.home),
            "PYTHONUTF8": "1",
        }
    )
