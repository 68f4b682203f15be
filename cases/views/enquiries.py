"""The first question to a platform, filled in from what is known already."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import Organisation
from cases import forms, services
from cases.access import ENTERPRISE_ROLES, ProjectAccess
from cases.models import Project
from core.breadcrumbs import trail
from core.errors import DomainError
from core.refusals import put_error
from core.reminders import reply_due
from demands.access import DemandAccess
from platforms.access import CapabilityAccess, PlatformAccess
from platforms.models import Platform

FIRST_WORDS = """您好！我们想{about}与贵平台对接，请问：
1. 能否承接，还需要我们提供什么？
2. 大致的报价和周期？
3. 最早可以安排在什么时候？"""


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Ask a platform: `?platform=`, `?capability=`, `?demand=` fill in what is known already."""
    access = ProjectAccess(request.user)
    access.require("start")
    platform = _platform(request)
    if platform is None:
        messages.info(request, "请先选一家平台或一项能力，再发起咨询。")
        return redirect("platforms:capabilities")
    form = _enquiry_form(request, platform)
    existing = None
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            project = services.start_enquiry(
                actor=request.user, platform=platform, now=timezone.now(), **values
            )
        except DomainError as error:
            about = {name: values[name] for name in ("enterprise", "demand", "capability")}
            existing = services.open_project(platform=platform, **about)
            if existing is None:  # else the page itself leads to it
                put_error(form, error)
        else:
            messages.success(request, "咨询已发出，收到回复时会提醒您。")
            return redirect(project)
    return render(request, "cases/start.html", _start_page(request, platform, form, existing))


def _platform(request: HttpRequest) -> Platform | None:
    """The platform asked for by its own slug or by that of a capability."""
    slug, capability = request.GET.get("platform", ""), request.GET.get("capability", "")
    rows = PlatformAccess(request.user).visible().published()
    rows = rows.select_related("organisation", "region__parent")
    if slug:
        return get_object_or_404(rows, slug=slug)  # type: ignore[no-any-return]
    if capability:
        shown = CapabilityAccess(request.user).visible().shown().filter(slug=capability)
        return get_object_or_404(rows, pk__in=shown.values("platform"))  # type: ignore[no-any-return]
    return None


def _enquiry_form(request: HttpRequest, platform: Platform) -> forms.EnquiryForm:
    mine = request.user.organisation_ids(*ENTERPRISE_ROLES)  # type: ignore[union-attr]
    demands = DemandAccess(request.user).owned().open().order_by("-published_at", "-pk")
    capabilities = CapabilityAccess(request.user).visible().shown().filter(platform=platform)
    demand = demands.filter(slug=request.GET.get("demand", "")).first()
    capability = capabilities.filter(slug=request.GET.get("capability", "")).first()
    about = f"就“{demand or capability}”" if demand or capability else ""
    return forms.EnquiryForm(
        request.POST or None,
        request.FILES or None,
        enterprises=Organisation.objects.filter(pk__in=mine).order_by("name"),
        demands=demands,
        capabilities=capabilities.order_by("title", "pk"),
        initial={
            "demand": demand,
            "capability": capability,
            "body": FIRST_WORDS.format(about=about),
        },
    )


def _start_page(
    request: HttpRequest, platform: Platform, form: forms.EnquiryForm, existing: Project | None
) -> dict[str, Any]:
    organisations = request.user.organisations  # type: ignore[union-attr]
    return {
        "platform": platform,
        "form": form,
        "existing": existing,
        "due": reply_due(timezone.now()),
        "waiting": [row for row in organisations if not row.is_approved],
        "trail": trail((platform, platform), "咨询"),
    }
