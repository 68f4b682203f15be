"""Registering, and asking to join an organisation."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import openid, selectors, services
from accounts.enums import PRIVACY_TEXT_VERSION
from accounts.forms import JoinForm, RegistrationForm
from accounts.models import Organisation
from accounts.requests import PersonRequest
from core.refusals import refusals_on

WAITS = "注册成功。单位资料已提交管辖部门审核，审核期间可以先填写草稿。"
ASKED = "注册成功。您的单位已登记，加入申请已发给本单位人员，同意后即可使用。"


def register(request: HttpRequest) -> HttpResponse:
    """Person and organisation in one step; the person is signed in at once."""
    if request.user.is_authenticated:
        return redirect("accounts:profile")
    identity = openid.arrival(request)
    form = RegistrationForm(
        request.POST or None, initial=_known(identity), privacy_url=reverse("portal:privacy")
    )
    if request.method == "POST":
        if limited := ratelimit.consume_or_429(request, action="signup"):
            return limited
        if form.is_valid() and (done := _register(form, identity)):
            openid.forget_arrival(request)
            messages.success(request, ASKED if done.is_join else WAITS)
            target = reverse("accounts:profile" if done.is_join else "accounts:organisation")
            return perform_login(request, done.user, redirect_url=target, signup=True)
    provider = selectors.identity_providers().get(identity.provider) if identity else None
    return render(request, "accounts/register.html", {"form": form, "provider": provider})


def _register(
    form: RegistrationForm, identity: openid.Identity | None
) -> services.Registration | None:
    values: dict[str, Any] = {
        name: value for name, value in form.cleaned_data.items() if name != "consent"
    }
    values |= {"privacy_text_version": PRIVACY_TEXT_VERSION, "now": timezone.now()}
    with refusals_on(form):
        if identity is None:
            return services.register(**values)
        return services.register_with_identity(identity=identity, **values)
    return None


def _known(identity: openid.Identity | None) -> dict[str, Any]:
    """What need not be typed: what the provider said, and what we know of the organisation."""
    if identity is None:
        return {}
    said = identity.claims
    known = {key: getattr(said, key) for key in ("name", "phone", "email", "uscc")}
    organisation = selectors.organisation_to_join(None, said.uscc)
    if organisation is None:
        return known | {"organisation_name": said.organisation_name}
    return known | {"organisation_name": organisation.name, "region": organisation.region}


@login_required
def join(request: PersonRequest) -> HttpResponse:
    """Ask to act for an organisation that is registered already."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = Organisation.objects.filter(uscc=form.cleaned_data["uscc"]).first()
        if organisation is None:
            form.add_error("uscc", "没有登记这个代码的单位，请核对，或请单位先注册。")
        elif _request_role(request, form, organisation):
            messages.success(request, f"加入“{organisation}”的申请已发出，请等待答复。")
            return redirect("accounts:profile")
    return render(request, "accounts/join.html", {"form": form})


def _request_role(request: PersonRequest, form: JoinForm, organisation: Organisation) -> bool:
    with refusals_on(form):
        services.request_role(
            actor=request.user,
            organisation=organisation,
            role=form.cleaned_data["role"],
            now=timezone.now(),
        )
        return True
    return False
