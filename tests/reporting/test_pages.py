"""Pages and endpoints: who gets them, what they hold, that nothing typed is lost."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role, Scope
from core.models import ActivityLog
from reporting.models import AnnualReport, ReportCycle, ReportingJob
from reporting.selectors.sheets import values_of
from reporting.services import review
from tests.factories.accounts import person, with_token
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import PLAN, open_cycle, report_for, type_all
from tests.factories.taxonomy import guangdong, zhongshan
from tests.reporting.conftest import signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators", "demo_mode")]


@pytest.fixture
def report(operator):
    platform = PlatformFactory(organisation=operator.organisations[0])
    return report_for(platform, open_cycle())


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=guangdong())


def fresh(report):
    return AnnualReport.objects.select_related("cycle__region", "platform").get(pk=report.pk)


def test_pages_of_the_operator(operator, report):
    client = signed_in(operator)
    pk = report.pk
    pages = [
        url("reports"), url("report", pk), url("fill", pk, "CON"), url("plan", pk),
        url("check", pk),
        url("value", pk, "SRV-02"), url("value", pk, "SRV-13"), url("value", pk, "FIN-01"),
        url("import", pk), url("extension", pk), url("cycles"), url("cycle", report.cycle_id),
        url("download", pk, "xlsx"), url("download", pk, "docx"), url("download", pk, "json"),
        url("download", pk, "pdf"),
    ]  # fmt: skip

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert client.get(url("download", pk, "exe")).status_code == 404
    assert client.get(url("fill", pk, "XXX")).status_code == 404
    assert client.get(url("value", pk, "XXX-01")).status_code == 404
    assert client.get(url("monitoring")).status_code == 403


def test_pages_of_strangers(report, client):
    stranger = signed_in(person(Role.OPERATOR))

    assert stranger.get(url("report", report.pk)).status_code == 404
    assert stranger.get(url("cycle", report.cycle_id)).status_code == 404
    assert client.get(url("reports")).status_code == 302


def test_staff_may_read_and_not_fill(report, staff):
    client = signed_in(staff)

    assert client.get(url("report", report.pk)).status_code == 200
    assert client.get(url("fill", report.pk, "CON")).status_code == 403
    for name in ("cycles", "new_cycle", "jobs", "monitoring", "targets"):
        assert client.get(url(name)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries(count, staff):
    for _ in range(count):
        PlatformFactory()
    open_cycle()
    client = signed_in(staff)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url("reports"))

    assert page.context["total"] == count
    assert len(queries) == 13


def test_saving_a_group_keeps_good_and_bad(operator, report):
    client = signed_in(operator)
    data = {"TAL-01-value": "12", "TAL-02-value": "多", "TAL-07-null": "na", "TAL-07-version": "0"}

    page = client.post(url("fill", report.pk, "TAL"), data)

    body = page.content.decode()
    assert page.status_code == 200
    assert 'value="多"' in body
    assert "不是数字" in body
    assert values_of(report)["TAL-01"].value == 12
    assert values_of(report)["TAL-07"].null_reason == "na"


def test_rows_of_a_list_are_typed(operator, report):
    client = signed_in(operator)
    data = {"CON-09a-value-count": "3", "CON-09a-value-0-kind": "自筹",
            "CON-09a-value-0-amount": "12.5"}  # fmt: skip

    client.post(url("fill", report.pk, "CON"), data)

    assert values_of(report)["CON-09a"].value == [{"kind": "自筹", "amount": "12.5"}]


def test_a_conflict_is_shown_and_a_second_save_is_deliberate(operator, report):
    client = signed_in(operator)
    page = url("fill", report.pk, "TAL")
    client.post(page, {"TAL-01-value": "12", "TAL-01-version": "0"})

    told = client.post(page, {"TAL-01-value": "15", "TAL-01-version": "0"})
    assert "已改为“12”" in told.content.decode()
    assert values_of(report)["TAL-01"].value == 12
    again = told.context["form"]["TAL-01-version"].value()
    client.post(page, {"TAL-01-value": "15", "TAL-01-version": again})

    assert values_of(report)["TAL-01"].value == 15


def test_next_leads_to_the_next_group(operator, report):
    page = signed_in(operator).post(url("fill", report.pk, "TAL"), {"next": "1"})

    assert page.url == url("fill", report.pk, "CAP")


def test_plan_is_typed(operator, report):
    client = signed_in(operator)

    wrong = client.post(url("plan", report.pk), {"SRV-02-target": "多", "SRV-12-target": "3"})
    right = client.post(url("plan", report.pk), {f"{c}-target": v for c, v in PLAN.items()})

    assert "不是数字" in wrong.content.decode()
    assert right.status_code == 302
    assert {row.code: str(row.target) for row in report.plan_targets.all()}["SRV-12"] == "300.0000"


def test_a_year_walked_on_pages(operator, report, staff):
    client, official = signed_in(operator), signed_in(staff)
    early = client.post(url("move", report.pk, "submit"))
    assert early.url == url("check", report.pk)
    type_all(actor=operator, report=report)
    client.post(url("move", report.pk, "submit"))
    assert fresh(report).status == "city"

    official.post(url("comment", report.pk), {"code": "FIN-01", "body": "请附清单"})
    official.post(url("move", report.pk, "return"), {"reason": "材料不全"})
    comment = report.comments.get()
    assert "请附清单" in client.get(url("fill", report.pk, "FIN")).content.decode()
    client.post(url("resolve", comment.pk))
    client.post(url("evidence", report.pk, "FIN-01"),
                {"files": SimpleUploadedFile("a.txt", b"x", "text/plain")})  # fmt: skip
    type_all(actor=operator, report=fresh(report), FIN_01="1.20", FIN_01a="0.50")
    client.post(url("move", report.pk, "submit"))
    official.post(url("bulk"), {"ids": [report.pk], "pass": "1"})
    assert fresh(report).status == "province"
    official.post(url("bulk"), {"ids": [report.pk], "pass": "1"})

    assert fresh(report).status == "accepted"
    second = report.versions.get(number=2)
    page = client.get(url("version", report.pk, 2))
    assert {row.code for row in page.context["differences"]} >= {"FIN-01", "FIN-07"}
    assert page.context["defects"] == {}
    verified = Client().get(url("verified", second.verification_code))
    assert verified.context["found"].is_untouched
    assert Client().get(url("verified", "NOSUCHCODE00")).status_code == 404
    assert Client().get(url("verify"), {"code": " abc "}).url == url("verified", "ABC")


def test_extension_is_asked_and_granted(operator, report, staff):
    client, official = signed_in(operator), signed_in(staff)

    late = client.post(url("extension", report.pk), {"until_date": "2030-01-01", "reason": "忙"})
    client.post(url("extension", report.pk), {"until_date": "2027-04-30", "reason": "审计未完"})
    extension = report.extensions.get()
    official.post(url("answer_extension", extension.pk), {"decline": "1"})
    assert report.extensions.get().answer == "pending"  # declining wants a reason
    official.post(url("answer_extension", extension.pk), {"accept": "1"})

    assert "三个月以内" in late.content.decode()
    assert fresh(report).due_date.isoformat() == "2027-04-30"


def test_correction_is_asked_and_answered(operator, report, staff):
    client, official = signed_in(operator), signed_in(staff)
    page = url("value", report.pk, "CON-02")

    client.post(page, {"value": "9", "reason": "另有九台尚未登记"})
    official.post(url("answer_correction", report.pk, "CON-02"), {"accept": "1"})

    assert values_of(report)["CON-02"].effective == 9


def test_cycle_is_made_and_opened(staff, django_capture_on_commit_callbacks):
    PlatformFactory()
    shown = PlatformFactory(is_demo=True)  # the cycle of a demo account covers demo platforms
    client = signed_in(staff)
    form = {"year": "2026", "region": "440000", "opens_date": "2026-11-01",
            "due_date": "2026-10-01", "coverage": "published"}  # fmt: skip
    wrong = client.post(url("new_cycle"), form)
    client.post(url("new_cycle"), form | {"due_date": "2027-03-31"})
    cycle = ReportCycle.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("move_cycle", cycle.pk, "open"))

    assert "截止日期不能早于开始日期" in wrong.content.decode()
    assert cycle.is_demo
    assert [report.platform for report in cycle.reports.all()] == [shown]
    job = ReportingJob.objects.get()
    assert (job.status, job.percent, job.result["created"]) == ("done", 100, 1)
    assert client.get(url("job", job.pk)).status_code == 200
    assert client.get(url("job_progress", job.pk)).headers["HX-Refresh"] == "true"


def test_the_dates_of_a_cycle_are_mended(operator, report, staff):
    cycle = report.cycle
    page, days = url("edit_cycle", cycle.pk), {"opens_date": cycle.opens_date, "notice": "改期"}

    wrong = signed_in(staff).post(page, {**days, "due_date": cycle.opens_date - timedelta(days=1)})
    assert wrong.context["form"].errors == {"due_date": ["截止日期不能早于开始日期。"]}
    later = cycle.due_date + timedelta(days=10)
    assert signed_in(operator).post(page, {**days, "due_date": later}).status_code == 403
    cycle.refresh_from_db()
    assert cycle.notice == ""
    signed_in(staff).post(page, {**days, "due_date": later})

    assert fresh(report).due_date == later
    assert ActivityLog.objects.filter(action="reporting.reportcycle.edit").count() == 1


def test_api_reads_fills_and_submits(operator, report, api):
    with_token(api, operator, Scope.REPORTS_READ, Scope.REPORTS_WRITE)
    path = f"/api/v1/reports/{report.pk}/"
    assert api.get("/api/v1/report-cycles/").json()["count"] == 1
    assert api.get("/api/v1/reports/", {"status": "filling"}).json()["count"] == 1
    line = next(v for v in api.get(path).json()["values"] if v["code"] == "FIN-01")
    assert (line["value"], line["version"], line["findings"][0]["rule"]) == (None, 0, 4)

    values = [{"code": "FIN-01", "value": "12.50"}, {"code": "TAL-01", "value": "x"},
              {"code": "CON-02", "value": 5}]  # fmt: skip
    filled = api.post(f"{path}fill/", {"values": values}, format="json")
    stale = [{"code": "FIN-01", "value": 1, "version": 0}]
    clash = api.post(f"{path}fill/", {"values": stale}, format="json")

    assert filled.status_code == 400
    assert filled.json()["written"] == ["FIN-01"]
    assert filled.json()["errors"]["CON-02"]["code"] == "auto_value"
    assert (clash.status_code, clash.json()["conflicts"]) == (409, ["FIN-01"])
    assert api.post(f"{path}prefill/").status_code == 200
    assert api.post(f"{path}submit/").json()["code"] == "not_ready"
    type_all(actor=operator, report=report)
    assert api.post(f"{path}submit/").json()["status"] == "city"


def test_api_wants_scope_and_sight(operator, report, api):
    assert api.get("/api/v1/reports/").status_code in {401, 403}
    with_token(api, operator, Scope.REPORTS_READ)
    assert api.post(f"/api/v1/reports/{report.pk}/prefill/").status_code == 403
    other = person(Role.GOVERNMENT, region=zhongshan())
    assert review.AnnualReportAccess(other).visible().count() == 1
