"""The one list page: filter, facets, table, sorting, paging, export and htmx partial."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import Any
from unicodedata import east_asian_width

import django_filters
import django_tables2
from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_tables2 import RequestConfig
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.counts import KeptPaginator
from core.downloads import send_file

MAX_EXPORT_ROWS = 10_000
MEASURED_ROWS = 100  # lines looked at for the widths of columns
WIDTHS = (8, 48)  # narrowest and widest column, in digits


def list_page(
    request: HttpRequest,
    *,
    queryset: QuerySet[Any],
    table_class: type[django_tables2.Table],
    template: str,
    filter_class: type[django_filters.FilterSet] | None = None,
    per_page: int = 20,
    export_name: str = "",
    paginator_class: Callable[..., Paginator[Any]] = KeptPaginator,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Render a list from a queryset that its access object has scoped.

    Context: `filter` (bound filterset or None), `facets`, `active_filters`, `table` (sorted,
    paged; `table.paginated_rows` for cards), `total`. `?export=csv|xlsx` sends the filtered rows,
    at most 10 000, when `export_name` is given. An htmx request gets the partial `rows` of the
    template. Wrong filters are shown at their field and do not narrow the list.
    """
    filterset = (
        filter_class(request.GET, queryset=queryset, request=request) if filter_class else None
    )
    rows = filterset.qs if filterset is not None and filterset.is_valid() else queryset
    table = table_class(rows)
    table.prefix = ""
    export = request.GET.get("export", "")
    if export_name and export in {"csv", "xlsx"}:
        RequestConfig(request, paginate=False).configure(table)
        return export_table(table, name=export_name, kind=export)
    paginate = {"per_page": per_page, "silent": True, "paginator_class": paginator_class}
    RequestConfig(request, paginate=paginate).configure(table)
    page = {
        "filter": filterset,
        "facets": getattr(filterset, "facet_list", []),
        "active_filters": active_filters(request, filterset),
        "table": table,
        "total": table.paginator.count,
        "can_export": bool(export_name),
        **(context or {}),
    }
    htmx = getattr(request, "htmx", None)
    is_partial = htmx is not None and bool(htmx) and not htmx.boosted
    return render(request, f"{template}#rows" if is_partial else template, page)


def active_filters(
    request: HttpRequest, filterset: django_filters.FilterSet | None
) -> list[dict[str, str]]:
    """The chosen filters as chips: label, value and the query string without it."""
    if filterset is None or not filterset.is_valid():
        return []
    chips = []
    for name, field in filterset.form.fields.items():
        for value in request.GET.getlist(name):
            if not value:
                continue
            query = request.GET.copy()
            query.setlist(name, [other for other in query.getlist(name) if other != value])
            query.pop("page", None)
            label, shown = _chosen(field, value)
            chips.append({"label": label, "value": shown, "query": query.urlencode()})
    return chips


def _chosen(field: forms.Field, value: str) -> tuple[str, str]:
    """One choice in words, as (label, value): a box that is ticked is its label alone."""
    label = str(field.label)
    if isinstance(field, forms.BooleanField):
        return "", label
    choices = dict(getattr(field, "choices", ()))
    return label, next((str(v) for k, v in choices.items() if str(k) == value), value)


def safe_cell(value: Any) -> Any:
    """A text cell that a spreadsheet will not run as a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return "" if value is None else value


def export_table(table: django_tables2.Table, *, name: str, kind: str) -> HttpResponse:
    """Send the table as UTF-8 CSV (with BOM, for Excel) or XLSX, with the day in its name."""
    filename = f"{name}-{timezone.localdate():%Y%m%d}.{kind}"
    rows = islice(table.as_values(), MAX_EXPORT_ROWS + 1)
    lines = ([safe_cell(cell) for cell in row] for row in rows)
    response: Any = send_file(b"", filename)
    if kind == "csv":
        response.write("\ufeff")
        csv.writer(response).writerows(lines)
        return response
    _workbook(lines, name[:31]).save(response)
    return response


def _workbook(lines: Iterable[list[Any]], title: str) -> Workbook:
    """A sheet that reads well as it opens: headings bold and in sight, columns wide enough."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    lines = iter(lines)
    first = list(islice(lines, MEASURED_ROWS))
    for place, column in enumerate(zip(*first, strict=False), start=1):
        widest = max(_width(str(cell)) for cell in column) + 2
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = min(max(widest, WIDTHS[0]), WIDTHS[1])
    sheet.freeze_panes = "A2"
    for number, line in enumerate(chain(first, lines)):
        sheet.append(line if number else bold_cells(sheet, line))
    return book


def bold_cells(sheet: Any, values: Iterable[Any]) -> list[WriteOnlyCell]:
    """A heading of a sheet that is written row by row."""
    cells = [WriteOnlyCell(sheet, value=value) for value in values]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _width(text: str) -> int:
    """How many digits wide a text is: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
