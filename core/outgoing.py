"""Requests to other systems at addresses that people enter: peers' portals, subscribers' hooks.

Nobody may use the portal to look into the network that it stands in (SSRF): the host is resolved
once, every address it has is checked, and the connection goes to a checked address, so that a name
cannot point elsewhere a moment later. Redirects are not followed, bodies and time are bounded.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from core.errors import DomainError

IpAddress = IPv4Address | IPv6Address
MEGABYTE = 1024 * 1024
TIMEOUT_SECONDS = 15.0
NAT64 = ip_network("64:ff9b::/96")


class Unreachable(DomainError):
    """No answer came. Codes: `address` and `private_address` will not heal by trying again,
    `unreachable` (name, connection, TLS, time) and `too_large` may."""


@dataclass(frozen=True)
class Answer:
    """What the other side said, whatever the status: 3xx and 5xx are answers too."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def check_address(url: str) -> SplitResult:
    """The parts of an address that requests may go to; asks no name server.

    https only (http where OUTGOING_HTTP is set), a host, no user or password in it. Raises
    Unreachable `address`, or `private_address` where the host is written as a private address.
    """
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # may be no number
    except ValueError as error:
        raise Unreachable("address", "网址写法不正确。", "url") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.OUTGOING_HTTP):
        raise Unreachable("address", "网址须以 https:// 开头。", "url")
    if not parts.hostname or parts.username is not None:
        raise Unreachable("address", "网址须含域名，不能含用户名和密码。", "url")
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return parts
    _check_reachable(literal)
    return parts


def send(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    max_bytes: int = MEGABYTE,
) -> Answer:
    """Send one request and read the whole answer within `timeout_seconds` altogether.

    Certificates are verified. Raises Unreachable; any status is an Answer. Call it outside
    transactions: it may take as long as it is allowed to.
    """
    parts = check_address(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    deadline = time.monotonic() + timeout_seconds
    plain = _connect(str(parts.hostname), port, deadline)
    wire = _encrypted(plain, str(parts.hostname)) if parts.scheme == "https" else plain
    is_late = threading.Event()
    # each read has its own timeout; the timer ends those who send a byte now and then
    timer = threading.Timer(_left(deadline), _hang_up, [wire, is_late])
    timer.daemon = True
    timer.start()
    try:
        connection = _connection(wire, parts, port)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body, headers=dict(headers or {}))
        with closing(connection.getresponse()) as response:
            answer = _read(response, max_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(TimeoutError() if is_late.is_set() else error) from error
    finally:
        timer.cancel()
        wire.close()
    if is_late.is_set():  # what came is only a part
        raise _unreachable(TimeoutError())
    return answer


def _encrypted(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """The socket under TLS; hands are shaken with the first byte, under the timer."""
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


def _connection(wire: socket.socket, parts: SplitResult, port: int) -> http.client.HTTPConnection:
    """An HTTP connection over the socket that is open already."""
    if isinstance(wire, ssl.SSLSocket):
        wire.do_handshake()
    speaks = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = speaks(str(parts.hostname), port)
    connection.sock = wire
    return connection


def _connect(host: str, port: int, deadline: float) -> socket.socket:
    """A connection to the first checked address of the host that answers."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("unreachable", f"找不到域名 {host}。", "url") from error
    places = [place[4] for place in found]
    for place in places:  # all of them: a name with one private address is not to be trusted
        _check_reachable(ip_address(str(place[0]).partition("%")[0]))
    problem: OSError | None = None
    for place in dict.fromkeys(places):
        try:
            return socket.create_connection((str(place[0]), port), timeout=_left(deadline))
        except OSError as error:
            problem = error
    raise _unreachable(problem or OSError("no address")) from problem


def _left(deadline: float) -> float:
    """Seconds until then; never none, which would be no limit."""
    return max(deadline - time.monotonic(), 0.001)


def _check_reachable(address: IpAddress) -> None:
    """Refuse what is not the public internet, unless OUTGOING_NETWORKS names its network."""
    real = _inner(address)
    allowed = [ip_network(network) for network in settings.OUTGOING_NETWORKS]
    if any(real in network for network in allowed if network.version == real.version):
        return
    if not real.is_global or real.is_multicast:
        raise Unreachable(
            "private_address", "网址指向内部网络，不能访问；确需访问的，请系统管理员放行。", "url"
        )


def _inner(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 one only wraps, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _read(response: http.client.HTTPResponse, max_bytes: int) -> Answer:
    body = response.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise Unreachable("too_large", "对方返回的内容过大。")
    if response.length:  # fewer bytes came than were announced
        raise http.client.IncompleteRead(body, response.length)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body)


def _hang_up(wire: socket.socket, is_late: threading.Event) -> None:
    is_late.set()
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already closed


def _unreachable(error: Exception) -> Unreachable:
    if isinstance(error, TimeoutError):
        return Unreachable("unreachable", "对方没有在规定时间内回应。")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable("unreachable", f"对方证书无法验证：{error.verify_message}。")
    if isinstance(error, ValueError):  # a line break in a header or in the address
        return Unreachable("address", "网址或请求头含有不允许的字符。", "url")
    return Unreachable("unreachable", f"对方没有正常回应（{type(error).__name__}）。")
