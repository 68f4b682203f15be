"""Bodies that must enter the register and whether they did (G01): one list, one form."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import CoverageAccess
from platforms.filters import CoverageFilter
from platforms.forms.coverage import CoverageForm
from platforms.selectors import coverage as selectors
from platforms.tables import CoverageTable

LIST = ("应纳入机构", "platforms:coverage")


@login_required
def coverage(request: HttpRequest) -> HttpResponse:
    """Who must enter, who has, and what to write to who has not."""
    access = CoverageAccess(request.user)
    access.require("view")
    return list_page(
        request,
        queryset=selectors.coverage_rows(request.user),
        table_class=CoverageTable,
        filter_class=CoverageFilter,
        template="platforms/recognition/coverage.html",
        export_name="应纳入机构",
        context={
            "coverage": selectors.coverage_of(access.visible()),
            "register_url": request.build_absolute_uri(reverse("accounts:register")),
            "trail": trail("应纳入机构"),
        },
    )


@login_required
def record(request: HttpRequest) -> HttpResponse:
    """Put bodies on the list."""
    CoverageAccess(request.user).require("record")
    form = CoverageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            done = services.record_bodies(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            skipped = f"，{done.repeated} 家已在名单中" if done.repeated else ""
            messages.success(request, f"已登记 {done.created} 家{skipped}。")
            return redirect("platforms:coverage")
    context = {"form": form, "trail": trail(LIST, "登记")}
    return render(request, "platforms/recognition/coverage_form.html", context)


@login_required
@require_POST
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a body off the list."""
    found = get_object_or_404(CoverageAccess(request.user).visible(), pk=pk)
    carry_out(
        request, services.strike_body, "已移出名单。", body=found,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("platforms:coverage")
