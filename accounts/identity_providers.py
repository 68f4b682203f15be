"""Identity providers (统一身份认证): what is configured, and what they say of people.

Read by the settings, so nothing here needs a database or the settings themselves.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from core.errors import DomainError
from taxonomy.uscc import check_uscc

NEEDED = ("id", "name", "server_url", "client_id", "client_secret")
OPTIONAL = ("scope", "token_auth_method", "claims", "second_factor")
DEFAULT_SCOPE = ["openid", "profile", "email"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Claims:
    """What a provider says of a person; empty where it says nothing. Never a right."""

    name: str = ""
    phone: str = ""
    email: str = ""
    uscc: str = ""
    organisation_name: str = ""
    role: str = ""  # as the provider words it (法定代表人, 经办人 …); shown and logged, no more


# the claim that is read for each of them unless the deployment names another (OIDC Core 5.1)
CLAIM_NAMES = {"name": "name", "phone": "phone_number", "email": "email"}
LABELS = {"name": "姓名", "email": "邮箱", "uscc": "统一社会信用代码"}
LENGTHS = {"name": 50, "phone": 30, "email": 254, "organisation_name": 200, "role": 50}


@dataclass(frozen=True)
class Identity:
    """Somebody as a provider knows them: `provider` is its id here, `uid` its name for them."""

    provider: str
    uid: str
    claims: Claims = field(default_factory=Claims)

    @property
    def missing(self) -> list[str]:
        """What the provider did not say and the person has to."""
        return [label for name, label in LABELS.items() if not getattr(self.claims, name)]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Identity:
        return cls(kept["provider"], kept["uid"], Claims(**kept["claims"]))


def read_claims(names: Mapping[str, str], said: Mapping[str, Any]) -> Claims:
    """The claims that the deployment names, cut to what fits; a wrong credit code is none."""
    wanted = CLAIM_NAMES | dict(names)
    values = {key: str(said.get(claim) or "").strip() for key, claim in wanted.items()}
    values = {key: value[: LENGTHS.get(key, 40)] for key, value in values.items()}
    try:
        values["uscc"] = check_uscc(values.get("uscc", ""))
    except DomainError:
        values["uscc"] = ""
    return Claims(**values)


def read_identity_providers(text: str) -> list[dict[str, Any]]:
    """The providers of a TOML text, as allauth wants its APPS. ImproperlyConfigured says what is
    wrong, by provider and key; no text, no provider."""
    try:
        rows = tomllib.loads(text).get("provider", [])
    except tomllib.TOMLDecodeError as error:
        raise ImproperlyConfigured(f"IDENTITY_PROVIDERS 不是正确的 TOML：{error}") from error
    apps = [_app(row) for row in rows]
    ids = [app["provider_id"] for app in apps]
    if len(ids) != len(set(ids)):
        raise ImproperlyConfigured("IDENTITY_PROVIDERS 中有重复的 id。")
    return apps


def _app(row: Mapping[str, Any]) -> dict[str, Any]:
    where = f"IDENTITY_PROVIDERS 的“{row.get('id', '?')}”"
    lacking = [key for key in NEEDED if not row.get(key)]
    unknown = sorted(set(row) - {*NEEDED, *OPTIONAL})
    unknown += sorted(set(row.get("claims", {})) - {item.name for item in fields(Claims)})
    unknown += sorted(set(row.get("second_factor", {})) - {"amr", "acr"})
    if lacking or unknown:
        raise ImproperlyConfigured(f"{where}：缺少 {lacking}，多余 {unknown}。")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", row["id"]):
        raise ImproperlyConfigured(f"{where}：id 只能用小写字母、数字和 -。")
    if not is_safe_address(row["server_url"]):
        raise ImproperlyConfigured(f"{where}：server_url 须为 https 地址。")
    return {
        "provider_id": row["id"],
        "name": row["name"],
        "client_id": row["client_id"],
        "secret": row["client_secret"],
        "settings": {
            "server_url": row["server_url"].rstrip("/"),
            "scope": row.get("scope", DEFAULT_SCOPE),
            "token_auth_method": row.get("token_auth_method"),
            "oauth_pkce_enabled": True,
            "claims": row.get("claims", {}),
            "second_factor": row.get("second_factor", {}),
        },
    }


def is_safe_address(url: str) -> bool:
    """Whether secrets may go there: by https, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
