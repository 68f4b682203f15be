"""Facts of running: change reports, the ledger of money, hours of equipment."""

from __future__ import annotations

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.selectors import history_of
from core.breadcrumbs import trail
from core.errors import Refused
from core.files import files_of
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import (
    AssessmentAccess,
    ChangeAccess,
    FundingAccess,
    PlatformAccess,
    ProgrammeAccess,
    UsageAccess,
)
from platforms.filters import AssessmentFilter, ChangeFilter, FundingFilter
from platforms.forms.operations import ChangeForm, CorrectionForm, FundingForm, UsageForm
from platforms.forms.recognition import AssessmentBatchForm
from platforms.kinds import PLATFORM
from platforms.models import ChangeReport
from platforms.selectors import operations as selectors
from platforms.tables import AssessmentTable, ChangeTable, FundingTable
from platforms.views.manage import find

MAX_LINES = 200


@login_required
def changes(request: HttpRequest) -> HttpResponse:
    """Change reports of my platforms or regions, those that wait first."""
    return list_page(
        request,
        queryset=selectors.change_rows(request.user),
        table_class=ChangeTable,
        filter_class=ChangeFilter,
        template="platforms/recognition/changes.html",
        export_name="重要变动",
        context={"platforms": PlatformAccess(request.user).manageable().order_by("pinyin_key")},
    )


@login_required
def report_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell of a change of a platform."""
    _access, platform = find(request, PLATFORM.key, slug)
    ChangeAccess(request.user).require("create", ChangeReport(platform=platform))
    form = ChangeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            report = services.report_change(
                actor=request.user, platform=platform, values=form.values(),
                uploads=form.cleaned_data["files"], now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已报告，主管部门核准后通知您。")
            return redirect(report)
    context = {"platform": platform, "form": form}
    return render(request, "platforms/recognition/change_form.html", context)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One report; its platform completes it while it may."""
    access = ChangeAccess(request.user)
    found = get_object_or_404(access.visible().select_related("platform__organisation"), pk=pk)
    form = None
    if access.can("edit", found):
        form = ChangeForm(request.POST or None, request.FILES or None, instance=copy(found))
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                services.explain_change(
                    actor=request.user, report=found, values=form.values(),
                    uploads=form.cleaned_data["files"], now=timezone.now(),
                )  # fmt: skip
                messages.success(request, "已提交，主管部门核准后通知您。")
                return redirect(found)
    context = {
        "report": found, "platform": found.platform, "access": access, "form": form,
        "history": history_of(found), "files": files_of(found),
    }  # fmt: skip
    return render(request, "platforms/recognition/change.html", context)


@login_required
@require_POST
def detach_change(request: HttpRequest, pk: int, file_id: UUID) -> HttpResponse:
    """Take evidence of a report back."""
    found = get_object_or_404(ChangeAccess(request.user).visible(), pk=pk)
    carry_out(request, services.remove_change_file, "材料已删除。", report=found, file_id=file_id)
    return redirect(found)


