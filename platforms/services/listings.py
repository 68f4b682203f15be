"""Writers of every listing: one service per idea for platforms, capabilities and resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.activity import register_actions
from core.errors import Conflict, DomainError
from core.pinyin import pinyin_key
from core.search import search_vector
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from core.workdays import given_moment
from platforms.access import access_to
from platforms.completeness import percent_complete
from platforms.enums import ListingStatus
from platforms.kinds import KINDS, kind_of, search_body
from platforms.models import Capability, CapabilityParameter, Equipment, Platform
from platforms.units import check_unit
from taxonomy.models import Term
from taxonomy.recognition import recognised_term

SLUG_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PAST = {
    "submit": "submitted",
    "recall": "recalled",
    "publish": "published",
    "return": "returned",
    "withdraw": "withdrawn",
    "reopen": "reopened",
    "restore": "published",
}
VERBS = {
    "create": "新增了",
    "receive": "从其他门户同步了",
    "edit": "修改了",
    "confirm": "确认仍然有效：",
    "discard": "删除了草稿：",
    "submit": "提交审核：",
    "recall": "撤回修改：",
    "publish": "审核通过并发布了",
    "return": "退回修改：",
    "withdraw": "下架了",
    "reopen": "重新编辑",
    "restore": "恢复公开了",
}
register_actions(
    {
        f"platforms.{kind.name}.{verb}": f"{words}{kind.label}"
        for kind in KINDS.values()
        for verb, words in VERBS.items()
    }
)


@transaction.atomic
def create_listing(
    *,
    actor: Any,
    model: type[Model],
    values: Mapping[str, Any],
    now: datetime,
    platform: Platform | None = None,
    organisation: Any = None,
    slug: str = "",
) -> Any:
    """Make a draft. Offers need `platform`; a platform belongs to `organisation`.

    `values` may hold many-to-many fields and, for a capability, `parameters` (rows of its sheet).
    Raises Refused, or DomainError `invalid` naming the field.
    """
    listing: Any = model(**({"platform": platform} if platform else {"organisation": organisation}))
    access_to(model, actor).require("create", listing)
    listing.slug = slug or f"{kind_of(model).name[:3]}-{get_random_string(10, SLUG_CHARACTERS)}"
    _write(listing, values)
    _log(actor, "create", listing, now)
    return listing


@transaction.atomic
def edit_listing(
    *,
    actor: Any,
    listing: Any,
    values: Mapping[str, Any],
    now: datetime,
    version: str = "",
    confirms: bool = False,
) -> Any:
    """Change facts of a draft, returned or published listing; published ones change at once.

    `version` is the ISO `updated_at` that the editor read (Conflict when it differs); `confirms`:
    the editor saw every fact, so that the change also confirms the listing. Writes and logs
    nothing when nothing differs. Raises Refused, Conflict, or DomainError `invalid`.
    """
    locked = lock(listing)
    access_to(type(listing), actor).require("edit", locked)
    if version and given_moment(version) != locked.updated_at:
        raise Conflict
    changed = _differences(locked, values)
    if changed:
        _write(locked, {name: values[name] for name in changed})
        _log(actor, "edit", locked, now, data={"fields": changed})
        if locked.is_published:
            _emit(locked, "changed")
    if confirms and locked.is_published:
        locked.confirmed_at = now
        locked.save(update_fields=["confirmed_at", "updated_at"])
    return locked


@transaction.atomic
def move_listing(*, actor: Any, listing: Any, name: str, now: datetime, reason: str = "") -> Any:
    """Move along the life cycle; `name` is a transition of `platforms.states.LISTING`.

    Submitting declares every fact true, so it also confirms. Raises Refused or DomainError.
    """
    was_published = lock(listing).is_published
    moved = perform(access_to(type(listing), actor), name, listing, now=now, reason=reason)
    if name == "submit":
        moved.confirmed_at = now
        moved.save(update_fields=["confirmed_at", "updated_at"])
    _emit(moved, PAST[name])
    if was_published and name != "withdraw":
        _emit(moved, "withdrawn")
    if isinstance(moved, Platform) and (was_published or moved.is_published):
        _emit_capabilities(moved, PAST["publish" if moved.is_published else "withdraw"])
    elif isinstance(moved, Capability):
        _recount(moved.platform)
    return moved


@transaction.atomic
def confirm_listing(*, actor: Any, listing: Any, now: datetime) -> Any:
    """“This is still true”: set `confirmed_at` to `now`. Raises Refused."""
    locked = lock(listing)
    access_to(type(listing), actor).require("confirm", locked)
    type(locked)._default_manager.filter(pk=locked.pk).update(confirmed_at=now)
    locked.confirmed_at = now
    _log(actor, "confirm", locked, now)
    return locked


@transaction.atomic
def confirm_platform(*, actor: Any, platform: Platform, now: datetime) -> int:
    """Confirm the platform and every published offer of it at once; return how many rows."""
    locked = lock(platform)
    access_to(Platform, actor).require("confirm", locked)
    count = Platform.objects.filter(pk=locked.pk).update(confirmed_at=now)
    for kind in KINDS.values():
        if kind.model is not Platform:
            offers = kind.model._default_manager.filter(
                platform=locked, status=ListingStatus.PUBLISHED
            )
            count += offers.update(confirmed_at=now)
    _log(actor, "confirm", locked, now, data={"count": count})
    return count


@transaction.atomic
def discard_listing(*, actor: Any, listing: Any, now: datetime) -> None:
    """Delete a draft that nothing refers to. Raises Refused, or DomainError `in_use`."""
    locked = lock(listing)
    access_to(type(listing), actor).require("discard", locked)
    is_used = isinstance(locked, Platform) and any(
        kind.model._default_manager.filter(platform=locked).exists()
        for kind in KINDS.values()
        if kind.model is not Platform
    )
    if is_used or (isinstance(locked, Capability) and locked.solutions.exists()):
        raise DomainError("in_use", "还有内容属于它，不能删除。")
    _log(actor, "discard", locked, now)
    if isinstance(locked, Equipment):
        _touch_capabilities(locked)
    locked.delete()


@transaction.atomic
def receive_listing(
    *,
    actor: Any,
    model: type[Model],
    values: Mapping[str, Any],
    now: datetime,
    platform: Platform | None = None,
) -> Any:
    """Make a published listing of what another portal has published and reviewed.

    `values` hold its source too; `confirmed_at` is when it was confirmed there. Raises Refused, or
    DomainError `invalid` naming the field.
    """
    listing: Any = model(**({"platform": platform} if platform else {}))
    access_to(model, actor).require("receive", listing)
    listing.slug = f"{kind_of(model).name[:3]}-{get_random_string(10, SLUG_CHARACTERS)}"
    listing.status, listing.status_changed_at = ListingStatus.PUBLISHED, now
    _write(listing, values)
    _log(actor, "receive", listing, now)
    _emit(listing, "published")
    if isinstance(listing, Capability):
        _recount(listing.platform)
    return listing


def index_listing(listing: Any) -> None:
    """Bring search words and completeness to what the listing says now (unsaved)."""
    listing.search = search_vector(title=str(listing), body=search_body(listing))
    listing.completeness = percent_complete(listing)


def process_kind_of(capability: Capability) -> Term | None:
    """What kind of process it is about, as its title, process and description are recognised."""
    title = f"{capability.title}；{capability.process}"
    return recognised_term("process-kind", title=title, text=capability.description)


def _differences(listing: Any, values: Mapping[str, Any]) -> list[str]:
    """Names of what differs from the stored row."""
    many = {field.name for field in listing._meta.many_to_many}
    changed = []
    for name, value in values.items():
        if name == "parameters":
            current = list(listing.parameters.order_by("pk").values(*PARAMETER_FIELDS))
            differs = current != [_parameter(row) for row in value]
        elif name in many:
            differs = {row.pk for row in getattr(listing, name).all()} != {r.pk for r in value}
        else:
            differs = getattr(listing, name) != value
        if differs:
            changed.append(name)
    return changed


def _write(listing: Any, values: Mapping[str, Any]) -> None:
    """Set, check, save with relations, then search words and completeness."""
    many = {field.name for field in listing._meta.many_to_many} & set(values)
    plain = set(values) - many - {"parameters"}
    for name in plain:
        setattr(listing, name, values[name])
    if isinstance(listing, Platform):
        listing.pinyin_key = pinyin_key(listing.name)
    if isinstance(listing, Capability):
        listing.process_kind = process_kind_of(listing)
        if "scale_unit" in plain:
            check_unit(listing.scale_unit, "scale_unit", else_in="规模说明")
    check_record(listing, exclude={"search"})
    listing.search = search_vector(title=str(listing), body=search_body(listing))
    listing.save()
    for name in many:
        getattr(listing, name).set(values[name])
    if "parameters" in values:
        _write_parameters(listing, values["parameters"])
    listing.completeness = percent_complete(listing)
    type(listing)._default_manager.filter(pk=listing.pk).update(completeness=listing.completeness)
    if isinstance(listing, Platform) and "name" in plain:
        _reindex_offers(listing)
    elif isinstance(listing, Equipment) and "name" in plain:
        _touch_capabilities(listing)


PARAMETER_FIELDS = ("name", "low", "high", "unit", "text")


def _parameter(row: Mapping[str, Any]) -> dict[str, Any]:
    empty = {"low": None, "high": None, "unit": "", "text": ""}
    return {name: row.get(name, empty.get(name)) for name in PARAMETER_FIELDS}


def _write_parameters(capability: Capability, rows: list[Mapping[str, Any]]) -> None:
    """Replace the parameter sheet, in the order given."""
    capability.parameters.all().delete()
    for number, row in enumerate(rows, 1):
        parameter = CapabilityParameter(capability=capability, **_parameter(row))
        try:
            parameter.full_clean()
        except ValidationError as error:
            message = f"第 {number} 行：{error.messages[0]}"
            raise DomainError("invalid", message, "parameters") from error
        check_unit(parameter.unit, "parameters")
        parameter.save()


def _reindex_offers(platform: Platform) -> None:
    """The platform's name is among the words of what it offers."""
    for kind in KINDS.values():
        if kind.model is Platform:
            continue
        for offer in kind.model._default_manager.filter(platform=platform):
            offer.platform = platform
            offer.search = search_vector(title=str(offer), body=search_body(offer))
            offer.save(update_fields=["search"])


def _touch_capabilities(equipment: Equipment) -> None:
    """Capabilities name their equipment: matching must read them anew (their change time moves)."""
    linked = Capability.objects.filter(equipment=equipment)
    linked.update(updated_at=timezone.now())
    for capability in linked.published().order_by("pk"):
        _emit(capability, "changed")


def _recount(platform: Platform) -> None:
    """A first capability completes its platform a little."""
    value = percent_complete(platform)
    Platform.objects.filter(pk=platform.pk).exclude(completeness=value).update(completeness=value)


def _emit(listing: Any, verb: str) -> None:
    name = kind_of(listing).name
    emit(f"platforms.{name}.{verb}", **{f"{name}_id": listing.pk})


def _emit_capabilities(platform: Platform, verb: str) -> None:
    """A platform that comes or goes takes its published capabilities along."""
    published = Capability.objects.published().filter(platform=platform).order_by("pk")
    for capability in published:
        _emit(capability, verb)


def _log(
    actor: Any, verb: str, listing: Any, now: datetime, data: dict[str, Any] | None = None
) -> None:
    action = f"platforms.{kind_of(listing).name}.{verb}"
    log_activity(actor=actor, action=action, target=listing, now=now, data=data)
