"""The template out and in, losing nothing; the printed report."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from core.downloads import TYPES
from core.errors import DomainError
from core.files import files_of
from reporting.documents.content import printed
from reporting.documents.pdf import report_pdf
from reporting.documents.plan_sheet import PLAN
from reporting.documents.sheet import FIRST, MAIN, template_xlsx
from reporting.documents.word import report_docx
from reporting.models import AnnualReport
from reporting.selectors.sheets import lines_of, planned_of, values_of
from reporting.services import filling
from reporting.services.exchange import import_template
from reporting.services.filling import Typed
from reporting.services.review import attach_scan
from reporting.services.snapshots import build_snapshot
from tests.factories.platforms import PlatformFactory
from tests.factories.reporting import open_cycle, report_for, type_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]
ROWS = [{"kind": "自筹", "amount": "60.5"}, {"kind": "财政", "amount": "30"}]


@pytest.fixture
def report(operator):
    platform = PlatformFactory(organisation=operator.organisations[0])
    report = report_for(platform, open_cycle())
    type_all(actor=operator, report=report)
    typed = [Typed("CON-09a", ROWS), Typed("PLN-07", "=1+1 不是公式\n第二段"),
             Typed("FIN-01", "1234567.89")]  # fmt: skip
    assert filling.save_values(
        actor=operator, report=report, typed=typed, now=timezone.now()
    ).is_clean
    return report


def book_of(report):
    plan = planned_of(report)
    return load_workbook(BytesIO(template_xlsx(report, lines_of(report), plan, {})))


def bring(operator, report, book):
    buffer = BytesIO()
    book.save(buffer)
    upload = SimpleUploadedFile("模板.xlsx", buffer.getvalue(), TYPES["xlsx"])
    return import_template(actor=operator, report=report, upload=upload, now=timezone.now())


def row_of(book, code):
    sheet = book[MAIN]
    return next(r for r in range(FIRST, sheet.max_row + 1) if sheet.cell(r, 1).value == code)


def said(report):
    return {code: (row.value, row.null_reason, row.note) for code, row in values_of(report).items()}


def test_out_and_in_loses_nothing(operator, report):
    before = said(report)

    result = bring(operator, report, book_of(report))

    assert result.errors == []
    assert result.written == []
    assert said(report) == before


def test_text_is_never_a_formula(report):
    book = book_of(report)

    cell = book[MAIN].cell(row_of(book, "PLN-07"), 6)
    assert (cell.data_type, cell.value) == ("s", "=1+1 不是公式\n第二段")


def test_changed_cells_are_written(operator, report):
    book = book_of(report)
    book[MAIN].cell(row_of(book, "FIN-01"), 6).value = 88.8
    book[MAIN].cell(row_of(book, "BAS-06"), 6).value = "是"
    book["CON-09a"].append(["其他", 9.5])

    result = bring(operator, report, book)

    assert result.errors == []
    assert sorted(result.written) == ["BAS-06", "CON-09a", "FIN-01"]
    assert str(values_of(report)["FIN-01"].value) == "88.8000"
    assert values_of(report)["CON-09a"].value == [*ROWS, {"kind": "其他", "amount": "9.5"}]


def test_errors_name_their_cells_and_the_rest_is_kept(operator, report):
    book = book_of(report)
    places = {code: row_of(book, code) for code in ("FIN-01", "TAL-01", "TAL-04", "TAL-07")}
    book[MAIN].cell(places["FIN-01"], 6).value = "很多"
    book[MAIN].cell(places["TAL-01"], 7).value = "忘了"
    book[MAIN].cell(places["TAL-04"], 6).value = 4
    book[MAIN].cell(book[MAIN].max_row + 1, 1).value = "XXX-01"

    result = bring(operator, report, book)

    found = {error.place: error.message for error in result.errors}
    assert set(found) == {
        f"{MAIN}!F{places['FIN-01']}", f"{MAIN}!G{places['TAL-01']}",
        f"{MAIN}!A{book[MAIN].max_row}",
    }  # fmt: skip
    assert result.written == ["TAL-04"]
    assert str(values_of(report)["FIN-01"].value) == "1234567.8900"


def test_what_changed_since_is_not_overwritten(operator, report):
    book = book_of(report)
    filling.save_values(
        actor=operator, report=report, typed=[Typed("FIN-01", "5")], now=timezone.now()
    )
    book[MAIN].cell(row_of(book, "FIN-01"), 6).value = 7

    result = bring(operator, report, book)

    assert "没有覆盖" in result.errors[0].message
    assert values_of(report)["FIN-01"].value == 5


def test_the_plan_goes_out_and_in(operator, report):
    book = book_of(report)
    sheet = book[PLAN]
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["SRV-02"], 6).value = 77
    sheet.cell(rows["SRV-02"], 7).value = "走访企业"
    sheet.cell(rows["TAL-01"], 6).value = "很多"
    filling.save_plan(
        actor=operator, report=report, targets={"SRV-04": ("999", "")}, now=timezone.now()
    )

    result = bring(operator, report, book)

    planned = {row.code: (str(row.target), row.note) for row in report.plan_targets.all()}
    assert result.written == ["SRV-02 目标"]
    assert (planned["SRV-02"], planned["SRV-04"]) == (("77.0000", "走访企业"), ("999.0000", ""))
    assert [error.place for error in result.errors] == [
        f"{PLAN}!F{rows['SRV-04']}", f"{PLAN}!F{rows['TAL-01']}"
    ]  # fmt: skip
    assert "没有覆盖" in result.errors[0].message


def test_errors_of_lists_name_the_very_cell(operator, report):
    book = book_of(report)
    book["CON-09a"].cell(2, 2).value = "六十"

    result = bring(operator, report, book)

    assert [error.place for error in result.errors] == ["CON-09a!B2"]
    assert values_of(report)["CON-09a"].value == ROWS


def test_other_files_are_refused(operator, report):
    from openpyxl import Workbook

    with pytest.raises(DomainError, match="不是本平台的填报模板"):
        bring(operator, report, Workbook())
    book = book_of(report)
    book[MAIN].cell(FIRST - 1, 6).value = "数值"
    with pytest.raises(DomainError, match="表头"):
        bring(operator, report, book)


def test_printed_report_in_two_formats(report):
    content = printed(build_snapshot(report, now=timezone.now()), None)

    pdf, docx = report_pdf(content), report_docx(content)

    assert pdf.startswith(b"%PDF-")
    document = Document(BytesIO(docx))
    words = [cell.text for table in document.tables[:3] for cell in table._cells]
    assert "提交后生成" in words
    assert "1,234,567.89" in [
        c for group in content["groups"] for row in group["rows"] for c in row
    ]
    assert document.paragraphs[-1].text == "第二段"


def test_printed_text_is_data_and_not_markup():
    content = {
        "title": "#panic()", "name": "*甲*", "portal": "$x$", "owner": "_o_", "code": "#c",
        "verify": "#v", "is_demo": True,
        "facts": [["a", "#b"]], "groups": [], "plan": [["#let x = 1", "", "1", ""]],
        "plan_title": "t", "summary": "= 不是标题",
    }  # fmt: skip

    assert report_pdf(content).startswith(b"%PDF-")


def test_the_stamped_scan_is_a_picture_or_pdf(operator, report):
    AnnualReport.objects.update(status="province")
    report.refresh_from_db()

    def scanned(name, content):
        upload = SimpleUploadedFile(name, content)
        attach_scan(actor=operator, report=report, upload=upload, now=timezone.now())

    for name in ("盖章.txt", "盖章.pdf"):  # the second is none by its content
        with pytest.raises(DomainError) as refused:
            scanned(name, b"plain words")
        assert refused.value.field == "scan"
    assert not files_of(report).exists()

    scanned("盖章.pdf", b"%PDF-1.4\n%%EOF\n")
    assert files_of(report).get().name == "盖章.pdf"
