"""What a pull does to rows of each kind, through the services that alone write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from core.errors import DomainError
from exchange.enums import Kind
from exchange.kinds import KINDS
from exchange.models import Peer, PulledRecord
from exchange.services.identity import organisation_of, platform_of
from platforms import services as platform_services
from platforms.enums import ListingStatus
from platforms.models import Platform

GONE = "对方门户已撤下"


def reason_to_skip(peer: Peer, kind: str, data: Mapping[str, Any]) -> str:
    """Why a record that is not known yet is none for this portal; empty when it is."""
    if kind != Kind.CAPABILITY or platform_of(peer, data) is not None:
        return ""
    known = PulledRecord.objects.filter(
        peer=peer, kind=Kind.PLATFORM, remote_id=str(data.get("platform"))
    ).first()
    if known is None or known.error:
        raise DomainError("no_platform", "所属平台还没有同步过来。")
    return f"所属平台不取：{known.note}"


def make(
    actor: Any, peer: Peer, kind: str, values: dict[str, Any], data: Mapping[str, Any],
    now: datetime,
) -> Any:  # fmt: skip
    """A published row of what the peer has published."""
    confirmed = {"confirmed_at": parse_datetime(str(data.get("confirmed_at") or ""))}
    given = {"is_demo": bool(data.get("is_demo")), "organisation": organisation_of(data)}
    platform = None
    if kind == Kind.CAPABILITY:
        platform = Platform.objects.get(pk=platform_of(peer, data) or 0)
        given = {}
    return platform_services.receive_listing(
        actor=actor, model=KINDS[kind].model, platform=platform, now=now,
        values={**values, **confirmed, **given},
    )  # fmt: skip


def change(actor: Any, row: Any, values: dict[str, Any], now: datetime) -> None:
    """Write fields of a row that is public here."""
    platform_services.edit_listing(actor=actor, listing=row, values=values, now=now)


def is_public(row: Any) -> bool:
    return bool(row.is_published)


def follow_status(actor: Any, row: Any, data: Mapping[str, Any], now: datetime) -> Any:
    """Publish again what is public there again; the row as it is now."""
    if row.status != ListingStatus.WITHDRAWN:
        return row
    for name in ("reopen", "submit", "publish"):
        row = platform_services.move_listing(actor=actor, listing=row, name=name, now=now)
    return row


def withdraw(actor: Any, row: Any, now: datetime) -> bool:
    """Take a row down that is public no more there; whether it was public here."""
    if not is_public(row):
        return False
    platform_services.move_listing(actor=actor, listing=row, name="withdraw", now=now, reason=GONE)
    return True
