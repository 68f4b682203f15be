"""The operator's workbench: my platforms, what they offer, and every change to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.enums import Role
from accounts.models import Organisation
from accounts.selectors import last_reason
from core.refusals import carry_out, refusals_on, telling
from platforms import selectors, services
from platforms.access import ChangeAccess, ListingAccess, PlatformAccess, ReportAccess, access_to
from platforms.completeness import missing_facts
from platforms.facts import told_facts
from platforms.forms import FORMS, ClaimForm, ListingForm, ParameterFormSet
from platforms.kinds import CAPABILITY, KINDS, OFFERS, PLATFORM, Kind
from platforms.models import Platform
from platforms.selectors import operations
from platforms.selectors.promotion import promotion_of
from platforms.units import unit_examples


def find(request: HttpRequest, kind: str, slug: str) -> tuple[ListingAccess, Any]:
    """The access object and the listing, if the user may know of it."""
    access = access_to(KINDS[kind].model, request.user)
    rows = access.visible()
    related = "organisation" if kind == PLATFORM.key else "platform__organisation"
    return access, get_object_or_404(rows.select_related(related), slug=slug)


def workbench_of(listing: Any, kind: Kind) -> str:
    """Where the operator goes on after changing a listing."""
    if kind is PLATFORM:
        return reverse("platforms:workbench", args=[listing.slug])
    return reverse("platforms:offers", args=[listing.platform.slug, kind.key])


def tabs(platform: Platform, active: str) -> list[dict[str, Any]]:
    """The parts of a platform's workbench with their counts."""
    counts = selectors.managed_counts(platform)
    first = {
        "label": "基本情况",
        "url": reverse("platforms:workbench", args=[platform.slug]),
        "active": active == PLATFORM.key,
    }
    return [first] + [
        {
            "label": kind.label,
            "url": reverse("platforms:offers", args=[platform.slug, kind.key]),
            "active": active == kind.key,
            "count": counts[kind.key],
        }
        for kind in OFFERS
    ]


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """My platforms: state, completeness, freshness."""
    rows = PlatformAccess(request.user).manageable()
    context = {
        "platforms": selectors.platform_rows(rows),
        "can_create": PlatformAccess(request.user).can("create"),
        "overdue": selectors.overdue_counts(request.user, now=timezone.now()),
    }
    return render(request, "platforms/manage/mine.html", context)


@login_required
def workbench(request: HttpRequest, slug: str) -> HttpResponse:
    """One platform: facts, what is missing, open reports, what was done."""
    access, platform = find(request, PLATFORM.key, slug)
    access.require("manage", platform)
    reports = ReportAccess(request.user).visible().filter(platform=platform, status="open")
    context = {
        "platform": platform,
        "listing": platform,
        "kind": PLATFORM,
        "access": access,
        "tabs": tabs(platform, PLATFORM.key),
        "facts": told_facts(platform),
        "missing": missing_facts(platform),
        "overdue": selectors.overdue_offers(platform, now=timezone.now()),
        "reason": last_reason(platform, "return", "withdraw"),
        "reports": reports.order_by("created_at", "pk"),
        "questions": operations.open_questions(platform),
        "promotion": promotion_of(platform, timezone.localdate()),
        "change_access": ChangeAccess(request.user),
        "activity": selectors.activity_of(platform),
    }
    return render(request, "platforms/manage/workbench.html", context)


