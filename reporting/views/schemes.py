"""Evaluation schemes: read by everybody; changed by staff as draft, comparison, activation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.refusals import carry_out, refusals_on, telling
from reporting.access import EvaluationAccess, SchemeAccess
from reporting.forms import SchemeForm
from reporting.models import EvaluationScheme
from reporting.selectors import schemes as selectors
from reporting.selectors.rankings import choice_words
from reporting.services import evaluation_schemes as services
from reporting.services.trials import Trial, try_scheme


def find(request: HttpRequest, slug: str, version: int) -> tuple[SchemeAccess, EvaluationScheme]:
    """The access object and the version, if the user may know of it."""
    access = SchemeAccess(request.user)
    return access, get_object_or_404(access.visible(), slug=slug, version=version)


@require_GET
def schemes(request: HttpRequest) -> HttpResponse:
    """How platforms are judged: every scheme in its present version."""
    rows = SchemeAccess(request.user).visible()
    drafts = {row.slug: row for row in rows.filter(is_draft=True)}
    listed = [(row, drafts.get(row.slug))
              for row in rows.filter(is_current=True).order_by("use", "slug")]  # fmt: skip
    return render(request, "reporting/schemes.html", {"schemes": listed})


@require_GET
def scheme(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """One version: headings, weights, vetoes, grades, what is an example."""
    access, found = find(request, slug, version)
    versions = access.visible().filter(slug=slug)
    context = {
        "scheme": found,
        "access": access,
        "versions": versions.select_related("created_by").order_by("-version"),
        "draft": versions.filter(is_draft=True).first(),
        "history": selectors.history(versions) if access.can("revise") else [],
        "choices": choice_words(found.definition),
    }
    return render(request, "reporting/scheme.html", context)


@login_required
def revise(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Everything of a version on one page; saving makes a draft or saves it anew."""
    access, found = find(request, slug, version)
    access.require("revise", found)
    form = SchemeForm(request.POST or None, scheme=found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, form.places):
            made = services.save_draft(
                actor=request.user, base=found, now=timezone.now(), **form.typed()
            )
            messages.success(request, "草稿已保存，还没有启用。核对下面的变化后再启用。")
            return redirect("reporting:compare_scheme", slug, made.version)
    return render(request, "reporting/scheme_form.html", {"form": form, "scheme": found})


@login_required
@require_GET
def compare(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """A draft or an earlier version beside the one in force, tried on the last computation."""
    access, found = find(request, slug, version)
    access.require("compare", found)
    current = selectors.current_version(slug)
    context = {
        "scheme": found,
        "current": current,
        "access": access,
        "changes": selectors.changes(current.definition, found.definition) if current else [],
        "trial": _trial(request, found),
    }
    return render(request, "reporting/scheme_compare.html", context)


def _trial(request: HttpRequest, scheme: EvaluationScheme) -> Trial | None:
    """On the latest computation of which the user may see every score."""
    access = EvaluationAccess(request.user)
    for round_ in selectors.last_rounds(scheme.slug, access.visible()):
        if access.can("see_all", round_.run):
            return try_scheme(actor=request.user, scheme=scheme, round_=round_)
    return None


@login_required
@require_POST
def activate(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Judge by this version from now on."""
    _access, found = find(request, slug, version)
    with telling(request):
        found = services.activate_scheme(
            actor=request.user, scheme=found, reason=request.POST.get("reason", ""),
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, f"已启用第 {found.version} 版，此后新建的评价按它计算。")
        return redirect(found)
    return redirect("reporting:compare_scheme", slug, version)


@login_required
@require_POST
def drop(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Delete a draft."""
    _access, found = find(request, slug, version)
    carry_out(request, services.drop_draft, "草稿已删除。", scheme=found)
    current = selectors.current_version(slug)
    return redirect(current or "reporting:schemes")
