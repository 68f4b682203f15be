"""One identity: which row here is the one that a neighbour tells of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organisation
from core.origins import PEER
from demands.models import Demand
from exchange.enums import Kind
from exchange.kinds import KindOfRecord
from exchange.models import Peer, PulledRecord
from platforms.models import Capability, Platform


def organisation_of(data: Mapping[str, Any]) -> Organisation | None:
    """The approved organisation here that the record names by its code (GB 32100-2015)."""
    code = data.get("operator_uscc") or data.get("organisation_uscc")
    return Organisation.objects.approved().filter(uscc=code).first() if code else None


def same_row(
    peer: Peer, spec: KindOfRecord, theirs: Mapping[str, Any], data: Mapping[str, Any]
) -> Any:
    """The row here that the record is, if any: of the same first origin, else of the same facts.

    What the peer has two of is two here: a row that another of its records is linked to is none.
    """
    taken = PulledRecord.objects.filter(peer=peer, kind=spec.kind, local_id__isnull=False)
    free = spec.model._default_manager.exclude(pk__in=taken.values("local_id")).order_by("pk")
    known = free.filter(source_kind=PEER, source_url=str(data["origin"]["url"])).first()
    if known is not None:
        return known
    return SAME[spec.kind](peer, free, theirs, data).first()


def _platforms(
    peer: Peer, rows: QuerySet[Platform], theirs: Mapping[str, Any], data: Mapping[str, Any]
) -> QuerySet[Platform]:
    """Of one name, run under the same code; where a side has no code, by the same name."""
    code, operator = data.get("operator_uscc") or "", str(theirs.get("operator_name") or "")
    named = Q(organisation__isnull=True, operator_name=operator)
    if code:
        named |= Q(organisation__uscc=code)
    else:
        named |= Q(organisation__name=operator)
    rows = rows.filter(named, name=theirs.get("name"))
    return rows if operator or code else rows.filter(region=theirs.get("region"))


def _capabilities(
    peer: Peer, rows: QuerySet[Capability], theirs: Mapping[str, Any], data: Mapping[str, Any]
) -> QuerySet[Capability]:
    """Of one title at the same platform."""
    return rows.filter(platform=platform_of(peer, data), title=theirs.get("title"))


def _demands(
    peer: Peer, rows: QuerySet[Demand], theirs: Mapping[str, Any], data: Mapping[str, Any]
) -> QuerySet[Demand]:
    """Of one title and one organisation, or taken from the same public page."""
    code, name = data.get("organisation_uscc"), str(theirs.get("organisation_name") or "")
    page = str(data.get("source_url") or "")
    same = Q(pk__in=[])
    if code:
        same |= Q(organisation__uscc=code)
    if name:
        same |= Q(organisation__isnull=True, organisation_name=name)
    if page:
        same |= Q(source_url=page)
    return rows.filter(same, title=theirs.get("title"))


SAME: dict[str, Callable[..., QuerySet[Any]]] = {
    Kind.PLATFORM: _platforms,
    Kind.CAPABILITY: _capabilities,
    Kind.DEMAND: _demands,
}


def platform_of(peer: Peer, data: Mapping[str, Any]) -> int | None:
    """The platform here that the peer's record belongs to."""
    known = PulledRecord.objects.filter(
        peer=peer, kind=Kind.PLATFORM, remote_id=str(data.get("platform"))
    )
    return known.values_list("local_id", flat=True).first()
