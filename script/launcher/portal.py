"""The portal's own programs: their environment, and what has to be ready before they start."""

import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import environ
import psycopg

from launcher.embedded import Embedded
from launcher.environment import ROOT, SetupError, say

_NOISE = {"__pycache__", ".DS_Store", "var", ".venv"}


def var_dir() -> Path:
    """Read `.env` into this process's environment, which wins, and return where data are kept."""
    environ.Env.read_env(ROOT / ".env")
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()


def is_given(name: str) -> bool:
    """Has the operator set this variable, by itself or as a file of a secret?"""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def environment_for(servers: Embedded, **more: str) -> dict[str, str]:
    """Return the environment of the portal's programs; what the operator has set stays."""
    given = {name: value for name, value in os.environ.items() if value}
    ours = {"VAR_DIR": str(servers.home), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **more}
    stores = {
        "SECRET_KEY": servers.settings["secret_key"],
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
    }
    if not is_given("REDIS_URL"):
        stores["CACHE_URL"] = servers.redis_url.removesuffix("/0") + "/1"
    ours |= {name: value for name, value in stores.items() if not is_given(name)}
    return ours | given


def manage(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def run_manage(env: dict[str, str], *arguments: str) -> str:
    """Run a management command and return what it printed; SetupError with it where it fails."""
    done = subprocess.run(
        manage(*arguments),
        check=False,
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        text = f"{done.stdout}{done.stderr}".strip()[-4000:]
        raise SetupError(f"manage.py {' '.join(arguments)} 没有成功：\n{text}")
    return done.stdout


class Preparation:
    """Steps that need doing again only when what they read has changed.

    The stamps of the steps done lie in `stamps.json` of the data directory.
    """

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.env = env
        self.file = home / "stamps.json"
        self.stamps = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}

    def static_files(self) -> None:
        """Collect static files where one of them, or a package that brings some, has changed."""
        inputs = [*_tree("static"), *ROOT.glob("*/static/**/*"), ROOT / "requirements.txt"]
        self._step("static", "收集静态文件", inputs, "", "collectstatic", "--noinput")

    def database(self, *, demo: bool, embedded: bool) -> list[dict[str, str]]:
        """Bring tables and starting data up to date; return the demo sign-ins.

        What happens to a database outside is not known here: there every step runs every time.
        """
        database = _identity(self.env["DATABASE_URL"]) if embedded else secrets.token_hex()
        migrations = [*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.txt"]
        self._step("migrate", "建立数据表", migrations, database, "migrate", "--noinput")
        loaders = (
            "*/services/starting_data.py",
            "*/services/demo.py",
            "*/management/commands/*.py",
        )
        data = [*_tree("data"), *migrations, ROOT / "portal" / "services.py"]
        data += [file for pattern in loaders for file in ROOT.glob(pattern)]
        command = ["load_starting_data", *(["--demo"] if demo else [])]
        self._step("data", "装入起始数据", data, f"{database} {demo}", *command)
        if not demo:
            return []
        printed = self._step("accounts", "", data, database, "demo_accounts", keep=True)
        return [json.loads(line) for line in printed.splitlines() if line.strip()]

    def _step(
        self,
        name: str,
        message: str,
        inputs: Iterable[Path],
        key: str,
        *command: str,
        keep: bool = False,
    ) -> str:
        digest = _digest(inputs, key)
        done = self.stamps.get(name, {})
        if done.get("digest") != digest:
            if message:
                say(f"{message}…")
            printed = run_manage(self.env, *command)
            done = self.stamps[name] = {"digest": digest, "printed": printed if keep else ""}
            self.file.touch(mode=0o600)
            self.file.write_text(json.dumps(self.stamps, ensure_ascii=False, indent=1), "utf-8")
        return done["printed"]


def _tree(name: str) -> list[Path]:
    return list((ROOT / name).rglob("*"))


def _digest(inputs: Iterable[Path], key: str) -> str:
    """Hash names and contents, so that neither a checkout nor a clock matters."""
    total = hashlib.sha256(key.encode())
    for path in sorted(set(inputs)):
        name = path.relative_to(ROOT)
        if path.is_file() and not _NOISE & set(name.parts):
            total.update(str(name).encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def _identity(database_url: str) -> str:
    """Name the cluster and database behind the URL: the stamps hold for no other."""
    with psycopg.connect(database_url, connect_timeout=10) as connection:
        row = connection.execute(
            "select system_identifier, oid from pg_control_system(), pg_database"
            " where datname = current_database()"
        ).fetchone()
    return str(row)
