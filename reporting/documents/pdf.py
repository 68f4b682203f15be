"""PDF by typst with the fonts of a wheel: the same on every machine (ADR 6)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

TEMPLATE = Path(__file__).with_name("report.typ")


def report_pdf(content: dict[str, Any]) -> bytes:
    """The printed report. Text reaches typst as data, never as markup."""
    return typst.compile(
        TEMPLATE,
        format="pdf",
        font_paths=[Path(pylopdf_fonts_zh_cn.__file__).parent],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
    )
