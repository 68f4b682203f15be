"""Every state x transition x relation, from the table; levels and regions."""

import pytest

from accounts.enums import Role
from core.access import SYSTEM
from core.states import Relation
from reporting.access import AnnualReportAccess, CycleAccess, IndicatorAccess, JobAccess
from reporting.enums import ReportStatus
from reporting.models import AnnualReport, Indicator, ReportingJob
from reporting.states import CYCLE, REPORT
from tests.factories.accounts import OrganisationFactory, UserFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import planned_cycle
from tests.factories.taxonomy import chengdu, guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture(scope="module")
def _world(catalogue):
    report = AnnualReport.objects.create(
        cycle=planned_cycle(), platform=PlatformFactory(), chain=["city", "province"]
    )
    people = {
        "owner": person(Role.OPERATOR, organisation=report.platform.organisation),
        "city": person(Role.GOVERNMENT, region=zhongshan()),
        "province": person(Role.GOVERNMENT, region=guangdong()),
        "elsewhere": person(Role.GOVERNMENT, region=chengdu()),
        "stranger": person(Role.OPERATOR, organisation=OrganisationFactory()),
        "enterprise": person(Role.ENTERPRISE, organisation=report.platform.organisation),
        "nobody": UserFactory(),
        "system": SYSTEM,
    }
    return {"report": report, "people": people}


@pytest.fixture
def report(world):
    return world["report"]


@pytest.fixture
def people(world):
    return world["people"]


# who may do what in which state, for the chain city → province
MAY = {
    ("filling", "submit"): {"owner"},
    ("returned", "submit"): {"owner"},
    ("reopened", "submit"): {"owner"},
    ("submitted", "to_county"): {"system"},
    ("submitted", "to_city"): {"system"},
    ("submitted", "to_province"): {"system"},
    ("city", "forward_province"): {"city", "province"},
    ("city", "return"): {"city", "province"},
    ("province", "accept"): {"province"},
    ("province", "return"): {"province"},
    ("accepted", "reopen"): {"province"},
}
CHAIN_STATES = [status for status in ReportStatus if status != ReportStatus.COUNTY]


@pytest.mark.parametrize("status", CHAIN_STATES)
@pytest.mark.parametrize("name", [row.name for row in REPORT.transitions])
def test_report_transitions(report, people, status, name):
    report.status = status

    allowed = {who for who, user in people.items() if AnnualReportAccess(user).can(name, report)}

    assert allowed == MAY.get((status, name), set())


@pytest.mark.parametrize("status", ["planned", "open", "closed"])
@pytest.mark.parametrize("name", [row.name for row in CYCLE.transitions])
def test_cycle_transitions(report, people, status, name):
    cycle = report.cycle
    cycle.status = status
    row = CYCLE.by_name[name]

    allowed = {who for who, user in people.items() if CycleAccess(user).can(name, cycle)}

    expected = {"province"} | ({"system"} if Relation.SYSTEM in row.relations else set())
    assert allowed == (expected if status in row.sources else set())


def test_who_sees_the_report(report, people):
    seen = {
        who for who, user in people.items()
        if AnnualReportAccess(user).visible().filter(pk=report.pk).exists()
    }  # fmt: skip

    assert seen == {"owner", "city", "province", "system"}


def test_who_sees_the_cycle(report, people):
    seen = {
        who for who, user in people.items()
        if CycleAccess(user).visible().filter(pk=report.cycle_id).exists()
    }  # fmt: skip

    assert seen == {"owner", "city", "province", "system"}


def test_closed_cycles_are_not_filled_but_returned_reports_are(report, people):
    report.cycle.status = "closed"
    assert not AnnualReportAccess(people["owner"]).can("edit", report)

    report.status = "returned"
    assert AnnualReportAccess(people["owner"]).can("edit", report)


def test_jobs_belong_to_their_owner_and_the_region(report, people):
    job = ReportingJob.objects.create(kind="open_cycle", cycle=report.cycle, owner=people["city"])

    seen = {
        who for who, user in people.items() if JobAccess(user).visible().filter(pk=job.pk).exists()
    }
    may_cancel = {who for who, user in people.items() if JobAccess(user).can("cancel", job)}

    assert seen == {"city", "province", "system"}
    assert may_cancel == {"city", "province", "system"}
    job.status = "done"
    assert not JobAccess(people["province"]).can("cancel", job)


def test_definitions_are_public(people):
    assert IndicatorAccess(people["nobody"]).visible().count() == Indicator.objects.count()
    assert not IndicatorAccess(people["province"]).can("load")
