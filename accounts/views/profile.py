"""One's own account: data, security, consents, a copy to take away, closing it."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import selectors, services
from accounts.access import TokenAccess
from accounts.forms import CloseAccountForm, ProfileForm
from accounts.models import ConsentRecord, User
from accounts.requests import PersonRequest
from core.refusals import refusals_on


@login_required
def profile(request: PersonRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "phone": user.phone})
    if request.method == "POST" and form.is_valid():
        services.edit_profile(actor=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, "个人资料已保存。")
        return redirect("accounts:profile")
    context = {
        "form": form,
        "roles": selectors.roles_of(user),
        "has_second_factor": is_mfa_enabled(user),
        "session_count": UserSession.objects.filter(user=user).count(),
        "consents": selectors.consents_of(user),
        **_identities(user),
        "may_use_tokens": bool(TokenAccess(user).can("create")),
    }
    return render(request, "accounts/profile.html", context)


def _identities(user: User) -> dict[str, Any]:
    """Linked identities with their providers' names, and providers without one; where none is
    configured, nothing."""
    providers = selectors.identity_providers()
    if not providers:
        return {}
    rows = list(selectors.identities_of(user))
    linked = [(row, providers.get(row.provider, f"{row.provider}（已停用）")) for row in rows]
    held = {row.provider for row in rows}
    others = {key: name for key, name in providers.items() if key not in held}
    return {"shows_identities": True, "identities": linked, "providers": others}


@login_required
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back a consent of one's own."""
    consent = get_object_or_404(ConsentRecord, pk=pk, user=request.user)
    services.withdraw_consent(actor=request.user, consent=consent, now=timezone.now())
    messages.success(request, "已撤回同意。如不再使用本平台，可以注销账号。")
    return redirect("accounts:profile")


@login_required
@reauthentication_required
def export(request: PersonRequest) -> HttpResponse:
    """A copy of the person's data as JSON (个人信息保护法 第四十五条)."""
    now = timezone.now()
    services.note_export(actor=request.user, now=now)
    response = JsonResponse(
        selectors.personal_data(request.user, now=now),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y%m%d}.json"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@reauthentication_required
def close(request: PersonRequest) -> HttpResponse:
    """Close the account for good, after saying so."""
    form = CloseAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.close_account(actor=request.user, now=timezone.now())
            logout(request)
            messages.success(request, "账号已注销，个人信息已删除。")
            return redirect("portal:home")
    return render(request, "accounts/close.html", {"form": form})
