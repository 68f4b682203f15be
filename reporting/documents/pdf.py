"""PDF by typst with the fonts of a wheel: the same on every machine (ADR 6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from reporting.documents.charts import svg

TEMPLATE = Path(__file__).with_name("report.typ")
PUBLICATION = Path(__file__).with_name("publication.typ")
_FONTS: dict[str, Any] = {
    "font_paths": [Path(pylopdf_fonts_zh_cn.__file__).parent],
    "ignore_system_fonts": True,
}


def report_pdf(content: dict[str, Any]) -> bytes:
    """The printed report. Text reaches typst as data, never as markup."""
    return typst.compile(
        TEMPLATE,
        format="pdf",
        **_FONTS,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
    )


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
        data = json.dumps(content | {"chapters": chapters}, ensure_ascii=False)
        (folder / "data.json").write_text(data, "utf-8")
        main = folder / "main.typ"
        main.write_text(PUBLICATION.read_text("utf-8"), "utf-8")
        return typst.compile(main, format="pdf", root=folder, **_FONTS)


def chart_png(chart: Mapping[str, Any]) -> bytes:
    """The same drawing as a picture, for Word."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "chart.svg").write_text(svg(chart, is_print=True), "utf-8")
        main = folder / "main.typ"
        main.write_text(
            '#set page(width: auto, height: auto, margin: 2pt)\n#image("chart.svg", width: 110mm)'
        )
        return typst.compile(main, format="png", root=folder, ppi=144, **_FONTS)
