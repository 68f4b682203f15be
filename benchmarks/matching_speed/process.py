"""A method in a process of its own, asked again and again, with its processor time and memory."""

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

_FORK = multiprocessing.get_context("fork")
_TICKS = os.sysconf("SC_CLK_TCK")


class Method(Protocol):
    """What is measured: made ready once, then all its queries answered at every call."""

    queries: int

    def prepare(self) -> None:
        """Build or open the index."""

    def answer(self) -> None:
        """Answer every query once."""

    def servers(self) -> Sequence[int]:
        """Numbers of other processes that do the work."""


def memory() -> float:
    """MiB that this process has in memory, files mapped into it included."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _processor(servers: Sequence[int]) -> float:
    """Seconds of processor time of this process and of ``servers``."""
    seconds = time.process_time()
    for number in servers:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / _TICKS
    return seconds


def _serve(connection: Connection, method: Method) -> None:
    before, started = memory(), _processor([])
    method.prepare()
    method.answer()  # what is made once is made here
    connection.send({"build": _processor([]) - started})
    while connection.recv():
        used, at = _processor(method.servers()), time.perf_counter()
        method.answer()
        elapsed = time.perf_counter() - at
        connection.send(
            {
                "processor": (_processor(method.servers()) - used) / method.queries,
                "elapsed": elapsed / method.queries,
                "memory": memory() - before,
            }
        )


class Running:
    """A method that waits in its process."""

    def __init__(self, method: Method) -> None:
        self.connection, other = _FORK.Pipe()
        self.process = _FORK.Process(target=_serve, args=(other, method))
        self.process.start()
        other.close()

    def figures(self) -> dict[str, float]:
        """The figures it sent last; SystemExit if it ended instead."""
        try:
            found: dict[str, float] = self.connection.recv()
        except EOFError:
            raise SystemExit("a measured process ended without figures") from None
        return found

    def ask(self) -> None:
        """Have all queries answered once more."""
        self.connection.send(True)

    def end(self) -> None:
        """Let the process go."""
        self.connection.send(False)
        self.process.join()


def in_turn(methods: dict[str, Method], rounds: int) -> dict[str, dict[str, list[float]]]:
    """The figures of every method in ``rounds`` rounds, A B C A B C …, so that a machine that is
    busy at times is busy for all of them."""
    running: dict[str, Running] = {}
    results: dict[str, dict[str, list[float]]] = {}
    for name, method in methods.items():
        running[name] = Running(method)
        results[name] = {key: [value] for key, value in running[name].figures().items()}
    for _ in range(rounds):
        for name, one in running.items():
            one.ask()
            for key, value in one.figures().items():
                results[name].setdefault(key, []).append(value)
    for one in running.values():
        one.end()
    return results


def at_once(
    make: Callable[[int, int], Method], workers: int
) -> tuple[list[dict[str, float]], float]:
    """Figures of ``workers`` processes that each do their part at the same time, and the seconds
    until the last of them was done. ``make(number, workers)`` is one of them."""
    running = [Running(make(number, workers)) for number in range(workers)]
    for one in running:
        one.figures()
    started = time.perf_counter()
    for one in running:
        one.ask()
    found = [one.figures() for one in running]
    seconds = time.perf_counter() - started
    for one in running:
        one.end()
    return found, seconds


def spread(values: Sequence[float]) -> str:
    """Median with the least and the greatest."""
    return f"{statistics.median(values):.2f} [{min(values):.2f} {max(values):.2f}]"
