"""Signing in through an identity provider: leaving, coming back, choosing the account."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import openid, selectors, services
from accounts.forms import LinkForm
from accounts.requests import PersonRequest
from core.refusals import carry_out


def _client(request: HttpRequest, provider: str) -> openid.IdentityClient:
    if provider not in selectors.identity_providers():
        raise Http404
    return openid.IdentityClient(request, provider)


@require_POST
def start(request: HttpRequest, provider: str) -> HttpResponse:
    """Send the reader to the provider.

    By a page that goes on by itself: a redirect after a form is held back by `form-action 'self'`.
    """
    if limited := ratelimit.consume_or_429(request, action="login"):
        return limited
    there = _client(request, provider).get_provider()
    try:
        address = openid.leave_for(request, there, get_next_redirect_url(request))
    except openid.IdentityRefused as refused:
        return openid.refusal(request, there, refused.reason, refused)
    return render(request, "accounts/identity_leave.html", {"provider": there, "address": address})


@never_cache
@require_GET
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Where the provider sends people back to; `openid.IdentityAdapter` decides what follows."""
    client = _client(request, provider)
    try:
        return OAuth2CallbackView.adapter_view(client)(request)
    except openid.IdentityRefused as refused:
        return openid.refusal(request, client.get_provider(), refused.reason, refused)


@never_cache
def identity(request: HttpRequest) -> HttpResponse:
    """Whose account shall an identity open that belongs to nobody yet?"""
    arrived = openid.arrival(request)
    if arrived is None:
        raise Http404
    user = request.user if request.user.is_authenticated else None
    if "forget" in request.POST:
        openid.forget_arrival(request)
        return redirect("accounts:profile" if user else "account_login")
    organisation = selectors.organisation_to_join(user, arrived.claims.uscc)
    sent = request.POST if request.method == "POST" else None
    form = LinkForm(sent, may_join=user is not None and organisation is not None)
    if user is not None and form.is_valid():
        return _proved(request, openid.arrived_at(request))(request, arrived, form)
    context = {
        "identity": arrived,
        "provider": selectors.identity_providers().get(arrived.provider, ""),
        "organisation": organisation,
        "form": form,
    }
    return render(request, "accounts/identity.html", context)


def _proved(request: HttpRequest, since: float):  # type: ignore[no-untyped-def]
    """Linking needs a proof of the account that is younger than the identity's coming."""
    records = get_authentication_records(request, request.user)
    is_fresh = any(row["at"] >= since for row in records)
    return _link if is_fresh else reauthentication_required(_link)


def _link(request: PersonRequest, arrived: openid.Identity, form: LinkForm) -> HttpResponse:
    name = selectors.identity_providers().get(arrived.provider, "")
    said = f"已关联。以后可以用{name}登录。"
    role = form.cleaned_data.get("role", "")
    if carry_out(request, services.link_identity, said, identity=arrived, role=role):
        openid.forget_arrival(request)
    return redirect("accounts:profile")


@login_required
@require_POST
@reauthentication_required
def unlink(request: PersonRequest, pk: int) -> HttpResponse:
    """End signing in through an identity of one's own."""
    found = get_object_or_404(SocialAccount, pk=pk, user=request.user)
    carry_out(request, services.unlink_identity, "已解除关联。", identity=found)
    return redirect("accounts:profile")