@login_required
@require_POST
def move_change(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Accept, return, dismiss, take back."""
    found = get_object_or_404(ChangeAccess(request.user).visible(), pk=pk)
    carry_out(
        request, services.move_change, "已办理。", report=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(found)


@login_required
def assessments(request: HttpRequest) -> HttpResponse:
    """Assessments of my platforms or regions; `?timing=overdue` those not done in time."""
    access = AssessmentAccess(request.user)
    access.require("view")
    return list_page(
        request,
        queryset=selectors.assessment_rows(request.user),
        table_class=AssessmentTable,
        filter_class=AssessmentFilter,
        template="platforms/recognition/assessments.html",
        export_name="考核评估",
        context={"can_plan": access.can("plan"), "trail": trail("考核评估")},
    )


@login_required
def plan_assessments(request: HttpRequest) -> HttpResponse:
    """The same assessment for every platform of a ladder."""
    AssessmentAccess(request.user).require("plan")
    schemes = ProgrammeAccess(request.user).schemes()
    form = AssessmentBatchForm(request.POST or None, schemes=schemes)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            planned = services.plan_assessments(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, f"已为 {len(planned)} 家平台安排，已分别通知。")
            return redirect("platforms:assessments")
    context = {"form": form, "trail": trail(("考核评估", "platforms:assessments"), "成批安排")}
    return render(request, "platforms/recognition/assessment_batch.html", context)


@login_required
def funding(request: HttpRequest) -> HttpResponse:
    """The ledger of my platforms or regions."""
    return list_page(
        request,
        queryset=selectors.funding_rows(request.user),
        table_class=FundingTable,
        filter_class=FundingFilter,
        template="platforms/recognition/funding.html",
        export_name="财政资金台账",
        context={"can_record": FundingAccess(request.user).can("record")},
    )


@login_required
def record_funding(request: HttpRequest) -> HttpResponse:
    """Enter money; building twice with the same level's money is refused without a reason."""
    FundingAccess(request.user).require("record")
    watched = PlatformAccess(request.user).supervised()
    form = FundingForm(request.POST or None, platforms=watched)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with refusals_on(form):
            services.record_funding(
                actor=request.user, platform=values.pop("platform"), values=values,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已登记。")
            return redirect("platforms:funding")
    return render(request, "platforms/recognition/funding_form.html", {"form": form})


@login_required
def funding_record(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of the ledger with its history; staff correct it, the platform may ask for that."""
    access = FundingAccess(request.user)
    rows = access.visible().select_related("platform__organisation", "platform__region")
    found = get_object_or_404(rows, pk=pk)
    form = None
    if access.can("record", found):
        form = CorrectionForm(request.POST or None, instance=copy(found))
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                services.correct_funding(
                    actor=request.user, record=found, values=form.values(), now=timezone.now(),
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
                messages.success(request, "已更正，已通知平台。")
                return redirect(found)
    context = {
        "record": found, "form": form, "history": history_of(found),
        "trail": trail(("财政资金台账", "platforms:funding"), str(found.year)),
    }  # fmt: skip
    return render(request, "platforms/recognition/funding_record.html", context)


@login_required
@require_POST
def strike_funding(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out a line that should never have been entered."""
    found = get_object_or_404(FundingAccess(request.user).visible(), pk=pk)
    if carry_out(
        request, services.strike_funding, "已撤销，已通知平台。", record=found,
        reason=request.POST.get("reason", ""),
    ):  # fmt: skip
        return redirect("platforms:funding")
    return redirect(found)


@login_required
def usage(request: HttpRequest, slug: str) -> HttpResponse:
    """Hours of a platform's equipment: the year's lines, and one more."""
    access, platform = find(request, PLATFORM.key, slug)
    if not UsageAccess(request.user).can("view", platform):
        raise Refused("只有该平台的运营单位和主管部门可以查看。")
    year = int(found) if (found := request.GET.get("year", "")).isdigit() else 0
    year = year if 2000 <= year <= 2100 else timezone.localdate().year
    can_record = UsageAccess(request.user).can("record", platform)
    equipment = platform.equipment.order_by("name", "pk")
    form = UsageForm(request.POST or None, equipment=equipment)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with refusals_on(form):
            services.log_usage(
                actor=request.user, equipment=values.pop("equipment"), values=values,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已登记。")
            return redirect("platforms:usage", slug)
    lines = selectors.usage_of(platform, year)
    context = {
        "platform": platform, "access": access, "form": form, "can_record": can_record,
        "year": year, "sum": selectors.usage_sum(platform, year), "lines": lines[:MAX_LINES],
    }  # fmt: skip
    return render(request, "platforms/recognition/usage.html", context)


@login_required
@require_POST
def delete_usage(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a wrong line out."""
    rows = UsageAccess(request.user).visible().select_related("equipment__platform")
    found = get_object_or_404(rows, pk=pk)
    slug = found.equipment.platform.slug
    services.delete_usage(actor=request.user, line=found, now=timezone.now())
    messages.success(request, "已删除。")
    return redirect("platforms:usage", slug)
