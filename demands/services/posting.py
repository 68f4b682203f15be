"""Writing what a demand says: drafts that may be incomplete, and amendments of open demands."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from core.access import Access
from core.errors import Conflict, DomainError
from core.search import search_vector
from core.services import assign, assign_many, emit, invalid, lock, log_activity
from demands.access import DemandAccess
from demands.models import Demand
from taxonomy.models import Term
from taxonomy.recognition import recognised_term
from taxonomy.selectors import terms

# what people type; everything else is set by services
TEXT_FIELDS = (
    "title", "description", "background", "field", "stated_process_kind", "stage",
    "trl_current", "trl_target", "scale_low", "scale_high", "scale_unit", "target_figures",
    "materials", "hazard_class",
    "budget_low_yuan", "budget_high_yuan", "deadline_date", "region", "wanted_region",
    "confidentiality", "teaser", "promise_note", "is_anonymous", "contact_name",
    "contact_phone", "expires_date",
)  # fmt: skip
LIST_FIELDS = ("service_types", "certificates")
# lower end, upper end, what is said at the upper one when they contradict
RANGES = (
    ("scale_low", "scale_high", "规模下限不能大于上限。"),
    ("budget_low_yuan", "budget_high_yuan", "预算下限不能大于上限。"),
    ("trl_current", "trl_target", "目标成熟度不能低于目前的成熟度。"),
)
SLUG = re.compile(r"^xq-\d{8}-[0-9a-f]{8}$")


def new_slug(*, now: datetime) -> str:
    """A fresh public number, e.g. xq-20261121-3fa9c17e; made before the first save, so that a form
    that is sent twice makes one draft."""
    return f"xq-{timezone.localtime(now):%Y%m%d}-{secrets.token_hex(4)}"


@transaction.atomic
def create_draft(
    *,
    actor: Any,
    organisation: Any,
    now: datetime,
    slug: str = "",
    values: Mapping[str, Any] | None = None,
) -> Demand:
    """Make a draft of `organisation` with `values` (any subset of fields) and log it.

    The region starts as the organisation's. Errors: Refused (not the actor's organisation),
    `slug` (not a number made by `new_slug`, or taken), `invalid`.
    """
    slug = slug or new_slug(now=now)
    if not SLUG.match(slug) or Demand.objects.filter(slug=slug).exists():
        raise DomainError("slug", "需求编号无效，请重新打开发布页面。")
    demand = Demand(
        slug=slug,
        organisation=organisation,
        posted_by=actor,
        edited_by=actor,
        region_id=organisation.region_id,
        is_demo=organisation.is_demo,
        status_changed_at=now,
    )
    DemandAccess(actor).require("create", demand)
    given = dict(values or {})
    changed = _assign(demand, given)
    _check(demand, changed)
    demand.process_kind = process_kind_of(demand)
    demand.search = demand_search(demand)
    demand.save()
    assign_many(demand, given, LIST_FIELDS)
    log_activity(actor=actor, action="demands.demand.create", target=demand, now=now)
    return demand


@transaction.atomic
def save_draft(
    *,
    actor: Any,
    demand: Demand,
    values: Mapping[str, Any],
    now: datetime,
    version: datetime | None = None,
) -> Demand:
    """Save any subset of the fields of a draft or returned demand; not logged (it is autosaved).

    `version` is the `updated_at` the actor saw: Conflict when somebody else saved since; the same
    person's own saves (two tabs, an autosave on its way) never conflict.
    """
    locked = _lock(actor, "edit", demand, version=version)
    return _write(actor, locked, values)[0]


@transaction.atomic
def amend_demand(
    *,
    actor: Any,
    demand: Demand,
    values: Mapping[str, Any],
    now: datetime,
    version: datetime | None = None,
) -> Demand:
    """Change an open demand without taking it down; log the changed fields (pghistory keeps their
    values) and emit `demands.demand.amended`, which matches it again. No change, no event.

    Errors: Refused, `field_required`, `teaser_required`, `invalid`, Conflict.
    """
    locked = _lock(actor, "amend", demand, version=version)
    locked, changed = _write(actor, locked, values)
    check_complete(locked)
    if changed:
        log_activity(
            actor=actor,
            action="demands.demand.amend",
            target=locked,
            data={"fields": changed},
            now=now,
        )
        emit("demands.demand.amended", demand_id=locked.pk)
    return locked


def check_complete(demand: Demand) -> None:
    """What a demand must say before strangers read it: the fields of the table, and a teaser."""
    machine = DemandAccess.machine
    for name in machine.by_name["submit"].required_fields if machine else ():
        if getattr(demand, name) in (None, ""):
            label = demand._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            raise DomainError("field_required", f"请先填写“{label}”。", name)
    for name in ("title", "description"):
        if not any(character.isalnum() for character in getattr(demand, name)):
            label = demand._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            message = f"“{label}”里没有文字，无从匹配；请用中文或英文写明。"
            raise DomainError("no_words", message, name)
    if demand.is_confidential and not demand.teaser.strip():
        raise DomainError("teaser_required", "只公开摘要时，请写一段可以公开的摘要。", "teaser")


def demand_search(demand: Demand) -> Any:
    """The search vector: only what is public, so that words cannot probe a confidential text."""
    field = demand.field.name if demand.field else ""
    return search_vector(title=demand.title, body=f"{demand.public_text} {field}")


def process_kind_of(demand: Demand) -> Term | None:
    """What kind of process it is about: as stated, else as its public text is recognised."""
    stated: Term | None = demand.stated_process_kind
    found = recognised_term("process-kind", title=demand.title, text=demand.public_text)
    return stated or found


def _lock(actor: Any, action: str, demand: Demand, *, version: datetime | None) -> Demand:
    locked = lock(demand)
    access: Access = DemandAccess(actor)
    access.require(action, locked)
    if version is not None and version != locked.updated_at and locked.edited_by_id != actor.pk:
        raise Conflict
    return locked


def _write(actor: Any, demand: Demand, values: Mapping[str, Any]) -> tuple[Demand, list[str]]:
    changed = _assign(demand, values)
    _check(demand, changed)
    demand.edited_by = actor
    demand.process_kind = process_kind_of(demand)
    demand.search = demand_search(demand)
    demand.save(update_fields=[*changed, "edited_by", "process_kind", "search", "updated_at"])
    return demand, changed + assign_many(demand, values, LIST_FIELDS)


def _assign(demand: Demand, values: Mapping[str, Any]) -> list[str]:
    """Set the given text fields and return the names of those that changed."""
    unknown = set(values) - {*TEXT_FIELDS, *LIST_FIELDS}
    if unknown:
        raise DomainError("unknown_field", f"没有这个字段：{'、'.join(sorted(unknown))}。")
    return assign(demand, values, TEXT_FIELDS)


def _check(demand: Demand, changed: list[str]) -> None:
    """Validate the changed fields and the constraints between fields; the first error is raised."""
    for low, high, message in RANGES:
        ends = getattr(demand, low), getattr(demand, high)
        if None not in ends and ends[0] > ends[1]:
            raise DomainError("invalid", message, high)
    units = [term.name for term in terms("scale-unit")]
    if "scale_unit" in changed and demand.scale_unit and units and demand.scale_unit not in units:
        message = f"不认识单位“{demand.scale_unit}”，请从这些里选：{'、'.join(units)}。"
        raise DomainError("unknown_unit", message, "scale_unit")
    for name in changed:
        column = demand._meta.get_field(name)
        most = getattr(column, "max_length", None)
        # long texts are cut by no column of the database
        if isinstance(column, models.TextField) and most and len(getattr(demand, name)) > most:
            message = f"“{column.verbose_name}”不超过 {most} 字，请精简。"
            raise DomainError("too_long", message, name)
    untouched = {field.name for field in demand._meta.fields} - set(changed)
    try:
        demand.clean_fields(exclude=untouched)
        demand.validate_constraints(exclude={"search"})
    except ValidationError as error:
        raise invalid(error) from error
