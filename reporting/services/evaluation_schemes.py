"""How platforms are judged: brought in from files, changed by staff; every change is a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from core.errors import DomainError
from core.services import log_activity
from reporting.access import SchemeAccess
from reporting.models import EvaluationScheme
from reporting.scoring import SchemeError, read_scheme
from reporting.services.indicators import LoadCount
from reporting.services.snapshots import digest_of
from reporting.values import as_json


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
        made = _add(definition, reason="评价办法文件更新。" if loaded else "")
        log_activity(actor=actor, action="reporting.evaluationscheme.load", target=made, now=now)
        created += 1
    return LoadCount(created, unchanged)


def _add(
    definition: Mapping[str, Any], *, reason: str = "", created_by: Any = None
) -> EvaluationScheme:
    """The next version, in force from now on."""
    before = EvaluationScheme.objects.select_for_update().filter(slug=definition["slug"])
    last = before.order_by("-version").first()
    before.filter(is_current=True).update(is_current=False)
    return EvaluationScheme.objects.create(
        slug=definition["slug"], version=last.version + 1 if last else 1, name=definition["name"],
        use=definition["use"], definition=dict(definition), digest=digest_of(definition),
        reason=reason, created_by=created_by,
    )  # fmt: skip


@transaction.atomic
def revise_scheme(
    *,
    actor: Any,
    scheme: EvaluationScheme,
    weights: Mapping[str, Decimal],
    minimums: Mapping[str, Decimal],
    shares: Mapping[str, Decimal | None],
    reason: str,
    now: datetime,
    source: str = "",
) -> EvaluationScheme:
    """A new version with other weights (by heading name or formula) and grade lines (by grade).

    `source` names the document that says so; without one the weights stay examples. Runs made
    before keep their version. Errors: Refused, `reason_required`, `not_current`, `unchanged`,
    `invalid_scheme`.
    """
    SchemeAccess(actor).require("revise")
    locked = EvaluationScheme.objects.select_for_update().get(pk=scheme.pk)
    if not reason.strip():
        raise DomainError("reason_required", "请写明修改理由。", "reason")
    if not locked.is_current:
        raise DomainError("not_current", "已有更新的版本，请在现行版本上修改。")
    changed = _changed(locked.definition, weights, minimums, shares)
    if source.strip():
        changed["example"] = False
        changed["sources"] = [*changed["sources"], source.strip()]
    if digest_of(changed) == locked.digest:
        raise DomainError("unchanged", "内容没有变化。")
    try:
        read_scheme(changed)
    except SchemeError as error:
        raise DomainError("invalid_scheme", str(error)) from error
    made = _add(changed, reason=reason.strip(), created_by=actor)
    log_activity(
        actor=actor, action="reporting.evaluationscheme.revise", target=made, now=now,
        reason=reason, data={"before": locked.version},
    )  # fmt: skip
    return made


def _changed(
    definition: Mapping[str, Any],
    weights: Mapping[str, Decimal],
    minimums: Mapping[str, Decimal],
    shares: Mapping[str, Decimal | None],
) -> dict[str, Any]:
    changed: dict[str, Any] = deepcopy(dict(definition))
    for heading in changed["headings"]:
        for row, key in [
            (heading, heading["name"]),
            *((i, i["formula"]) for i in heading["items"]),
        ]:
            if key in weights:
                row["weight"] = _plain(weights[key])
    for line in changed["grades"]:
        if line["slug"] in minimums and "minimum" in line:
            line["minimum"] = _plain(minimums[line["slug"]])
        if line["slug"] in shares:
            share = shares[line["slug"]]
            line.pop("share", None)
            line |= {} if share is None else {"share": _plain(share)}
    return changed


def _plain(value: Decimal) -> int | float:
    """As a file would say it: 10, not 10.00."""
    text = as_json(value)
    return float(text) if "." in text else int(text)
