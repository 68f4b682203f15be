"""Signatures of webhooks by the Standard Webhooks specification (standardwebhooks.com, 1.0).

What is signed is `<webhook-id>.<webhook-timestamp>.<body>`, by HMAC-SHA256 with the bytes behind
`whsec_`; the header holds one `v1,<base64>` a secret in force, separated by spaces.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable

from django.utils.crypto import salted_hmac

PREFIX = "whsec_"
SALT = "notifications.webhook"


def secret_of(seed: str) -> str:
    """The secret that belongs to a stored seed.

    It is derived with SECRET_KEY, so that the database alone gives nobody a secret away.
    """
    return PREFIX + b64encode(salted_hmac(SALT, seed, algorithm="sha256").digest()).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature: `v1,` and the digest in base64. `timestamp` in seconds since 1970."""
    key = b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + b64encode(digest).decode()


def headers_of(
    secrets: Iterable[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The headers of one attempt, signed with each of the secrets."""
    return {
        "content-type": "application/json",
        "user-agent": "zhongshi-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(one, message_id, timestamp, body) for one in secrets),
    }
