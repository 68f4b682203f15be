"""A neighbour: a real HTTP server that answers with what this project's own endpoints said."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from django.test.utils import override_settings
from rest_framework.test import APIClient


class Neighbour:
    """Public records by path and slug. `failing` answers 503 after that many requests."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.records: dict[str, dict[str, dict[str, Any]]] = {"platforms": {}, "capabilities": {}}
        self.records["demands"] = {}
        self.asked: list[str] = []
        self.page_size = 100
        self.failing_after: int | None = None
        self.authorization = ""

    def publish(self, path: str, make: Callable[[], Any], **changed: Any) -> dict[str, Any]:
        """Let the neighbour have the record of the row that `make` makes; no row stays here."""
        with override_settings(SITE_URL=self.base_url), transaction.atomic():
            row = make()
            found = APIClient().get(f"/api/v1/{path}/{row.slug}/").json()
            transaction.set_rollback(True)
        return self.put(path, {**found, **changed})

    def put(self, path: str, record: dict[str, Any]) -> dict[str, Any]:
        self.records[path][record["slug"]] = record
        return record

    def change(self, path: str, slug: str, at: str, **changed: Any) -> None:
        """Fields changed there at a moment."""
        self.put(path, {**self.records[path][slug], **changed, "updated_at": at})

    def withdraw(self, path: str, slug: str) -> dict[str, Any]:
        return self.records[path].pop(slug)

    def answer(self, target: str) -> tuple[int, dict[str, Any]]:
        """Status and body, as the lists, the ids and the single records of the interface."""
        self.asked.append(target)
        if self.failing_after is not None and len(self.asked) > self.failing_after:
            return 503, {}
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        path, _slash, rest = parts.path.removeprefix("/api/v1/").strip("/").partition("/")
        rows = self.records[path]
        if rest == "ids":
            return 200, {"ids": sorted(rows), "next": ""}
        if rest:
            return (200, rows[rest]) if rest in rows else (404, {"code": "not_found"})
        moment, _tilde, slug = query.get("updated_after", "").partition("~")
        left = sorted(
            (row for row in rows.values() if (row["updated_at"], row["slug"]) > (moment, slug)),
            key=lambda row: (row["updated_at"], row["slug"]),
        )
        return 200, {"count": len(left), "results": left[: self.page_size]}


@contextmanager
def running_neighbour() -> Iterator[Neighbour]:
    """The neighbour, serving on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            neighbour.authorization = self.headers.get("Authorization", "")
            status, found = neighbour.answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        neighbour = Neighbour(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, args=[0.05], daemon=True).start()
        yield neighbour
        http.shutdown()
