"""Government staff and administrators work only with a second factor (GB/T 22239-2019 level 3)."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

# what remains reachable so that the factor can be set up at all
OPEN_NAMES = frozenset({"account_logout", "account_login", "account_reauthenticate"})


class SecondFactorMiddleware:
    """Redirect people whose role demands a second factor to setting one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.is_held_up(request):
            messages.warning(request, "您的角色须启用两步验证，请先完成设置。")
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def is_held_up(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or not user.needs_second_factor:
            return False
        if settings.DEMO_MODE and user.is_demo:
            return False
        if request.path.startswith((f"/{settings.STATIC_URL}", "/accounts/2fa/")):
            return False
        name = resolve(request.path_info).url_name or ""
        return name not in OPEN_NAMES and not is_mfa_enabled(user)
