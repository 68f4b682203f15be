"""A whole year of the other main job, walked in a real browser by everybody it takes."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.services.demo import load_demo_accounts
from core.access import SYSTEM
from platforms.services.schemes import sync_schemes
from reporting.catalogue import declared, declared_schemes
from reporting.services.evaluation_schemes import load_schemes
from reporting.services.indicators import load_indicators
from taxonomy.services import load_code_lists
from tests.journeys import annual_report, publishing, recognising
from tests.journeys import year as days

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def spring(time_machine):  # type: ignore[no-untyped-def]
    """The clock stands at the first day before anything is loaded."""
    time_machine.move_to(f"{days.APPLIED.isoformat()}T08:00+08:00", tick=True)
    return time_machine


@pytest.fixture
def office(spring, live_server, settings) -> str:  # type: ignore[no-untyped-def]
    """The address of a portal with code lists, ladders, indicators and the demo people."""
    settings.DEMO_MODE = True
    settings.SITE_URL = live_server.url
    now = timezone.now()
    load_code_lists(now=now)
    load_demo_accounts(now=now)
    sync_schemes()
    load_indicators(actor=SYSTEM, rows=declared(), now=now)
    load_schemes(actor=SYSTEM, definitions=declared_schemes(), now=now)
    return live_server.url  # type: ignore[no-any-return]


@pytest.mark.django_db(transaction=True)
def test_from_open_batch_to_published_year(browser: Browser, spring, office: str) -> None:  # type: ignore[no-untyped-def]
    year = days.begin(browser, office, spring)

    year.on(days.APPLIED)
    programme = recognising.open_programme(year)
    application = recognising.apply(year, programme)
    recognising.review(year, application)
    recognising.judge(year, application)
    recognition = recognising.announce_and_decide(year, application)
    recognising.read_the_roster(year, recognition)

    annual_report.open_cycle(year)
    report = annual_report.fill_in(year)
    annual_report.submit(year, report)
    annual_report.review(year, report)
    annual_report.read(year, report)

    publishing.revise_the_scheme(year)
    run = publishing.evaluate(year)
    publishing.reward(year, run)
    publishing.subsidise(year)
    publishing.compile_report(year)
    publishing.issue_list(year)
    assert year.complaints == {}
