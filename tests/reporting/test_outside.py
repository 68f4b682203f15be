"""One fact, many forms: filled from a report, what is missing named, nothing typed twice."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from accounts.enums import Role, Scope
from reporting.models import ReportValue
from reporting.outside import FACTS, outside_form, outside_forms
from reporting.selectors.outside import filled_form, filled_forms
from tests.factories.accounts import person, with_token
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import open_cycle, report_for, type_all
from tests.factories.taxonomy import zhongshan


@pytest.fixture
def report(indicators, operator):
    zhongshan()
    platform = PlatformFactory(
        organisation=operator.organisations[0], floor_area_sqm="99.5", address="", is_demo=False
    )
    return report_for(platform, open_cycle())


def rows_of(report, slug):
    filled = filled_form(outside_form(slug), report)
    return {row.row.label: row for row in filled.rows}


def test_every_row_of_every_form_is_a_fact_of_ours():
    forms = outside_forms()

    assert [form.slug for form in forms] == [
        "gd-summary", "hefei-recheck", "hubei-filing", "linyi-filing", "luoyang-annual",
        "miit-ladder", "nrii-annual", "zhejiang-application",
    ]  # fmt: skip
    for form in forms:
        assert form.source != ""
        assert all((row.code != "") != (row.fact in FACTS) for row in form.rows)


def test_a_form_is_filled_from_the_report_and_the_register(report, operator):
    type_all(actor=operator, report=report)
    rows = rows_of(report, "linyi-filing")

    assert rows["平台名称"].words == report.platform.name
    assert (rows["固定场地面积（平方米）"].words, rows["固定场地面积（平方米）"].is_met) == (
        "1.5", False,
    )  # fmt: skip
    assert rows["服务企业数（家）"].source == "SRV-04 企业确认"
    assert rows["服务企业数（家）"].day is not None


def test_a_sum_over_two_years_needs_both(report, operator):
    type_all(actor=operator, report=report)
    before = report_for(report.platform, open_cycle(year=2025))
    income = report.cycle.indicators.get(code="SRV-12")

    ReportValue.objects.filter(report=report, indicator=income).update(number="150.5")
    ReportValue.objects.filter(report=before, indicator=income).delete()
    assert rows_of(report, "linyi-filing")["近两年中试服务收入（万元）"].words == ""
    ReportValue.objects.create(report=before, indicator=income, fill="C", number="49.5")
    row = rows_of(report, "linyi-filing")["近两年中试服务收入（万元）"]
    assert (row.words, row.is_met) == ("200", True)


def test_what_is_missing_says_where_to_fill_it_in(report):
    rows = rows_of(report, "linyi-filing")

    assert rows["地址"].url == reverse("platforms:edit", args=["platforms", report.platform.slug])
    fill = reverse("reporting:fill", args=[report.pk, "SAF"])
    assert rows["安全、质量事故数（起）"].url == f"{fill}#SAF-01"
    assert rows["环评安评手续齐备率（%）"].url == f"{fill}#SAF-03a"  # derived of what is missing


def test_forms_are_read_with_a_few_queries(report, django_assert_num_queries):
    filled_forms(report)
    with django_assert_num_queries(4):
        filled_forms(report)


def test_pages_and_files(report, operator):
    client = Client()
    client.force_login(operator)
    page = client.get(reverse("reporting:outside_forms", args=[report.pk])).content.decode()
    form = client.get(reverse("reporting:outside_form", args=[report.pk, "linyi-filing"]))
    files = {
        kind: client.get(reverse("reporting:download_form", args=[report.pk, "nrii-annual", kind]))
        for kind in ("xlsx", "docx")
    }
    unknown = client.get(reverse("reporting:outside_form", args=[report.pk, "nothing"]))

    assert page.count("可填") == 8
    assert "去补充" in form.content.decode()
    sheet = load_workbook(BytesIO(files["xlsx"].content)).worksheets[0]
    labels = [row[0].value for row in sheet.iter_rows()]
    assert "应入网仪器设备台数" in labels
    assert Document(BytesIO(files["docx"].content)).tables
    assert unknown.status_code == 404


def test_files_of_demo_platforms_say_so(report, operator):
    type(report.platform).objects.filter(pk=report.platform_id).update(is_demo=True)
    client = Client()
    client.force_login(operator)
    answer = client.get(reverse("reporting:download_form", args=[report.pk, "gd-summary", "xlsx"]))

    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert "演示数据" in [row[0].value for row in sheet.iter_rows(max_row=6)]


def test_strangers_get_no_form(report):
    client = Client()
    client.force_login(person(Role.OPERATOR))

    assert client.get(reverse("reporting:outside_forms", args=[report.pk])).status_code == 404


def test_forms_are_read_over_rest(report, operator, api):
    with_token(api, operator, Scope.REPORTS_READ)

    forms = {form["slug"]: form for form in api.get(f"/api/v1/reports/{report.pk}/forms/").json()}

    assert forms["linyi-filing"]["example"] is True
    (row,) = (row for row in forms["linyi-filing"]["rows"] if row["code"] == "CON-03")
    assert (row["minimum"], row["words"], row["is_met"]) == (300, "0", False)


def test_a_plan_is_written_over_rest(report, operator, api):
    with_token(api, operator, Scope.REPORTS_READ, Scope.REPORTS_WRITE)
    plan = [{"code": "SRV-02", "target": "5"}, {"code": "BAS-01", "target": "1"}]

    answer = api.post(f"/api/v1/reports/{report.pk}/plan/", {"plan": plan}, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["BAS-01"]
    shown = api.get(f"/api/v1/reports/{report.pk}/").json()["plan"]
    assert [(row["code"], row["target"]) for row in shown] == [("SRV-02", "5.0000")]
