"""The page of an organisation, its review, and requests to join it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import selectors, services
from accounts.access import OrganisationAccess, RoleAccess
from accounts.filters import OrganisationFilter
from accounts.forms import OrganisationForm, ReasonForm
from accounts.models import Organisation
from accounts.requests import PersonRequest
from accounts.tables import OrganisationTable
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on, telling


def _visible(request: PersonRequest, pk: int) -> Organisation:
    rows = OrganisationAccess(request.user).visible().select_related("region", "industry")
    return get_object_or_404(rows, pk=pk)


@login_required
def own(request: PersonRequest) -> HttpResponse:
    """The reader's (first) organisation; without one, where to join."""
    organisations = request.user.organisations
    return redirect(organisations[0] if organisations else "accounts:join")


@login_required
def organisation(request: PersonRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    access = OrganisationAccess(request.user)
    context = {
        "organisation": found,
        "access": access,
        "role_access": RoleAccess(request.user),
        "transitions": access.transitions(found),
        "members": selectors.members(found),
        "requests": selectors.join_requests(found),
        "history": selectors.history_of(found)[:20],
        "others": [other for other in request.user.organisations if other != found],
    }
    return render(request, "accounts/organisation.html", context)


@login_required
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    access = OrganisationAccess(request.user)
    access.require("edit", found)
    may_rename = bool(access.can("edit_identity", found))
    form = OrganisationForm(request.POST or None, instance=found, may_rename=may_rename)
    if request.method == "POST" and form.is_valid() and _save(request, form, pk):
        messages.success(request, "单位资料已保存。")
        return redirect(found)
    context = {
        "form": form,
        "organisation": found,
        "may_rename": may_rename,
        "trail": trail((found.name, found), "修改资料"),
    }
    return render(request, "accounts/organisation_form.html", context)


def _save(request: PersonRequest, form: OrganisationForm, pk: int) -> bool:
    changes = dict(form.cleaned_data)
    version = changes.pop("version")
    with refusals_on(form):
        services.edit_organisation(
            actor=request.user,
            organisation=Organisation.objects.get(pk=pk),
            changes=changes,
            updated_at=version,
            now=timezone.now(),
        )
        return True
    return False


@login_required
@require_POST
def move(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """One step of the life cycle: approve, return, resubmit, suspend, resume."""
    found = _visible(request, pk)
    form = ReasonForm(request.POST)
    form.is_valid()
    with telling(request):
        services.change_organisation_status(
            actor=request.user, organisation=found, transition=name, now=timezone.now(),
            reason=form.cleaned_data.get("reason", ""),
        )  # fmt: skip
        messages.success(request, f"已{OrganisationAccess.machine.by_name[name].label}。")
    return redirect(found)


@login_required
@require_POST
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Let somebody into an organisation, or not."""
    assignment = get_object_or_404(RoleAccess(request.user).visible(), pk=pk)
    carry_out(
        request, services.answer_request, "已答复，申请人会收到消息。", assignment=assignment,
        is_granted=request.POST.get("answer") == "grant", reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(assignment.organisation or "accounts:people")


@login_required
@require_POST
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """End a role, of an organisation's person or (by the security admin) of anybody."""
    assignment = get_object_or_404(RoleAccess(request.user).visible(), pk=pk)
    services.end_role(
        actor=request.user,
        assignment=assignment,
        reason=request.POST.get("reason", ""),
        now=timezone.now(),
    )
    messages.success(request, f"已终止{assignment.user}的“{assignment.get_role_display()}”角色。")
    target = request.POST.get("next", "")
    if target == "person":
        return redirect("accounts:person", pk=assignment.user_id)
    return redirect(assignment.organisation or "accounts:profile")


@login_required
def review(request: PersonRequest) -> HttpResponse:
    """Organisations of the reviewer's region, those that wait first."""
    access = OrganisationAccess(request.user)
    access.require("review")
    return list_page(
        request,
        queryset=selectors.review_queue(request.user),
        table_class=OrganisationTable,
        filter_class=OrganisationFilter,
        template="accounts/organisations.html",
        export_name="单位",
    )
