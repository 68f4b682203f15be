"""Reading a peer's open interface: what changed, what is public, one record."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.dateparse import parse_datetime

from core.outgoing import Unreachable, send

PAGE_SIZE = 100
MAX_BYTES = 8 * 1024 * 1024
# where the peer says that it is asked too often; with the answers less than core.jobs.STALE_AFTER
MAX_WAITS, MAX_WAIT_SECONDS = 2, 60
MAX_ID_PAGES = 200  # a million ids


@dataclass(frozen=True)
class Page:
    """Records in the order of their changes; `left` counts them and those behind."""

    left: int
    records: list[dict[str, Any]]

    @property
    def is_last(self) -> bool:
        return not self.records or self.left <= len(self.records)


@dataclass(frozen=True)
class PeerClient:
    """One peer by its address; `token` for its interface, empty for what anybody may read."""

    base_url: str
    token: str = ""

    def changes(self, path: str, cursor: str) -> Page:
        """The next page of what changed after `cursor`. Raises Unreachable."""
        answer = self._get(f"{path}/", updated_after=cursor, page_size=str(PAGE_SIZE))
        found = answer.get("results")
        if not isinstance(found, list) or not all(_is_record(row) for row in found):
            raise _odd()
        count = answer.get("count")
        return Page(count if isinstance(count, int) else len(found), found)

    def ids(self, path: str) -> Iterator[str]:
        """Every public id. Raises Unreachable."""
        after = ""
        for _page in range(MAX_ID_PAGES):
            answer = self._get(f"{path}/ids/", after=after)
            found, following = answer.get("ids"), answer.get("next")
            if not isinstance(found, list) or not isinstance(following, str):
                raise _odd()
            yield from map(str, found)
            if not following:
                return
            after = following
        raise _odd()

    def one(self, path: str, remote_id: str) -> dict[str, Any] | None:
        """One record; None when it is not public any more. Raises Unreachable."""
        found = self._get(f"{path}/{quote(remote_id, safe='')}/", is_optional=True)
        if found and not _is_record(found):
            raise _odd()
        return found or None

    def _get(self, path: str, *, is_optional: bool = False, **query: str) -> dict[str, Any]:
        url = f"{self.base_url}/api/v1/{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = send(url, headers=headers, max_bytes=MAX_BYTES)
        for _attempt in range(MAX_WAITS):
            if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
                break
            asked = answer.headers.get("retry-after", "")
            time.sleep(min(int(asked) if asked.isdigit() else MAX_WAIT_SECONDS, MAX_WAIT_SECONDS))
            answer = send(url, headers=headers, max_bytes=MAX_BYTES)
        if answer.status == HTTPStatus.NOT_FOUND and is_optional:
            return {}
        if not answer.is_success:
            raise Unreachable("status", f"对方接口回应 {answer.status}，请核对网址、令牌和版本。")
        try:
            found = json.loads(answer.body)
            text = json.dumps(found, ensure_ascii=False).encode()  # half a surrogate is no text
        except (ValueError, RecursionError) as error:
            raise _odd() from error
        if rb"\u0000" in text:  # no column holds it
            raise _odd()
        if not isinstance(found, dict):
            raise _odd()
        return found


def moment(told: Any) -> datetime | None:
    """A moment as the peer tells it; None when it does not, or of another shape."""
    try:
        found = parse_datetime(str(told or ""))
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _is_record(row: Any) -> bool:
    return isinstance(row, dict) and bool(row.get("slug") and moment(row.get("updated_at")))


def _odd() -> Unreachable:
    return Unreachable("odd", "对方接口的内容不是本系统的格式，请核对网址。")
