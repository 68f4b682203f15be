"""A year counted by hand: every computed indicator equal, twice, for one and for many."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Clearance
from reporting.models import AnnualReport, ReportValue
from reporting.selectors.reports import rows_of
from reporting.selectors.sheets import lines_of, values_of
from reporting.services.compute import compute_reports
from reporting.services.snapshots import build_snapshot, differences, digest_of, freeze, recomputed
from tests.factories.cases import ProjectFactory
from tests.factories.platforms import PlatformFactory
from tests.reporting.golden import EXPECTED, NOW, PREFILLED, golden_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture(scope="module")
def _world(catalogue):
    return golden_report()


@pytest.fixture
def report(world):
    return world


def test_every_computed_indicator_is_expected(report):
    computed = {line.indicator.code for line in lines_of(report) if not line.indicator.is_manual}

    assert set(EXPECTED) | {"DIG-03"} == computed


def test_values_are_those_counted_by_hand(report):
    values = {code: row.value for code, row in values_of(report).items()}

    assert {code: values[code] for code in EXPECTED} == EXPECTED
    assert {code: values[code] for code in PREFILLED} == PREFILLED
    known = sum(value is not None for value in EXPECTED.values()) + len(PREFILLED)
    manual = sum(line.indicator.is_manual for line in lines_of(report))
    share = Decimal(100 * known) / (known + manual - len(PREFILLED))
    assert values["DIG-03"] == round(share, 2)


def test_averages_come_with_their_number_and_spread(report):
    rows = values_of(report)

    assert rows["SRV-16"].detail == {"n": 2, "sd": 0.5, "median": 4.5}
    assert rows["SRV-14"].detail == {"n": 6, "median": 33.0}
    assert rows["SRV-17"].detail == {"n": 8}


def test_computing_again_changes_nothing(report):
    before = list(ReportValue.objects.order_by("pk").values())

    compute_reports(cycle=report.cycle, reports=AnnualReport.objects.all(), now=NOW)

    assert list(ReportValue.objects.filter(report=report).order_by("pk").values()) == [
        row for row in before if row["report_id"] == report.pk
    ]


def test_the_rows_behind_a_number_are_as_many_as_it_says(report):
    lines = {line.indicator.code: line for line in lines_of(report)}

    for code in ("SRV-01", "SRV-02", "SRV-03", "SRV-07", "TRF-01", "TRF-02", "CAP-01", "CON-05",
                 "SHR-06", "SHR-06a"):  # fmt: skip
        assert len(rows_of(report, lines[code], now=NOW)) == EXPECTED[code], code


def test_the_number_of_statements_does_not_grow_with_platforms(report):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            compute_reports(cycle=report.cycle, reports=AnnualReport.objects.all(), now=NOW)
        return len(queries)

    one = statements()
    for _ in range(3):
        AnnualReport.objects.create(cycle=report.cycle, platform=PlatformFactory(), chain=["city"])

    assert statements() == one == 41


def test_a_frozen_report_can_be_computed_again(report):
    version = freeze(report=report, actor=report.platform.projects.first().started_by, now=NOW)

    assert differences(version) == {}
    again = recomputed(version.snapshot)
    assert again["FIN-08"] == "4878.05"
    assert again["TRF-03"] == "25"
    assert again["PLN-04"] is None


def test_a_changed_snapshot_is_found_out(report):
    snapshot = build_snapshot(report, now=NOW)
    digest = digest_of(snapshot)
    line = next(line for line in snapshot["values"] if line["code"] == "SRV-12")
    line["value"] = "2000"

    assert digest_of(snapshot) != digest
    assert recomputed(snapshot)["FIN-02"] == "500"


def test_procedures_of_projects_are_asked_for_no_more(report):
    other = AnnualReport.objects.create(
        cycle=report.cycle, platform=PlatformFactory(), chain=["city"]
    )
    for stage, number in (("approved", "〔2026〕1号"), ("preparing", "")):
        project = ProjectFactory(platform=other.platform, contract_date=date(2026, 5, 6))
        Clearance.objects.create(project=project, kind="eia", stage=stage, approval_number=number)

    compute_reports(cycle=report.cycle, reports=AnnualReport.objects.filter(pk=other.pk), now=NOW)

    rows = other.values_set.filter(indicator__code__startswith="SAF-03")
    found = dict(rows.values_list("indicator__code", "number"))
    assert found == {"SAF-03a": 2, "SAF-03b": 1, "SAF-03": 50}
