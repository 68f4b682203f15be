"""WCAG 2.1 A and AA, judged by axe-core on the main pages, wide and narrow; the keyboard's path."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.enums import Role
from core.access import SYSTEM
from reporting.catalogue import declared
from reporting.services.indicators import load_indicators
from taxonomy.services import load_code_lists
from tests.factories.accounts import PASSWORD, OrganisationFactory, person
from tests.factories.cases import ProjectFactory
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory, EquipmentFactory, PlatformFactory
from tests.factories.recognition import ApplicationFactory, ProgrammeFactory, RecognitionFactory
from tests.factories.reporting import open_cycle
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDTHS = (1280, 360)
PUBLIC = (
    "/", "/platforms/", "/capabilities/", "/resources/", "/demands/", "/cases/", "/policies/",
    "/programmes/", "/publicity/", "/roster/", "/verify/", "/indicators/", "/targets/", "/atlas/",
    "/publications/", "/lists/", "/reports/verify/", "/accounts/login/", "/register/",
)  # fmt: skip
OPERATOR = (
    "/workbench/", "/manage/platforms/", "/projects/", "/reports/", "/reports/{report}/",
    "/reports/{report}/fill/SRV/", "/reports/{report}/plan/", "/reports/{report}/check/",
    "/applications/{application}/edit/", "/changes/",
)  # fmt: skip
STAFF = (
    "/workbench/", "/review/applications/", "/applications/{waiting}/", "/reports/",
    "/report-cycles/", "/report-cycles/new/", "/monitoring/", "/evaluations/",
    "/manage/programmes/new/", "/manage/publications/new/", "/manage/lists/",
)  # fmt: skip


@pytest.fixture
def portal(live_server, settings) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """One of everything, and the sign-ins of an operator and of the province."""
    settings.DEMO_MODE = True
    now = timezone.now()
    load_code_lists(now=now)
    load_indicators(actor=SYSTEM, rows=declared(), now=now)
    organisation = OrganisationFactory(
        name="一家名称很长很长很长很长很长的新材料中试技术研究院有限公司"
    )
    platform = PlatformFactory(organisation=organisation)
    CapabilityFactory(platform=platform)
    EquipmentFactory(platform=platform)
    ProjectFactory(platform=platform)
    open_demand()
    programme = ProgrammeFactory()
    RecognitionFactory(platform=platform, scheme=programme.scheme)
    cycle = open_cycle()
    people = {
        "operator": person(Role.OPERATOR, organisation=organisation),
        "staff": person(Role.GOVERNMENT),
    }
    for user in people.values():
        user.is_demo = True  # demo people need no second factor
        user.save(update_fields=["is_demo"])
    return {
        "address": live_server.url,
        "report": str(cycle.reports.get(platform=platform).pk),
        "application": ApplicationFactory(programme=programme, platform=platform).number,
        "waiting": ApplicationFactory(programme=programme, status="province").number,
        **{who: user.email for who, user in people.items()},
    }


def violations(walker: Walker, paths: tuple[str, ...], portal: dict[str, str]) -> list[str]:
    """What axe-core finds on these pages, and which of them scroll sideways."""
    found = []
    for path in paths:
        walker.go(path.format(**portal))
        walker.page.evaluate(Axe().axe_script)
        for width in WIDTHS:
            walker.page.set_viewport_size({"width": width, "height": 900})
            if walker.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} {width}: scrolls sideways")
            answer = walker.page.evaluate("rules => axe.run(rules)", RULES)
            found += [
                f"{path} {width}: {row['id']} {row['nodes'][0]['html'][:120]}"
                for row in answer["violations"]
            ]
    return found


@pytest.mark.parametrize(("who", "paths"), [("", PUBLIC), ("operator", OPERATOR), ("staff", STAFF)])
def test_pages_are_accessible(browser: Browser, portal, who, paths):  # type: ignore[no-untyped-def]
    walker = Walker(browser, portal["address"])
    if who:
        walker.sign_in(portal[who], PASSWORD)

    assert violations(walker, paths, portal) == []
    assert walker.complaints == []


def test_the_keyboard_skips_to_the_content_and_signs_in(browser: Browser, portal):  # type: ignore[no-untyped-def]
    walker = Walker(browser, portal["address"])
    page = walker.go("/accounts/login/")

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(portal["operator"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/workbench/")

    assert first == "跳到主要内容"


def test_what_htmx_swaps_in_is_announced(browser: Browser, portal):  # type: ignore[no-untyped-def]
    walker = Walker(browser, portal["address"])
    page = walker.go("/platforms/")
    count = page.locator("main [role=status]", has_text="共")

    page.locator("main input[name=q]").fill("没有这样的平台")
    page.locator("main input[name=q]").press("Enter")

    walker.sees("没有符合条件的平台")
    assert count.first.inner_text() == "共 0 家"
