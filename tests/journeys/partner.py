"""A partner system: plain HTTP with a service token, and nothing else of the portal."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE = 90  # seconds; a busy machine is slow, not wrong


@dataclass(frozen=True)
class Partner:
    """Calls the API at `address`; without a secret it is a visitor."""

    address: str
    secret: str = ""

    def call(self, way: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """Status code and JSON body of one request."""
        url = f"{self.address}/api/v1/{path}{f'?{urlencode(query, True)}' if query else ''}"
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        data = None if body is None else json.dumps(body).encode()
        if data:
            headers["Content-Type"] = "application/json"
        try:
            with urlopen(Request(url, data, headers, method=way), timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)

    def get(self, path: str, **query: Any) -> Any:
        """What the address answers with 200."""
        status, body = self.call("GET", path, **query)
        assert status == 200, (path, status, body)
        return body

    def post(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        """What the address answers with `status`."""
        found, answer = self.call("POST", path, {} if body is None else body)
        assert found == status, (path, found, answer)
        return answer

    def refused(self, way: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Status and code of a refusal, which always comes in the one envelope."""
        status, answer = self.call(way, path, body, **query)
        assert set(answer) == {"code", "message", "fields"}, answer
        assert answer["message"]
        return status, answer["code"]

    def poll(self, path: str, is_done: Callable[[Any], bool]) -> Any:
        """Ask until it is done."""
        end = time.monotonic() + PATIENCE
        while not is_done(found := self.get(path)):
            assert time.monotonic() < end, found
            time.sleep(0.3)
        return found
