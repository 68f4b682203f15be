"""Versions of the ranking's weights, under the control of staff."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import DomainError
from core.services import log_activity
from matching.access import MatchWeightsAccess
from matching.engine.weights import SHIPPED, weights_from
from matching.models import MatchWeights

MAX_RECORD_CHARACTERS = 20_000


@transaction.atomic
def add_weights(
    *,
    actor: Any,
    record: Any,
    note: str,
    now: datetime,
    trained_on: str = "",
    figures: dict[str, Any] | None = None,
) -> MatchWeights:
    """Keep a new version, not yet active. The engine itself checks that it is complete.

    Raises DomainError at `record` when it is incomplete or its version is taken.
    """
    MatchWeightsAccess(actor).require("add")
    if not isinstance(record, dict) or len(json.dumps(record)) > MAX_RECORD_CHARACTERS:
        raise DomainError("bad_weights", "应为一个 JSON 对象。", "record")
    try:
        version = weights_from(record).version
    except ValueError as error:
        raise DomainError("bad_weights", str(error), "record") from error
    if not 0 < len(version) <= 40:
        raise DomainError("bad_version", "版本号须为 1–40 个字符。", "record")
    return keep_weights(
        actor=actor, record=record, version=version, note=note, trained_on=trained_on,
        figures=figures or {}, now=now,
    )  # fmt: skip


def keep_weights(
    *,
    actor: Any,
    record: dict[str, Any],
    version: str,
    note: str,
    trained_on: str,
    figures: dict[str, Any],
    now: datetime,
) -> MatchWeights:
    """A checked record as a version that is not active. Raises DomainError `version_taken`."""
    try:
        with transaction.atomic():
            row = MatchWeights.objects.create(
                version=version, record=record, note=note, trained_on=trained_on, figures=figures
            )
    except IntegrityError as error:
        message = f"版本“{version}”已经存在，请换一个版本号。"
        raise DomainError("version_taken", message, "record") from error
    log_activity(actor=actor, action="matching.matchweights.add", target=row, now=now)
    return row


def ensure_shipped(*, actor: Any, now: datetime) -> MatchWeights:
    """The row of the version that comes with the engine, kept when it is not yet."""
    record = json.loads(SHIPPED.read_text(encoding="utf-8"))
    row = MatchWeights.objects.filter(version=record["version"]).first()
    return row or keep_weights(
        actor=actor, record=record, version=record["version"], note="随引擎发布",
        trained_on=str(record.get("trained_on", "")), figures={}, now=now,
    )  # fmt: skip


@transaction.atomic
def activate_weights(*, actor: Any, version: str, now: datetime) -> MatchWeights:
    """Rank with `version` from now on; going back to an earlier one is the same act.

    Refused while another version is frozen. Stored lists change with their next run.
    """
    MatchWeightsAccess(actor).require("activate")
    shipped = ensure_shipped(actor=actor, now=now)
    rows = {row.version: row for row in MatchWeights.objects.select_for_update().order_by("pk")}
    wanted = rows.get(version)
    if wanted is None:
        raise DomainError("unknown_version", "没有这个版本。")
    current = next((row for row in rows.values() if row.is_active), None)
    if current is not None and current.is_frozen and current.pk != wanted.pk:
        message = f"版本“{current.version}”已冻结，须先解除冻结才能换用其他版本。"
        raise DomainError("frozen", message)
    if current is not None and current.pk == wanted.pk:
        return wanted
    before = current or shipped
    if current is not None:
        current.is_active = False
        current.save(update_fields=["is_active", "updated_at"])
    wanted.is_active, wanted.activated_at = True, now
    wanted.save(update_fields=["is_active", "activated_at", "updated_at"])
    log_activity(
        actor=actor, action="matching.matchweights.activate", target=wanted, now=now,
        data={"from": before.version, "to": wanted.version},
    )  # fmt: skip
    return wanted


@transaction.atomic
def freeze_weights(*, actor: Any, is_frozen: bool, now: datetime) -> MatchWeights:
    """Freeze the active version, or lift the freeze. Nothing activates another meanwhile."""
    action = "freeze" if is_frozen else "unfreeze"
    MatchWeightsAccess(actor).require(action)
    ensure_shipped(actor=actor, now=now)
    row = MatchWeights.objects.select_for_update().filter(is_active=True).first()
    if row is None:
        raise DomainError("none_active", "请先启用一个版本，再冻结。")
    if row.is_frozen != is_frozen:
        row.is_frozen = is_frozen
        row.save(update_fields=["is_frozen", "updated_at"])
        log_activity(actor=actor, action=f"matching.matchweights.{action}", target=row, now=now)
    return row
