"""The demo year: complete, consistent, marked everywhere, and made once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction

from accounts.models import Organisation, User
from accounts.services.demo import load_demo_accounts
from cases.models import Case, Project
from core.access import SYSTEM
from core.models import Event
from demands.models import Demand
from platforms.models import FundingRecord, Platform, Recognition, UsageLog
from platforms.services.schemes import sync_schemes
from portal.services import load_demo
from portal.services.demo_year import load_demo_year
from reporting.access import AnnualReportAccess
from reporting.catalogue import declared, declared_schemes
from reporting.models import (
    AnnualReport,
    EvaluationResult,
    EvaluationRun,
    Publication,
    PublishedList,
    ReportCycle,
    ReportVersion,
)
from reporting.selectors.sheets import lines_of
from reporting.services.evaluation_schemes import load_schemes
from reporting.services.indicators import load_indicators
from reporting.services.snapshots import differences
from taxonomy.services import load_code_lists
from tests.factories.platforms import PlatformFactory
from tests.portal import claims

NOW = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The demo year once for all tests of this file, taken back at their end."""
    before = django_settings.DEMO_MODE
    with django_db_blocker.unblock(), transaction.atomic():
        django_settings.DEMO_MODE = True
        cache.clear()
        load_code_lists(now=NOW)
        load_indicators(actor=SYSTEM, rows=declared(), now=NOW)
        load_schemes(actor=SYSTEM, definitions=declared_schemes(), now=NOW)
        sync_schemes()
        load_demo_accounts(now=NOW)
        load_demo(now=NOW)
        real = PlatformFactory()
        yield load_demo_year(now=NOW), real
        transaction.set_rollback(True)
    django_settings.DEMO_MODE = before
    cache.clear()


def test_demo_year_is_made_once(made):
    counts, _real = made

    assert counts == {"演示平台": 16, "演示对接项目": Project.objects.count(), "演示年度填报": 2,
                      "演示清单": PublishedList.objects.count()}  # fmt: skip
    assert load_demo_year(now=NOW) == {"演示平台": 0}


def test_everything_of_the_demo_year_is_marked(made):
    _counts, real = made

    for model in (Recognition, Project, UsageLog, FundingRecord, Demand, ReportCycle, User):
        assert set(model.objects.values_list("is_demo", flat=True)) == {True}, model
    assert set(Platform.objects.exclude(pk=real.pk).values_list("is_demo", flat=True)) == {True}
    others = Organisation.objects.exclude(pk=real.organisation_id)
    assert set(others.values_list("is_demo", flat=True)) == {True}
    assert Case.objects.count() == Case.objects.filter(project__is_demo=True).count() == 5
    assert all("演示" in name for name in others.values_list("name", flat=True))


def test_real_platforms_have_no_part_in_it(made):
    _counts, real = made

    assert not real.annual_reports.exists()
    assert not real.projects.exists()


def test_reports_stand_at_every_step(made):
    found = {
        year: Counter(
            AnnualReport.objects.filter(cycle__year=year).values_list("status", flat=True)
        )
        for year in (2024, 2025)
    }

    assert found == {
        2024: {"accepted": 16, "filling": 1},
        2025: {"accepted": 4, "province": 3, "city": 4, "returned": 2, "filling": 4},
    }
    assert AnnualReport.objects.overdue(today=NOW.date()).count() == 6


def test_sign_ins_have_something_to_do(made):
    people = {name: User.objects.get(email=f"{name}@demo.example") for name in
              ("operator", "city", "province", "enterprise")}  # fmt: skip
    waiting = AnnualReportAccess(people["operator"]).visible().filter(status="filling")
    in_city = AnnualReportAccess(people["city"]).visible().filter(status="city")
    in_province = AnnualReportAccess(people["province"]).visible().filter(status="province")

    assert [report.due_date.isoformat() for report in waiting] == ["2026-12-13"]
    assert (in_city.count(), in_province.count()) == (2, 3)
    assert Project.objects.filter(started_by=people["enterprise"]).count() == 3


def test_submitted_reports_hold_every_rule_and_can_be_recomputed(made):
    for report in AnnualReport.objects.filter(status="accepted", cycle__year=2025):
        assert [f for line in lines_of(report) for f in line.findings if f.blocks] == []
    versions = ReportVersion.objects.filter(report__cycle__year=2025)
    assert versions.count() == 13
    assert {version.pk: differences(version) for version in versions} == {
        version.pk: {} for version in versions
    }


def test_nobody_is_told_of_the_closed_year(made):
    closed = AnnualReport.objects.filter(cycle__year=2024).values_list("pk", flat=True)
    news = Event.objects.filter(name__startswith="reporting.report.", completed_at=None)

    assert not set(news.values_list("payload__report_id", flat=True)) & set(closed)
    assert news.exists()


def test_the_closed_year_is_evaluated_and_published(made):
    run, report = EvaluationRun.objects.get(), Publication.objects.get()

    results = EvaluationResult.objects.in_force().filter(round__run=run)
    assert (run.status, run.is_demo, results.count()) == ("published", True, 17)
    assert (report.status, report.is_demo, report.year) == ("published", True, 2024)


def test_lists_are_published_with_a_difference_and_marked(made):
    editions = PublishedList.objects.order_by("pk")
    first, second = editions.filter(kind="platforms")

    # demands are those of the starting data, which is not loaded here
    assert {row.kind for row in editions} == {"platforms", "supply", "projects", "strong"}
    assert {(row.status, row.is_demo) for row in editions} == {("published", True)}
    assert second.previous == first
    assert second.added_count > 0
    assert (second.removed_count, first.row_count > 0) == (1, True)
    assert not Event.objects.filter(name="reporting.list.published", completed_at=None).exists()


def test_every_public_claim_has_a_definition_and_a_date(made):
    pages = list(claims.public_pages())

    assert len({page.view for page in pages}) > 40
    assert [fault for page in pages for fault in claims.faults(page)] == []
    assert claims.dead_definitions(pages) == []
