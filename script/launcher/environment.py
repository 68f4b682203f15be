"""The virtual environment in `.venv`, made by the standard library and a vendored pip."""

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
# file -> what its installation brings; the tests see to it that the versions are the same
_INCLUDED = {
    "requirements.txt": ["requirements.txt"],
    "requirements-dev.txt": ["requirements-dev.txt", "requirements.txt"],
}
_UMASK = 0o022  # where root starts the portal, PostgreSQL runs as another account and reads .venv


class SetupError(Exception):
    """Something that a person has to mend; the message says what, in Chinese."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"▸ {text}", flush=True)


@contextlib.contextmanager
def only_one(path: Path, waiting: str = "") -> Iterator[None]:
    """Hold the lock file at `path`; with `waiting`, say it and wait, else refuse at once.

    Raises BlockingIOError where the lock is held and nothing is to be said.
    """
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not waiting:
                raise
            say(waiting)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure(requirements: str) -> str:
    """Return the Python of `.venv`, with everything of the `requirements` file installed.

    Installs only when the file has changed; makes the environment anew where its interpreter is
    gone or of another version, or the checkout has moved.
    """
    wanted = {name: _sha256(ROOT / name) for name in _INCLUDED[requirements]}
    python = VENV / "bin" / "python"
    try:
        with only_one(ROOT / "var" / "setup.lock", "另一个命令正在安装依赖，等它完成…"):
            stamp = _stamp()
            if stamp.get("base", "") != _base(python):
                say("建立虚拟环境 .venv …")
                _make_venv()
                stamp = {"base": _base(python)}
            if stamp.get(requirements) != wanted[requirements]:
                say(f"安装 {requirements}（首次约一分钟）…")
                _install(python, ROOT / requirements)
                stamp |= wanted
                STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    except PermissionError as error:
        raise SetupError(
            f"没有权限写 {error.filename}：这个目录以前由别的用户运行过，请用同一用户运行。"
        ) from error
    return str(python)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _stamp() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _base(python: Path) -> str | None:
    """Return version and place of the environment's interpreter; None where it does not run."""
    command = [python, "-c", "import sys; print(*sys.version_info[:2], sys.prefix)"]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _make_venv() -> None:
    command = [sys.executable, "-m", "venv", "--without-pip", "--clear", VENV]
    done = subprocess.run(command, check=False, capture_output=True, text=True, umask=_UMASK)
    if done.returncode:
        raise SetupError(f"不能建立虚拟环境：\n{done.stdout}{done.stderr}")


def _install(python: Path, file: Path) -> None:
    """Install by the vendored pip: neither ensurepip nor a system pip need be there."""
    (wheel,) = (ROOT / "script" / "vendor").glob("pip-*.whl")
    command = [
        *(
            python,
            f"{wheel}/pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
        ),
        *("--root-user-action=ignore", "--require-hashes", "--requirement", file),
    ]
    # A person's own pip habits for other projects must not move the packages elsewhere.
    habits = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV"}
    env = {name: value for name, value in os.environ.items() if name not in habits}
    done = subprocess.run(
        command, check=False, env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True, umask=_UMASK
    )
    if done.returncode:
        raise SetupError(
            f"安装 {file.name} 没有成功（常见原因：网络不通）：\n{done.stderr[-3000:]}"
        )
