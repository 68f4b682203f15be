"""`script/server` as a person starts it, in a data directory of the test."""

import json
import os
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.utils import timezone
from launcher.environment import ROOT

from core.access import SYSTEM
from exchange import services
from exchange.models import Peer
from platforms.models import Platform
from tests.factories.taxonomy import zhongshan
from tests.operations.test_launcher import eventually

pytestmark = pytest.mark.slow
OWN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "VAR_DIR", "PYTHONPATH"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("数据 目录")


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name not in OWN}
    return subprocess.Popen(
        [str(ROOT / "script" / "server"), *arguments],
        env=env | {"VAR_DIR": str(home), "LANG": "C", "LC_ALL": "C"},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def announced(server: subprocess.Popen[str]) -> str:
    """Read what it says until it is ready or gone."""
    said = []
    for line in server.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    return "".join(said)


def answer(address: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=20) as response:
        return response.status


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = start(home, "--port", str(taken.getsockname()[1]))
        said = announced(server)
    yield server, said
    if server.poll() is None:
        server.terminate()
        server.wait(60)
    server.stdout.close()


def address_in(said: str) -> str:
    return re.search(r"地址\s+(http://\S+)", said)[1]


def test_server_moves_off_a_busy_port_and_answers(running):
    _, said = running

    assert "已被占用，改用" in said
    assert answer(address_in(said)) == 200
    assert answer(address_in(said) + "readyz") == 200


def test_server_prints_a_sign_in_for_each_role(running, home: Path):
    _, said = running

    printed = json.loads((home / "stamps.json").read_text("utf-8"))["accounts"]["printed"]
    accounts = [json.loads(line) for line in printed.splitlines()]

    assert len(accounts) >= 6
    assert all(account["email"] in said and account["password"] in said for account in accounts)


def test_second_server_says_where_the_first_one_is(running, home: Path):
    _, said = running

    second = start(home)
    output, _ = second.communicate(timeout=30)

    assert second.returncode == 1
    assert address_in(said) in output


@pytest.mark.django_db
def test_another_portal_reads_what_this_one_publishes(running, settings):
    """The server is a portal of its own, with its own database; the test's is its neighbour."""
    address = address_in(running[1]).rstrip("/")
    settings.SITE_URL = "https://neighbour.example.cn"
    settings.OUTGOING_HTTP, settings.OUTGOING_NETWORKS = True, ["127.0.0.0/8"]
    peer = Peer.objects.create(name="省平台", base_url=address, region=zhongshan())

    job = services.start_pull(actor=SYSTEM, peer=peer, now=timezone.now())
    services.run_pull(job_id=job.pk, now=timezone.now())

    job.refresh_from_db()
    made = Platform.objects.select_related("region")
    assert (job.status, job.error) == ("done", "")
    assert made.count() > 1
    assert {row.region_id[:4] for row in made} == {"4420"}
    assert all(row.source_url.startswith(f"{address}/platforms/") for row in made)
    assert peer.records.filter(kind="platform", local_id__isnull=False).count() == made.count()


def test_server_starts_again_what_was_killed(running):
    server, said = running
    children = psutil.Process(server.pid).children()

    for child in children:
        child.kill()
    psutil.wait_procs(children, timeout=30)  # a killed process is there until it is taken away
    eventually(lambda: len(_alive(server)) == len(children), 30)

    assert not {child.pid for child in children} & {child.pid for child in _alive(server)}
    eventually(lambda: _is_ready(address_in(said)), 60)


def _alive(server: subprocess.Popen[str]) -> list[psutil.Process]:
    return [child for child in psutil.Process(server.pid).children() if _runs(child)]


def _runs(process: psutil.Process) -> bool:
    """Not ended; one that has ended may still wait to be taken away by its parent."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_ready(address: str) -> bool:
    try:
        return answer(address + "readyz") == 200
    except OSError:  # refused, cut off or slow while it starts
        return False


def test_server_stops_cleanly_and_starts_again_quickly(running, home: Path):
    server, _ = running
    children = psutil.Process(server.pid).children(recursive=True)

    server.send_signal(signal.SIGINT)
    output, _ = server.communicate(timeout=60)

    assert server.returncode == 0
    assert "已停止" in output
    assert not [child for child in children if _runs(child)]

    again = start(home)
    said = announced(again)
    again.terminate()
    again.communicate(timeout=60)

    assert again.returncode == 0
    assert "建立数据表" not in said
    assert "装入起始数据" not in said
