"""A served portal with its starting data, a real browser and real workers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler, StaticFilesHandlerMixin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from accounts.services.demo import load_demo_accounts
from demands.services.starting_data import load_demands
from platforms.services.starting_data import load_platforms
from portal.services import load_demo
from taxonomy.services import load_code_lists
from tests.conftest import chromium_path
from tests.workers import running_worker

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's own event loop runs in this thread; Django would take that for async code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def _kept_assets() -> Iterator[None]:
    """A browser keeps styles and scripts for the length of a walk, as it does a real server's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", _served_once)
        yield


def _served_once(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
    response = StaticFilesHandlerMixin.serve(handler, request)
    response.headers["Cache-Control"] = "max-age=31536000"  # the clock of a walk is years off
    return response


@pytest.fixture
def served(live_server, settings) -> str:  # type: ignore[no-untyped-def]
    """The address of a portal that holds code lists, real platforms, demands and demo people."""
    settings.DEMO_MODE = True
    settings.SITE_URL = live_server.url
    now = timezone.now()
    load_code_lists(now=now)
    load_platforms(rows=_rows("platforms"), now=now)
    load_demands(rows=_rows("demands"), now=now)
    load_demo_accounts(now=now)
    load_demo(now=now)
    return live_server.url  # type: ignore[no-any-return]


def _rows(name: str) -> list[dict[str, object]]:
    lines = (settings.BASE_DIR / "data" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@pytest.fixture
def worker(served: str) -> Iterator[None]:
    """A real Celery worker on the test's database for as long as the test runs."""
    with running_worker():
        yield
