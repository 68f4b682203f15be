"""A portal with an identity provider: the other process, its configuration, and going there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.test import Client
from django.urls import reverse

from accounts.identity_providers import read_identity_providers
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET

CONFIGURATION = """
[[provider]]
id = "shengtong"
name = "省统一认证"
server_url = "{address}"
client_id = "{client_id}"
client_secret = "{secret}"

[provider.claims]
phone = "mobile"
uscc = "uscc"
organisation_name = "corp"
role = "position"
"""
WITH_LEVEL = '\n[provider.second_factor]\nacr = ["level-3"]\n'
WITH_FACTOR = '\n[provider.second_factor]\namr = ["otp"]\n'


@contextmanager
def running_provider() -> Iterator[str]:
    """The address of an identity provider that runs for as long as the block does."""
    program = Path(__file__).with_name("identity_provider.py")
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def configured(address: str, *, secret: str = CLIENT_SECRET, more: str = "") -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS of a portal that knows the provider at `address`."""
    text = CONFIGURATION.format(address=address, client_id=CLIENT_ID, secret=secret) + more
    return {"openid_connect": {"APPS": read_identity_providers(text)}}


def go_and_come_back(client: Client, who: str, **form: str) -> Any:
    """Press the button, say there that one is `who`, come back: the portal's answer."""
    return client.get(way_back(client, who, **form))


def way_back(client: Client, who: str, **form: str) -> str:
    """The address by which the provider sends `who` back."""
    page = client.post(reverse("accounts:identity_start", args=["shengtong"]), form)
    there = f"{page.context['address']}&{urlencode({'person': who})}"
    answer = requests.get(there, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"
