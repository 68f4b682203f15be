"""Requests to other systems: where they may go, what they bring back, when they give up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.outgoing import Unreachable, check_address, send


class Server(BaseHTTPRequestHandler):
    """Says back what it got; some paths misbehave."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        got = f"{self.command} {self.path} {self.headers['Host']} ".encode()
        body = got + self.rfile.read(length)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(500 if self.path == "/broken" else 200)
        if self.path == "/slow":  # a byte now and then, without an end
            self.end_headers()
            for _ in range(40):
                time.sleep(0.1)
                self.wfile.write(b"x")
            return
        self.send_header("Content-Length", str(len(body) + (9 if self.path == "/short" else 0)))
        self.send_header("X-Kind", "Test")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    do_POST = do_GET  # noqa: N815 -- the name http.server calls

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as http:
        http.daemon_threads, http.block_on_close = True, False
        http.handle_error = lambda *_: None  # those who are hung up on complain
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(autouse=True)
def _inside(settings) -> None:  # type: ignore[no-untyped-def]
    settings.OUTGOING_HTTP = True
    settings.OUTGOING_NETWORKS = ["127.0.0.0/8"]


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(Unreachable) as refused:
        do()
    return refused.value.code


def test_send_brings_back_status_headers_and_body(server: str):
    answer = send(f"{server}/a?b=1", method="POST", body="中".encode())

    assert (answer.status, answer.is_success) == (200, True)
    assert answer.headers["x-kind"] == "Test"
    assert answer.body.decode() == f"POST /a?b=1 {server.removeprefix('http://')} 中"


def test_an_error_status_is_an_answer(server: str):
    answer = send(f"{server}/broken")

    assert (answer.status, answer.is_success) == (500, False)


def test_redirects_are_not_followed(server: str):
    answer = send(f"{server}/elsewhere")

    assert (answer.status, answer.headers["location"], answer.is_success) == (302, "/", False)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.cn/", "http:///x", "https://user:word@example.cn/", "https://a:b/", "/etc"],
)
def test_odd_addresses_are_refused(url: str):
    assert refusal(lambda: check_address(url)) == "address"


def test_http_is_refused_unless_allowed(settings, server: str):
    settings.OUTGOING_HTTP = False

    assert refusal(lambda: send(server)) == "address"
    assert check_address("https://example.cn/").hostname == "example.cn"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "192.168.1.1", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::a00:1]", "[fd00::1]",
        "2130706433", "0x7f.1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_however_they_are_written(settings, host: str):
    settings.OUTGOING_NETWORKS = []

    assert refusal(lambda: send(f"http://{host}:9/")) == "private_address"


def test_a_name_with_one_private_address_is_refused(settings, monkeypatch: pytest.MonkeyPatch):
    settings.OUTGOING_NETWORKS = []
    places = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in ("93.184.215.14", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)

    assert refusal(lambda: send("https://two-faced.example/")) == "private_address"


def test_a_body_over_the_limit_is_refused(server: str):
    assert refusal(lambda: send(server, method="POST", body=b"x" * 500, max_bytes=400)) == (
        "too_large"
    )


def test_fewer_bytes_than_announced_are_no_answer(server: str):
    assert refusal(lambda: send(f"{server}/short")) == "unreachable"


def test_who_sends_a_byte_now_and_then_is_hung_up_on(server: str):
    started = time.monotonic()

    assert refusal(lambda: send(f"{server}/slow", timeout_seconds=0.5)) == "unreachable"
    assert time.monotonic() - started < 2


def test_nobody_there_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert refusal(lambda: send(f"http://127.0.0.1:{port}/", timeout_seconds=2)) == "unreachable"


def test_many_silent_addresses_share_the_time(monkeypatch: pytest.MonkeyPatch):
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", 80)) for n in range(9)]

    def silent(_place: object, timeout: float) -> None:
        time.sleep(timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    monkeypatch.setattr(socket, "create_connection", silent)
    started = time.monotonic()

    assert refusal(lambda: send("http://many.example/", timeout_seconds=0.2)) == "unreachable"
    assert time.monotonic() - started < 1


def test_https_without_a_certificate_that_holds_is_unreachable(server: str):
    assert refusal(lambda: send(server.replace("http:", "https:"))) == "unreachable"


def test_a_line_break_in_a_header_is_refused(server: str):
    assert refusal(lambda: send(server, headers={"X-A": "b\r\nX-C: d"})) == "address"
