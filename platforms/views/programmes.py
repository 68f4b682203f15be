"""Batches that open on a ladder: everybody reads them, staff prepare them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import ApplicationAccess, ProgrammeAccess
from platforms.forms.recognition import ApplyForm, ProgrammeForm
from platforms.ladders import step_rows
from platforms.selectors import challenges
from platforms.selectors import recognition as selectors
from platforms.views.roster import send_certificates

PROGRAMMES = ("认定申报", "platforms:programmes")


def programmes(request: HttpRequest) -> HttpResponse:
    """Open batches first, then those that are over."""
    access = ProgrammeAccess(request.user)
    today = timezone.localdate()
    rows = list(selectors.programme_rows(access.visible().announced()))
    taking = [row for row in rows if row.takes_applications(today)]
    context = {
        "access": access,
        "taking": taking,
        "others": [row for row in rows if row not in taking],
        "can_apply": ApplicationAccess(request.user).can("create"),
        "trail": trail("认定申报"),
    }
    return render(request, "platforms/recognition/programmes.html", context)


def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One batch: what it asks for, its steps, who may apply now."""
    access = ProgrammeAccess(request.user)
    rows = selectors.programme_rows(access.visible())
    found = get_object_or_404(rows, slug=slug)
    context = {
        "programme": found,
        "scheme": found.scheme,
        "steps": step_rows(found.scheme),
        "access": access,
        "items": challenges.items_of(found, request.user),
        "is_taking": found.takes_applications(timezone.localdate()),
        "applying": selectors.applying(request.user, found),
        "trail": trail(PROGRAMMES, found.title),
    }
    return render(request, "platforms/recognition/programme.html", context)


@login_required
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what to bid for (if there is a list), the platform and the build type, and begin."""
    rows = ProgrammeAccess(request.user).visible().select_related("scheme__region")
    found = get_object_or_404(rows, slug=slug)
    ApplicationAccess(request.user).require("create")
    own = selectors.own_platforms(request.user, found)
    items = challenges.open_items(found) if found.challenge_items.exists() else None
    form = ApplyForm(
        request.POST or None, platforms=own, scheme=found.scheme, items=items,
        initial={"challenge_item": request.GET.get("item")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            application = services.start_application(
                actor=request.user, programme=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已建立申报，平台资料已带入。请核对自评，补齐后提交。")
            return redirect("platforms:application_edit", application.number)
    context = {"programme": found, "form": form, "platforms": own}
    return render(request, "platforms/recognition/apply.html", context)


@login_required
def managed(request: HttpRequest) -> HttpResponse:
    """The staff's batches with their buttons."""
    access = ProgrammeAccess(request.user)
    access.require("create")
    context = {"access": access, "programmes": selectors.managed_programmes(request.user)}
    return render(request, "platforms/recognition/manage_programmes.html", context)


@login_required
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Make a batch, or change it."""
    access = ProgrammeAccess(request.user)
    access.require("create")
    rows = access.visible().select_related("scheme")
    found = get_object_or_404(rows, slug=slug) if slug else None
    if found:
        access.require("edit", found)
    form = ProgrammeForm(request.POST or None, instance=found, schemes=access.schemes())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.save_programme(
                actor=request.user, programme=found, values=form.values(), now=timezone.now(),
                version=form.cleaned_data["version"],
            )  # fmt: skip
            messages.success(request, "已保存。")
            return redirect("platforms:managed_programmes")
    return render(request, "platforms/recognition/programme_form.html", {"form": form})


@login_required
def certificates(request: HttpRequest, slug: str) -> HttpResponse:
    """All certificates that a batch granted, in one PDF."""
    access = ProgrammeAccess(request.user)
    found = get_object_or_404(access.visible().select_related("scheme"), slug=slug)
    access.require("print", found)
    rows = selectors.granted_by(found)
    if not rows:
        messages.error(request, "这一批次还没有认定的平台。")
        return redirect("platforms:managed_programmes")
    return send_certificates(request, rows, f"{found.title}证书")


@login_required
@require_POST
def move(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Open, close or reopen a batch."""
    found = get_object_or_404(ProgrammeAccess(request.user).visible(), slug=slug)
    carry_out(
        request, services.move_programme, "已办理。", programme=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("platforms:managed_programmes")
