"""Keeping the list of neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from core.activity import register_actions
from core.errors import DomainError
from core.outgoing import check_address
from core.services import assign, check_record, lock, log_activity
from exchange.access import PeerAccess
from exchange.models import Peer

FIELDS = ("name", "base_url", "region", "is_active")
register_actions(
    {
        "exchange.peer.add": "登记了相邻门户",
        "exchange.peer.edit": "修改了相邻门户",
    }
)


@transaction.atomic
def add_peer(*, actor: Any, values: Mapping[str, Any], now: datetime) -> Peer:
    """Put a neighbour on the list. Raises Refused, `address`, `own_address`, `invalid`."""
    PeerAccess(actor).require("keep")
    peer = Peer()
    _write(peer, values)
    log_activity(actor=actor, action="exchange.peer.add", target=peer, now=now)
    return peer


@transaction.atomic
def edit_peer(*, actor: Any, peer: Peer, values: Mapping[str, Any], now: datetime) -> Peer:
    """Change a neighbour; of another region it is read again from the beginning.

    Raises as `add_peer`.
    """
    locked = lock(peer)
    PeerAccess(actor).require("keep", locked)
    changed = _write(locked, values)
    if changed:
        data = {"fields": changed}
        log_activity(actor=actor, action="exchange.peer.edit", target=locked, now=now, data=data)
    return locked


def _write(peer: Peer, values: Mapping[str, Any]) -> list[str]:
    given = {**values, "base_url": _address(str(values.get("base_url", peer.base_url)))}
    changed = assign(peer, given, FIELDS)
    if {"base_url", "region"} & set(changed):
        peer.cursors = {}
    check_record(peer)
    peer.save()
    return changed


def _address(typed: str) -> str:
    """The address without a trailing slash. Raises DomainError `own_address`, `address` …"""
    if urlsplit(typed.strip()).netloc == urlsplit(settings.SITE_URL).netloc:
        raise DomainError("own_address", "这是本站自己的网址。", "base_url")
    try:
        parts = check_address(typed)
    except DomainError as error:
        raise DomainError(error.code, error.message, "base_url") from error
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
