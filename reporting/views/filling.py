"""What operators fill in: groups, plan, check; one value with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.files import file_items
from core.refusals import carry_out, refusals_on
from reporting.access import AnnualReportAccess
from reporting.catalogue import references_of
from reporting.forms import CorrectionForm, ExtensionForm, PlanForm, SectionForm
from reporting.models import AnnualReport, Extension, PlanTarget
from reporting.selectors import reports as selectors
from reporting.selectors.sheets import (
    Line,
    Section,
    lines_of,
    planned_of,
    report_of,
    sections_of,
)  # fmt: skip
from reporting.services import filling, review
from reporting.views.reports import find


def tabs(report: AnnualReport, sections: list[Section], active: str) -> list[dict[str, object]]:
    """The groups of the fill page with what is left to do, then plan and check."""
    rows: list[dict[str, object]] = [
        {
            "label": section.name,
            "url": reverse("reporting:fill", args=[report.pk, section.code]),
            "active": section.code == active,
            "count": section.finding_count or "",
        }
        for section in sections
    ]
    targets = sum(section.target_count for section in sections)
    for label, name, count in (("下年度计划", "plan", targets or ""), ("检查并提交", "check", "")):
        rows.append(
            {"label": label, "url": reverse(f"reporting:{name}", args=[report.pk]),
             "active": name == active, "count": count}
        )  # fmt: skip
    return rows


def read(report: AnnualReport) -> list[Line]:
    """Lines with open comments and evidence counts."""
    lines = selectors.with_comments(lines_of(report), selectors.comments_of(report))
    return selectors.with_files(report, lines)


def chosen(sections: list[Section], group: str) -> Section:
    """The section called `group`."""
    for section in sections:
        if section.code == group:
            return section
    raise Http404


@login_required
def fill(request: HttpRequest, pk: int, group: str) -> HttpResponse:
    """One group: computed values read-only, the rest to type; saved at any time."""
    access, report = find(request, pk)
    access.require("edit", report)
    sections = sections_of(read(report))
    section = chosen(sections, group)
    data = request.POST.copy() if request.method == "POST" else None
    form = SectionForm(section.lines, data)
    if data is not None and form.is_valid():
        now = timezone.now()
        saved = filling.save_values(actor=request.user, report=report, typed=form.typed(), now=now)
        if saved.is_clean:
            messages.success(request, "已保存。")
            return redirect("reporting:fill", pk, following(sections, group, data))
        sections = sections_of(read(report))
        form = seen_again(chosen(sections, group), data)
        form.show(saved)
        messages.warning(request, "有几处没有保存，其余已保存。请看标红的地方。")
    rows = form.rows()
    context = {
        "report": report, "access": access, "section": section, "form": form,
        "computed": [row for row in rows if "value" not in row],
        "typed": [row for row in rows if "value" in row], "tabs": tabs(report, sections, group),
    }  # fmt: skip
    return render(request, "reporting/fill.html", context)


def seen_again(section: Section, data: object) -> SectionForm:
    """The form as typed, with the versions that are stored now: a second save is deliberate."""
    for line in section.lines:
        data[f"{line.indicator.code}-version"] = str(line.row.version if line.row else 0)  # type: ignore[index]
    form = SectionForm(section.lines, data)
    form.is_valid()
    return form


def following(sections: list[Section], group: str, data: object) -> str:
    """The next group when asked for, else the same."""
    codes = [section.code for section in sections]
    place = codes.index(group)
    return codes[min(place + 1, len(codes) - 1)] if "next" in data else group  # type: ignore[operator]


@login_required
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Targets for next year, beside this year's values and the targets set a year ago."""
    access, report = find(request, pk)
    access.require("edit", report)
    lines = lines_of(report)
    data = request.POST.copy() if request.method == "POST" else None
    form = PlanForm(lines, planned_of(report), data)
    if data is not None and form.is_valid():
        saved = filling.save_plan(
            actor=request.user, report=report, targets=form.targets(), seen=form.seen(),
            now=timezone.now(),
        )  # fmt: skip
        if saved.is_clean:
            messages.success(request, "计划已保存，将作为下一年度的基线。")
            return redirect("reporting:plan", pk)
        form = plan_again(lines, planned_of(report), data)
        form.show(saved.errors)
        messages.warning(request, "有几处没有保存，其余已保存。请看标红的地方。")
    rows = form.rows(planned_of(report_of(report, 1)))
    context = {
        "report": report, "form": form, "tabs": tabs(report, sections_of(lines), "plan"),
        "chosen": [row for row in rows if row["is_chosen"]],
        "others": [row for row in rows if not row["is_chosen"]],
    }  # fmt: skip
    return render(request, "reporting/plan.html", context)


