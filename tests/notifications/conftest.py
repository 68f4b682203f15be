"""Another system that receives webhooks: a real HTTP server on this machine."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import new as new_hmac
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from notifications import services
from notifications.enums import WebhookKind
from notifications.models import WebhookEndpoint


@dataclass
class Receiver:
    """What came in, and what is answered: `code`, or the next of `codes`."""

    url: str = ""
    code: int = 204
    codes: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    on_request: Callable[[], None] | None = None

    def is_signed(self, secret: str, at: int = -1) -> bool:
        """Whether a message is signed with the secret, by the words of the specification."""
        headers, body = self.got[at]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = b64decode(secret.removeprefix("whsec_"))
        wanted = "v1," + b64encode(new_hmac(key, signed, sha256).digest()).decode()
        return wanted in headers["webhook-signature"].split(" ")


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:  # type: ignore[no-untyped-def]
    settings.OUTGOING_HTTP, settings.OUTGOING_NETWORKS = True, ["127.0.0.0/8"]
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if state.on_request:
                state.on_request()
            self.send_response(state.codes.pop(0) if state.codes else state.code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads, http.block_on_close = True, False
        http.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=http.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{http.server_port}/hooks"
        yield state
        http.shutdown()


@pytest.fixture
def hooked(receiver, now) -> Callable[..., tuple[WebhookEndpoint, str]]:  # type: ignore[no-untyped-def]
    """Register the receiver for a person; gives the endpoint and its secret."""

    def use(user: Any, *kinds: str) -> tuple[WebhookEndpoint, str]:
        wanted = kinds or (WebhookKind.PLATFORM_PUBLISHED,)
        return services.create_endpoint(actor=user, url=receiver.url, kinds=wanted, now=now)

    return use
