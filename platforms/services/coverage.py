"""Keeping the list of bodies that must enter the register (G01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.enums import Role
from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, lock, log_activity
from platforms.access.coverage import CoverageAccess
from platforms.models import FundedBody
from taxonomy.models import Region, Term
from taxonomy.uscc import check_uscc

MAX_ROWS = 500
register_actions(
    {
        "platforms.fundedbody.record": "登记了应纳入机构",
        "platforms.fundedbody.strike": "移出了应纳入机构",
    }
)


@dataclass(frozen=True)
class Recorded:
    """What became of the lines: written, and those that were on the list already."""

    created: int
    repeated: int


@transaction.atomic
def record_bodies(
    *,
    actor: Any,
    rows: Sequence[tuple[str, str]],
    basis: Term,
    fund: str,
    source: str,
    now: datetime,
) -> Recorded:
    """Put bodies (name, unified social credit code) on the list, all or none.

    Their region is the one that their code names, else the actor's own. Sending the same list again
    writes only what is new. Raises Refused, DomainError at `rows` naming the line, or at a field.
    """
    CoverageAccess(actor).require("record")
    if len(rows) > MAX_ROWS:
        raise DomainError("too_many", f"一次最多 {MAX_ROWS} 家。", "rows")
    codes = [_code(number, code) for number, (_name, code) in enumerate(rows, 1)]
    known = set(FundedBody.objects.filter(uscc__in=codes).values_list("uscc", flat=True))
    regions = Region.objects.in_bulk({place for code in codes for place in _places(code)})
    created = 0
    for number, ((name, _typed), code) in enumerate(zip(rows, codes, strict=True), 1):
        if code in known:
            continue
        known.add(code)
        body = FundedBody(
            name=name.strip(), uscc=code, region=_region(actor, code, regions), basis=basis,
            fund=fund, source=source, recorded_by=actor, is_demo=actor.is_demo,
        )  # fmt: skip
        try:
            check_record(body)
        except DomainError as error:
            place = error.field if error.field in {"basis", "fund", "source"} else "rows"
            raise DomainError(error.code, f"第 {number} 行：{error.message}", place) from error
        body.save()
        log_activity(actor=actor, action="platforms.fundedbody.record", target=body, now=now)
        created += 1
    return Recorded(created, len(rows) - created)


def _code(number: int, typed: str) -> str:
    try:
        return check_uscc(typed)
    except DomainError as error:
        raise DomainError(error.code, f"第 {number} 行：{error.message}", "rows") from error


def _places(code: str) -> tuple[str, str, str]:
    """The county, city and province that a code may name (GB 32100-2015, characters 3–8)."""
    place = code[2:8]
    return place, f"{place[:4]}00", f"{place[:2]}0000"


def _region(actor: Any, code: str, regions: dict[Any, Region]) -> Region:
    """The narrowest region of the code that the actor is responsible for, else the actor's own."""
    for place in _places(code):
        if place in regions and actor.covers_region(Role.GOVERNMENT, place):
            return regions[place]
    own = [row.region for row in actor.assignments if row.role == Role.GOVERNMENT]
    return next(region for region in own if region is not None)


@transaction.atomic
def strike_body(*, actor: Any, body: FundedBody, reason: str, now: datetime) -> None:
    """Take a body off that should not be on the list; the history keeps it.

    Raises Refused or DomainError at `reason`.
    """
    locked = lock(body)
    CoverageAccess(actor).require("record", locked)
    if not reason.strip():
        raise DomainError("reason_required", "请写明移出的原因。", "reason")
    log_activity(
        actor=actor, action="platforms.fundedbody.strike", target=locked, now=now,
        reason=reason.strip(), data={"name": locked.name, "uscc": locked.uscc},
    )  # fmt: skip
    locked.delete()
