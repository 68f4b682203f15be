"""A filled form of another government as XLSX and DOCX: each row with its source and day."""

from __future__ import annotations

from docx import Document
from docx.shared import RGBColor
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from core.downloads import bytes_of
from reporting.documents.word import BODY, HEAD, _font, _table
from reporting.models import AnnualReport
from reporting.selectors.outside import FilledForm, FilledRow

COLUMNS = ["栏目", "内容", "要求", "数据来源", "日期"]
WIDTHS = [34, 40, 18, 24, 14]
MISSING = "（待补充）"


def _cells(row: FilledRow) -> list[str]:
    wanted = "" if row.row.minimum is None else f"不低于 {row.row.minimum:g}"
    if row.is_met is not None:
        wanted += "，达到" if row.is_met else "，未达到"
    return [row.row.label, row.words or MISSING, wanted, row.source, row.day.isoformat()
            if row.day else ""]  # fmt: skip


def _heads(filled: FilledForm, report: AnnualReport) -> list[str]:
    """Title, whose report, remarks: what is invented says so."""
    remarks = ["版式为示例，以主管部门印发的表格为准。"] if filled.form.example else []
    if report.platform.is_demo:
        remarks.insert(0, "演示数据")
    return [
        filled.form.name,
        f"{report.platform} {report.cycle.year} 年度",
        f"依据：{filled.form.source}",
        *remarks,
    ]


def form_xlsx(filled: FilledForm, report: AnnualReport) -> bytes:
    """One sheet: section by section."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = filled.form.name[:31]
    lines: list[tuple[list[str], bool]] = [
        ([text], place == 0) for place, text in enumerate(_heads(filled, report))
    ]
    lines.append((COLUMNS, True))
    for name, rows in filled.sections:
        lines.append(([name], True))
        lines += [(_cells(row), False) for row in rows]
    for number, (cells, is_head) in enumerate(lines, 1):
        for place, text in enumerate(cells, 1):
            cell = sheet.cell(number, place, text)
            cell.data_type = "s"  # a spreadsheet will not run what somebody typed as a formula
            cell.alignment = Alignment(wrap_text=len(cells) > 1, vertical="top")
            cell.font = Font(bold=is_head)
    for place, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    return bytes_of(book)


def form_docx(filled: FilledForm, report: AnnualReport) -> bytes:
    """Headings and tables."""
    document = Document()
    _font(document.styles["Normal"], BODY, 10.5)
    for level in (0, 1):
        _font(document.styles["Title" if level == 0 else "Heading 1"], HEAD, 16 - 2 * level)
    title, *remarks = _heads(filled, report)
    document.add_heading(title, level=0)
    for text in remarks:
        run = document.add_paragraph(text).runs[0]
        if text == "演示数据":
            run.font.color.rgb = RGBColor(0xC0, 0, 0)
    for name, rows in filled.sections:
        document.add_heading(name, level=1)
        _table(document, COLUMNS, [_cells(row) for row in rows])
    return bytes_of(document)
