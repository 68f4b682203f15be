"""How long a session lasts, and who must have a second factor (GB/T 22239-2019 level 3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts.adapter import address_of
from accounts.models import ServiceToken
from accounts.openid import VOUCHED
from core.services import count_today, source_address

STARTED, SEEN = "session_started", "session_seen"  # seconds since the epoch, in the session
NOTE_EVERY_SECONDS = 60
API = "/api/"
# what remains reachable so that the factor can be set up at all: allauth wants the address
# verified and the password fresh before it adds one
OPEN_NAMES = frozenset(
    {
        "account_logout",
        "account_login",
        "account_reauthenticate",
        "account_email",
        "account_confirm_email",
        "account_email_verification_sent",
    }
)
NEEDS_FACTOR = "您的角色须启用两步验证，请先完成设置。"


class SessionLimitMiddleware:
    """Sign out who was idle for SESSION_IDLE_SECONDS, or signed in SESSION_COOKIE_AGE ago.

    The cookie's age alone would slide on with every saved session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            started = request.session.setdefault(STARTED, now)
            seen = request.session.get(SEEN, now)
            is_idle = now - seen > settings.SESSION_IDLE_SECONDS
            if is_idle or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.info(request, "登录已超时，请重新登录。")
            elif SEEN not in request.session or now - seen > NOTE_EVERY_SECONDS:
                request.session[SEEN] = now
        return self.get_response(request)


class AddressMiddleware:
    """Tell the activity log where each request comes from (GB/T 22239-2019 level 3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = source_address.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            source_address.reset(token)


class PartnerCountMiddleware:
    """Count how requests of service tokens end, by organisation (PRT-17)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        token = getattr(request, "auth", None)  # set by the API's authentication
        if isinstance(token, ServiceToken):
            whose = next(iter(token.user.organisations), token.user)
            count_today(name=self.outcome(response.status_code), subject=str(whose),
                        now=timezone.now())  # fmt: skip
        return response

    @staticmethod
    def outcome(status: int) -> str:
        """partner-ok, partner-conflict (409) or partner-failed."""
        if status == HTTPStatus.CONFLICT:
            return "partner-conflict"
        return "partner-ok" if status < HTTPStatus.BAD_REQUEST else "partner-failed"


class SecondFactorMiddleware:
    """Hold up people whose role demands a second factor until they have set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_held_up(request):
            return self.get_response(request)
        if request.path_info.startswith(API):
            body = {"code": "second_factor", "message": NEEDS_FACTOR, "fields": {}}
            return JsonResponse(body, status=403, json_dumps_params={"ensure_ascii": False})
        messages.warning(request, NEEDS_FACTOR)
        return redirect("mfa_activate_totp")

    def is_held_up(self, request: HttpRequest) -> bool:
        """Whether this request must wait for the second factor."""
        user = request.user
        if not user.is_authenticated or not user.needs_second_factor:
            return False
        if settings.DEMO_MODE and user.is_demo:
            return False
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return False  # a page that does not exist says so
        name = match.url_name or ""
        if name in OPEN_NAMES or name.startswith("mfa_"):
            return False
        if request.session.get(VOUCHED) == user.pk:  # the identity provider asked for it
            return False
        return not is_mfa_enabled(user)
