"""Ladders from the jurisdiction's file, and the batches that open on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.activity import register_actions
from core.errors import Conflict
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform
from platforms.access import ProgrammeAccess
from platforms.models import Programme, Scheme
from platforms.services.listings import SLUG_CHARACTERS
from taxonomy.jurisdiction import (
    Ladder,
    jurisdictions_inside,
)
from taxonomy.models import Region

register_actions(
    {
        "platforms.programme.create": "新建了申报批次",
        "platforms.programme.edit": "修改了申报批次",
        "platforms.programme.open": "发布了申报批次",
        "platforms.programme.close": "截止了申报批次",
        "platforms.programme.reopen": "重新受理申报批次",
    }
)
MOVED = {"open": "opened", "close": "closed", "reopen": "opened"}


@transaction.atomic
def sync_schemes() -> dict[str, int]:
    """Bring `Scheme` to what the files say: this jurisdiction's ladders and its cities'.

    A ladder that left the files is kept, inactive: recognitions refer to it. Safe to run twice;
    returns how many rows were created, updated and retired.
    """
    counts = {"created": 0, "updated": 0, "retired": 0}
    seen = set()
    for jurisdiction in jurisdictions_inside():
        region = Region.objects.get(pk=jurisdiction.region)
        for ladder in jurisdiction.ladders:
            values = {**_values(ladder), "region": region, "is_active": True}
            slug = f"{jurisdiction.slug}-{ladder.slug}"
            seen.add(slug)
            scheme = Scheme.objects.filter(slug=slug).first()
            if scheme is None:
                Scheme.objects.create(slug=slug, **values)
                counts["created"] += 1
            elif assign(scheme, values):
                scheme.save()
                counts["updated"] += 1
    gone = Scheme.objects.exclude(slug__in=seen).filter(is_active=True)
    counts["retired"] = gone.update(is_active=False)
    return counts


def _values(ladder: Ladder) -> dict[str, Any]:
    facts = asdict(ladder)
    return {
        "name": ladder.name,
        "level": ladder.level,
        "source": ladder.source,
        "build_types": list(ladder.build_types),
        "steps": [_plain(step) for step in facts["steps"]],
        "criteria": [_plain(row) for row in facts["criteria"]],
        "score_sheet": [_plain(row) for row in facts["scores"]],
        "evidence": list(ladder.evidence),
        "vetoes": list(ladder.vetoes),
        "publicity_workdays": ladder.publicity_workdays,
        "valid_years": ladder.valid_years,
        "certificate_prefix": ladder.certificate_prefix or ladder.slug,
        "example_items": list(ladder.example_items) or (["steps"] if ladder.example else []),
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON gives it back, so that an unchanged ladder compares equal."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


@transaction.atomic
def save_programme(
    *,
    actor: Any,
    values: Mapping[str, Any],
    now: datetime,
    programme: Programme | None = None,
    version: str = "",
    slug: str = "",
    is_demo: bool = False,
) -> Programme:
    """Make a batch (a draft) or change it; the scheme of an existing one stays.

    Raises Refused, Conflict (`version`: the `updated_at` that was read), DomainError `invalid`.
    """
    if programme is None:
        row = Programme(slug=slug or f"p-{get_random_string(8, SLUG_CHARACTERS)}", is_demo=is_demo)
        action = "create"
    else:
        row = lock(programme)
        action = "edit"
        if version and version != row.updated_at.isoformat():
            raise Conflict
    assign(row, values, values.keys() - ({"scheme"} if programme else set()))
    ProgrammeAccess(actor).require(action, row)
    check_record(row)
    row.save()
    log_activity(actor=actor, action=f"platforms.programme.{action}", target=row, now=now)
    return row


@transaction.atomic
def move_programme(
    *, actor: Any, programme: Programme, name: str, now: datetime, reason: str = ""
) -> Programme:
    """Open, close or reopen a batch. Raises Refused or DomainError."""
    moved = perform(ProgrammeAccess(actor), name, programme, now=now, reason=reason)
    emit(f"platforms.programme.{MOVED[name]}", programme_id=moved.pk)
    return moved


@transaction.atomic
def close_programmes(*, now: datetime, actor: Any) -> int:
    """Close every batch whose last day is over; return how many. Safe to run twice."""
    today = timezone.localdate(now)
    over = Programme.objects.filter(status="open", closes_date__lt=today)
    rows = list(over.select_related("scheme").order_by("pk"))
    for programme in rows:
        move_programme(actor=actor, programme=programme, name="close", now=now)
    return len(rows)
