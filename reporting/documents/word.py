"""DOCX for editing: headings, tables, Chinese fonts named so that Word finds its own."""

from __future__ import annotations

from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from core.downloads import bytes_of

BODY, HEAD = "宋体", "黑体"
TABLE = ["代码", "指标", "数值", "单位", "来源", "说明"]


def report_docx(content: dict[str, Any]) -> bytes:
    """The printed report as DOCX."""
    document = Document()
    _font(document.styles["Normal"], BODY, 10.5)
    for level in (0, 1, 2):
        _font(document.styles["Title" if level == 0 else f"Heading {level}"], HEAD, 16 - 2 * level)
    document.add_heading(f"{content['name']}{content['title']}", level=0)
    if content["is_demo"]:
        document.add_paragraph("演示数据").runs[0].font.color.rgb = RGBColor(0xC0, 0, 0)
    _table(document, None, [list(pair) for pair in content["facts"]])
    for group in content["groups"]:
        document.add_heading(group["name"], level=1)
        _table(document, TABLE, group["rows"])
    if content["plan"]:
        document.add_heading(content["plan_title"], level=1)
        _table(document, ["指标", "单位", "目标", "措施"], content["plan"])
    if content["summary"]:
        document.add_heading("年度总结", level=1)
        for part in content["summary"].split("\n"):
            document.add_paragraph(part)
    return bytes_of(document)


def _font(style: Any, name: str, size: float) -> None:
    style.font.name = name
    style.font.size = Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _table(document: Any, head: list[str] | None, rows: list[list[str]]) -> None:
    lines = [*([head] if head else []), *rows]
    table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Table Grid")
    # row.cells and cell() walk the whole table each time; its XML is walked once
    for line, row in zip(lines, table._tbl.tr_lst, strict=True):
        for text, cell in zip(line, row.tc_lst, strict=True):
            cell.p_lst[0].add_r().text = str(text)
