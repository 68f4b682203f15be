"""A report from opening to the archive, at service level."""

import pytest
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from reporting.models import AnnualReport, ReportVersion
from reporting.services import review, snapshots
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import open_cycle, report_for, type_all
from tests.factories.taxonomy import guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture
def world():
    organisation = OrganisationFactory()
    platform = PlatformFactory(organisation=organisation)
    cycle = open_cycle()
    return {
        "report": report_for(platform, cycle),
        "operator": person(Role.OPERATOR, organisation=organisation),
        "city": person(Role.GOVERNMENT, region=zhongshan()),
        "province": person(Role.GOVERNMENT, region=guangdong()),
    }


def fresh(report):
    return AnnualReport.objects.select_related("cycle__region", "platform__organisation").get(
        pk=report.pk
    )


def test_a_report_walks_city_and_province(world):
    report, now = world["report"], timezone.now()
    assert report.chain == ["city", "province"]  # 中山 has no counties

    with pytest.raises(DomainError, match="需要处理"):
        review.submit_report(actor=world["operator"], report=report, now=now)
    type_all(actor=world["operator"], report=report)
    review.submit_report(actor=world["operator"], report=fresh(report), now=now)
    assert fresh(report).status == "city"

    with pytest.raises(Refused):
        review.review_report(actor=world["city"], report=fresh(report), name="accept", now=now)
    review.add_comment(
        actor=world["city"], report=fresh(report), code="SRV-22", body="请附合同清单", now=now
    )
    review.review_report(
        actor=world["city"], report=fresh(report), name="return", reason="材料不全", now=now
    )
    assert fresh(report).status == "returned"
    type_all(actor=world["operator"], report=fresh(report), SRV_22="2.50", FIN_01="9")
    review.submit_report(actor=world["operator"], report=fresh(report), now=now)
    review.review_report(
        actor=world["city"], report=fresh(report), name="forward_province", now=now
    )
    with pytest.raises(Refused):
        review.review_report(actor=world["city"], report=fresh(report), name="accept", now=now)
    review.review_report(actor=world["province"], report=fresh(report), name="accept", now=now)

    assert fresh(report).status == "accepted"
    versions = list(ReportVersion.objects.filter(report=report).order_by("number"))
    assert [version.number for version in versions] == [1, 2]
    assert [snapshots.differences(version) for version in versions] == [{}, {}]
