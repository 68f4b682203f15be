"""From policy to effect: funds of a year with what became of those they reached."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from platforms.models import FundingRecord
from reporting.selectors.effects import YearSum, fund_effects, funded_years
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.evaluations import accepted, open_year
from tests.factories.platforms import PlatformFactory
from tests.factories.policies import DocumentFactory
from tests.factories.taxonomy import chengdu, guangdong
from tests.reporting.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators", "demo_mode")]
NUMBER = "粤府办〔2024〕7号"


def funded(platform, amount=100_000, **values):
    given = {"level": "province", "kind": "subsidy", "fund": "中试专项", "year": 2025,
             "document_number": NUMBER}  # fmt: skip
    return FundingRecord.objects.create(platform=platform, amount_yuan=amount, **given | values)


@pytest.fixture
def platforms():
    """Two supported; a reported three years, b only the last one; c got nothing."""
    found = {slug: PlatformFactory(slug=slug) for slug in "abc"}
    for year, done in ((2024, 2), (2025, 5), (2026, 9)):
        cycle = open_year(year=year)
        accepted(cycle, found["a"], SRV_02=done)
        accepted(cycle, found["c"], SRV_02=100)
    accepted(cycle, found["b"], SRV_02=1)
    funded(found["a"], paid_date=date(2025, 6, 1))
    funded(found["b"], amount=50_000)
    return found


def test_a_fund_is_followed_from_the_year_before_to_the_year_after(platforms):
    policy = DocumentFactory(doc_number=NUMBER)

    assert funded_years(FundingRecord.objects.all()) == [2025]
    (fund,) = fund_effects(FundingRecord.objects.all(), year=2025)

    assert (fund.fund, fund.documents) == ("中试专项", [(NUMBER, policy)])
    assert [one.slug for one in fund.platforms] == ["a", "b"]
    assert (fund.amount_yuan, fund.paid_yuan) == (Decimal(150_000), Decimal(100_000))
    sums = fund.outcomes["完成项目（项）"]
    assert [(one.year, one.total, one.count) for one in sums] == [
        (2024, 2, 1), (2025, 5, 1), (2026, 10, 2),
    ]  # fmt: skip
    assert fund.words["SRV-02"] == "2 → 5 → 10"
    assert fund.words["TRF-11"].startswith("未报 → 未报 → ")


def test_what_is_not_accepted_or_another_fund_does_not_count(platforms):
    report = platforms["b"].annual_reports.get()
    type(report).objects.filter(pk=report.pk).update(status="province")
    funded(platforms["b"], fund="另一项", document_number="")

    funds = {one.fund: one for one in fund_effects(FundingRecord.objects.all(), year=2025)}

    assert funds["中试专项"].words["SRV-02"] == "2 → 5 → 9"
    assert (funds["另一项"].documents, funds["另一项"].count) == ([], 1)
    assert funds["另一项"].words["SRV-02"].startswith("未报 → 未报 → ")


def test_a_year_that_is_not_over_is_not_called_unreported():
    assert YearSum(2025, None, 0).words == "未报"
    assert YearSum(timezone.localdate().year, None, 0).words == "未到填报期"


def test_each_sees_the_part_of_the_ledger_that_concerns_them(platforms):
    operator = person(Role.OPERATOR, organisation=OrganisationFactory())
    type(platforms["b"]).objects.filter(pk=platforms["b"].pk).update(
        organisation=operator.organisations[0]
    )
    address = reverse("reporting:effects")

    def counts(user):
        return [one.count for one in signed_in(user).get(address).context["funds"]]

    assert counts(person(Role.GOVERNMENT, region=guangdong())) == [2]
    assert counts(person(Role.GOVERNMENT, region=chengdu())) == []
    assert counts(operator) == [1]
    assert Client().get(address).status_code == 302


def test_the_page_and_its_export(platforms):
    client = signed_in(person(Role.GOVERNMENT, region=guangdong()))
    page = client.get(reverse("reporting:effects"), {"year": "1999"})
    sheet = client.get(reverse("reporting:effects"), {"export": "csv"})

    assert page.context["year"] == 2025
    assert "1/2 家" in page.content.decode()
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("级别,资金,文号,受益平台（家）")
    assert lines[0].endswith("新增销售（万元）：上年→当年→次年,演示数据")
    assert "2 → 5 → 10" in lines[1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries(count):
    cycle = open_year()
    for number in range(count):
        platform = PlatformFactory()
        accepted(cycle, platform, SRV_02=number)
        funded(platform, year=timezone.localdate().year, fund=f"资金{number}")
    client = signed_in(person(Role.GOVERNMENT, region=guangdong()))
    client.get(reverse("reporting:effects"))

    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("reporting:effects"))

    assert len(page.context["funds"]) == count
    assert len(queries) == 8
