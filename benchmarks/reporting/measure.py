"""What a stage costs: seconds, processor seconds of Python and of the server, statements, MiB."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """One stage, or several of the same name added up."""

    seconds: float = 0.0
    python: float = 0.0
    server: float | None = None  # of the session's backend, where it runs on this machine
    statements: int = 0
    mebibytes: int = 0


@dataclass
class Meter:
    """Costs by stage, in the order in which they were met."""

    costs: dict[str, Cost] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[Cost]:
        """Measure what happens inside."""
        cost = self.costs.setdefault(name, Cost())
        pid = _backend()
        _forget_peak()
        counted = _Counter()
        start, own, server = time.perf_counter(), time.process_time(), _processor(pid)
        with connection.execute_wrapper(counted):
            yield cost
        lap = time.perf_counter() - start
        cost.seconds += lap
        cost.python += time.process_time() - own
        if server is not None:
            cost.server = (cost.server or 0.0) + (_processor(pid) or 0.0) - server
        cost.statements += counted.count
        cost.mebibytes = max(cost.mebibytes, _peak())
        print(f"  {time.strftime('%H:%M:%S')} {name}: {lap:.1f} s", flush=True)


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, *rest: Any) -> Any:
        self.count += 1
        return execute(*rest)


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), inet_server_addr()")
        return int(cursor.fetchone()[0])


def _processor(pid: int) -> float | None:
    """Seconds that the server's process has used; None where it cannot be seen."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return None
    if "(postgres)" not in words:
        return None
    fields = words.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", "utf-8")
    except OSError:
        return  # then the peak is that of the whole run


def _peak() -> int:
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0


def report(meter: Meter, peers: dict[str, tuple[str, str]]) -> str:
    """A table of all stages; `peers`: stage → (peer stage, what the peer is)."""
    head = f"{'':38}{'seconds':>9}{'Python':>9}{'server':>9}{'statements':>12}{'MiB':>7}"
    lines = [f"{head}  times its peer"]
    for name, cost in meter.costs.items():
        server = "" if cost.server is None else f"{cost.server:.2f}"
        line = f"{name:38}{cost.seconds:9.2f}{cost.python:9.2f}{server:>9}"
        line += f"{cost.statements:12}{cost.mebibytes:7}"
        if name in peers and peers[name][0] in meter.costs:
            other, words = peers[name]
            line += f"  {cost.seconds / max(meter.costs[other].seconds, 0.001):.1f} × {words}"
        lines.append(line)
    return "\n".join(lines)
