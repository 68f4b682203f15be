"""The demo year: complete, consistent, marked everywhere, and made once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction

from accounts.models import Organisation, User
from accounts.services.demo import load_demo_accounts
from cases.models import Case, CaseCall, CaseScore, Project
from core.access import SYSTEM
from core.errors import DomainError
from core.models import Event
from demands.models import Demand, Disclosure, FullReading
from platforms.models import (
    Appeal,
    Application,
    Assessment,
    Booking,
    FundingRecord,
    OpinionRequest,
    Platform,
    Programme,
    Recognition,
    SubsidyPlan,
    SubsidyYear,
    SupportTicket,
    TaxEligibility,
    UsageLog,
)
from platforms.services.schemes import sync_schemes
from policies.models import Topic
from portal.selectors.workbench import workbench_page
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
    RewardItem,
    RewardPlan,
)
from reporting.selectors.sheets import lines_of
from reporting.services.evaluation_schemes import load_schemes
from reporting.services.indicators import load_indicators
from reporting.services.snapshots import differences
from taxonomy.services import load_code_lists
from tests.factories.platforms import PlatformFactory
from tests.factories.policies import DocumentFactory
from tests.portal import claims

MARKED = (
    Recognition, Programme, Project, UsageLog, FundingRecord, SubsidyPlan, SupportTicket,
    TaxEligibility, Demand, Booking, ReportCycle, EvaluationRun, RewardPlan, Publication, User,
)  # fmt: skip
NOW = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo year once for all tests of this file, taken back at their end."""
    before = django_settings.DEMO_MODE, django_settings.MEDIA_ROOT
    with (
        time_machine.travel(NOW),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        django_settings.DEMO_MODE = True
        django_settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
        cache.clear()
        load_code_lists(now=NOW)
        load_indicators(actor=SYSTEM, rows=declared(), now=NOW)
        load_schemes(actor=SYSTEM, definitions=declared_schemes(), now=NOW)
        sync_schemes()
        load_demo_accounts(now=NOW)
        load_demo(now=NOW)
        real = PlatformFactory()
        DocumentFactory()
        yield load_demo_year(now=NOW), real
        transaction.set_rollback(True)
    django_settings.DEMO_MODE, django_settings.MEDIA_ROOT = before
    cache.clear()


@pytest.mark.django_db  # and by this mark a test database is made when the file runs alone
def test_demo_is_refused_outside_demo_mode(settings):
    settings.DEMO_MODE = False

    with pytest.raises(DomainError) as refused:
        load_demo(now=NOW)

    assert refused.value.code == "demo_mode"
    assert not Platform.objects.exists()


def test_demo_year_is_made_once(made):
    counts, _real = made

    invented = Project.objects.filter(number__startswith="YS").count()
    assert counts == {"演示平台": 16, "演示对接项目": invented, "演示年度填报": 2,
                      "演示清单": PublishedList.objects.count()}  # fmt: skip
    assert load_demo_year(now=NOW) == {"演示平台": 0}


def test_everything_of_the_demo_year_is_marked(made):
    _counts, real = made

    for model in MARKED:
        assert set(model.objects.values_list("is_demo", flat=True)) == {True}, model
    assert set(Platform.objects.exclude(pk=real.pk).values_list("is_demo", flat=True)) == {True}
    others = Organisation.objects.exclude(pk=real.organisation_id)
    assert set(others.values_list("is_demo", flat=True)) == {True}
    assert Case.objects.count() == Case.objects.filter(project__is_demo=True).count() == 6
    assert {row.is_demo for model in (CaseCall, Topic) for row in model.objects.all()} == {True}
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
    # seven asked, two out of challenges
    assert Project.objects.filter(started_by=people["enterprise"]).count() == 9


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
    run = EvaluationRun.objects.get(scheme_slug="running")
    report = Publication.objects.get(kind="annual")

    results = EvaluationResult.objects.in_force().filter(round__run=run)
    assert (run.status, run.is_demo, results.count()) == ("published", True, 17)
    assert (report.status, report.is_demo, report.year) == ("published", True, 2024)


def test_lists_are_published_with_a_difference_and_marked(made):
    editions = PublishedList.objects.order_by("pk")
    first, second = editions.filter(kind="platforms")

    # demands are those of the starting data, which is not loaded here
    assert {row.kind for row in editions} == {
        "platforms", "supply", "projects", "products", "strong",
    }  # fmt: skip
    assert {(row.status, row.is_demo) for row in editions} == {("published", True)}
    assert second.previous == first
    assert second.added_count > 0
    assert (second.removed_count, first.row_count > 0) == (1, True)
    assert not Event.objects.filter(name="reporting.list.published", completed_at=None).exists()


def test_nothing_is_missing_from_the_workbenches(made):
    missing = {}
    for account in ("enterprise", "operator", "province", "city", "department", "broker",
                    "reviewer"):  # fmt: skip
        (panel,) = workbench_page(User.objects.get(email=f"{account}@demo.example")).panels
        missing[account] = {item.label for item in panel.items if not item.count}

    # no neighbour is read in the demo, and nothing is late in the city but at its own level
    assert {account: labels for account, labels in missing.items() if labels} == {
        "province": {"两边都改过的同步记录"}, "city": {"其他环节超过办理时限的申报"},
    }  # fmt: skip


def test_applications_stand_at_every_stage(made):
    rows = Application.objects.values_list("programme__slug", "status")

    assert Counter(rows) == {
        ("demo-batch", "city"): 1, ("demo-batch", "province"): 1, ("demo-batch", "publicity"): 1,
        ("demo-challenge", "returned"): 1, ("demo-challenge", "experts"): 2,
        ("demo-challenge", "rejected"): 1, ("demo-challenge", "recognised"): 1,
    }  # fmt: skip
    assert Appeal.objects.filter(status="open").count() == 2
    assert Application.objects.filter(stage_due_at__lt=NOW).count() == 2


def test_departments_were_asked_and_have_answered(made):
    found = Counter(OpinionRequest.objects.values_list("application__status", "status"))

    assert found == {
        ("city", "asked"): 1, ("city", "answered"): 1, ("province", "answered"): 2,
        ("publicity", "merged"): 2, ("experts", "asked"): 1,
    }  # fmt: skip
    assert OpinionRequest.objects.filter(status="asked", due_at__lt=NOW).count() == 2


def test_what_was_won_is_built_and_assessed(made):
    rows = Assessment.objects.values_list("recognition__status", "kind", "result")

    assert Counter(rows) == {
        ("building", "midterm", ""): 1, ("building", "acceptance", ""): 1,
        ("active", "midterm", ""): 2, ("active", "midterm", "passed"): 1,
    }  # fmt: skip
    assert Assessment.objects.exclude(extension_asked_date=None).count() == 1


def test_subsidies_fall_and_are_paid_into_the_ledger(made):
    paid = SubsidyYear.objects.filter(status="paid").select_related("funding")

    assert Counter(SubsidyYear.objects.values_list("year", "status")) == {
        (2025, "paid"): 3, (2026, "waiting"): 1, (2026, "payable"): 1, (2026, "withheld"): 1,
        (2027, "waiting"): 3,
    }  # fmt: skip
    assert {(row.funding.amount_yuan, row.funding.is_demo) for row in paid} == {(500_000, True)}


def test_import_tax_proof_can_be_checked_by_anybody(made, client):
    valid, ended = TaxEligibility.objects.order_by("pk")

    pages = [client.get(row.get_absolute_url()).content.decode() for row in (valid, ended)]
    assert [("演示数据" in page, "已停止" in page) for page in pages] == [
        (True, False),
        (True, True),
    ]


def test_calls_take_entries_and_marks(made):
    opened, scoring = CaseCall.objects.order_by("pk")
    expert = User.objects.get(email="reviewer@demo.example")

    assert (opened.status, opened.entries.count()) == ("open", 2)
    assert (scoring.status, scoring.entries.count()) == ("scoring", 3)
    marked = CaseScore.objects.filter(entry__call=scoring)
    assert (marked.count(), marked.filter(reviewer=expert).count()) == (4, 1)


def test_tickets_stand_at_every_step(made):
    raised = SupportTicket.objects.filter(origin="")

    assert Counter(raised.values_list("status", flat=True)) == {
        "submitted": 1, "handling": 2, "answered": 1, "closed": 1,
    }  # fmt: skip


def test_a_result_is_contested_and_a_reward_decided(made):
    run = EvaluationRun.objects.get(status="publicity")
    items = RewardItem.objects.filter(plan__status="decided")

    assert (run.disputes.count(), run.comments.count(), run.agency) == (1, 1, "演示第三方机构")
    assert items.exists()
    assert set(items.values_list("funding__is_demo", "funding__paid_date")) == {(True, None)}


def test_confidential_demands_are_asked_for_promised_and_read(made):
    steps = Disclosure.objects.order_by("status").values_list("status", flat=True)

    assert list(steps) == ["granted", "promised", "requested"]
    assert FullReading.objects.get().count == 2
    assert not Demand.objects.filter(disclosures__isnull=False, is_demo=False).exists()


def test_every_public_claim_has_a_definition_and_a_date(made):
    pages = list(claims.public_pages())

    assert len({page.view for page in pages}) > 40
    assert [fault for page in pages for fault in claims.faults(page)] == []
    assert claims.dead_definitions(pages) == []
