"""What a pull does to rows of each kind, through the services that alone write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import DomainError
from demands import services as demand_services
from demands.enums import Confidentiality, DemandStatus
from demands.models import Demand
from exchange.client import moment
from exchange.enums import Kind
from exchange.kinds import KINDS
from exchange.models import Peer, PulledRecord
from exchange.services.identity import organisation_of, platform_of
from platforms import services as platform_services
from platforms.enums import ListingStatus
from platforms.models import Platform

GONE = "对方门户已撤下"
# how a demand ended there → how it ends here
ENDINGS = {DemandStatus.FULFILLED: "fulfil", DemandStatus.EXPIRED: "expire"}


def reason_to_skip(peer: Peer, kind: str, data: Mapping[str, Any]) -> str:
    """Why a record that is not known yet is none for this portal; empty when it is."""
    if kind == Kind.DEMAND:
        return "" if data.get("status") == DemandStatus.OPEN else "不在征集中"
    if kind == Kind.PLATFORM or platform_of(peer, data) is not None:
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
    """A public row of what the peer has published."""
    if kind == Kind.DEMAND:
        given = {"is_demo": bool(data.get("is_demo")), **owner_of(kind, data)}
        published = moment(data.get("published_at")) or now
        return demand_services.receive_demand(
            actor=actor, values={**values, **given, "published_at": published}, now=now
        )
    platform = None
    values = {**values, "confirmed_at": moment(data.get("confirmed_at"))}
    if kind == Kind.CAPABILITY:
        platform = Platform.objects.get(pk=platform_of(peer, data) or 0)
    else:
        values |= {"is_demo": bool(data.get("is_demo")), **owner_of(kind, data)}
    return platform_services.receive_listing(
        actor=actor, model=KINDS[kind].model, platform=platform, values=values, now=now
    )


def owner_of(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The organisation here that the row belongs to, by its code. A confidential demand stays
    with its portal: its text is not here, and is asked for there."""
    if kind == Kind.DEMAND and data.get("confidentiality") != Confidentiality.PUBLIC:
        return {}
    found = organisation_of(data) if kind != Kind.CAPABILITY else None
    return {"organisation": found} if found else {}


def standing_of(kind: str, row: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """What else a row that was made of the record follows: whose it is, while nobody's here, and
    a later confirmation there."""
    found = owner_of(kind, data) if getattr(row, "organisation_id", 0) is None else {}
    confirmed = moment(data.get("confirmed_at")) if kind != Kind.DEMAND else None
    if confirmed and (row.confirmed_at is None or confirmed > row.confirmed_at):
        found = {**found, "confirmed_at": confirmed}
    return found


def change(actor: Any, row: Any, values: dict[str, Any], now: datetime) -> None:
    """Write fields of a row that is public here."""
    if isinstance(row, Demand):
        demand_services.update_received(actor=actor, demand=row, values=values, now=now)
    else:
        platform_services.edit_listing(actor=actor, listing=row, values=values, now=now)


def is_public(row: Any) -> bool:
    return bool(row.is_open if isinstance(row, Demand) else row.is_published)


def follow_status(actor: Any, row: Any, data: Mapping[str, Any], now: datetime) -> Any:
    """Publish again what is public there again, end what ended there; the row as it is now."""
    if not isinstance(row, Demand):
        if row.status != ListingStatus.WITHDRAWN:
            return row
        return platform_services.move_listing(actor=actor, listing=row, name="restore", now=now)
    there = str(data.get("status"))
    name = ENDINGS.get(there) if row.is_open else None  # type: ignore[call-overload]
    if there == DemandStatus.OPEN and row.status in {DemandStatus.WITHDRAWN, DemandStatus.EXPIRED}:
        name = "restore"
    if name is None:
        return row
    return demand_services.move_demand(actor=actor, demand=row, name=name, now=now)


def withdraw(actor: Any, row: Any, now: datetime) -> bool:
    """Take a row down that is public no more there; whether it was public here."""
    if not is_public(row):
        return False
    how: dict[str, Any] = {"actor": actor, "name": "withdraw", "now": now, "reason": GONE}
    if isinstance(row, Demand):
        demand_services.move_demand(demand=row, **how)
    else:
        platform_services.move_listing(listing=row, **how)
    return True
