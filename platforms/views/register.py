"""Register entries: the keepers' list and form, an entry's page, and what everybody sees."""

from __future__ import annotations

from copy import copy

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.lists import list_page
from core.refusals import carry_out, refusals_on
from core.workdays import given_day
from platforms import services
from platforms.access import PlatformAccess, RegisterAccess
from platforms.enums import RegisterKind
from platforms.filters import OpenEntryFilter, RegisterFilter
from platforms.forms.register import EntryForm
from platforms.kinds import PLATFORM
from platforms.models import RegisterEntry
from platforms.registers import KINDS
from platforms.selectors import register as selectors
from platforms.tables import OpenEntryTable, RegisterTable
from platforms.views.manage import find
from platforms.views.public import OPEN_TAB, resource_tabs, trail

LIST = ("登记事项", "platforms:register")
OPEN_PAGE = ("开放资源", "platforms:open_resources")


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Entries of my platforms or regions, the newest first."""
    RegisterAccess(request.user).require("list")
    return list_page(
        request,
        queryset=selectors.register_rows(request.user),
        table_class=RegisterTable,
        filter_class=RegisterFilter,
        template="platforms/register/register.html",
        export_name="登记事项",
        context={"platforms": PlatformAccess(request.user).manageable().order_by("pinyin_key")},
    )


@login_required
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Register something of `?kind=` for a platform."""
    _access, platform = find(request, PLATFORM.key, slug)
    RegisterAccess(request.user).require("record", platform)
    wanted = request.GET.get("kind", "")
    rules = KINDS[RegisterKind(wanted if wanted in RegisterKind.values else RegisterKind.DATASET)]
    form = EntryForm(request.POST or None, request.FILES or None, rules=rules, platform=platform)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_entry(
                actor=request.user, platform=platform, kind=rules.kind, values=form.values(),
                uploads=form.cleaned_data["files"], now=timezone.now(),
            )  # fmt: skip
            messages.success(request, f"已登记{rules.name}“{form.cleaned_data['title']}”。")
            return redirect(request.get_full_path() if "more" in request.POST else LIST[1])
    tabs = [{"label": row.name, "url": f"?kind={kind}", "active": row is rules}
            for kind, row in KINDS.items()]  # fmt: skip
    context = {"platform": platform, "form": form, "rules": rules, "tabs": tabs,
               "trail": trail(LIST, "登记")}  # fmt: skip
    return render(request, "platforms/register/form.html", context)


def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry; its keeper mends it here, others may say what is wrong."""
    access = RegisterAccess(request.user)
    found = get_object_or_404(access.visible().select_related(*selectors.RELATED), pk=pk)
    page = selectors.entry_page(found, access)
    form = None
    if page.may_record:
        form = EntryForm(
            request.POST or None, request.FILES or None, instance=copy(found),
            rules=found.rules, platform=found.platform,
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                services.edit_entry(
                    actor=request.user, entry=found, values=form.values(), now=timezone.now(),
                    uploads=form.cleaned_data["files"],
                )  # fmt: skip
                messages.success(request, "已修改。")
                return redirect(found)
    context = {
        "entry": found, "platform": found.platform, "page": page, "form": form,
        "access": PlatformAccess(request.user), "today": timezone.localdate(),
        "trail": trail(LIST if page.is_kept else OPEN_PAGE, str(found)),
    }  # fmt: skip
    return render(request, "platforms/register/entry.html", context)


def _kept(request: HttpRequest, pk: int) -> RegisterEntry:
    rows = RegisterAccess(request.user).kept().select_related("platform__organisation")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Its last day has come."""
    found = _kept(request, pk)
    carry_out(
        request, services.end_entry, "已登记停止。", entry=found,
        reason=request.POST.get("reason", ""),
        ended_date=given_day(request.POST.get("ended_date", "")),
    )  # fmt: skip
    return redirect(found)


@login_required
@require_POST
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out what should never have been entered."""
    found = _kept(request, pk)
    is_done = carry_out(
        request, services.strike_entry, "已撤销。", entry=found,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("platforms:register") if is_done else redirect(found)


def open_resources(request: HttpRequest) -> HttpResponse:
    """Data sets, patents under open licence, scenarios and events of all platforms."""
    return list_page(
        request,
        queryset=selectors.open_entries(),
        table_class=OpenEntryTable,
        filter_class=OpenEntryFilter,
        template="platforms/register/open.html",
        export_name="开放资源",
        context={"tabs": resource_tabs(OPEN_TAB)},
    )
