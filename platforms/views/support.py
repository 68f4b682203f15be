"""What platforms ask for: raised, listed, passed on, answered, judged; figures for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.selectors import departments, history_of
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import PlatformAccess, TicketAccess
from platforms.filters import TicketFilter
from platforms.forms.support import RouteForm, TicketForm, TicketReplyForm
from platforms.models import SupportTicket
from platforms.selectors import support as selectors
from platforms.tables import TicketTable

TICKETS = ("要素诉求", "platforms:tickets")


@login_required
def tickets(request: HttpRequest) -> HttpResponse:
    """Tickets of my platforms, regions or department; `?timing=overdue` the late ones."""
    return list_page(
        request,
        queryset=selectors.ticket_rows(request.user),
        table_class=TicketTable,
        filter_class=TicketFilter,
        template="platforms/support/tickets.html",
        export_name="要素诉求",
        context={"can_raise": TicketAccess(request.user).can("create"), "trail": trail("要素诉求")},
    )


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Ask for something."""
    TicketAccess(request.user).require("create")
    own = PlatformAccess(request.user).manageable().order_by("pinyin_key", "pk")
    form = TicketForm(request.POST or None, platforms=own, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with refusals_on(form):
            ticket = services.raise_ticket(
                actor=request.user, platform=values.pop("platform"), values=values,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已提出，主管部门分办后通知您承办部门和答复期限。")
            return redirect(ticket)
    context = {"form": form, "trail": trail(TICKETS, "提出诉求")}
    return render(request, "platforms/support/new.html", context)


def find(request: HttpRequest, number: str) -> tuple[TicketAccess, SupportTicket]:
    """The access object and the ticket, if the user may know of it."""
    access = TicketAccess(request.user)
    rows = access.visible().select_related("platform__organisation", "department")
    return access, get_object_or_404(rows, number=number)


@login_required
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """One ticket: what is asked, what was answered, what this user may do."""
    access, found = find(request, number)
    return render(request, "platforms/support/ticket.html", page(request, access, found))


def page(
    request: HttpRequest, access: TicketAccess, found: SupportTicket, **forms: Any
) -> dict[str, Any]:
    """The context of the page; `forms` are those that came back with errors."""
    context: dict[str, Any] = {
        "ticket": found,
        "platform": found.platform,
        "access": access,
        "thread": selectors.ticket_thread(found, request.user),
        "history": history_of(found)[:30],
        "trail": trail(TICKETS, found.number),
    }
    if access.can("route", found):
        initial = {"department": found.department_id}
        context["route_form"] = RouteForm(departments=departments(), initial=initial)
    if access.can("answer", found):
        context["answer_form"] = TicketReplyForm(prefix="answer")
    elif access.can("reply", found):
        context["reply_form"] = TicketReplyForm()
    return {**context, **forms}


@login_required
@require_POST
def route(request: HttpRequest, number: str) -> HttpResponse:
    """Pass on to a department."""
    access, found = find(request, number)
    form = RouteForm(request.POST, departments=departments())
    if form.is_valid():
        with refusals_on(form):
            services.route_ticket(
                actor=request.user, ticket=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已分办，已通知承办部门和平台。")
            return redirect(found)
    context = page(request, access, found, route_form=form)
    return render(request, "platforms/support/ticket.html", context)


@login_required
@require_POST
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """Leave a message, or (`answer=1`) the answer."""
    access, found = find(request, number)
    is_answer = bool(request.POST.get("answer"))
    form = TicketReplyForm(request.POST, request.FILES, prefix="answer" if is_answer else None)
    if form.is_valid():
        body = form.cleaned_data["body"]
        said: dict[str, Any] = {
            "actor": request.user, "ticket": found, "now": timezone.now(),
            "uploads": form.cleaned_data["files"],
        }  # fmt: skip
        with refusals_on(form):
            if is_answer:
                services.move_ticket(name="answer", reason=body, **said)
            else:
                services.reply_to_ticket(body=body, **said)
            messages.success(request, "已答复，已通知平台。" if is_answer else "已留言。")
            return redirect(found)
    shown = page(request, access, found, **{"answer_form" if is_answer else "reply_form": form})
    return render(request, "platforms/support/ticket.html", shown)


@login_required
@require_POST
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Accept, insist, end, close, withdraw."""
    _access, found = find(request, number)
    carry_out(
        request, services.move_ticket, "已办理。", ticket=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(found)


def figures(request: HttpRequest) -> HttpResponse:
    """How departments answer, by kind: for everybody."""
    rows = selectors.support_figures()
    context = {"rows": rows, "has_any": any(row.raised for row in rows),
               "trail": trail("要素诉求办理情况")}  # fmt: skip
    return render(request, "platforms/support/figures.html", context)
