"""`Authorization: Bearer <token>`: a service token acts as its user, within its scopes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.selectors import token_for_secret
from accounts.services import note_token_use


class ServiceTokenAuthentication(BaseAuthentication):
    """Find the token by its prefix, compare digests, refuse what is expired or revoked."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() != self.keyword.lower():
            return None
        token = token_for_secret(parts[1], now=timezone.now()) if len(parts) == 2 else None
        if token is None:
            raise AuthenticationFailed("令牌无效、已过期或已撤销。", code="bad_token")
        note_token_use(token=token, now=timezone.now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class ServiceTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes the token."""

    target_class = ServiceTokenAuthentication
    name = "ServiceToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "服务令牌"}
