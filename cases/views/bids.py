"""Bids: written and handed in by platforms, read and marked once opened, chosen (Z06)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import forms, selectors, services
from cases.access import BidAccess, ChallengeAccess
from cases.models import Bid, BidScore, Challenge
from cases.tables import BidTable, RankedBidTable
from cases.views.challenges import CHALLENGES, find_challenge
from core.breadcrumbs import trail
from core.files import file_items
from core.lists import list_page
from core.refusals import carry_out, refusals_on

SAID = {
    "submit": "方案已提交并密封，截止前可以修改或撤回。",
    "withdraw": "已撤回，截止前可以再提交。",
}


@login_required
def bids(request: HttpRequest) -> HttpResponse:
    """What the reader's platforms bid for, and what came of it."""
    return list_page(
        request,
        queryset=selectors.own_bids(request.user),
        table_class=BidTable,
        template="cases/bids.html",
        export_name="我的揭榜方案",
    )


@login_required
def new_bid(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a bid."""
    challenge = find_challenge(request, pk)
    ChallengeAccess(request.user).require("bid", challenge)
    own = BidAccess(request.user).own().filter(challenge=challenge).first()
    return redirect("cases:edit_bid", own.pk) if own else _form(request, challenge, None)


def _find(request: HttpRequest, pk: int) -> Bid:
    rows = BidAccess(request.user).visible().select_related(
        "challenge__demand__organisation", "challenge__region", "organisation", "platform",
        "capability", "project",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


@login_required
def edit_bid(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a bid."""
    found = _find(request, pk)
    BidAccess(request.user).require("edit", found)
    return _form(request, found.challenge, found)


def _form(request: HttpRequest, challenge: Challenge, bid: Bid | None) -> HttpResponse:
    form = forms.BidForm(
        request.POST or None, request.FILES or None, instance=bid, user=request.user,
        challenge=challenge,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            saved = services.save_bid(
                actor=request.user, challenge=challenge, bid=bid, now=timezone.now(),
                **form.values(),
            )  # fmt: skip
            messages.success(request, "已保存。")
            return redirect(saved)
    steps = trail(CHALLENGES, (challenge, challenge), "揭榜方案")
    context = {"form": form, "challenge": challenge, "bid": bid, "trail": steps}
    return render(request, "cases/bid_form.html", context)


@login_required
def bid(request: HttpRequest, pk: int) -> HttpResponse:
    """One bid: for its own people, and once opened for those who judge; marks are given here."""
    found = _find(request, pk)
    access = BidAccess(request.user)
    may_mark = access.can("mark", found)
    score = BidScore.objects.filter(bid=found, reviewer=request.user).first()
    form = forms.ScoreForm(request.POST or None, call=found.challenge, score=score)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.mark_bid(actor=request.user, bid=found, now=timezone.now(), **form.values())
            messages.success(request, "评分已保存，选定前可以修改。")
            return redirect("cases:ranked_bids", found.challenge_id)
    context = {
        "bid": found, "challenge": found.challenge, "access": access, "may_mark": may_mark,
        "form": form, "match": selectors.match_of(found),
        "moves": [row for row in access.transitions(found) if row.name in SAID],
        "files": file_items([found])[str(found.pk)],
        "trail": trail(CHALLENGES, (found.challenge, found.challenge), "揭榜方案"),
    }  # fmt: skip
    return render(request, "cases/bid.html", context)


@login_required
@require_POST
def move_bid(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Hand in, or take back."""
    found = _find(request, pk)
    carry_out(request, services.move_bid, SAID[name], bid=found, name=name)
    return redirect(found)


@login_required
def ranked_bids(request: HttpRequest, pk: int) -> HttpResponse:
    """Opened bids by their mean mark: to be marked, chosen, exported."""
    found = find_challenge(request, pk)
    access = ChallengeAccess(request.user)
    access.require("read_bids", found)
    name = "choose" if found.publicity_days else "award"
    first = found.bids.standing().first()  # who may mark one may mark all
    return list_page(
        request,
        queryset=selectors.ranked_bids(request.user, found),
        table_class=RankedBidTable,
        template="cases/ranked_bids.html",
        export_name="揭榜方案评分汇总",
        per_page=200,
        context={
            "challenge": found,
            "may_mark": bool(first and BidAccess(request.user).can("mark", first)),
            "may_choose": access.can(name, found),
            "trail": trail(CHALLENGES, (found, found), "方案与评分"),
        },
    )  # fmt: skip


@login_required
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose this bid."""
    found = _find(request, pk)
    carry_out(request, services.choose_bid, "已选定，各方会收到通知。", bid=found)
    return redirect(found.challenge)
