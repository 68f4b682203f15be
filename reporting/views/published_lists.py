"""Numbered lists: what everybody reads, and how the staff issue them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.counts import KeptPaginator
from core.downloads import send_file
from core.files import files_of
from core.lists import list_page
from core.refusals import carry_out, refusals_on, telling
from reporting.access import PublishedListAccess
from reporting.documents.lists import list_csv, list_json, stated
from reporting.enums import ListChange, ListKind
from reporting.filters import ListRowFilter
from reporting.forms import ListForm
from reporting.lists import LIST_TYPES
from reporting.models import PublishedList
from reporting.selectors import published_lists as selectors
from reporting.selectors.releases import subscription_of
from reporting.services import issuing
from reporting.services import published_lists as services
from reporting.services.releases import subscribe_releases, unsubscribe_releases
from reporting.tables import LinePages, ListRowTable, PublishedListTable
from taxonomy.jurisdiction import current_jurisdiction

HOME = "reporting:publications"
STREAMS = {"csv": list_csv, "json": list_json}


@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """Every kind of list with its latest edition."""
    access = PublishedListAccess(request.user)
    context = {"shelves": selectors.shelves(access.visible()), "access": access}
    return render(request, "reporting/lists/index.html", context)


@require_GET
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """All editions of one list."""
    if kind not in LIST_TYPES:
        raise Http404
    access = PublishedListAccess(request.user)
    rows = access.visible().filter(kind=kind, number__isnull=False)
    return list_page(
        request, queryset=selectors.editions(rows), table_class=PublishedListTable,
        template="reporting/lists/kind.html",
        context={"kind": kind, "label": ListKind(kind).label, "known": LIST_TYPES[kind],
                 "access": access, "subscription": subscription_of(request.user, kind)},
    )  # fmt: skip


def find(request: HttpRequest, kind: str, number: int) -> tuple[PublishedListAccess, Any]:
    """The access object and an edition that the reader may know of."""
    access = PublishedListAccess(request.user)
    rows = access.visible().select_related("region", "previous")
    return access, get_object_or_404(rows, kind=kind, number=number)


@require_GET
def edition(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One edition: its criteria, its rows, its files. A withdrawn one says why."""
    access, found = find(request, kind, number)
    is_read = access.reads_content(found)
    is_whole = is_read and not request.GET.get("q")
    rows = selectors.rows_of(found) if is_read else selectors.rows_of(found).none()
    return list_page(
        request, queryset=rows, per_page=50, table_class=ListRowTable,
        filter_class=ListRowFilter, template="reporting/lists/edition.html",
        paginator_class=partial(LinePages, edition=found) if is_whole else KeptPaginator,
        context={"edition": found, "access": access, "is_read": is_read,
                 "facts": stated(found), "files": list(files_of(found))},
    )  # fmt: skip


@require_GET
def changes(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """What came, left and changed since the edition before: `?show=`."""
    access, found = find(request, kind, number)
    if not access.reads_content(found) or found.previous is None:
        raise Http404
    show = request.GET.get("show", "added")
    show = show if show in selectors.DIFFERENCES else "added"
    page = selectors.difference_page(found, show, request.GET.get("page"))
    tabs = [
        {"label": str(ListChange(name).label), "url": f"?show={name}", "active": name == show,
         "count": getattr(found, f"{name}_count")}
        for name in selectors.DIFFERENCES
    ]  # fmt: skip
    rows = list(page)
    pairs = selectors.changes_of(found, rows) if show == "changed" else [(r, []) for r in rows]
    context = {"edition": found, "page": page, "tabs": tabs, "show": show, "pairs": pairs,
               "first": found.columns[0]["name"]}  # fmt: skip
    return render(request, "reporting/lists/changes.html", context)


@require_GET
def download(request: HttpRequest, kind: str, number: int, form: str) -> HttpResponse:
    """CSV and JSON row by row; the workbook that was made with the edition."""
    access, found = find(request, kind, number)
    if not access.reads_content(found):
        raise Http404
    if form in issuing.FILES:
        return redirect(get_object_or_404(files_of(found), name__endswith=f".{form}"))
    if form not in STREAMS:
        raise Http404
    return send_file(STREAMS[form](found), f"{found}.{form}")  # type: ignore[return-value]


@login_required
@require_POST
def subscribe(request: HttpRequest, kind: str) -> HttpResponse:
    """Be told of each new release of a kind, or no longer."""
    known = subscription_of(request.user, kind)
    now = timezone.now()
    with telling(request):
        if "cancel" not in request.POST:
            subscribe_releases(actor=request.user, kind=kind, now=now)
            messages.success(request, "已订阅，有新发布时通知您。")
        elif known is not None:
            unsubscribe_releases(actor=request.user, subscription=known, now=now)
            messages.success(request, "已取消订阅。")
    return redirect(*(["reporting:list_kind", kind] if kind in LIST_TYPES else [HOME]))


@login_required
@require_GET
def managed(request: HttpRequest) -> HttpResponse:
    """Editions of the user's region, whatever their state, and a button for each kind."""
    access = PublishedListAccess(request.user)
    access.require("manage")
    unfinished_first = F("published_at").desc(nulls_first=True)
    rows = selectors.editions(access.managed()).order_by(unfinished_first, "-pk")
    return list_page(
        request, queryset=rows.select_related("issued_by"), table_class=PublishedListTable,
        template="reporting/lists/managed.html",
        context={"access": access, "kinds": [(k, ListKind(k).label) for k in LIST_TYPES]},
    )  # fmt: skip


@login_required
def issue(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose criteria (`GET` shows what would be in), publish (`POST`)."""
    PublishedListAccess(request.user).require("issue")
    if kind not in LIST_TYPES:
        raise Http404
    typed = request.POST or request.GET or {"region": current_jurisdiction().region}
    form = ListForm(typed, known=LIST_TYPES[kind])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.issue_list(
                actor=request.user, kind=kind, criteria=form.criteria(), now=timezone.now(),
                title=form.cleaned_data["title"], note=form.cleaned_data["note"],
            )  # fmt: skip
            messages.success(request, "正在生成，完成后自动发布。")
            return redirect("reporting:managed_lists")
    criteria = form.criteria() if form.is_valid() else {}
    context = {"kind": kind, "label": ListKind(kind).label, "form": form,
               "preview": selectors.preview(kind, criteria, now=timezone.now())}  # fmt: skip
    return render(request, "reporting/lists/issue.html", context)


def find_managed(request: HttpRequest, pk: int) -> PublishedList:
    return get_object_or_404(PublishedListAccess(request.user).managed(), pk=pk)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an edition back, with the reason."""
    carry_out(
        request, services.withdraw_list, "已撤回。", edition=find_managed(request, pk),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("reporting:managed_lists")


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up an edition that was not finished."""
    carry_out(request, services.drop_list, edition=find_managed(request, pk))
    return redirect("reporting:managed_lists")
