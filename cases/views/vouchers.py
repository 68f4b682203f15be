"""Service vouchers: programmes in public, each voucher for those who take part (G25)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.selectors import last_reason
from cases import forms, selectors, services
from cases.access import ENTERPRISE_ROLES, VoucherAccess, VoucherProgrammeAccess
from cases.enums import VoucherProgrammeStatus, VoucherStatus
from cases.filters import VoucherFilter, VoucherProgrammeFilter
from cases.models import Voucher, VoucherProgramme
from cases.services.voucher_programmes import FIELDS, OPEN_FIELDS
from cases.tables import VoucherProgrammeTable, VoucherTable
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on, telling

PROGRAMMES = ("中试服务券", "cases:voucher_programmes")
VOUCHERS = ("服务券", "cases:vouchers")
MOVED = {"open": "已开放申领。", "close": "已停止申领。", "settle": "已结清。"}
# buttons of a voucher that need no form of their own: the service, what is said afterwards
ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "request": (services.request_payout, "已申请兑付，审核结果会发消息通知。"),
    "approve": (services.audit_voucher, "审核通过，请在拨付后登记。"),
    "return": (services.audit_voucher, "已退回，申请方会看到理由。"),
    "refuse": (services.audit_voucher, "已记为不予兑付，双方会看到理由。"),
    "void": (services.void_voucher, "已作废。"),
}
REASONED = {VoucherStatus.RETURNED: "return", VoucherStatus.REFUSED: "refuse",
            VoucherStatus.VOIDED: "void"}  # fmt: skip


def programmes(request: HttpRequest) -> HttpResponse:
    """Programmes the reader may know of, the latest first."""
    access = VoucherProgrammeAccess(request.user)
    return list_page(
        request,
        queryset=selectors.programme_rows(access.visible()),
        table_class=VoucherProgrammeTable,
        filter_class=VoucherProgrammeFilter,
        template="cases/voucher_programmes.html",
        export_name="服务券方案",
        context={"access": access},
    )


def _programme(request: HttpRequest, pk: int) -> VoucherProgramme:
    rows = VoucherProgrammeAccess(request.user).visible().select_related("region")
    return get_object_or_404(rows, pk=pk)


def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Terms and live figures; an enterprise sees its own rules and claims with one click."""
    found, today = _programme(request, pk), timezone.localdate()
    access = VoucherProgrammeAccess(request.user)
    may_claim = access.can("claim", found)
    context = {
        "programme": found,
        "access": access,
        "moves": access.transitions(found),
        "figures": selectors.programme_figures(found, today=today),
        "claims": selectors.eligibilities(request.user, found, today=today) if may_claim else [],
        "has_own": VoucherAccess(request.user).visible().filter(programme=found).exists(),
        "trail": trail(PROGRAMMES, str(found)),
    }
    return render(request, "cases/voucher_programme.html", context)


@login_required
def new_programme(request: HttpRequest) -> HttpResponse:
    """Draft a programme."""
    VoucherProgrammeAccess(request.user).require("create")
    return _form(request, None)


@login_required
def edit_programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a programme."""
    found = _programme(request, pk)
    VoucherProgrammeAccess(request.user).require("edit", found)
    return _form(request, found)


def _form(request: HttpRequest, found: VoucherProgramme | None) -> HttpResponse:
    is_open = found is not None and found.status == VoucherProgrammeStatus.OPEN
    fixed = tuple(name for name in FIELDS if name not in OPEN_FIELDS) if is_open else ()
    form = forms.VoucherProgrammeForm(
        request.POST or None, instance=found, user=request.user, fixed=fixed
    )
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "now": timezone.now(), **form.values()}
        with refusals_on(form):
            saved = (
                services.edit_programme(programme=found, **given)
                if found
                else services.create_programme(**given)
            )
            messages.success(request, "已保存。")
            return redirect(saved)
    steps = (PROGRAMMES, (found, found), "修改") if found else (PROGRAMMES, "新建方案")
    context = {"form": form, "programme": found, "trail": trail(*steps)}
    return render(request, "cases/voucher_programme_form.html", context)


@login_required
@require_POST
def move_programme(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Open, close or settle a programme."""
    found = _programme(request, pk)
    carry_out(request, services.move_programme, MOVED[name], programme=found, name=name)
    return redirect(found)


