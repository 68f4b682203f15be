"""The expert's pages: invitations, declaration of interests, score sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.files import file_items
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import ApplicationAccess, AssessmentAccess, AssignmentAccess
from platforms.forms.recognition import ScoreForm
from platforms.models import ExpertAssignment
from platforms.selectors import recognition as selectors


def find(request: HttpRequest, pk: int) -> tuple[AssignmentAccess, ExpertAssignment]:
    """The access object and the invitation, if the user may know of it."""
    access = AssignmentAccess(request.user)
    applied = ("programme__scheme__region", "platform__region__parent", "organisation")
    assessed = ("scheme", "platform__region__parent", "platform__organisation")
    rows = access.visible().select_related(
        "reviewer", *(f"application__{name}" for name in applied),
        *(f"assessment__recognition__{name}" for name in assessed),
    )  # fmt: skip
    return access, get_object_or_404(rows, pk=pk)


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What I am asked to judge."""
    context = {"assignments": selectors.own_assignments(request.user)}
    return render(request, "platforms/recognition/assignments.html", context)


@login_required
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """First the declaration; then the material and the score sheet."""
    access, found = find(request, pk)
    form = ScoreForm(request.POST or None, sheet=found.scheme.score_sheet)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form, form.places):
            services.hand_in_scores(
                actor=request.user, assignment=found, scores=form.scores(),
                comment=data["comment"], is_supportive=data["is_supportive"],
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "评分已提交。")
            return redirect("platforms:assignments")
    context = {
        "assignment": found, "access": access, "form": form,
        "can_score": access.can("score", found),
        "trail": trail(("我的评审", "platforms:assignments"), str(found.platform)),
    }  # fmt: skip
    context |= material(request, found) if found.declared_at is not None else {}
    return render(request, "platforms/recognition/assignment.html", context)


def material(request: HttpRequest, found: ExpertAssignment) -> dict[str, Any]:
    """What is judged, for whom may see it: `application` and its `page`, or `assessment` with its
    task book (`items`) and `files`."""
    application, assessment = found.application, found.assessment
    if application is not None and ApplicationAccess(request.user).can("view", application):
        page = selectors.application_page(application, request.user)
        return {"application": application, "page": page}
    if assessment is not None and AssessmentAccess(request.user).can("view", assessment):
        return {
            "assessment": assessment, "items": assessment.items.order_by("pk"),
            "files": file_items([assessment])[str(assessment.pk)],
        }  # fmt: skip
    return {}


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Declare, decline, or (staff) ask to score again, take the invitation back."""
    _access, found = find(request, pk)
    carry_out(
        request, services.answer_invitation, "已记录。", assignment=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    if found.reviewer_id != request.user.pk and found.application is not None:
        return redirect("platforms:application", found.application.number)
    if found.reviewer_id != request.user.pk:
        return redirect("platforms:conclude", found.assessment_id)
    if name == "decline":
        return redirect("platforms:assignments")
    return redirect("platforms:assignment", pk)
