"""Freezing a report, and proving later that its numbers follow from what was frozen."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from reporting import formulas
from reporting.enums import Fill
from reporting.models import AnnualReport, ReportVersion
from reporting.selectors.sheets import Line, lines_of, planned_of, report_of, values_of
from reporting.services.compute import burden
from reporting.values import as_json

FORMAT = 1
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that reads like something else


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one spelling of a snapshot that its digest is taken of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical spelling."""
    return hashlib.sha256(canonical(content)).hexdigest()


def digest_of_rows(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """SHA-256 over many frozen lines, by key and digest of each, in the order they come in."""
    whole = hashlib.sha256()
    for key, data in rows:
        whole.update(f"{key} {digest_of(data)}\n".encode())
    return whole.hexdigest()


def build_snapshot(
    report: AnnualReport, *, now: datetime, lines: list[Line] | None = None
) -> dict[str, Any]:
    """Everything the report says, with the version of each definition and the earlier numbers
    that formulas look back to. Plain JSON; numbers are exact text. `lines`: as just read."""
    lines = lines_of(report) if lines is None else lines
    return {
        "format": FORMAT,
        "frozen_at": timezone.localtime(now).isoformat(timespec="seconds"),
        "cycle": {"year": report.cycle.year, "region": report.cycle.region_id,
                  "region_name": str(report.cycle.region)},
        "platform": {
            "slug": report.platform.slug, "name": report.platform.name,
            "operator": report.platform.operator_display, "is_demo": report.platform.is_demo,
        },
        "values": [_line(line) for line in lines],
        "past": _past_inputs(report, lines),
        "plan": [
            {"code": row.code, "target": as_json(row.target), "note": row.note}
            for row in planned_of(report).values()
        ],
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    indicator, row = line.indicator, line.row
    base: dict[str, Any] = {
        "code": indicator.code, "version": indicator.version, "digest": indicator.digest,
        "name": indicator.name, "unit": indicator.unit, "kind": indicator.kind,
        "group": indicator.group, "group_name": indicator.group_name,
        "fill": indicator.fill, "formula": indicator.formula, "query": indicator.query,
        "last": as_json(line.last.effective) if line.last else None,
        "value": None, "words": "", "null_reason": "", "note": "", "detail": {}, "typed": False,
        "computed": None, "correction": None,
    }  # fmt: skip
    if row is None:
        return base
    corrected = None
    if row.correction is not None:
        corrected = {
            "value": row.correction["value"], "reason": row.correction_reason,
            "answer": row.correction_answer,
        }  # fmt: skip
    return base | {
        "value": as_json(row.effective), "words": line.words,
        "null_reason": row.null_reason, "note": row.note, "detail": row.detail,
        "typed": row.typed_by_id is not None,
        "computed": as_json(row.value) if row.is_protected else None,
        "correction": corrected,
    }  # fmt: skip


def _past_inputs(report: AnnualReport, lines: list[Line]) -> dict[str, Any]:
    wanted = {
        pair
        for line in lines
        if line.indicator.formula
        for pair in formulas.parse(line.indicator.formula).past
    }
    found: dict[str, Any] = {}
    for code, years in sorted(wanted):
        earlier = report_of(report, years)
        row = values_of(earlier).get(code) if earlier else None
        found[f"{code}@{years}"] = as_json(row.effective) if row else None
    return found


def freeze(
    *, report: AnnualReport, actor: Any, now: datetime, lines: list[Line] | None = None
) -> ReportVersion:
    """Keep the report as it is now: the next version, with digest and verification code."""
    snapshot = build_snapshot(report, now=now, lines=lines)
    return ReportVersion.objects.create(
        report=report,
        number=report.versions.count() + 1,
        snapshot=snapshot,
        sha256=digest_of(snapshot),
        verification_code="".join(secrets.choice(ALPHABET) for _ in range(12)),
        submitted_by=actor,
        submitted_at=now,
    )


def recomputed(snapshot: Mapping[str, Any]) -> dict[str, str | None]:
    """Derived numbers computed again from the snapshot's own inputs and formulas: code → text."""
    lines = {line["code"]: line for line in snapshot["values"]}
    numbers = {
        code: None if line["value"] is None else Decimal(line["value"])
        for code, line in lines.items()
        if line["kind"] in {"int", "dec", "pct"}
    }
    parsed = {
        code: formulas.parse(line["formula"]) for code, line in lines.items() if line["formula"]
    }

    def past(code: str, years: int) -> Decimal | None:
        value = snapshot["past"].get(f"{code}@{years}")
        return None if value is None else Decimal(value)

    found: dict[str, str | None] = {}
    for code in formulas.in_order(parsed):
        places = 0 if lines[code]["kind"] == "int" else 2
        value = formulas.rounded(parsed[code].value(numbers, past), places)
        found[code] = as_json(value)
        correction = lines[code]["correction"]
        if not correction or correction["answer"] != "accepted":
            numbers[code] = value
    meter = burden(
        (code, line["typed"] if line["value"] is not None else True)
        for code, line in lines.items()
        if line["value"] is not None or line["fill"] == Fill.MANUAL
    )
    if "DIG-03" in lines:
        found["DIG-03"] = as_json(formulas.rounded(meter, 2))
    return found


def differences(version: ReportVersion) -> dict[str, tuple[Any, Any]]:
    """Derived values that do not follow from the snapshot: code → (frozen, recomputed).

    Empty for an untouched one (house rule 7). The key "sha256" stands for a changed snapshot.
    """
    found: dict[str, tuple[Any, Any]] = {}
    digest = digest_of(version.snapshot)
    if digest != version.sha256:
        found["sha256"] = (version.sha256, digest)
    lines = {line["code"]: line for line in version.snapshot["values"]}
    for code, value in recomputed(version.snapshot).items():
        if lines[code]["computed"] != value:
            found[code] = (lines[code]["computed"], value)
    return found
