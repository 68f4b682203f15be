"""How allauth behaves here: own registration, demo people kept out, sign-ins written down."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
)
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.selectors import identity_providers
from accounts.services import sign_in
from taxonomy.jurisdiction import current_jurisdiction

# what the framework announces → the action in the activity log
SIGN_IN_EVENTS = {
    user_logged_in: "sign_in",
    user_logged_out: "sign_out",
    password_changed: "change_password",
    password_reset: "reset_password",
    authenticator_added: "add_factor",
    authenticator_removed: "remove_factor",
    authentication_failed: "fail_factor",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("邮箱或密码不正确，请核对后再试。"),
        "incorrect_password": _("密码不正确。"),
    }

    def format_email_subject(self, subject: str) -> str:
        """The subject with the portal's name, as in every other mail."""
        return f"{subject}【{current_jurisdiction().title}】"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: `accounts:register` makes person and organisation in one step."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Stop whom the backend would not let in: allauth itself asks for `is_active` only."""
        if not user.may_sign_in:
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def logout(self, request: HttpRequest) -> None:
        """Signing out here does not end the session at the identity provider: say so."""
        name = identity_providers().get(provider_of(request, request.user))
        super().logout(request)
        if name:
            messages.warning(request, f"您在{name}的登录仍然有效，在公用电脑上请到{name}一并退出。")


def provider_of(request: HttpRequest | None, user: Any) -> str:
    """Id of the identity provider through which the person came into this session, or empty."""
    records = get_authentication_records(request, user) if request is not None else []
    return next((row["provider"] for row in records if row["method"] == "socialaccount"), "")


def connect_sign_in_log() -> None:
    """Write every sign-in, sign-out, failure and change of a factor to the activity log."""
    for signal, action in SIGN_IN_EVENTS.items():
        signal.connect(_receiver(action), dispatch_uid=f"accounts.{action}", weak=False)
    user_login_failed.connect(_failed, dispatch_uid="accounts.sign_in_failed")


def _receiver(action: str) -> Any:
    def receive(*, request: HttpRequest | None, user: Any = None, **kwargs: Any) -> None:
        if user is not None:  # signing out without having signed in announces nobody
            sign_in.log_account_event(
                user=user, action=action, now=timezone.now(), ip_address=address_of(request),
                provider=provider_of(request, user),
            )  # fmt: skip

    return receive


def _failed(
    *, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    sign_in.log_failed_sign_in(
        email=str(credentials.get("email") or credentials.get("username") or ""),
        now=timezone.now(),
        ip_address=address_of(request),
    )


def address_of(request: HttpRequest | None) -> str | None:
    """The reader's address, as far as the proxies that we trust tell it."""
    try:
        return get_adapter().get_client_ip(request) if request is not None else None
    except PermissionDenied:  # no address at all, as behind a socket: the sign-in still counts
        return None
