"""`script/server`: the whole portal on this machine, until Ctrl-C or SIGTERM."""

import argparse
import json
import os
import signal
import socket
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from pathlib import Path

from launcher.embedded import Embedded
from launcher.environment import ROOT, SetupError, only_one, say
from launcher.portal import Preparation, environment_for, is_given, var_dir
from launcher.processes import Child, Group, Stop, program, stop_on_signals

_HOME_PAGE_SECONDS = 120
_NAME = "省中试资源网络管理服务平台"


def main(arguments: list[str]) -> int:
    """Start everything, say where it is, and keep it running; return the exit status."""
    options = _options(arguments)
    home = var_dir()
    running = home / "server.json"
    try:
        with only_one(home / "server.lock"):
            try:
                return _serve(options, home, running)
            finally:
                running.unlink(missing_ok=True)
    except BlockingIOError:
        where = (
            json.loads(running.read_text("utf-8"))["address"] if running.exists() else "正在启动"
        )
        print(f"✗ 已有一个 script/server 在运行（{home}）：{where}", file=sys.stderr)
        return 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/server", description=f"在本机运行{_NAME}")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=8000, help="端口")
    parser.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="装入演示账号（内嵌数据库默认装入，DATABASE_URL 指定的数据库默认不装）",
    )
    return parser.parse_args(arguments)


def _serve(options: argparse.Namespace, home: Path, running: Path) -> int:
    group = Group()
    with stop_on_signals():
        try:
            began = time.monotonic()
            address, sign_ins = _start(options, home, running, group)
            _announce(address, sign_ins, home, time.monotonic() - began)
            while True:
                group.watch()
                time.sleep(0.5)
        except Stop:
            say("正在停止…")
        finally:
            group.stop()
    say("已停止。")
    return 0


def _start(
    options: argparse.Namespace, home: Path, running: Path, group: Group
) -> tuple[str, list[dict[str, str]]]:
    """Start servers, prepare, start programs, wait for the home page."""
    servers = Embedded(home)
    embedded = not is_given("DATABASE_URL")
    if embedded:
        servers.start_postgres(group)
    if not is_given("REDIS_URL"):
        servers.start_valkey(group)
    demo = embedded if options.demo is None else options.demo
    listener = _listen(options.host, options.port)
    port = listener.getsockname()[1]
    address = f"http://{_name_of(options.host)}:{port}/"
    env = environment_for(
        servers,
        SITE_URL=address.rstrip("/"),
        SECURE_COOKIES="false",  # plain http on this machine
        DEMO_MODE=str(demo).lower(),
        **({} if _is_local(options.host) else {"ALLOWED_HOSTS": "*"}),
    )
    preparation = Preparation(home, env)
    preparation.static_files()
    sign_ins = preparation.database(demo=demo, embedded=embedded)
    web = _start_web(group, env, home, listener)
    group.wait_for(lambda: _answers(port, options.host), web, _HOME_PAGE_SECONDS)
    _start_tasks(group, env, home)  # only now: together they would double the wait on two cores
    running.write_text(json.dumps({"address": address, "pid": os.getpid()}), "utf-8")
    return address, sign_ins


def _start_web(group: Group, env: dict[str, str], home: Path, listener: socket.socket) -> Child:
    command = [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi:application"),
        *("--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread"),
        *("--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "10"),
        *("--no-control-socket", "--access-logfile", "-"),
    ]
    # The socket stays open here: while gunicorn is started again, requests wait instead of failing.
    log = home / "log" / "web.log"
    return group.add(program("网站", command, log, env=env, cwd=ROOT, sockets=(listener,)))


def _start_tasks(group: Group, env: dict[str, str], home: Path) -> None:
    celery = [sys.executable, "-m", "celery", "-A", "portal.celery:app"]
    worker = [*celery, "worker", "-Q", "default,matching,reporting", "-c", "2", "-l", "INFO"]
    beat = [*celery, "beat", "-s", str(home / "celerybeat-schedule"), "--pidfile=", "-l", "INFO"]
    log, give_back = home / "log" / "worker.log", signal.SIGQUIT  # tasks in hand: see the settings
    group.add(program("后台任务", worker, log, env=env, cwd=ROOT, stop_signal=give_back))
    group.add(program("定时任务", beat, home / "log" / "beat.log", env=env, cwd=ROOT))


def _listen(host: str, port: int) -> socket.socket:
    """Bind the port asked for, or the next free one, and say so."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in [*range(port, port + 100), 0]:
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(2048)
        except OverflowError as error:
            raise SetupError(f"没有这样的端口：{candidate}") from error
        except PermissionError as error:
            raise SetupError(f"没有权限使用端口 {candidate}：请换 1024 以上的端口。") from error
        except socket.gaierror as error:
            raise SetupError(f"不是本机的地址：{host}") from error
        except OSError as error:
            listener.close()
            if error.errno == 99:  # EADDRNOTAVAIL
                raise SetupError(f"不是本机的地址：{host}") from error
        else:
            if candidate != port:
                say(f"端口 {port} 已被占用，改用 {listener.getsockname()[1]}。")
            return listener
    raise SetupError("没有空闲的端口。")


def _is_local(host: str) -> bool:
    return host in {"127.0.0.1", "localhost", "::1"}


def _name_of(host: str) -> str:
    """Return the host as it stands in an address."""
    if host in {"0.0.0.0", "::"}:
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _answers(port: int, host: str) -> bool:
    """Does the home page answer? A proxy of the environment has no business between."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{_name_of(local)}:{port}/", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _announce(address: str, sign_ins: list[dict[str, str]], home: Path, seconds: float) -> None:
    print(f"\n  {_NAME}已就绪（{seconds:.1f} 秒）\n\n  地址    {address}")
    if sign_ins:
        print("\n  演示账号（仅供试用）\n")
        rows = [("角色", "邮箱", "密码")]
        rows += [(row["label"], row["email"], row["password"]) for row in sign_ins]
        widths = [max(_width(row[i]) for row in rows) for i in range(3)]
        for row in rows:
            cells = (
                cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
            )
            print("    " + "  ".join(cells).rstrip())
    print(f"\n  日志    {home / 'log'}\n  按 Ctrl-C 停止\n", flush=True)


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
