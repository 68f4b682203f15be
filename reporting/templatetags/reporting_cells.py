"""Cells of frozen rows in templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from core.models import StoredFile
from reporting.models import Publication, PublishedList, PublishedListRow, ReportingJob
from reporting.publishing.words import filled
from reporting.selectors import published_lists as selectors

register = template.Library()


@register.filter
def cell(data: Mapping[str, Any], name: str) -> Any:
    """The value under a key that only the row's columns know."""
    return data.get(name, "")


@register.filter
def cells_by(row: PublishedListRow, columns: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Label and text of each column of a line."""
    return row.cells(columns)


@register.filter
def job_of(edition: PublishedList) -> ReportingJob | None:
    """The job that makes an edition of a list."""
    return selectors.job_of(edition)


@register.filter
def filled_by(text: str, publication: Publication) -> str:
    """A chapter's text as it is printed, with the numbers of the snapshot."""
    return filled(text, (publication.snapshot or {}).get("numbers", {}))


@register.filter
def format_of(file: StoredFile) -> str:
    """PDF, Word, Excel, JSON, press kit."""
    names = {"docx": "Word", "xlsx": "Excel", "zip": "媒体资料包"}
    form = file.name.rsplit(".", 1)[-1]
    return names.get(form, form.upper())


@register.filter
def at(items: Sequence[Any], place: int) -> Any:
    """The item at a place."""
    return items[place]
