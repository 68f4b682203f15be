"""Child processes: started so that they cannot outlive the launcher, watched, stopped in order."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from launcher.environment import SetupError, say

_LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_STEADY_SECONDS = 60  # a child that lived this long has recovered: forget its earlier deaths
_LONGEST_PAUSE_SECONDS = 30
_LOG_BYTES = 10_000_000


class Stop(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived: leave, stopping what was started."""


@contextlib.contextmanager
def stop_on_signals() -> Iterator[None]:
    """Turn the first stop signal into `Stop`; later ones are ignored, stopping takes its time."""

    def stop(*_: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Stop

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # kept ignored under nohup
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Stop signals wait until this is over.

    `Popen.poll` takes a lock; `Stop` raised in its middle would leave it taken for ever, and who
    waits for the child would wait for ever. A blocked signal would not do: the kernel hands it
    to any other thread, and Python runs the handler here all the same.
    """
    waiting: list[int] = []
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, lambda number, _: waiting.append(number)) for each in stops}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in waiting[:1]:
            signal.raise_signal(number)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return a function for the new child: it obeys SIGINT and SIGQUIT, whatever the shell behind
    the launcher ignores, and the kernel sends it `number` when the launcher dies.

    Linux only; the promise is bound to the thread that forks, so children are started from
    the main thread.
    """
    parent = os.getpid()

    def prepare() -> None:
        # a shell that starts the launcher with & leaves both ignored, and children would inherit it
        for ignored in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(ignored, signal.SIG_DFL)
        if _LINUX:
            _LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
            if os.getppid() != parent:  # died before the promise was made
                os._exit(1)

    return prepare


def open_log(path: Path) -> int:
    """Open `path` for appending, the old one put aside once it is large; return the descriptor."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".1.log"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, for a message."""
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:])
    return ""


@dataclass
class Child:
    """One program that is to run as long as the launcher does."""

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    patience_seconds: float = 20
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start the program."""
        self.started = time.monotonic()
        self.process = self.launch()

    def watch(self) -> None:
        """Start it again where it has died, after a pause that doubles with every quick death."""
        with _undisturbed():
            if self.process is None or self.process.poll() is None:
                return
        lived = time.monotonic() - self.started
        pause = min(2.0**self.deaths, _LONGEST_PAUSE_SECONDS)
        if lived > _STEADY_SECONDS:
            self.deaths, pause = 0, 0
        if lived < pause:
            return
        self.deaths += 1
        say(f"{self.name} 已退出（{self.process.returncode}），重新启动；日志：{self.log}")
        self.start()

    def stop(self) -> None:
        """Ask it to stop, insist with SIGQUIT, and kill it where neither helped."""
        if self.process is None:
            return
        for number in (self.stop_signal, signal.SIGQUIT):
            if self.process.poll() is not None:
                return
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience_seconds)
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # its helpers too: it leads its own group
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def program(
    name: str,
    command: list[str],
    log: Path,
    *,
    env: dict[str, str],
    cwd: Path,
    sockets: tuple[socket.socket, ...] = (),
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Describe a program of the portal as a `Child`, not started yet, which inherits `sockets`."""

    def launch() -> subprocess.Popen[bytes]:
        output = open_log(log)
        try:
            return subprocess.Popen(
                command,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops in order
                preexec_fn=die_with_parent(signal.SIGTERM),
                pass_fds=[each.fileno() for each in sockets],
            )
        finally:
            os.close(output)

    return Child(name, launch, log, stop_signal)


class Group:
    """Children in the order of their starting; stopped the other way round."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def add(self, child: Child) -> Child:
        """Start `child` and keep it."""
        self.children.append(child)
        child.start()
        return child

    def watch(self) -> None:
        """Start again what has died."""
        for child in self.children:
            child.watch()

    def stop(self) -> None:
        """Stop everything, the latest first."""
        for child in reversed(self.children):
            child.stop()

    def wait_for(self, ready: Callable[[], bool], child: Child, seconds: float) -> None:
        """Wait until `ready()`; meanwhile keep `child` alive.

        Raises SetupError with the end of the child's log after `seconds`.
        """
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise SetupError(f"{child.name} 没有启动，日志 {child.log}：\n{tail(child.log)}")
            child.watch()
            time.sleep(0.1)
