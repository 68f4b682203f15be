"""Challenges: the public list and page, putting a demand forward, vetting, lists (Z06)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.selectors import last_reason
from cases import forms, selectors, services
from cases.access import BidAccess, ChallengeAccess
from cases.enums import ChallengeStatus
from cases.filters import ChallengeFilter
from cases.models import Challenge, ChallengeObjection
from cases.services.challenges import PLAIN
from cases.tables import ChallengeTable
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from demands.access import DemandAccess
from demands.selectors import demand_for_page

CHALLENGES = ("技术揭榜", "cases:challenges")
RELATED = ("demand__organisation", "region", "listing__region", "proposed_by")
ENDED = (ChallengeStatus.DONE, ChallengeStatus.FAILED, ChallengeStatus.WITHDRAWN)
REASONED = {"returned": "return", "failed": "fail", "withdrawn": "withdraw"}


def challenges(request: HttpRequest) -> HttpResponse:
    """Challenges the reader may know of, those that take bids first."""
    access = ChallengeAccess(request.user)
    return list_page(
        request,
        queryset=selectors.challenge_rows(access.visible()),
        table_class=ChallengeTable,
        filter_class=ChallengeFilter,
        template="cases/challenges.html",
        export_name="技术揭榜项目",
        context={"access": access, "may_list": access.can("list"), "may_bid": access.can("bid")},
    )


def find_challenge(request: HttpRequest, pk: int) -> Challenge:
    """The challenge among those the reader may see; else 404."""
    rows = ChallengeAccess(request.user).visible().select_related(*RELATED)
    return get_object_or_404(rows, pk=pk)


def challenge(request: HttpRequest, pk: int) -> HttpResponse:
    """One challenge: what is asked, how far it is, and what the reader may do now."""
    return challenge_page(request, find_challenge(request, pk))


def challenge_page(
    request: HttpRequest, found: Challenge, typed: dict[str, Any] | None = None
) -> HttpResponse:
    """Render the page, with the forms that were just posted in place of empty ones."""
    access, typed = ChallengeAccess(request.user), typed or {}
    bids = BidAccess(request.user)
    demand = demand_for_page(DemandAccess(request.user)).filter(pk=found.demand_id).first()
    winner = selectors.winner_of(found)
    context = {
        "challenge": found, "access": access, "demand": demand or found.demand,
        "is_readable": demand is not None, "full": not found.demand.is_confidential,
        "steps": selectors.challenge_steps(found),
        "moves": [row for row in access.transitions(found) if row.name in (*PLAIN, "settle")],
        "reason": last_reason(found, REASONED.get(found.status, "")),
        "own": bids.own().filter(challenge=found).first(), "may_bid": access.can("bid", found),
        "bid_count": found.bids.standing().count() if access.can("count_bids", found) else None,
        "may_read": access.can("read_bids", found), "winner": winner,
        "progress": selectors.project_steps(winner.project) if winner and winner.project else [],
        "outcomes": winner.project.outcomes.confirmed() if winner and winner.project else [],
        "objections": _objections(access, found, typed),
        "extend_form": typed.get("extend") or forms.ExtendForm(),
        "invite_form": forms.InviteForm(instance=found),
        "object_form": typed.get("object") or forms.ObjectionForm(),
        "trail": trail(CHALLENGES, str(found)),
    }  # fmt: skip
    return render(request, "cases/challenge.html", context)


def _objections(access: ChallengeAccess, found: Challenge, typed: dict[str, Any]) -> list[Any]:
    """Those the reader may see, each with its form while it is to be answered."""
    rows = found.objections.select_related("made_by", "answered_by").order_by("pk")
    if not access.can("count_bids", found):
        rows = rows.filter(made_by=getattr(access.user, "pk", None) or 0)
    may_answer = access.can("answer_objection", found)
    return [
        (row, (typed.get(str(row.pk)) or forms.AnswerForm())
         if may_answer and row.answered_at is None else None)
        for row in rows
    ]  # fmt: skip


@login_required
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a published demand forward."""
    access = DemandAccess(request.user)
    demand = get_object_or_404(access.owned(), slug=slug)
    if under_way := demand.challenges.exclude(status__in=ENDED).first():
        return redirect(under_way)
    form = forms.ChallengeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            saved = services.propose_challenge(
                actor=request.user, demand=demand, values=form.values(), now=timezone.now()
            )
            messages.success(request, "已存为草稿，核对后提交审核。")
            return redirect(saved)
    context = {"form": form, "demand": demand, "trail": trail(CHALLENGES, "提出揭榜")}
    return render(request, "cases/challenge_form.html", context)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    found = find_challenge(request, pk)
    ChallengeAccess(request.user).require("edit", found)
    form = forms.ChallengeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_challenge(
                actor=request.user, challenge=found, values=form.values(), now=timezone.now()
            )
            messages.success(request, "已保存。")
            return redirect(found)
    steps = trail(CHALLENGES, (found, found), "修改")
    return render(
        request, "cases/challenge_form.html", {"form": form, "demand": found.demand, "trail": steps}
    )


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A button of the state table."""
    found = find_challenge(request, pk)
    if name == "settle":
        carry_out(request, services.settle_choice, "已确认中选，对接已建立。", challenge=found)
    else:
        carry_out(
            request, services.move_challenge, "已办理，相关各方会收到通知。", challenge=found,
            name=name, reason=request.POST.get("reason", ""),
        )  # fmt: skip
    return redirect(found)


@login_required
def publish(request: HttpRequest) -> HttpResponse:
    """Make the next numbered list of the accepted ones."""
    ChallengeAccess(request.user).require("list")
    accepted = selectors.accepted_challenges(request.user)
    form = forms.ListForm(request.POST or None, user=request.user, accepted=accepted)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.publish_challenges(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, f"{made}榜单已发布。")
            return redirect("cases:challenges")
    context = {"form": form, "accepted": accepted, "trail": trail(CHALLENGES, "编制榜单")}
    return render(request, "cases/challenge_list.html", context)


@login_required
@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give more time for bids."""
    found, form = find_challenge(request, pk), forms.ExtendForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.extend_challenge(
                actor=request.user, challenge=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已延期，揭榜的单位会收到通知。")
            return redirect(found)
    return challenge_page(request, found, {"extend": form})


@login_required
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Set which experts give marks."""
    found = find_challenge(request, pk)
    form = forms.InviteForm(request.POST, instance=found)
    if form.is_valid():
        carry_out(request, services.invite_reviewers, "已保存。", challenge=found, **form.values())
    return redirect(found)


@login_required
@require_POST
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Object to the choice."""
    found, form = find_challenge(request, pk), forms.ObjectionForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.object_to_choice(
                actor=request.user, challenge=found, now=timezone.now(), **form.values()
            )
            messages.success(request, "异议已提交，核实后答复您。")
            return redirect(found)
    return challenge_page(request, found, {"object": form})


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """Answer an objection."""
    found, form = find_challenge(request, pk), forms.AnswerForm(request.POST)
    row = get_object_or_404(ChallengeObjection, pk=objection, challenge=found)
    if form.is_valid():
        with refusals_on(form):
            services.answer_objection(
                actor=request.user, objection=row, now=timezone.now(), **form.values()
            )
            messages.success(request, "已答复。")
            return redirect(found)
    return challenge_page(request, found, {str(row.pk): form})