@login_required
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim a voucher for one of the own enterprises."""
    found = _programme(request, pk)
    own = {row.pk: row for row in request.user.organisations}  # type: ignore[union-attr]
    ids = request.user.organisation_ids(*ENTERPRISE_ROLES)  # type: ignore[union-attr]
    wanted = request.POST.get("enterprise", "")
    enterprise = own[int(wanted)] if wanted.isdecimal() and int(wanted) in ids else None
    if enterprise is not None:
        with telling(request):
            made = services.claim_voucher(
                actor=request.user, programme=found, enterprise=enterprise, now=timezone.now()
            )
            messages.success(request, "服务券已发放，签约后用于合同。")
            return redirect(made)
    return redirect(found)


@login_required
def vouchers(request: HttpRequest) -> HttpResponse:
    """Vouchers of the reader's enterprise, platform or region."""
    access = VoucherAccess(request.user)
    return list_page(
        request,
        queryset=selectors.voucher_rows(access.visible()),
        table_class=VoucherTable,
        filter_class=VoucherFilter,
        template="cases/vouchers.html",
        export_name="服务券",
    )


def _voucher(request: HttpRequest, number: str) -> Voucher:
    rows = selectors.voucher_rows(VoucherAccess(request.user).visible())
    return get_object_or_404(rows, number=number)


@login_required
def voucher(request: HttpRequest, number: str) -> HttpResponse:
    """One voucher: its rules with both values, the sum, and what the reader may do now."""
    return voucher_screen(request, _voucher(request, number))


def voucher_screen(request: HttpRequest, found: Voucher, **typed: Any) -> HttpResponse:
    """Render the page, with the forms that were just posted in place of empty ones."""
    access = VoucherAccess(request.user)
    moves = {row.name: row for row in access.transitions(found)}
    is_live = found.status in {VoucherStatus.BOUND, VoucherStatus.REQUESTED, VoucherStatus.RETURNED}
    projects = selectors.bindable_projects(found)
    bind = typed.get("bind") or forms.BindForm(projects=projects, modes=found.programme.modes)
    reasoned = REASONED.get(VoucherStatus(found.status))
    context = {
        "voucher": found,
        "access": access,
        "moves": [moves[name] for name in ACTS if name in moves],
        "payout": selectors.payout(found) if is_live else None,
        "bind_form": bind if "bind" in moves else None,
        "has_projects": "bind" in moves and projects.exists(),
        "pay_form": (typed.get("pay") or forms.PayForm()) if "pay" in moves else None,
        "why": last_reason(found, reasoned) if reasoned else "",
        "history": selectors.history(found),
        "trail": trail(VOUCHERS, found.number),
    }
    return render(request, "cases/voucher.html", context)


@login_required
@require_POST
def bind(request: HttpRequest, number: str) -> HttpResponse:
    """Use the voucher for a contract."""
    found = _voucher(request, number)
    projects = selectors.bindable_projects(found)
    form = forms.BindForm(request.POST, projects=projects, modes=found.programme.modes)
    if form.is_valid():
        with refusals_on(form):
            services.bind_voucher(
                actor=request.user, voucher=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已用于合同，成果和到账确认后即可申请兑付。")
            return redirect(found)
    return voucher_screen(request, found, bind=form)


@login_required
@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Note the payment."""
    found = _voucher(request, number)
    form = forms.PayForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.pay_voucher(
                actor=request.user, voucher=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "拨付已登记，到账和台账已同步。")
            return redirect(found)
    return voucher_screen(request, found, pay=form)


@login_required
@require_POST
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """A button of the state table."""
    found = _voucher(request, number)
    service, said = ACTS[name]
    given: dict[str, Any] = {"voucher": found}
    if service is services.audit_voucher:
        given |= {"name": name}
    if name != "request":
        given |= {"reason": request.POST.get("reason", "")}
    carry_out(request, service, said, **given)
    return redirect(found)
