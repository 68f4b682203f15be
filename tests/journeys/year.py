"""The people of a year, and the days on which they act: Monday 2 March 2026 to January 2027."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from playwright.sync_api import Browser

from accounts.enums import Role
from accounts.services.demo import DEMO_PASSWORD
from platforms.models import Platform, Scheme
from reporting.models import ReportCycle
from taxonomy.models import Region
from taxonomy.selectors import term
from tests.factories.accounts import PASSWORD, OrganisationFactory, person
from tests.factories.platforms import CapabilityFactory, EquipmentFactory, PlatformFactory
from tests.journeys.walker import Walker

APPLIED = date(2026, 3, 2)  # a Monday
RETURNED, PASSED, VISITED = (APPLIED + timedelta(days=n) for n in (1, 2, 4))
ANNOUNCED = date(2026, 3, 9)  # publicity: five working days after this Monday
LAST_DAY = date(2026, 3, 16)
DECIDED = date(2026, 3, 17)
OPENED = date(2027, 1, 4)
GRADED = date(2027, 2, 1)  # whatever holidays: more than five working days later
REWARDED = date(2027, 3, 1)  # so is this, spring festival included
COUNTY, CITY = "440605", "440600"  # 佛山市南海区
SCHEME = "guangdong-provincial-platform"
COUNTY_STEP = {
    "slug": "county", "name": "县区初审", "actor": "county", "stages": ["county"],
    "skipped_for": [], "example": True,
}  # fmt: skip


@dataclass
class Year:
    """Who walks through it: one browser each, and the clock they share."""

    clock: object
    browser: Browser
    address: str
    platform: Platform
    accounts: dict[str, tuple[str, str]]
    walkers: dict[str, Walker] = field(default_factory=dict)

    def on(self, day: date, hour: int = 9) -> None:
        """Move the clock; sessions of earlier days are over by then."""
        self.clock.move_to(f"{day.isoformat()}T{hour:02d}:00+08:00", tick=True)  # type: ignore[attr-defined]

    def be(self, who: str) -> Walker:
        """This person at her browser, signed in now."""
        if who not in self.walkers:
            self.walkers[who] = Walker(self.browser, self.address)
        walker = self.walkers[who]
        if who in self.accounts:
            walker.go("/workbench/")
            if "login" in walker.page.url:
                walker.sign_in(*self.accounts[who])
        return walker

    @property
    def complaints(self) -> dict[str, list[str]]:
        """Console errors by person."""
        return {who: walker.complaints for who, walker in self.walkers.items() if walker.complaints}


def begin(browser: Browser, address: str, clock: object) -> Year:
    """A platform in a county of Guangdong, whose staff at three levels are at their desks.

    Guangdong's file names no county step, so one is put before the city's, as 临沂 has it.
    """
    county, city = Region.objects.get(pk=COUNTY), Region.objects.get(pk=CITY)
    organisation = OrganisationFactory(name="佛山旅程生物科技有限公司", region=county, is_demo=True)
    platform = PlatformFactory(
        slug="journey-platform", name="佛山旅程生物发酵中试平台", organisation=organisation,
        region=county, floor_area_sqm=2400, kind=term("platform-kind", "pilot-platform"),
        is_demo=True,
    )  # fmt: skip
    EquipmentFactory(platform=platform, name="500L 发酵罐", value_yuan=4_200_000)
    CapabilityFactory(platform=platform, title="酵母发酵公斤级放大")
    scheme = Scheme.objects.get(slug=SCHEME)
    scheme.steps = [scheme.steps[0], COUNTY_STEP, *scheme.steps[1:]]
    scheme.save()
    people = {
        "operator": (person(Role.OPERATOR, organisation=organisation), "平台填报员"),
        "county": (person(Role.GOVERNMENT, region=county), "区级工作人员"),
        "city": (person(Role.GOVERNMENT, region=city), "市级工作人员"),
    }
    for user, name in people.values():
        user.name, user.is_demo = name, True  # demo people need no second factor
        user.save(update_fields=["name", "is_demo"])
    accounts = {who: (user.email, PASSWORD) for who, (user, _name) in people.items()}
    accounts |= {
        who: (f"{account}@demo.example", DEMO_PASSWORD)
        for who, account in {"province": "province", "expert": "reviewer"}.items()
    }
    return Year(clock, browser, address, platform, accounts)


def review_by_county_too(cycle: ReportCycle) -> None:
    """The same for the reports: the chain of a province whose counties review."""
    ReportCycle.objects.filter(pk=cycle.pk).update(reviewers=["county", "city", "province"])
