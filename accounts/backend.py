"""Who may sign in at all."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class AccountBackend(AuthenticationBackend):
    """E-mail and password, for active people; demo people only where DEMO_MODE is on.

    Asked at every request, not only at sign-in: sessions of people shut out end at once.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.may_sign_in)