def plan_again(lines: list[Line], plan: Mapping[str, PlanTarget], data: Any) -> PlanForm:
    """The form as typed, with the versions that are stored now: a second save is deliberate."""
    for line in lines:
        code = line.indicator.code
        data[f"{code}-version"] = plan[code].version if code in plan else ""
    form = PlanForm(lines, plan, data)
    form.is_valid()
    return form


@login_required
@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the rules say, with where to mend it; submit when nothing is left."""
    access, report = find(request, pk)
    lines = lines_of(report)
    found = [(line, finding) for line in lines for finding in line.findings]
    context = {
        "report": report,
        "access": access,
        "blocking": [pair for pair in found if pair[1].blocks],
        "explained": [pair for pair in found if not pair[1].blocks],
        "tabs": tabs(report, sections_of(lines), "check"),
    }
    return render(request, "reporting/check.html", context)


@login_required
@require_POST
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute the automatic values anew."""
    _access, report = find(request, pk)
    filling.refresh_report(actor=request.user, report=report, now=timezone.now())
    messages.success(request, "自动计算的数值已更新。")
    return redirect("reporting:report", pk)


@login_required
def value(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One value: definition, 从哪来, evidence, correction, comments."""
    access, report = find(request, pk)
    line = next((line for line in read(report) if line.indicator.code == code), None)
    if line is None:
        raise Http404
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            filling.request_correction(
                actor=request.user, report=report, code=code, now=timezone.now(),
                raw=form.cleaned_data["value"], reason=form.cleaned_data["reason"],
            )  # fmt: skip
            messages.success(request, "更正申请已提交，两个数值都会保留。")
            return redirect("reporting:value", pk, code)
    context = {
        "report": report, "access": access, "line": line, "form": form,
        "rows": selectors.rows_of(report, line, now=timezone.now()),
        "inputs": selectors.inputs_of(report, line),
        "references": references_of(code),
        "files": file_items([line.row])[str(line.row.pk)] if line.row else [],
    }  # fmt: skip
    return render(request, "reporting/value.html", context)


@login_required
@require_POST
def answer_correction(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Accept or decline a correction."""
    _access, report = find(request, pk)
    carry_out(
        request, filling.answer_correction, "已答复更正申请。", report=report, code=code,
        accept="accept" in request.POST, reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("reporting:value", pk, code)


@login_required
@require_POST
def evidence(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Upload files that prove a value."""
    _access, report = find(request, pk)
    carry_out(
        request, filling.attach_evidence, "证明材料已上传。", report=report, code=code,
        uploads=request.FILES.getlist("files"),
    )  # fmt: skip
    return redirect("reporting:value", pk, code)


@login_required
@require_POST
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload the stamped and scanned report."""
    _access, report = find(request, pk)
    carry_out(
        request, review.attach_scan, "盖章扫描件已上传。", report=report,
        upload=request.FILES.get("scan"),
    )  # fmt: skip
    return redirect("reporting:report", pk)


@login_required
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more time."""
    access, report = find(request, pk)
    access.require("ask_extension", report)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            review.ask_extension(
                actor=request.user, report=report, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "延期申请已提交，答复后会通知您。")
            return redirect("reporting:report", pk)
    return render(request, "reporting/extension.html", {"report": report, "form": form})


@login_required
@require_POST
def answer_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or decline more time."""
    visible = AnnualReportAccess(request.user).visible()
    found = get_object_or_404(Extension, pk=pk, report__in=visible)
    carry_out(
        request, review.answer_extension, "已答复延期申请。", extension=found,
        accept="accept" in request.POST, reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("reporting:report", found.report_id)
