"""The launcher's own parts against real servers, in a directory of the test.

Run by root the directory is closed to other accounts, as a checkout below /root would be.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from launcher import environment, server
from launcher.embedded import Embedded
from launcher.portal import Preparation
from launcher.processes import Group, Stop, program, stop_on_signals


def eventually(condition: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not come true"
        time.sleep(0.05)


@pytest.fixture
def group() -> Iterator[Group]:
    group = Group()
    yield group
    group.stop()


def test_embedded_postgres_sees_chinese_and_keeps_data(tmp_path: Path, group: Group):
    Embedded(tmp_path).start_postgres(group)
    with psycopg.connect(Embedded(tmp_path).database_url) as connection:
        connection.execute("create extension pg_trgm")
        connection.execute(
            "create table kept as select similarity('中文门户网站', '中文门户') as s"
        )
    group.stop()
    group.children.clear()

    Embedded(tmp_path).start_postgres(group)

    with psycopg.connect(Embedded(tmp_path).database_url) as connection:
        assert connection.execute("select s from kept").fetchall() == [(0.5,)]


def test_embedded_postgres_refuses_a_wrong_password(tmp_path: Path, group: Group):
    servers = Embedded(tmp_path, lasting=False)
    servers.start_postgres(group)

    password = servers.settings["postgres_password"]

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(servers.database_url.replace(password, "wrong"))


def test_embedded_servers_listen_on_this_machine_only(tmp_path: Path, group: Group):
    servers = Embedded(tmp_path, lasting=False)
    servers.start_postgres(group)
    servers.start_valkey(group)

    with psycopg.connect(servers.database_url) as connection:
        (postgres,) = connection.execute("show listen_addresses").fetchone()
    valkey = redis.Redis.from_url(servers.redis_url).config_get("bind")["bind"]

    assert (postgres, valkey) == ("127.0.0.1", "127.0.0.1")


def test_embedded_secrets_are_for_the_owner_alone(tmp_path: Path, group: Group):
    Embedded(tmp_path, lasting=False).start_valkey(group)

    modes = {
        name: (tmp_path / name).stat().st_mode & 0o777
        for name in ("embedded.json", "valkey/valkey.conf", "valkey")
    }

    assert modes == {"embedded.json": 0o600, "valkey/valkey.conf": 0o600, "valkey": 0o700}


def test_embedded_valkey_keeps_what_was_queued_when_killed(tmp_path: Path, group: Group):
    servers = Embedded(tmp_path)
    servers.start_valkey(group)
    client = redis.Redis.from_url(servers.redis_url)
    client.rpush("queue", *range(100))
    time.sleep(1.2)  # it writes through once a second

    group.children[0].process.kill()
    group.children[0].process.wait()
    eventually(lambda: (group.watch(), group.children[0].process.poll() is None)[1])

    group.wait_for(lambda: _answers(client), group.children[0], 10)
    assert client.llen("queue") == 100


def _answers(client: redis.Redis) -> bool:
    try:
        return client.ping()
    except redis.RedisError:
        return False


def test_embedded_moves_off_a_port_that_was_taken(tmp_path: Path, group: Group):
    recorded = Embedded(tmp_path, lasting=False).settings["valkey_port"]

    with socket.create_server(("127.0.0.1", int(recorded))):
        moved = Embedded(tmp_path, lasting=False)
        moved.start_valkey(group)

    assert moved.settings["valkey_port"] != recorded
    assert json.loads((tmp_path / "embedded.json").read_text())["valkey_port"] != recorded


def test_web_port_moves_to_the_next_free_one_and_says_so(capsys: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with server._listen("127.0.0.1", port) as listener:
            moved = listener.getsockname()[1]

    assert moved != port
    assert f"端口 {port} 已被占用，改用 {moved}" in capsys.readouterr().out


def test_child_that_dies_is_started_again(tmp_path: Path, group: Group):
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    child = group.add(program("x", sleeper, tmp_path / "log", env=dict(os.environ), cwd=tmp_path))
    first = child.process.pid

    os.kill(first, signal.SIGKILL)
    eventually(lambda: (group.watch(), child.process.pid != first)[1])

    assert child.process.poll() is None


def test_child_that_keeps_dying_is_started_at_growing_intervals(tmp_path: Path, group: Group):
    dying = [sys.executable, "-c", ""]
    child = group.add(program("x", dying, tmp_path / "log", env=dict(os.environ), cwd=tmp_path))

    end = time.monotonic() + 4
    while time.monotonic() < end:
        group.watch()
        time.sleep(0.02)

    assert child.deaths == 2  # after 1 s and 2 s more; the next in 4 s


@pytest.mark.parametrize(
    ("ignored", "ended_by"),
    [(["SIGTERM"], signal.SIGQUIT), (["SIGTERM", "SIGQUIT"], signal.SIGKILL)],
)
def test_child_that_will_not_stop_is_made_to(
    tmp_path: Path, group: Group, ignored: list[str], ended_by: signal.Signals
):
    code = "import signal, time\n"
    code += "".join(f"signal.signal(signal.{name}, signal.SIG_IGN)\n" for name in ignored)
    command = [sys.executable, "-c", f"{code}print(1, flush=True)\ntime.sleep(60)"]
    child = group.add(program("x", command, tmp_path / "log", env=dict(os.environ), cwd=tmp_path))
    child.patience_seconds = 1.5  # a busy machine lets even who obeys take a moment
    eventually(lambda: (tmp_path / "log").read_text() == "1\n")

    group.stop()

    assert child.process.returncode == -ended_by


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "beside another thread"])
def test_a_stop_signal_does_not_break_into_a_look_at_a_child(
    tmp_path: Path, group: Group, others: int
):
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    child = group.add(program("x", command, tmp_path / "log", env=dict(os.environ), cwd=tmp_path))
    seen = []
    over = threading.Event()
    threads = [threading.Thread(target=over.wait) for _ in range(others)]
    for each in threads:
        each.start()

    class Told(subprocess.Popen):
        def poll(self):
            signal.pthread_kill((*threads, threading.main_thread())[0].ident, signal.SIGTERM)
            time.sleep(0.05)
            seen.append(super().poll())
            return seen[-1]

    child.process.__class__ = Told
    try:
        with stop_on_signals(), pytest.raises(Stop):
            child.watch()
    finally:
        child.process.__class__ = subprocess.Popen
        over.set()

    assert seen == [None]


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_children_die_with_their_launcher(tmp_path: Path):
    code = (
        "import os, sys, pathlib\n"
        "from launcher.processes import Group, program\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "sleeper = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "child = Group().add(program('x', sleeper, here / 'log', env={}, cwd=here))\n"
        "print(child.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    env = os.environ | {"PYTHONPATH": str(environment.ROOT / "script")}

    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], check=False, env=env, capture_output=True, text=True
    )

    assert done.returncode == -signal.SIGKILL
    status = Path(f"/proc/{int(done.stdout)}/status")
    eventually(lambda: not status.exists() or "State:\tZ" in status.read_text())


def test_lock_is_refused_at_once_while_held(tmp_path: Path):
    with (
        environment.only_one(tmp_path / "lock"),
        pytest.raises(BlockingIOError),
        environment.only_one(tmp_path / "lock"),
    ):
        pass

    with (tmp_path / "lock").open() as free:
        fcntl.flock(free, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_preparation_repeats_a_step_only_when_its_input_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("launcher.portal.ROOT", tmp_path)
    (tmp_path / "manage.py").write_text("open('runs', 'a').write('x')\nprint('done')\n")
    (tmp_path / "input").write_text("1")

    def step() -> str:
        preparation = Preparation(tmp_path, dict(os.environ))
        return preparation._step("s", "", [tmp_path / "input"], "", "anything", keep=True)

    first, second = step(), step()
    (tmp_path / "input").write_text("2")
    third = step()

    assert (first, second, third) == ("done\n",) * 3
    assert (tmp_path / "runs").read_text() == "xx"


def test_table_of_sign_ins_lines_up_on_a_terminal():
    assert [server._width(text) for text in ("企业用户", "E", "政府（省）")] == [8, 1, 10]
