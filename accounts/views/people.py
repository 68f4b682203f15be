"""People and their roles, managed by the security administrator."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import selectors, services
from accounts.access import UserAccess
from accounts.filters import UserFilter
from accounts.forms import GrantForm, InviteForm
from accounts.models import User
from accounts.requests import PersonRequest
from accounts.tables import UserTable
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on


@login_required
def people(request: PersonRequest) -> HttpResponse:
    UserAccess(request.user).require("manage")
    return list_page(
        request,
        queryset=selectors.people_with_roles(request.user),
        table_class=UserTable,
        filter_class=UserFilter,
        template="accounts/people.html",
        export_name="人员",
    )


@login_required
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """One person: roles, and a form to grant another."""
    access = UserAccess(request.user)
    access.require("manage")
    found = get_object_or_404(access.visible(), pk=pk)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _grant(request, form, found):
        messages.success(request, f"已授予{found}新的角色。")
        return redirect("accounts:person", pk=found.pk)
    context = {
        "person": found,
        "trail": trail(("人员与角色", "accounts:people"), found.name),
        "access": access,
        "form": form,
        "roles": selectors.roles_of(found),
        "history": selectors.history_of(found)[:20],
    }
    return render(request, "accounts/person.html", context)


def _grant(request: PersonRequest, form: GrantForm, found: User) -> bool:
    values = form.cleaned_data
    with refusals_on(form):
        services.grant_role(
            actor=request.user,
            user=found,
            role=values["role"],
            region=values["region"],
            organisation=values["organisation"],
            now=timezone.now(),
        )
        return True
    return False


@login_required
def invite(request: PersonRequest) -> HttpResponse:
    """Open an account; the link to set a password goes to the person's mailbox."""
    UserAccess(request.user).require("invite")
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            user = services.invite_person(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            link = ResetPasswordForm({"email": user.email})  # allauth's mail with its signed link
            if link.is_valid():
                link.save(request)
            messages.success(request, f"已开通{user}的账号，设置密码的链接已发送。请接着授予角色。")
            return redirect("accounts:person", pk=user.pk)
    return render(request, "accounts/invite.html", {"form": form})


@login_required
@require_POST
def active(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a person in again, or shut them out."""
    found = get_object_or_404(UserAccess(request.user).visible(), pk=pk)
    is_active = request.POST.get("active") == "1"
    carry_out(
        request, services.set_active, f"{found}的账号已{'启用' if is_active else '停用'}。",
        user=found, is_active=is_active, reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("accounts:person", pk=found.pk)
