"""A publication as DOCX: real headings and tables, charts as pictures, notes as superscripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.shared import Mm, Pt, RGBColor

from core.downloads import bytes_of
from reporting.documents.pdf import charts_png
from reporting.documents.word import BODY, HEAD, _font

RED = RGBColor(0xB4, 0x2A, 0x26)
DEMO = "演示数据"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Rows = Sequence[Sequence[str]]


def publication_docx(content: dict[str, Any]) -> bytes:
    """The whole publication."""
    document = Document()
    _font(document.styles["Normal"], BODY, 10.5)
    for level in (0, 1, 2, 3):
        _font(document.styles["Title" if level == 0 else f"Heading {level}"], HEAD, 20 - 3 * level)
    _cover(document, content)
    drawn = [block["chart"] for chapter in content["chapters"] for block in chapter["blocks"]
             if block["chart"]]  # fmt: skip
    pictures = iter(charts_png(drawn))
    for chapter in content["chapters"]:
        _chapter(document, content, chapter, pictures)
    for group in content["entries"]:
        document.add_heading(group["title"], level=1)
        for entry in group["entries"]:
            _entry(document, entry)
    if content["appendix"]:
        _turned(document, is_wide=True)
        document.add_heading(content["appendix"]["title"], level=1)
        add_table(document, content["appendix"]["head"], content["appendix"]["rows"], size=14)
        _turned(document, is_wide=False)
    if content["definitions"]:
        document.add_heading("附录二　指标口径", level=1)
        add_table(document, content["heads"]["definitions"], content["definitions"])
    return bytes_of(document)


def _cover(document: Any, content: dict[str, Any]) -> None:
    header = document.sections[0].header.paragraphs[0]
    header.add_run(f"{content['portal']}　{content['title']}").font.size = Pt(8)
    if content["is_demo"]:
        mark = header.add_run(f"　{DEMO}")
        mark.font.color.rgb, mark.font.bold = RED, True
    document.add_heading(content["title"], level=0)
    document.add_paragraph(content["edition"])
    if content["is_demo"]:
        document.add_paragraph(DEMO).runs[0].font.color.rgb = RED
    add_table(document, None, content["facts"], size=20)
    if content["note"]:
        document.add_paragraph(content["note"])
    document.add_paragraph(content["owner"])
    document.add_page_break()


def _turned(document: Any, *, is_wide: bool) -> None:
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    long, short = Mm(297), Mm(210)
    section.page_width, section.page_height = (long, short) if is_wide else (short, long)


def _chapter(
    document: Any, content: dict[str, Any], chapter: dict[str, Any], pictures: Iterator[bytes]
) -> None:
    document.add_heading(chapter["title"], level=1)
    for parts in chapter["paragraphs"]:
        paragraph = document.add_paragraph()
        for words, reference in parts:
            paragraph.add_run(words)
            if reference:
                paragraph.add_run(f"[{reference}]").font.superscript = True
    if chapter["numbers"]:
        document.add_heading(chapter["label"], level=2)
        add_table(document, content["heads"]["numbers"], chapter["numbers"])
    for block in chapter["blocks"]:
        document.add_heading(block["title"], level=2)
        if block["chart"]:
            document.add_picture(BytesIO(next(pictures)), width=Mm(110))
        if block["rows"]:
            add_table(document, block["head"], block["rows"])
        if block["note"]:
            document.add_paragraph(block["note"])


def _entry(document: Any, entry: dict[str, Any]) -> None:
    mark = f"（{DEMO}）" if entry["is_demo"] else ""
    document.add_heading(entry["title"] + mark, level=2)
    add_table(document, None, entry["facts"])
    for text in (entry.get("summary", ""), entry.get("result", "")):
        if text:
            document.add_paragraph(text)
    if entry.get("outcomes"):
        add_table(document, ["企业确认的成果", "说明", "日期", "证据等级"], entry["outcomes"])
    for offer in entry.get("capabilities", []):
        document.add_heading(offer["title"], level=3)
        if offer["text"]:
            document.add_paragraph(offer["text"])
        add_table(document, None, [*offer["facts"], *offer["parameters"]])


def add_table(document: Any, head: Sequence[str] | None, rows: Rows, *, size: int = 16) -> None:
    """A table written as XML at once: cell by cell, thousands of rows would take minutes.

    `size` is in half points.
    """
    lines = [*([head] if head else []), *rows]
    if not lines:
        return
    columns = len(lines[0])
    looks = f'<w:rPr><w:sz w:val="{size}"/></w:rPr>'
    bold = f'<w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr>'
    xml = [
        f'<w:tbl xmlns:w="{NAMESPACE}"><w:tblPr><w:tblStyle w:val="TableGrid"/>',
        '<w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid>',
        "<w:gridCol/>" * columns,
        "</w:tblGrid>",
    ]
    for place, line in enumerate(lines):
        is_head = bool(head) and place == 0
        xml.append("<w:tr><w:trPr><w:tblHeader/></w:trPr>" if is_head else "<w:tr>")
        look = bold if is_head else looks
        for text in line:
            words = escape(_printable(str(text)))
            xml.append(
                f'<w:tc><w:p><w:r>{look}<w:t xml:space="preserve">{words}</w:t></w:r></w:p></w:tc>'
            )
        xml.append("</w:tr>")
    xml.append("</w:tbl>")
    # before the section's own properties, which Word wants last
    document.element.body.insert_element_before(parse_xml("".join(xml)), "w:sectPr")
    document.add_paragraph()


def _printable(text: str) -> str:
    """Without the control characters that XML does not know."""
    return "".join(char for char in text if char >= " " or char in "\n\t")
