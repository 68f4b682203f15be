"""How allauth's OpenID Connect client behaves here: strict with tokens, never a silent account.

Authorisation code flow with PKCE, state and nonce. The ID token is checked by PyJWT: signature,
issuer, audience and times (OpenID Connect Core 1.0, 3.1.3.7).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

import jwt
import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from requests import RequestException

from accounts.identity_providers import Identity, is_safe_address, read_claims
from accounts.services import sign_in

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
CLOCK_LEEWAY_SECONDS = 60
ARRIVAL_SECONDS = 1800  # how long an identity that belongs to nobody yet waits for its person
ARRIVED, VOUCHED = "identity_arrived", "second_factor_vouched"  # in the session
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
REASONS = {
    "unreachable": "暂时连不上{name}，请稍后再试，或用邮箱和密码登录。",
    "misconfigured": "{name}的服务设置不完整或不安全，请联系本平台管理员。",
    "declined": "{name}没有同意这次登录，请重试；仍不成功时请联系本平台管理员。",
    "expired": "这次登录已过期，或不是从本浏览器发起的，请重新点击登录。",
    "clock": "{name}与本平台的时钟相差过大，无法确认这次登录，请联系本平台管理员校时。",
    "wrong_party": "{name}发来的身份凭证不是给本平台的，未予采用。",
    "bad_token": "{name}发来的身份凭证未通过核验，未予采用。",
    "no_token": "{name}没有发来身份凭证，请联系本平台管理员核对设置。",
}
log = structlog.get_logger(__name__)


class IdentityRefused(OAuth2Error):
    """The provider's answer was not taken; `reason` is a key of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IdentityClient(OpenIDConnectOAuth2Adapter):
    """Talks to one provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description, refused when secrets would travel in the open."""
        try:
            config: dict[str, Any] = super().openid_config
        except RequestException as error:
            raise IdentityRefused("unreachable") from error
        if not config.get("issuer") or not all(
            is_safe_address(str(config.get(name, ""))) for name in ENDPOINTS
        ):
            raise IdentityRefused("misconfigured")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(
            reverse("accounts:identity_callback", args=[app.provider_id])
        )

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> SocialLogin:
        """Who it is, from the ID token; details from the userinfo endpoint where there is one."""
        id_token = self._decode_id_token(app, kwargs["response"].get("id_token", ""))
        said = {}
        if is_safe_address(self.openid_config.get("userinfo_endpoint", "")):
            said = self._fetch_user_info(token.token)
            if said.get("sub") != id_token["sub"]:  # OpenID Connect Core 1.0, 5.3.2
                raise IdentityRefused("wrong_party")
        return self.get_provider().sociallogin_from_response(request, said | id_token)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        if not id_token:
            raise IdentityRefused("no_token")
        config = self.openid_config
        with get_adapter().get_requests_session() as session:
            answer = session.get(config["jwks_uri"])
        answer.raise_for_status()
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token, self._key(answer.json(), id_token), algorithms=ALGORITHMS,
                audience=app.client_id, issuer=config["issuer"], leeway=CLOCK_LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )  # fmt: skip
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as error:
            raise IdentityRefused("clock") from error
        except (jwt.InvalidIssuerError, jwt.InvalidAudienceError) as error:
            raise IdentityRefused("wrong_party") from error
        except jwt.PyJWTError as error:
            raise IdentityRefused("bad_token") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise IdentityRefused("wrong_party")
        return claims

    @staticmethod
    def _key(published: dict[str, Any], id_token: str) -> jwt.PyJWK:
        keys = jwt.PyJWKSet.from_dict(published).keys
        kid = jwt.get_unverified_header(id_token).get("kid")
        found = [key for key in keys if kid in (key.key_id, None)]
        if len(found) != 1:  # without a name the key must be the only one
            raise IdentityRefused("bad_token")
        return found[0]


