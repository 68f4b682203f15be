"""Reports of dead listings: anybody, a few an hour, closed by operator or staff."""

import pytest
from django.contrib.auth.models import AnonymousUser

from core.errors import DomainError, Refused
from platforms.models import ListingReport
from platforms.services import close_report, report_listing
from platforms.services.reports import REPORTS_PER_HOUR
from tests.factories.platforms import ReportFactory

VISITOR = AnonymousUser()


def report(platform, now, **extra):
    values = {"actor": VISITOR, "kind": "contact", "client": "203.0.113.9", **extra}
    return report_listing(platform=platform, now=now, **values)


def test_a_visitor_may_report(platform, now):
    made = report(platform, now, note=" 空号 ", page="/platforms/x/")

    assert (made.note, made.status, made.reported_by) == ("空号", "open", None)


def test_a_person_who_reports_is_known(operator, platform, now):
    assert report(platform, now, actor=operator).reported_by == operator


def test_reports_are_limited_for_each_sender(platform, now):
    for _ in range(REPORTS_PER_HOUR):
        report(platform, now)

    with pytest.raises(DomainError, match="过于频繁"):
        report(platform, now)
    report(platform, now, client="203.0.113.10")

    assert ListingReport.objects.count() == REPORTS_PER_HOUR + 1


def test_a_report_needs_a_known_kind(platform, now):
    with pytest.raises(DomainError) as caught:
        report(platform, now, kind="nonsense")

    assert caught.value.field == "kind"
    assert not ListingReport.objects.exists()


def test_reports_are_closed_once(operator, staff, stranger, platform, now):
    waiting = ReportFactory(platform=platform)
    with pytest.raises(Refused):
        close_report(actor=stranger, report=waiting, name="resolve", now=now)
    with pytest.raises(Refused):
        close_report(actor=operator, report=waiting, name="dismiss", now=now, reason="不实")

    close_report(actor=operator, report=waiting, name="resolve", now=now)

    waiting.refresh_from_db()
    assert waiting.status == "resolved"
    with pytest.raises(DomainError, match="已更正"):
        close_report(actor=staff, report=waiting, name="dismiss", now=now, reason="不实")
