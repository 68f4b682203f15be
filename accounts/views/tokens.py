"""Service tokens: made, shown once, revoked."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import selectors, services
from accounts.access import TokenAccess
from accounts.forms import TokenForm
from accounts.requests import PersonRequest
from core.refusals import refusals_on


@login_required
@never_cache
def tokens(request: PersonRequest) -> HttpResponse:
    """Own tokens and a form for another. The answer to the form shows the secret, once."""
    TokenAccess(request.user).require("create")  # before anybody is asked for a password
    return _tokens(request)


@reauthentication_required
def _tokens(request: PersonRequest) -> HttpResponse:
    scopes = TokenAccess(request.user).scopes()
    form = TokenForm(request.POST or None, scopes=scopes)
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = _create(request, form)
        form = TokenForm(scopes=scopes) if secret else form
    context = {
        "form": form,
        "secret": secret,
        "tokens": selectors.tokens_of(request.user),
        "now": timezone.now(),
    }
    return render(request, "accounts/tokens.html", context)


def _create(request: PersonRequest, form: TokenForm) -> str:
    """The new secret; empty when the form was refused."""
    with refusals_on(form, {"expires_at": "expires_date"}):
        _, secret = services.create_token(
            actor=request.user,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at,
            now=timezone.now(),
        )
        return secret
    return ""


@login_required
@require_POST
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(TokenAccess(request.user).visible(), pk=pk)
    services.revoke_token(actor=request.user, token=token, now=timezone.now())
    messages.success(request, f"令牌“{token.name}”已撤销，使用它的系统不能再访问。")
    return redirect("accounts:tokens")