class IdentityProvider(OpenIDConnectProvider):
    """One configured provider. Of what it says only the name is kept in the database."""

    oauth2_adapter_class = IdentityClient

    def claims_of(self, said: Mapping[str, Any]) -> Any:
        return read_claims(self.app.settings["claims"], said)

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> SocialLogin:
        login = super().sociallogin_from_response(request, response)
        login.said = response
        return login

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {"name": self.claims_of(data).name}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        """None: an address, however verified, opens nobody's account."""
        return []

    def vouches_second_factor(self, said: Mapping[str, Any]) -> bool:
        """Whether the provider asked for a second factor, in words the deployment accepts."""
        accepted = self.app.settings["second_factor"]
        methods = said.get("amr") if isinstance(said.get("amr"), list) else []
        return bool(set(accepted.get("amr", [])) & set(methods or [])) or (
            said.get("acr") in accepted.get("acr", [])
        )


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Where allauth asks what to do with somebody a provider sent."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Those of the settings alone: no secret lies in the database."""
        kind = OpenIDConnectProvider.id
        return [
            SocialApp(provider=kind, **row)
            for row in settings.SOCIALACCOUNT_PROVIDERS[kind]["APPS"]
            if provider in {None, kind, row["provider_id"]}
            and client_id in {None, row["client_id"]}
        ]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> IdentityProvider:
        return IdentityProvider(request, app=self.get_app(request, provider, client_id))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Any:
        """Nobody is made of claims: the registration form makes people."""
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in whose identity is linked; anybody else is asked whose account it shall be.

        Whoever is signed in stays who they are.
        """
        said, nonce = sociallogin.said, sociallogin.state.get("nonce") or ""
        if not secrets.compare_digest(nonce.encode(), str(said.get("nonce", "")).encode()):
            raise IdentityRefused("bad_token")
        provider = sociallogin.provider
        if not sociallogin.is_existing:
            account = sociallogin.account
            keep_arrival(request, Identity(account.provider, account.uid, provider.claims_of(said)))
            raise ImmediateHttpResponse(redirect("accounts:identity"))
        if request.user.is_authenticated:
            if sociallogin.user == request.user:
                messages.info(request, f"这个{provider.name}身份已关联您的账号。")
            else:
                messages.error(request, f"这个{provider.name}身份已关联其他账号，请先在那里解除。")
            raise ImmediateHttpResponse(redirect("accounts:profile"))
        request.session.pop(VOUCHED, None)
        if provider.vouches_second_factor(said):
            request.session[VOUCHED] = sociallogin.user.pk

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        if error == AuthError.CANCELLED:
            messages.info(request, f"已取消{provider.name}登录。")
            raise ImmediateHttpResponse(redirect("account_login"))
        if isinstance(exception, IdentityRefused):
            reason = exception.reason
        elif isinstance(exception, RequestException):
            reason = "unreachable"
        else:
            reason = "declined" if (extra_context or {}).get("state") else "expired"
        raise ImmediateHttpResponse(refusal(request, provider, reason, exception))


def refusal(
    request: HttpRequest, provider: IdentityProvider, reason: str, error: Exception | None = None
) -> HttpResponse:
    """The page that says why nobody was signed in, and the records of it."""
    log.warning("identity_refused", provider=provider.sub_id, reason=reason, error=str(error)[:200])
    if reason != "expired":  # which anybody can bring about at will
        sign_in.log_failed_identity(provider=provider.name, reason=reason, now=timezone.now())
    context = {"provider": provider, "message": REASONS[reason].format(name=provider.name)}
    status = 502 if reason == "unreachable" else 401
    return render(request, "accounts/identity_refused.html", context, status=status)


def leave_for(request: HttpRequest, provider: IdentityProvider, next_url: str | None) -> str:
    """The provider's address for this sign-in; what to compare its answer with is in the session.

    Errors: IdentityRefused.
    """
    nonce = secrets.token_urlsafe(24)
    response = provider.redirect(
        request, AuthProcess.LOGIN, next_url, auth_params={"nonce": nonce}, nonce=nonce
    )
    return str(response["Location"])


def keep_arrival(request: HttpRequest, identity: Identity) -> None:
    """Remember, for this browser alone, an identity that belongs to no account yet."""
    request.session[ARRIVED] = {**identity.as_dict(), "at": time.time()}


def arrival(request: HttpRequest) -> Identity | None:
    """The identity that waits for its person in this browser."""
    kept = request.session.get(ARRIVED)
    if not kept or time.time() - kept["at"] > ARRIVAL_SECONDS:
        return None
    return Identity.from_dict(kept)


def arrived_at(request: HttpRequest) -> float:
    """When it came, in seconds since the epoch."""
    return float(request.session[ARRIVED]["at"])


def forget_arrival(request: HttpRequest) -> None:
    request.session.pop(ARRIVED, None)
