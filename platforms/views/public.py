"""Directories and pages that everybody may read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import refusals_on
from platforms import filters, selectors, services, tables
from platforms.access import CapabilityAccess, PlatformAccess, access_to
from platforms.facts import condition_facts, side_by_side, told_facts
from platforms.forms import ReportForm
from platforms.kinds import KINDS, OFFERS, RESOURCES, kind_of
from platforms.models import Equipment, Line
from platforms.selectors.booking import calendar_of
from platforms.selectors.register import open_entries_of
from platforms.selectors.roster import lapsed_of, recognitions_of

PLATFORMS = ("中试平台", "platforms:platforms")
CAPABILITIES = ("服务能力", "platforms:capabilities")
RESOURCE_PAGE = ("共享资源", "platforms:resources")
MAX_COMPARED = 4
DIRECTORIES = {
    "equipment": (filters.EquipmentFilter, tables.EquipmentTable),
    "lines": (filters.LineFilter, tables.LineTable),
    "experts": (filters.ExpertFilter, tables.ExpertTable),
    "solutions": (filters.SolutionFilter, tables.SolutionTable),
}
OPEN_TAB = "open"  # data sets, patents, scenarios and events: a page of its own
SORTS = [("", "默认"), ("-confirmed_at", "最近确认"), ("-completeness", "最完整")]


def platforms(request: HttpRequest) -> HttpResponse:
    """The directory of platforms."""
    rows = PlatformAccess(request.user).visible().shown()
    return list_page(
        request,
        queryset=selectors.platform_rows(rows),
        table_class=tables.PlatformTable,
        filter_class=filters.PlatformFilter,
        template="platforms/platforms.html",
        export_name="中试平台",
        context={"sorts": [*SORTS, ("name", "名称")]},
    )


def platform(request: HttpRequest, slug: str) -> HttpResponse:
    """One platform with everything it offers."""
    access = PlatformAccess(request.user)
    found = get_object_or_404(selectors.platform_in_full(access.visible()), slug=slug)
    offers = selectors.platform_offers(found)
    recognitions = recognitions_of(found)
    entries = open_entries_of(found, timezone.localdate())
    context = {
        "platform": found,
        "access": access,
        "facts": told_facts(found),
        "offers": offers,
        "sections": [
            {"label": label, "url": f"#{key}", "count": len(rows)}
            for key, label, rows in (
                *((kind.key, kind.label, getattr(offers, kind.key)) for kind in OFFERS),
                (OPEN_TAB, "开放资源与活动", entries),
            )
            if rows
        ],
        "entries": entries,
        "recognitions": recognitions,
        "lapsed": lapsed_of(recognitions),
        "trail": trail(PLATFORMS, found.name),
    }
    return render(request, "platforms/platform.html", context)


def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell that something on a platform's pages is wrong; needs no account."""
    found = get_object_or_404(PlatformAccess(request.user).visible(), slug=slug)
    # the page one comes from may say what it is about
    initial = {name: request.GET.get(name, "")[:300] for name in ("kind", "note")}
    form = ReportForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        client = str(request.user.pk or request.META.get("REMOTE_ADDR", ""))
        with refusals_on(form):
            services.report_listing(
                actor=request.user, platform=found, client=client, now=timezone.now(),
                page=request.META.get("HTTP_REFERER", ""), **form.cleaned_data,
            )  # fmt: skip
            messages.success(request, "已收到，运营单位和主管部门会核实更正，谢谢您。")
            return redirect(found)
    return render(
        request,
        "platforms/report.html",
        {"platform": found, "form": form, "trail": trail(PLATFORMS, "报告问题")},
    )


def capabilities(request: HttpRequest) -> HttpResponse:
    """The directory of capabilities."""
    rows = CapabilityAccess(request.user).visible().shown()
    return list_page(
        request,
        queryset=selectors.capability_rows(rows),
        table_class=tables.CapabilityTable,
        filter_class=filters.CapabilityFilter,
        template="platforms/capabilities.html",
        export_name="中试服务能力",
        context={"sorts": SORTS},
    )


def capability(request: HttpRequest, slug: str) -> HttpResponse:
    """One capability with its parameter sheet and others like it."""
    access = CapabilityAccess(request.user)
    found = get_object_or_404(selectors.capability_in_full(access.visible()), slug=slug)
    context = {
        "capability": found,
        "platform": found.platform,
        "access": PlatformAccess(request.user),
        "facts": condition_facts(found),
        "solutions": found.solutions.shown().order_by("pk"),
        "trail": trail(CAPABILITIES, found.title),
        "similar": selectors.similar_capabilities(found),
    }
    return render(request, "platforms/capability.html", context)


def compare(request: HttpRequest) -> HttpResponse:
    """Up to four capabilities side by side: `?id=slug&id=slug`."""
    wanted = list(dict.fromkeys(request.GET.getlist("id")))
    rows = selectors.capability_in_full(CapabilityAccess(request.user).visible())
    by_slug = {row.slug: row for row in rows.filter(slug__in=wanted[:MAX_COMPARED])}
    compared = [by_slug[slug] for slug in wanted if slug in by_slug]
    lines, missing = side_by_side(compared)
    context = {
        "compared": compared,
        "lines": lines,
        "missing": missing,
        "parameters": selectors.parameter_lines(compared),
        "is_cut": len(wanted) > MAX_COMPARED,
        "trail": trail(CAPABILITIES, "对比"),
    }
    return render(request, "platforms/compare.html", context)


def resources(request: HttpRequest) -> HttpResponse:
    """Equipment, lines, experts and solutions in one directory with tabs: `?kind=`."""
    key = request.GET.get("kind", "")
    kind = KINDS[key] if key in DIRECTORIES else RESOURCES[0]
    filter_class, table_class = DIRECTORIES[kind.key]
    return list_page(
        request,
        queryset=selectors.resource_rows(access_to(kind.model, request.user).visible().shown()),
        table_class=table_class,
        filter_class=filter_class,
        template="platforms/resources.html",
        export_name=kind.label,
        context={"kind": kind, "tabs": resource_tabs(kind.key), "sorts": SORTS},
    )


def resource_tabs(active: str) -> list[dict[str, Any]]:
    """The parts of what platforms share."""
    page = reverse("platforms:resources")
    return [
        {"label": kind.label, "url": f"{page}?kind={kind.key}", "active": kind.key == active}
        for kind in RESOURCES
    ] + [
        {"label": "数据、专利、场景与活动", "url": reverse("platforms:open_resources"),
         "active": active == OPEN_TAB}
    ]  # fmt: skip


def resource(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One piece of equipment, line, expert or solution."""
    model = KINDS[kind].model
    access = access_to(model, request.user)
    rows = access.visible().select_related("platform__region__parent")
    found = get_object_or_404(rows, slug=slug)
    is_bookable = isinstance(found, Equipment | Line) and found.is_bookable
    context = {
        "listing": found,
        "calendar": calendar_of(found, timezone.now()) if is_bookable else None,
        "platform": found.platform,
        "kind": kind_of(found),
        "trail": trail(RESOURCE_PAGE, str(found)),
        "access": PlatformAccess(request.user),
        "facts": told_facts(found),
    }
    return render(request, "platforms/resource.html", context)
