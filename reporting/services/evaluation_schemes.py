"""How platforms are judged: brought in from files, changed by staff; every change is a version.

A change is a draft until it is put in force; going back to an earlier version is the same act.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import transaction

from core.errors import Conflict, DomainError
from core.services import log_activity
from reporting.access import SchemeAccess
from reporting.models import EvaluationScheme, Indicator
from reporting.scoring import Item, Scheme, SchemeError, read_scheme
from reporting.services.indicators import LoadCount
from reporting.services.snapshots import digest_of

# how an indicator that is no number becomes one
READ_AS = {"bool": "bool", "list": "count", "text": "present", "date": "present", "enum": "present"}


@transaction.atomic
def load_schemes(
    *, actor: Any, definitions: Iterable[Mapping[str, Any]], now: datetime
) -> LoadCount:
    """Add the definitions that are new or changed in their file; safe to run twice.

    A version that staff made stays in force until the file itself changes. Errors: Refused.
    """
    SchemeAccess(actor).require("load")
    created = unchanged = 0
    for definition in definitions:
        versions = EvaluationScheme.objects.filter(slug=definition["slug"])
        loaded = versions.filter(created_by=None).order_by("-version").first()
        if loaded is not None and loaded.digest == digest_of(definition):
            unchanged += 1
            continue
        rows = _locked(definition["slug"])
        _take_out_of_force(rows)
        reason = "评价办法文件更新。" if loaded else ""
        made = _add(definition, rows, reason=reason, is_current=True)
        log_activity(actor=actor, action="reporting.evaluationscheme.load", target=made, now=now)
        created += 1
    return LoadCount(created, unchanged)


def _locked(slug: str) -> list[EvaluationScheme]:
    """Every version of a scheme, locked."""
    rows = EvaluationScheme.objects.select_for_update().filter(slug=slug)
    return list(rows.order_by("pk"))


def _take_out_of_force(rows: Iterable[EvaluationScheme]) -> EvaluationScheme | None:
    before = next((row for row in rows if row.is_current), None)
    if before is not None:
        before.is_current = False
        before.save(update_fields=["is_current", "updated_at"])
    return before


def _add(
    definition: Mapping[str, Any], rows: list[EvaluationScheme], **values: Any
) -> EvaluationScheme:
    """The next version after `rows`."""
    return EvaluationScheme.objects.create(
        slug=definition["slug"], version=max((row.version for row in rows), default=0) + 1,
        name=definition["name"], use=definition["use"], definition=dict(definition),
        digest=digest_of(definition), **values,
    )  # fmt: skip


@transaction.atomic
def save_draft(
    *,
    actor: Any,
    base: EvaluationScheme,
    definition: Mapping[str, Any],
    reason: str,
    seen_digest: str,
    now: datetime,
) -> EvaluationScheme:
    """The draft of a new version, made from the version in force or a draft saved anew.

    `definition` is the whole of it, as in data/evaluations; `seen_digest` is what its editor saw
    of `base`. Nothing is judged by it yet. Errors, with `field` the place in the definition:
    Refused, Conflict, `wrong_state`, `reason_required`, `draft_exists`, `unchanged`,
    `unknown_indicator`, `invalid_scheme`.
    """
    rows = _locked(base.slug)
    locked = next((row for row in rows if row.pk == base.pk), None)
    if locked is None or locked.digest != seen_digest:
        raise Conflict
    SchemeAccess(actor).require_now("revise", locked)
    if not reason.strip():
        raise DomainError("reason_required", "请写明修改理由。", "reason")
    waiting = next((row for row in rows if row.is_draft), None)
    if waiting is not None and waiting.pk != locked.pk:
        message = f"已有草稿（第 {waiting.version} 版），请在草稿上继续修改，或先删除它。"
        raise DomainError("draft_exists", message)
    kept = {"slug": locked.slug, "use": locked.use}
    changed = _completed({**deepcopy(dict(definition)), **kept})
    current = next((row for row in rows if row.is_current), None)
    if current is not None and digest_of(changed) == current.digest:
        raise DomainError("unchanged", "内容与现行版本相同，没有变化。")
    if waiting is None:
        made = _add(changed, rows, reason=reason.strip()[:500], created_by=actor,
                    is_current=False, is_draft=True)  # fmt: skip
    else:
        made = waiting
        made.definition, made.digest, made.name = changed, digest_of(changed), changed["name"]
        made.reason = reason.strip()[:500]
        made.save(update_fields=["definition", "digest", "name", "reason", "updated_at"])
    log_activity(
        actor=actor, action="reporting.evaluationscheme.draft", target=made, now=now,
        reason=made.reason, data={"digest": made.digest},
    )  # fmt: skip
    return made


def _completed(definition: dict[str, Any]) -> dict[str, Any]:
    """Checked, and with what follows from the indicators: how each that is no number is read."""
    scheme = _read(definition)
    kinds = dict(Indicator.objects.current().filter(part="annual").values_list("code", "kind"))
    for place, heading in enumerate(scheme.headings):
        for row, item in enumerate(heading.items):
            key = f"headings.{place}.items.{row}"
            _must_know(item.codes, kinds, f"{key}.formula")
            entry = definition["headings"][place]["items"][row]
            if (how := _how_to_read(item, kinds)) is not None:
                entry["value"] = how
            if entry.get("value", "number") == "number" and any(
                kinds[code] in READ_AS for code in item.codes
            ):
                message = f"“{item.name}”里有不是数字的指标，只能单独使用。"
                raise DomainError("invalid_scheme", message, f"{key}.formula")
    for place, veto in enumerate(scheme.vetoes):
        _must_know([veto.code] if veto.code else [], kinds, f"vetoes.{place}.code")
    _read(definition)
    return definition


def _read(definition: Mapping[str, Any]) -> Scheme:
    try:
        return read_scheme(definition)
    except SchemeError as error:
        raise DomainError("invalid_scheme", str(error), error.place or None) from error


def _must_know(codes: Iterable[str], kinds: Mapping[str, str], place: str) -> None:
    unknown = [code for code in codes if code not in kinds]
    if unknown:
        message = f"没有这样的指标：{'、'.join(unknown)}"
        raise DomainError("unknown_indicator", message, place)


def _how_to_read(item: Item, kinds: Mapping[str, str]) -> str | None:
    """For an item newly made of one indicator that is no number; None where there is no need."""
    if item.value != "number" or item.codes != (item.formula,):
        return None
    return READ_AS.get(kinds[item.formula])


@transaction.atomic
def activate_scheme(
    *, actor: Any, scheme: EvaluationScheme, now: datetime, reason: str = ""
) -> EvaluationScheme:
    """Judge by this version from now on: a draft, or with a reason an earlier version.

    Runs made before keep theirs. Errors: Refused, `wrong_state`, `reason_required`,
    `invalid_scheme`.
    """
    rows = _locked(scheme.slug)
    wanted = next((row for row in rows if row.pk == scheme.pk), None)
    if wanted is None:
        raise DomainError("wrong_state", "这份草稿已经删除。")
    SchemeAccess(actor).require_now("activate", wanted)
    if not wanted.is_draft and not reason.strip():
        raise DomainError("reason_required", "请写明改回这一版的理由。", "reason")
    _read(wanted.definition)
    before = _take_out_of_force(rows)
    wanted.is_current, wanted.is_draft = True, False
    wanted.save(update_fields=["is_current", "is_draft", "updated_at"])
    log_activity(
        actor=actor, action="reporting.evaluationscheme.activate", target=wanted, now=now,
        reason=reason.strip() or wanted.reason,
        data={"from": before.version if before else None, "to": wanted.version},
    )  # fmt: skip
    return wanted


@transaction.atomic
def drop_draft(*, actor: Any, scheme: EvaluationScheme, now: datetime) -> None:
    """Delete a draft. Errors: Refused, `wrong_state` (it was in force once)."""
    locked = EvaluationScheme.objects.select_for_update().filter(pk=scheme.pk).first()
    if locked is None:
        raise DomainError("wrong_state", "这份草稿已经删除。")
    SchemeAccess(actor).require_now("drop", locked)
    log_activity(
        actor=actor, action="reporting.evaluationscheme.drop", target=locked, now=now,
        reason=locked.reason,
    )  # fmt: skip
    locked.delete()
