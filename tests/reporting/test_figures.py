"""Day counts behind portal indicators, figures of targets, recalled reports."""

from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.enums import Role, Scope
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import DayCount
from core.services import count_today
from platforms.models import Platform
from reporting import queries
from reporting.models import PortalValue, TargetFigure
from reporting.selectors.monitoring import policy_targets
from reporting.services import monitoring, review
from taxonomy.jurisdiction import load_jurisdiction
from tests.factories.accounts import OrganisationFactory, person, with_token
from tests.factories.cases import ProjectFactory
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import (
    ApplicationFactory,
    ChallengeItemFactory,
    RecognitionFactory,
)
from tests.factories.reporting import open_cycle, report_for, type_all
from tests.factories.taxonomy import chengdu, guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=guangdong())


@pytest.fixture
def city():
    return person(Role.GOVERNMENT, region=zhongshan())


@pytest.fixture
def submitted(operator, now):
    platform = PlatformFactory(organisation=operator.organisations[0])
    report = report_for(platform, open_cycle())
    type_all(actor=operator, report=report)
    return review.submit_report(actor=operator, report=report, now=now)


def value_of(code: str) -> PortalValue:
    return PortalValue.objects.get(indicator__code=code, indicator__is_current=True)


def test_counts_of_a_day_add_up(now):
    for _ in range(3):
        count_today(name="search-found", now=now)
    count_today(name="search-found", now=now - timedelta(days=1), by=5)

    counts = dict(DayCount.objects.values_list("day", "count"))
    today = timezone.localdate(now)
    assert counts == {today: 3, today - timedelta(days=1): 5}


def test_searches_are_counted_once_each(client: Client, now):
    for address in ("?q=无此物", "?q=无此物&kind=platforms", "?q=", "?q=无此物"):
        client.get(f"/search/{address}")
    monitoring.compute_portal_values(actor=SYSTEM, now=now)

    assert list(DayCount.objects.values_list("name", "count")) == [("search-empty", 2)]
    assert value_of("PRT-09").value == 100


def test_requests_of_partners_are_counted_by_partner(api, now):
    partner = person(Role.PARTNER, organisation=OrganisationFactory(name="某市平台"))
    with_token(api, partner, Scope.REPORTS_READ)
    for address in ("indicators/", "indicators/", "reports/999/"):
        api.get(f"/api/v1/{address}")
    monitoring.compute_portal_values(actor=SYSTEM, now=now)

    shown = value_of("PRT-17")
    assert shown.value == round(Decimal(200) / 3, 2)
    assert shown.detail["rows"] == [{"partner": "某市平台", "ok": 2, "failed": 1, "conflicts": 0}]


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        """Quiet."""


def test_probe_visits_the_home_page(settings, now):
    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SITE_URL = f"http://127.0.0.1:{server.server_port}"
    for _ in range(3):
        monitoring.probe_home(now=now)
    server.shutdown()
    server.server_close()
    monitoring.probe_home(now=now)
    monitoring.compute_portal_values(actor=SYSTEM, now=now)

    shown = value_of("PRT-16")
    assert (shown.value, shown.detail["n"]) == (75, 4)
    assert shown.detail["rows"][0] == {"name": "可用率", "value": "75.00%"}


def test_what_nobody_counts_is_not_zero(now):
    monitoring.compute_portal_values(actor=SYSTEM, now=now)

    assert {code: value_of(code).value for code in ("PRT-01", "PRT-09", "PRT-16", "PRT-17")} == {
        "PRT-01": None, "PRT-09": None, "PRT-16": None, "PRT-17": None,
    }  # fmt: skip


def test_demo_rows_stand_beside_and_never_in_the_value(now):
    late = now - timedelta(days=9)
    ProjectFactory(asked_at=late, reply_due_at=late)
    for _ in range(2):
        platform = PlatformFactory(is_demo=True)
        ProjectFactory(platform=platform, asked_at=late, reply_due_at=late, is_demo=True)
    monitoring.compute_portal_values(actor=SYSTEM, now=now)

    assert (value_of("PRT-06").value, value_of("PRT-06").detail) == (1, {"demo": "2"})
    assert (value_of("PRT-02").value, value_of("PRT-02").detail["demo"]) == (0, "0")


def figure(actor, **values):
    return monitoring.record_target_figure(
        actor=actor, **{"code": "TGT-G2", "value": Decimal(3), "as_of_date": date(2026, 6, 30),
                        "source": "某文件", "now": timezone.now()} | values,
    )  # fmt: skip


def test_a_target_without_records_shows_what_staff_entered(staff):
    guangdong()
    figure(staff, value=Decimal(9), as_of_date=date(2026, 1, 1))
    figure(staff)
    rows = {row.target.code: row for row in policy_targets(today=date(2026, 11, 22))}

    assert (rows["TGT-G2"].value, rows["TGT-G2"].figure.source) == (3, "某文件")
    assert (rows["TGT-G3"].value, rows["TGT-G3"].note[:3]) == (None, "未统计")
    assert rows["TGT-G1"].is_computed