@login_required
def offers(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """What a platform offers of one kind, with state and buttons."""
    access, platform = find(request, PLATFORM.key, slug)
    access.require("manage", platform)
    model = KINDS[kind].model
    context = {
        "platform": platform,
        "kind": KINDS[kind],
        "access": access_to(model, request.user),
        "tabs": tabs(platform, kind),
        "offers": selectors.managed_offers(platform, model),
    }
    return render(request, "platforms/manage/offers.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Register a new platform for one of my organisations."""
    access = PlatformAccess(request.user)
    access.require("create")
    organisation = chosen_organisation(request)
    form = FORMS[PLATFORM.key](request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            platform = services.create_listing(
                actor=request.user, model=Platform, organisation=organisation,
                values=form.values(), now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已存为草稿。补充能力后再提交审核，会更快通过。")
            return redirect("platforms:workbench", platform.slug)
    return render(request, "platforms/manage/create.html", {"form": form})


def chosen_organisation(request: HttpRequest) -> Organisation | None:
    """The organisation the user acts for: the one asked for, else the only or first one."""
    ids = request.user.organisation_ids(Role.OPERATOR)
    mine = [row for row in request.user.organisations if row.pk in ids]
    asked = request.POST.get("organisation", "")
    return next((row for row in mine if str(row.pk) == asked), mine[0] if mine else None)


@login_required
def add(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Add a capability, resource or solution to a platform."""
    _access, platform = find(request, PLATFORM.key, slug)
    model = KINDS[kind].model
    probe = model(platform=platform)
    access_to(model, request.user).require("create", probe)
    form, sheet = editor(request, KINDS[kind], probe)
    if is_clean(request, form, sheet):
        with refusals_on(form):
            listing = services.create_listing(
                actor=request.user, model=model, platform=platform,
                values=gathered(form, sheet), now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已存为草稿，核对后提交审核。")
            return redirect("platforms:edit", kind, listing.slug)
    return page(request, KINDS[kind], probe, form, sheet)


@login_required
def edit(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Edit a platform or one of its offers."""
    access, listing = find(request, kind, slug)
    access.require("edit", listing)
    form, sheet = editor(request, KINDS[kind], listing)
    if is_clean(request, form, sheet):
        with refusals_on(form):
            services.edit_listing(
                actor=request.user, listing=listing, values=gathered(form, sheet),
                now=timezone.now(), version=form.cleaned_data["version"], confirms=True,
            )  # fmt: skip
            messages.success(request, "已保存。")
            return redirect("platforms:edit", kind, slug)
    return page(request, KINDS[kind], listing, form, sheet)


def editor(request: HttpRequest, kind: Kind, listing: Any) -> tuple[ListingForm, Any]:
    """The form of a listing, and the parameter sheet of a capability."""
    data = request.POST or None
    form = FORMS[kind.key](data, instance=listing)
    if kind is not CAPABILITY:
        return form, None
    names = ("name", "low", "high", "unit", "text")
    rows = listing.parameters.order_by("pk").values(*names) if listing.pk else []
    initial = [{name: typed(value) for name, value in row.items()} for row in rows]
    return form, ParameterFormSet(data, initial=initial, prefix="parameters")


def typed(value: Any) -> Any:
    """A stored number as a person would have typed it: 20.0000 → 20."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def is_clean(request: HttpRequest, form: ListingForm, sheet: Any) -> bool:
    """Whether something was posted and all of it is well-formed."""
    if request.method != "POST":
        return False
    checks = [form.is_valid(), sheet is None or sheet.is_valid()]
    return all(checks)


def gathered(form: ListingForm, sheet: Any) -> dict[str, Any]:
    """What the service takes: the form's values and the filled rows of the sheet."""
    values = form.values()
    if sheet is not None:
        rows = (row.cleaned_data for row in sheet.forms)
        values["parameters"] = [row for row in rows if row.get("name")]
    return values


def page(
    request: HttpRequest, kind: Kind, listing: Any, form: ListingForm, sheet: Any
) -> HttpResponse:
    """The editor: form, sheet, completeness with what is missing and why."""
    platform = listing if kind is PLATFORM else listing.platform
    context = {
        "platform": platform,
        "listing": listing,
        "kind": kind,
        "access": access_to(kind.model, request.user),
        "form": form,
        "sheet": sheet,
        "unit_examples": unit_examples(),
        "missing": missing_facts(listing) if listing.pk else [],
        "reason": last_reason(listing, "return", "withdraw") if listing.pk else "",
    }
    return render(request, "platforms/manage/edit.html", context)


@login_required
@require_POST
def move(request: HttpRequest, kind: str, slug: str, name: str) -> HttpResponse:
    """Move a listing along its life cycle; the buttons come from the state table."""
    access, listing = find(request, kind, slug)
    with telling(request):
        services.move_listing(
            actor=request.user, listing=listing, name=name, now=timezone.now(),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
        messages.success(request, f"“{listing}”：{access.machine.by_name[name].label}，已完成。")
    if access.can("manage", listing):
        return redirect(workbench_of(listing, KINDS[kind]))
    return redirect("platforms:review")


@login_required
@require_POST
def confirm(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One click: this is still true."""
    _access, listing = find(request, kind, slug)
    services.confirm_listing(actor=request.user, listing=listing, now=timezone.now())
    messages.success(request, f"已确认“{listing}”仍然有效。")
    return redirect(workbench_of(listing, KINDS[kind]))


@login_required
@require_POST
def confirm_all(request: HttpRequest, slug: str) -> HttpResponse:
    """One click: the platform and everything it shows is still true."""
    _access, platform = find(request, PLATFORM.key, slug)
    count = services.confirm_platform(actor=request.user, platform=platform, now=timezone.now())
    messages.success(request, f"已确认 {count} 条信息仍然有效。")
    return redirect("platforms:workbench", slug)


@login_required
@require_POST
def discard(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Delete a draft."""
    _access, listing = find(request, kind, slug)
    carry_out(request, services.discard_listing, "草稿已删除。", listing=listing)
    if kind == PLATFORM.key:
        return redirect("platforms:mine")
    return redirect("platforms:offers", listing.platform.slug, kind)


@login_required
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Claim a platform that came from public sources."""
    access, platform = find(request, PLATFORM.key, slug)
    access.require("claim", platform)
    form = ClaimForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.claim_platform(
                actor=request.user, platform=platform, note=form.cleaned_data["note"],
                organisation=chosen_organisation(request), now=timezone.now(),
                files=request.FILES.getlist("files"),
            )  # fmt: skip
            messages.success(request, "认领申请已提交，主管部门核实后会通知您。")
            return redirect(platform)
    return render(request, "platforms/manage/claim.html", {"platform": platform, "form": form})
