"""Calls for cases: the public list and page, entering, marking, ranking and selecting (G23)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.selectors import last_reason
from cases import forms, selectors, services
from cases.access import CallAccess, EntryAccess
from cases.enums import CallStatus
from cases.models import CaseCall, CaseEntry, CaseScore
from cases.services.calls import FIXED
from cases.tables import CallTable, EntryTable, RankingTable
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from core.states import Relation

CALLS = ("案例征集", "cases:calls")
SAID = {
    "open": "征集已发布。",
    "score": "已截止报名并通知评审专家。",
    "cancel": "征集已取消，已通知报名的平台和评审专家。",
}


def calls(request: HttpRequest) -> HttpResponse:
    """Calls the reader may know of, the latest due first."""
    access = CallAccess(request.user)
    return list_page(
        request,
        queryset=selectors.call_rows(access.visible()),
        table_class=CallTable,
        template="cases/calls.html",
        export_name="案例征集",
        context={"access": access},
    )


def _find(request: HttpRequest, pk: int) -> CaseCall:
    rows = CallAccess(request.user).visible().select_related("region", "made_by")
    return get_object_or_404(rows, pk=pk)


def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: its rules, what was selected, and what the reader may do now."""
    found = _find(request, pk)
    access = CallAccess(request.user)
    relations = access.relations(found)
    may_enter = access.can("enter", found)
    context = {
        "call": found,
        "access": access,
        "moves": [row for row in access.transitions(found) if row.name in SAID],
        "is_scoring": found.status == CallStatus.SCORING,
        "selected": selectors.selected_entries(found),
        "to_mark": selectors.entries_to_mark(request.user, found)
        if found.status == CallStatus.SCORING and relations & {Relation.STAFF, Relation.REVIEWER}
        else [],
        "may_enter": may_enter,
        "why_cancelled": last_reason(found, "cancel")
        if found.status == CallStatus.CANCELLED
        else "",
        "own": selectors.own_cases(request.user, found) if may_enter else [],
        "trail": trail(CALLS, str(found)),
    }
    return render(request, "cases/call.html", context)


@login_required
def new_call(request: HttpRequest) -> HttpResponse:
    """Draft a call."""
    CallAccess(request.user).require("create")
    return _form(request, None)


@login_required
def edit_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a call."""
    found = _find(request, pk)
    CallAccess(request.user).require("edit", found)
    return _form(request, found)


def _form(request: HttpRequest, call: CaseCall | None) -> HttpResponse:
    fixed = FIXED[CallStatus(call.status)] if call else ()
    form = forms.CallForm(request.POST or None, instance=call, user=request.user, fixed=fixed)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "now": timezone.now(), **form.values()}
        with refusals_on(form):
            saved = (
                services.edit_call(call=call, **given) if call else services.create_call(**given)
            )
            messages.success(request, "已保存。")
            return redirect(saved)
    steps = (CALLS, (call, call), "修改") if call else (CALLS, "新建征集")
    context = {"form": form, "call": call, "trail": trail(*steps)}
    return render(request, "cases/call_form.html", context)


@login_required
@require_POST
def move_call(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Publish the call, begin with the marks, or cancel it."""
    found = _find(request, pk)
    carry_out(
        request, services.move_call, SAID[name], call=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(found)


@login_required
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter one of the own cases."""
    found = _find(request, pk)
    rows = selectors.enterable_cases(request.user, found)
    case = get_object_or_404(rows, slug=request.POST.get("case", ""))
    carry_out(request, services.enter_case, "已报名，截止日期前可以撤回。", call=found, case=case)
    return redirect(found)


def _entry(request: HttpRequest, pk: int) -> CaseEntry:
    rows = EntryAccess(request.user).visible().select_related(
        "call__region", "case__platform", "case__project", "case__field"
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry back."""
    found = _entry(request, pk)
    carry_out(request, services.withdraw_entry, "已撤回报名。", entry=found)
    return redirect(found.call)


@login_required
def entries(request: HttpRequest) -> HttpResponse:
    """What the reader's platforms entered, and what came of it."""
    return list_page(
        request,
        queryset=selectors.own_entries(request.user),
        table_class=EntryTable,
        template="cases/entries.html",
        export_name="我的案例报名",
    )


@login_required
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an entry marks."""
    found = _entry(request, pk)
    EntryAccess(request.user).require("mark", found)
    score = CaseScore.objects.filter(entry=found, reviewer=request.user).first()
    form = forms.ScoreForm(request.POST or None, call=found.call, score=score)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.mark_entry(
                actor=request.user, entry=found, now=timezone.now(), **form.values()
            )
            messages.success(request, "评分已保存，公布入选前可以修改。")
            return redirect(found.call)
    context = {"entry": found, "case": found.case, "form": form,
               "trail": trail(CALLS, (found.call, found.call), "评分")}  # fmt: skip
    return render(request, "cases/mark.html", context)


@login_required
def ranking(request: HttpRequest, pk: int) -> HttpResponse:
    """Entries by their mean mark, for staff: to be selected, to be exported."""
    found = _find(request, pk)
    access = CallAccess(request.user)
    access.require("rank", found)
    return list_page(
        request,
        queryset=selectors.ranking(found),
        table_class=RankingTable,
        template="cases/ranking.html",
        export_name="案例评分汇总",
        per_page=200,
        context={
            "call": found, "may_select": access.can("select", found),
            "trail": trail(CALLS, (found, found), "评分汇总"),
        },
    )  # fmt: skip


@login_required
@require_POST
def select(request: HttpRequest, pk: int) -> HttpResponse:
    """Select what is ticked, and end the call."""
    found = _find(request, pk)
    chosen = [int(one) for one in request.POST.getlist("entry") if one.isdecimal()]
    if carry_out(
        request, services.select_entries, "入选案例已公布，并通知各方。", call=found,
        entries=chosen,
    ):  # fmt: skip
        return redirect(found)
    return redirect("cases:ranking", found.pk)
