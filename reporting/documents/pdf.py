"""PDF by typst with the fonts of a wheel: the same on every machine (ADR 6)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from reporting.documents.charts import Chart, print_colours, svg

HERE = Path(__file__).parent
STYLE = "style.typ"
PRINT_PPI, PRESS_PPI = 144, 300
_FONTS: dict[str, Any] = {
    "font_paths": [Path(pylopdf_fonts_zh_cn.__file__).parent],
    "ignore_system_fonts": True,
}


def report_pdf(content: dict[str, Any]) -> bytes:
    """The printed report. Text reaches typst as data, never as markup."""
    with TemporaryDirectory() as name:
        return _compiled(Path(name), "report.typ", content)


def publication_pdf(content: dict[str, Any]) -> bytes:
    """A publication with its charts drawn as SVG; everything typst reads lies in one folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        place = 0
        chapters = []
        for chapter in content["chapters"]:
            blocks = []
            for block in chapter["blocks"]:
                if block["chart"]:
                    place += 1
                    drawn = folder / f"chart-{place}.svg"
                    drawn.write_text(svg(block["chart"], is_print=True), "utf-8")
                    block = block | {"image": drawn.name}
                blocks.append(block)
            chapters.append(chapter | {"blocks": blocks})
        return _compiled(folder, "publication.typ", content | {"chapters": chapters})


def list_pdf(content: dict[str, Any]) -> bytes:
    """An edition of a numbered list."""
    with TemporaryDirectory() as name:
        return _compiled(Path(name), "list.typ", content)


def _compiled(folder: Path, template: str, content: Mapping[str, Any]) -> bytes:
    """The template with its style and data in `folder`, as PDF."""
    data = json.dumps({**content, "colours": print_colours()}, ensure_ascii=False)
    (folder / "data.json").write_text(data, "utf-8")
    for part in (STYLE, template):
        (folder / part).write_bytes((HERE / part).read_bytes())
    return typst.compile(folder / template, format="pdf", root=folder, **_FONTS)


def charts_png(charts: Sequence[Chart], *, ppi: int = PRINT_PPI) -> list[bytes]:
    """The same drawings as pictures, for Word and for the press; one run of typst for all."""
    if not charts:
        return []
    with TemporaryDirectory() as name:
        folder = Path(name)
        pages = []
        for place, chart in enumerate(charts):
            (folder / f"{place}.svg").write_text(svg(chart, is_print=True), "utf-8")
            pages.append(f'#image("{place}.svg", width: 110mm)')
        main = folder / "main.typ"
        paper = "#set page(width: auto, height: auto, margin: 2pt)\n"
        main.write_text(paper + "\n#pagebreak()\n".join(pages))
        made = typst.compile(main, format="png", root=folder, ppi=ppi, **_FONTS)
        return made if isinstance(made, list) else [made]
