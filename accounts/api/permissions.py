"""Scopes of service tokens. What the user may do is still asked of the access object."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ServiceToken


class HasScope(BasePermission):
    """A view states `read_scope` and `write_scope`; without a scope a token gets nothing.

    Reading public rows needs no token. Writing needs a signed-in person or a token with scope.
    """

    message = "令牌没有这项权限范围。"

    def has_permission(self, request: Request, view: Any) -> bool:
        is_read = request.method in SAFE_METHODS
        scope = getattr(view, "read_scope" if is_read else "write_scope", None)
        if isinstance(request.auth, ServiceToken):
            return scope is not None and scope in request.auth.scopes
        return is_read or request.user.is_authenticated