def test_a_national_target_shows_what_a_public_source_knows_until_staff_know_better(staff):
    guangdong()

    def shown(today):
        rows = {row.target.code: row for row in policy_targets(today=today)}
        found = rows["TGT-M1"]
        return found.value, found.figure and found.figure.as_of_date

    assert shown(date(2025, 12, 20)) == (None, None)
    assert shown(date(2026, 11, 22)) == (21, date(2025, 12, 21))
    figure(staff, code="TGT-M1", value=Decimal(8), as_of_date=date(2025, 6, 30))
    assert shown(date(2026, 11, 22)) == (21, date(2025, 12, 21))
    figure(staff, code="TGT-M1", value=Decimal(25), as_of_date=date(2026, 6, 30))
    assert shown(date(2026, 11, 22)) == (25, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "TGT-G1"}, "computed"),
        ({"code": "TGT-X9"}, "unknown_target"),
        ({"as_of_date": date(2100, 1, 1)}, "future_date"),
        ({"source": " "}, "source_required"),
    ],
)
def test_a_figure_is_refused(staff, values, code):
    with pytest.raises(DomainError) as refused:
        figure(staff, **values)

    assert refused.value.code == code
    assert not TargetFigure.objects.exists()


def test_only_staff_enter_figures(operator):
    with pytest.raises(Refused):
        figure(operator)


def test_targets_are_read_over_rest(api, staff):
    guangdong()
    figure(staff)

    rows = {row["code"]: row for row in api.get("/api/v1/targets/").json()["results"]}

    assert rows["TGT-G2"]["value"] == "3.00"
    assert rows["TGT-G2"]["figure_date"] == "2026-06-30"
    assert rows["TGT-G3"]["value"] is None
    assert (rows["TGT-G3"]["body"], rows["TGT-M1"]["body"]) == ("", "工业和信息化部")


def test_a_target_names_who_answers_for_it(client):
    guangdong()

    page = client.get("/targets/").content.decode()

    assert page.count('data-label="责任单位" class="small">广东省发展和改革委员会') == 4
    assert page.count('data-label="责任单位" class="small">工业和信息化部') == 3


def test_every_target_is_computed_or_entered():
    """Nothing is promised that nobody could tell."""
    chengdu()
    rows = policy_targets(today=date(2026, 11, 22), jurisdiction=load_jurisdiction("chengdu"))

    assert {row.target.code for row in rows if not row.is_computed} == {"TGT-C2"}


def test_a_report_is_recalled_before_anybody_reviews_it(submitted, operator, now):
    recalled = review.recall_report(actor=operator, report=submitted, now=now)

    assert (recalled.status, recalled.versions.count()) == ("filling", 1)
    again = review.submit_report(actor=operator, report=recalled, now=now)
    assert (again.status, again.versions.count()) == ("city", 2)


def test_a_report_under_review_is_not_recalled(submitted, operator, city, now):
    review.add_comment(actor=city, report=submitted, body="请补充。", now=now)

    with pytest.raises(Refused, match="审核已经开始"):
        review.recall_report(actor=operator, report=submitted, now=now)
    submitted.refresh_from_db()
    assert submitted.status == "city"


def test_reviewers_cannot_recall(submitted, city, now):
    with pytest.raises(Refused):
        review.recall_report(actor=city, report=submitted, now=now)


def test_public_numbers_name_definition_moment_and_fill(client: Client):
    """House rule 6, on the page that every number links to."""
    cache.clear()
    page = client.get("/indicators/SRV-04/").content.decode()

    assert "按统一社会信用代码去重" in page
    assert "企业确认" in page


def test_challenges_won_in_the_year_are_counted(now):
    won, idle = PlatformFactory(), PlatformFactory()
    for year in (2025, 2026):
        item = ChallengeItemFactory()
        application = ApplicationFactory(
            programme=item.programme, challenge_item=item, platform=won, status="recognised"
        )
        RecognitionFactory(
            platform=won, application=application, decided_date=date(year, 5, 1),
            scheme=item.programme.scheme,
        )  # fmt: skip
    platforms = Platform.objects.filter(pk__in=[won.pk, idle.pk]).values("pk")
    scope = queries.Scope(platforms, date(2026, 1, 1), date(2026, 12, 31), "44", now)

    found = queries.answers(["challenges.won"], scope)["challenges.won"]

    assert (found[won.pk].value, found[idle.pk].value) == (1, None)
    (row,) = queries.rows_behind("challenges.won", won, scope)
    assert (row.label, row.day) == (item.title, date(2026, 5, 1))
