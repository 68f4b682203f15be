"""Neighbours: the list, one with its pulls, its records, and conflicts to settle."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from exchange import selectors, services
from exchange.access import PeerAccess, PulledRecordAccess
from exchange.filters import RecordFilter
from exchange.forms import PeerForm
from exchange.models import Peer
from exchange.tables import PeerTable, RecordTable

LIST = ("相邻门户", "exchange:peers")


@login_required
def peers(request: HttpRequest) -> HttpResponse:
    """Every neighbour with its last pull."""
    PeerAccess(request.user).require("view")
    return list_page(
        request,
        queryset=selectors.peer_rows(request.user),
        table_class=PeerTable,
        template="exchange/peers.html",
        export_name="相邻门户",
        context={"trail": trail("相邻门户")},
    )


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Put a neighbour on the list."""
    PeerAccess(request.user).require("keep")
    return _form(request, PeerForm(request.POST or None), None)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a neighbour."""
    found = _peer(request, pk)
    PeerAccess(request.user).require("keep", found)
    return _form(request, PeerForm(request.POST or None, instance=_peer(request, pk)), found)


def _form(request: HttpRequest, form: PeerForm, peer: Peer | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"values": form.cleaned_data, "now": timezone.now()}
        with refusals_on(form):
            if peer:
                saved = services.edit_peer(actor=request.user, peer=peer, **given)
            else:
                saved = services.add_peer(actor=request.user, **given)
            messages.success(request, "已保存。")
            return redirect(saved)
    steps = [LIST, (peer.name, peer), "修改"] if peer else [LIST, "登记"]
    context = {"form": form, "peer": peer, "trail": trail(*steps)}
    return render(request, "exchange/peer_form.html", context)


@login_required
def peer(request: HttpRequest, pk: int) -> HttpResponse:
    """One neighbour: how the last pulls went; polled while one is under way."""
    found = get_object_or_404(selectors.peer_rows(request.user), pk=pk)
    jobs = list(selectors.last_jobs(found))
    for job in jobs:
        job.words = selectors.counts_in_words(job.result)
    context = {
        "peer": found,
        "jobs": jobs,
        "running": next((job for job in jobs if not job.is_finished), None),
        "trail": trail(LIST, found.name),
    }
    partial = "#pulls" if request.htmx and not request.htmx.boosted else ""
    return render(request, f"exchange/peer.html{partial}", context)


@login_required
@require_POST
def pull(request: HttpRequest, pk: int) -> HttpResponse:
    """Pull now."""
    found = _peer(request, pk)
    carry_out(request, services.start_pull, "已开始同步。", peer=found)
    return redirect(found)


@login_required
def records(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read from the neighbour and what became of it."""
    found = _peer(request, pk)
    return list_page(
        request,
        queryset=selectors.record_rows(request.user, found),
        table_class=RecordTable,
        filter_class=RecordFilter,
        template="exchange/records.html",
        export_name=f"{found.name}同步记录",
        context={"peer": found, "trail": trail(LIST, (found.name, found), "同步记录")},
    )


@login_required
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """To the page here of what the record is the same as."""
    found = get_object_or_404(PulledRecordAccess(request.user).visible(), pk=pk)
    row = selectors.local_row(found)
    if row is None:
        raise Http404
    return redirect(row)


@login_required
def conflicts(request: HttpRequest, pk: int) -> HttpResponse:
    """Both values of what both sides changed, record by record."""
    found = _peer(request, pk)
    waiting = selectors.conflicts_of(request.user, found)
    page = Paginator(waiting, 20).get_page(request.GET.get("page"))
    context = {
        "peer": found,
        "page": page,
        "conflicts": selectors.side_by_side(page.object_list),
        "trail": trail(LIST, (found.name, found), "冲突"),
    }
    return render(request, "exchange/conflicts.html", context)


@login_required
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the peer's values of the ticked fields, or keep those here."""
    found = get_object_or_404(PulledRecordAccess(request.user).visible(), pk=pk)
    carry_out(
        request, services.settle_conflicts, "已处理。", record=found,
        names=request.POST.getlist("field"), take=request.POST.get("take", ""),
    )  # fmt: skip
    return redirect("exchange:conflicts", pk=found.peer_id)


def _peer(request: HttpRequest, pk: int) -> Peer:
    return get_object_or_404(PeerAccess(request.user).visible(), pk=pk)
