"""Publications as everybody reads them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from core.files import files_of
from reporting.access import PublicationAccess
from reporting.documents import FORMS
from reporting.documents.publication import comparable
from reporting.enums import PublicationKind
from reporting.models import Publication
from reporting.selectors import publications as selectors
from reporting.selectors.releases import PUBLICATIONS, subscription_of

PER_PAGE = 50


@require_GET
def publications(request: HttpRequest) -> HttpResponse:
    """Reports, handbooks and compilations, the last edition of each."""
    access = PublicationAccess(request.user)
    shelves = selectors.current_editions(access.visible())
    context = {"shelves": shelves, "access": access, "total": sum(len(r) for _, r in shelves),
               "subscription": subscription_of(request.user, PUBLICATIONS)}  # fmt: skip
    return render(request, "reporting/publications/index.html", context)


def find(request: HttpRequest, pk: int) -> tuple[PublicationAccess, Any]:
    """The access object and an edition that the reader may know of."""
    access = PublicationAccess(request.user)
    return access, get_object_or_404(access.visible().select_related("region", "cycle"), pk=pk)


@require_GET
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """One edition: cover, contents, chapters, definitions. A withdrawn one says why."""
    access, found = find(request, pk)
    is_read = access.reads_content(found)
    if not is_read or found.snapshot is None:
        context = {"publication": found, "access": access, "is_read": is_read}
        return render(request, "reporting/publications/closed.html", context)
    context = {
        "publication": found,
        "access": access,
        "snapshot": found.snapshot,
        "chapters": selectors.chapters_of(found),
        "definitions": selectors.definitions_of(found),
        "files": selectors.files_shown(found),
        "newer": selectors.newer_edition(found),
        "caution": comparable(found.snapshot),
        "is_annual": found.kind == PublicationKind.ANNUAL,
        "page": entries_of(request, found),
    }
    return render(request, "reporting/publications/publication.html", context)


def entries_of(request: HttpRequest, found: Publication) -> Any:
    """A page of the frozen entries: `?page=`, `?group=`."""
    rows = found.entries
    group = request.GET.get("group", "")
    rows = rows.filter(group=group) if group else rows
    per_page = PER_PAGE if found.kind == PublicationKind.ANNUAL else 10
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


@require_GET
def data(request: HttpRequest, pk: int) -> HttpResponse:
    """The appendix of a development report: each platform's main numbers."""
    access, found = find(request, pk)
    if not access.reads_content(found) or not (found.snapshot or {}).get("columns"):
        raise Http404
    page = entries_of(request, found)
    columns = found.snapshot["columns"]
    lines = [(row, [row.data["values"].get(c["code"]) for c in columns]) for row in page]
    context = {"publication": found, "page": page, "columns": columns, "lines": lines}
    return render(request, "reporting/publications/data.html", context)


@require_GET
def download(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """A stable address for each file."""
    access, found = find(request, pk)
    if form not in FORMS or not access.reads_content(found):
        raise Http404
    return redirect(get_object_or_404(files_of(found), name__endswith=f".{form}"))
