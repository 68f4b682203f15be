"""Bookings: asked for on a resource's page, answered and used on one list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from accounts.selectors import history_of
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from core.reminders import reply_due
from core.templatetags.portal_format import plain
from platforms import services
from platforms.access import BookingAccess, access_to
from platforms.access.booking import ASKING_ROLES
from platforms.filters import BookingFilter
from platforms.forms.booking import AskForm, BlockForm, DeclineForm, UseForm
from platforms.kinds import KINDS, kind_of
from platforms.models import Booking
from platforms.selectors import booking as selectors
from platforms.tables import BookingTable
from platforms.views.public import RESOURCE_PAGE, trail

LIST = ("预约", "platforms:bookings")
SAID = {
    "withdraw": "已撤回，时段已让出。",
    "cancel": "已取消，已通知预约单位。",
    "release": "已取消停用，时段重新开放。",
}


@login_required
def bookings(request: HttpRequest) -> HttpResponse:
    """What my organisation booked, or my platforms are asked; those that wait first."""
    access = BookingAccess(request.user)
    access.require("view")
    return list_page(
        request,
        queryset=selectors.booking_rows(request.user),
        table_class=BookingTable,
        filter_class=BookingFilter,
        template="platforms/booking/bookings.html",
        export_name="预约",
        context={"access": access, "may_ask": access.can("ask"), "trail": trail("预约")},
    )


def find(request: HttpRequest, pk: int) -> tuple[BookingAccess, Booking]:
    """The access object and the booking, if the user may know of it."""
    access = BookingAccess(request.user)
    rows = access.visible().select_related(*selectors.RELATED, "platform__organisation")
    return access, get_object_or_404(rows, pk=pk)


@login_required
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """One booking: what was asked, what comes next, what happened."""
    return _page(request, *find(request, pk))


def _page(
    request: HttpRequest, access: BookingAccess, found: Booking, **forms: Form
) -> HttpResponse:
    """The page; `forms` are those that came back with errors."""
    context = {
        "booking": found,
        "access": access,
        "decline_form": DeclineForm(),
        "use_form": UseForm(initial={"hours": plain(found.used_hours or found.hours)}),
        "history": history_of(found)[:20],
        "trail": trail(LIST, str(found)),
        **forms,
    }
    return render(request, "platforms/booking/booking.html", context)


@login_required
def book(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Ask for some hours of a resource; its own people keep hours back instead."""
    rows = access_to(KINDS[kind].model, request.user).visible()
    found = get_object_or_404(rows.select_related("platform__organisation"), slug=slug)
    access, now = BookingAccess(request.user), timezone.now()
    is_own = bool(access.can("block", Booking(platform=found.platform)))
    if not is_own:
        access.require("ask")
    form = _form(request, found, is_own)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return _booked(request, found, form, is_own)
    context = {
        "resource": found, "form": form, "is_own": is_own, "due": reply_due(now),
        "calendar": selectors.calendar_of(found, now),
        "blocks": selectors.blocks_ahead(found, now) if is_own else [],
        "trail": trail(RESOURCE_PAGE, str(found)),
    }  # fmt: skip
    return render(request, "platforms/booking/book.html", context)


def _form(request: HttpRequest, resource: Any, is_own: bool) -> AskForm | BlockForm:
    given, now = request.POST or None, timezone.now()
    if is_own:
        return BlockForm(given, now=now, units=resource.units)
    mine = request.user.organisation_ids(*ASKING_ROLES)  # type: ignore[union-attr]
    rows = Organisation.objects.filter(pk__in=mine).order_by("name", "pk")
    return AskForm(given, now=now, organisations=rows)


def _booked(request: HttpRequest, resource: Any, form: Form, is_own: bool) -> HttpResponse:
    """Write what the form says. Raises what the service refuses."""
    given: Any = {"resource": resource, "actor": request.user, "now": timezone.now()}
    if is_own:
        services.block_time(**given, **form.cleaned_data)
        messages.success(request, "已停用，公开日历显示为占用。")
        return redirect("platforms:book", kind_of(resource).key, resource.slug)
    made = services.ask_booking(**given, **form.cleaned_data)
    messages.success(request, "已申请，平台答复后通知您。")
    return redirect(made)


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes, by one click."""
    _access, found = find(request, pk)
    carry_out(request, services.accept_booking, "已受理，已通知预约单位。", booking=found)
    return redirect(found)


@login_required
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no, with a reason."""
    form, service = DeclineForm(request.POST), services.decline_booking
    return _answer(request, pk, "decline_form", form, service, "已婉拒，已通知预约单位。")


@login_required
@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the hours that were used, or correct them."""
    form = UseForm(request.POST)
    return _answer(request, pk, "use_form", form, services.confirm_use, "已登记。")


def _answer(
    request: HttpRequest, pk: int, name: str, form: Form, service: Any, said: str
) -> HttpResponse:
    """A small form of the page: its service, then back; with errors the page again."""
    access, found = find(request, pk)
    if form.is_valid():
        with refusals_on(form, {"used_hours": "hours"}):
            service(actor=request.user, booking=found, now=timezone.now(), **form.cleaned_data)
            messages.success(request, said)
            return redirect(found)
    return _page(request, access, found, **{name: form})


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Withdraw, cancel, or open kept-back time again."""
    _access, found = find(request, pk)
    carry_out(
        request, services.move_booking, SAID[name], booking=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    if found.is_block:
        return redirect("platforms:book", kind_of(found.resource).key, found.resource.slug)
    return redirect(found)
