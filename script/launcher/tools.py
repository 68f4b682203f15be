"""`script/setup`, `script/fmt` and `script/schema`."""

import subprocess
import sys

from launcher.environment import ROOT, say
from launcher.portal import manage
from launcher.tests import test_environment

SCHEMA = "docs/api/schema.yml"
PYTHON = [sys.executable, "-m"]


def main(command: str, arguments: list[str]) -> int:
    """Run the command; return its exit status."""
    return {"setup": _setup, "fmt": _fmt, "schema": _schema}[command](arguments)


def _setup(_arguments: list[str]) -> int:
    say("环境已就绪：.venv（script/server 启动，script/test 测试，script/check 检查）")
    return 0


def _fmt(arguments: list[str]) -> int:
    """Mend and format the files named, else everything."""
    where = arguments or ["."]
    _run(*PYTHON, "ruff", "check", "--fix", "--exit-zero", "--quiet", *where)
    return _run(*PYTHON, "ruff", "format", *where)


def _schema(_arguments: list[str]) -> int:
    with test_environment() as env:
        failed = _run(
            *manage("spectacular", "--validate", "--fail-on-warn", "--file", SCHEMA), env=env
        )
        return failed | _run(*manage("generate_docs"), env=env)


def _run(*command: str, env: dict[str, str] | None = None) -> int:
    return subprocess.run(command, check=False, cwd=ROOT, env=env).returncode
