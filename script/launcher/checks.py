"""`script/check [name ...]`: everything that a machine can judge, one after the other."""

import re
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from launcher.environment import ROOT
from launcher.portal import manage
from launcher.tests import test_environment
from launcher.tools import PYTHON, SCHEMA

_LONGEST_MODULE = 400
_MOST_LINES = 200  # of what one failed check says
_ADDRESSES = re.compile(
    r"--(extra-)?index[-]url|--find[-]links|--trusted[-]host|https?://", re.IGNORECASE
)
# As production has it; the stores are those of the check.
_PRODUCTION = {
    "DEBUG": "false",
    "SECURE_COOKIES": "true",
    "ALLOWED_HOSTS": "portal.example.cn",
    "CSRF_TRUSTED_ORIGINS": "https://portal.example.cn",
    "SITE_URL": "https://portal.example.cn",
}

Check = Callable[[dict[str, str]], str]  # returns what is wrong, "" where nothing is


def main(arguments: list[str]) -> int:
    """Run the checks named, else all; name each that failed; return 1 if any did."""
    unknown = set(arguments) - set(CHECKS)
    if unknown:
        print(
            f"没有这个检查：{'、'.join(sorted(unknown))}。可用：{'、'.join(CHECKS)}",
            file=sys.stderr,
        )
        return 2
    failed = []
    with ExitStack() as stack:
        env = stack.enter_context(test_environment())
        for name in arguments or CHECKS:
            began = time.monotonic()
            wrong = CHECKS[name](env).strip()
            print(
                f"{'✗' if wrong else '✓'} {name}（{time.monotonic() - began:.1f} 秒）", flush=True
            )
            if wrong:
                failed.append(name)
                print(textwrap.indent(_shortened(wrong), "    "), flush=True)
    print(f"\n没有通过：{'、'.join(failed)}" if failed else "\n全部通过。")
    return 1 if failed else 0


def _shortened(text: str) -> str:
    lines = text.splitlines()
    rest = len(lines) - _MOST_LINES
    return "\n".join([*lines[:_MOST_LINES], f"… 还有 {rest} 行"] if rest > 0 else lines)


def _command(*command: str, **more: str) -> Check:
    """Make a check of a command: wrong is what it says when it fails."""

    def check(env: dict[str, str]) -> str:
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=env | more, capture_output=True, text=True
        )
        return (done.stdout + done.stderr or f"exit {done.returncode}") if done.returncode else ""

    return check


def _schema_unchanged(env: dict[str, str]) -> str:
    with tempfile.TemporaryDirectory() as directory:
        fresh = Path(directory) / "schema.yml"
        wrong = _command(
            *manage("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
        )(env)
        if wrong:
            return wrong
        committed = ROOT / SCHEMA
        same = committed.exists() and committed.read_text("utf-8") == fresh.read_text("utf-8")
    return "" if same else f"{SCHEMA} 已过时：请运行 script/schema 并提交。"


def _house_rules(_env: dict[str, str]) -> str:
    """What STYLE asks of every file and no tool knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        return f"需要 git 检出：{listed.stderr}"
    files = [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return "\n".join([*_long_modules(files), *_registry_addresses(files)])


def _long_modules(files: list[Path]) -> list[str]:
    modules = [file for file in files if file.suffix == ".py" and "migrations" not in file.parts]
    lines = {file: len(file.read_text("utf-8").splitlines()) for file in modules}
    return [
        f"{file.relative_to(ROOT)} 有 {count} 行，超过 {_LONGEST_MODULE} 行：请按名词拆分。"
        for file, count in lines.items()
        if count > _LONGEST_MODULE
    ]


def _registry_addresses(files: list[Path]) -> list[str]:
    """The locks hold names and hashes alone, so that any mirror serves them."""
    wrong = [
        f"{file.relative_to(ROOT)}:{number} 含有软件源地址：{line.strip()[:80]}"
        for file in files
        if file.name.startswith("requirements") and file.suffix == ".txt"
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if _ADDRESSES.search(line)
    ]
    return wrong + [
        f"{file.relative_to(ROOT)} 含有软件源地址，不应提交。"
        for file in files
        if file.name == "uv.lock"
    ]


CHECKS: dict[str, Check] = {
    "ruff": _command(*PYTHON, "ruff", "check", "."),
    "format": _command(*PYTHON, "ruff", "format", "--check", "."),
    "templates": _command(*PYTHON, "djlint", "--lint", "templates"),
    "types": _command(*PYTHON, "mypy"),
    "imports": _command(str(Path(sys.executable).parent / "lint-imports")),
    "migrations": _command(*manage("makemigrations", "--check", "--dry-run")),
    "deploy": _command(
        *manage("check", "--deploy", "--fail-level", "ERROR", "--database", "default"),
        **_PRODUCTION,
    ),
    "schema": _schema_unchanged,
    "docs": _command(*manage("generate_docs", "--check")),
    "house": _house_rules,
}
