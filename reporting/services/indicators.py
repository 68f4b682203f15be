"""Bringing declared indicators in, one row a version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from core.errors import DomainError
from core.services import log_activity
from reporting.access import IndicatorAccess
from reporting.catalogue import Declared
from reporting.models import Indicator


@dataclass(frozen=True)
class LoadCount:
    """What a load changed, in rows."""

    created: int
    unchanged: int


@transaction.atomic
def load_indicators(*, actor: Any, rows: Iterable[Declared], now: datetime) -> LoadCount:
    """Add the versions that are not there yet; safe to run twice.

    A stored version whose content differs is refused (`indicator_changed`): a new definition is a
    new version, because reports refer to the one they were filled in under. The highest version
    of a code becomes the current one.
    """
    IndicatorAccess(actor).require("load")
    wanted = {(row.code, row.version): row for row in rows}
    stored = {(row.code, row.version): row for row in Indicator.objects.select_for_update()}
    for key, row in stored.items():
        if key in wanted and wanted[key].digest != row.digest:
            raise DomainError(
                "indicator_changed",
                f"指标 {row} 第 {row.version} 版已载入，不能改动；请另写新版本。",
            )
    fresh = [_indicator(row) for key, row in wanted.items() if key not in stored]
    latest: dict[str, int] = {}
    for code, version in [*stored, *wanted]:
        latest[code] = max(version, latest.get(code, 0))
    for row in stored.values():
        # old first: only one version of a code may be current
        if row.is_current and row.version != latest[row.code]:
            row.is_current = False
            row.save(update_fields=["is_current", "updated_at"])
    for indicator in fresh:
        indicator.is_current = indicator.version == latest[indicator.code]
        indicator.clean_fields()
    Indicator.objects.bulk_create(fresh)
    for indicator in fresh:
        log_activity(actor=actor, action="reporting.indicator.load", target=indicator, now=now)
    return LoadCount(len(fresh), len(wanted) - len(fresh))


def _indicator(row: Declared) -> Indicator:
    values = asdict(row)
    values["sources"] = list(row.sources)
    return Indicator(**values, digest=row.digest)
