"""A form of another government, filled in from one report: nothing is typed twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.templatetags.portal_format import plain
from reporting.enums import NullReason
from reporting.models import AnnualReport
from reporting.outside import FACTS, OutsideForm, OutsideRow, outside_forms
from reporting.selectors.sheets import Line, lines_of

REGISTER = "平台登记"


@dataclass(frozen=True)
class FilledRow:
    """One row with its value in words, where that comes from, and where to fill it when empty."""

    row: OutsideRow
    words: str
    source: str  # indicator code and how it is filled, or the register
    day: date | None = None
    url: str = ""  # where to fill it in; empty when it is there
    is_met: bool | None = None  # of a line to reach; None when there is none or no value

    @property
    def is_filled(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True)
class FilledForm:
    form: OutsideForm
    sections: list[tuple[str, list[FilledRow]]]

    @property
    def rows(self) -> list[FilledRow]:
        return [row for _name, rows in self.sections for row in rows]

    @property
    def filled_count(self) -> int:
        return sum(row.is_filled for row in self.rows)

    @property
    def missing(self) -> list[FilledRow]:
        return [row for row in self.rows if not row.is_filled]


def filled_forms(report: AnnualReport) -> list[FilledForm]:
    """Every known form for the report. Reads the report once."""
    lines = {line.indicator.code: line for line in lines_of(report)}
    return [fill_form(form, report, lines) for form in outside_forms()]


def filled_form(form: OutsideForm, report: AnnualReport) -> FilledForm:
    """One form for the report."""
    return fill_form(form, report, {line.indicator.code: line for line in lines_of(report)})


def fill_form(form: OutsideForm, report: AnnualReport, lines: Mapping[str, Line]) -> FilledForm:
    """The form with every row that is known; `lines` are the report's by code."""
    sections: Sequence[Any] = form.sections
    return FilledForm(
        form, [(part.name, [_filled(row, report, lines) for row in part.rows]) for part in sections]
    )


def _filled(row: OutsideRow, report: AnnualReport, lines: Mapping[str, Line]) -> FilledRow:
    if row.fact:
        return _of_register(row, report)
    line = lines.get(row.code)
    if line is None:  # the cycle did not ask for it
        return FilledRow(row, "", row.code)
    inputs = [lines[code] for code in line.indicator.depends_on if code in lines]
    lacking = next((other for other in inputs if other.is_missing), None)
    words, number = _words(row, line) if lacking is None else ("", None)
    source = f"{row.code} {line.indicator.get_fill_display()}"
    if not words:
        return FilledRow(row, "", source, url=_where(report, lacking or line))
    is_met = None if row.minimum is None or number is None else number >= Decimal(row.minimum)
    return FilledRow(row, words, source, _day(line), is_met=is_met)


def _of_register(row: OutsideRow, report: AnnualReport) -> FilledRow:
    platform = report.platform
    words = str(getattr(platform, FACTS[row.fact][1]) or "")
    url = "" if words else reverse("platforms:edit", args=["platforms", platform.slug])
    return FilledRow(row, words, REGISTER, timezone.localdate(platform.updated_at), url)


def _words(row: OutsideRow, line: Line) -> tuple[str, Decimal | None]:
    """The value in words and, of a number, the number; a sum over years needs every year."""
    if row.years == 1:
        number = line.value if line.indicator.is_number else None
        reason = line.row.null_reason if line.row and line.value is None else ""
        return line.words or (str(NullReason(reason).label) if reason else ""), number
    last = line.last.effective if line.last else None
    if line.value is None or last is None:
        return "", None
    total: Decimal = line.value + last
    return plain(total), total


def _day(line: Line) -> date | None:
    at = line.row and (line.row.typed_at or line.row.computed_at)
    return timezone.localdate(at) if at else None


def _where(report: AnnualReport, line: Line) -> str:
    """Where the value is typed, else where it is told what it is made of."""
    if line.indicator.is_manual and line.is_missing:
        page = reverse("reporting:fill", args=[report.pk, line.indicator.group])
        return f"{page}#{line.indicator.code}"
    return reverse("reporting:value", args=[report.pk, line.indicator.code])
