"""Reading neighbours, what was pulled, and both sides of a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from exchange.access import PeerAccess, PulledRecordAccess
from exchange.enums import Kind, Outcome
from exchange.kinds import KINDS
from exchange.models import Peer, PulledRecord, PullJob

STATES: dict[str, Q] = {
    "conflict": ~Q(conflicts=[]),
    "failed": ~Q(error=""),
    "gone": Q(gone_at__isnull=False),
    "skipped": ~Q(note=""),
    "synced": Q(conflicts=[], error="", note="", gone_at__isnull=True),
}


@dataclass(frozen=True)
class FieldConflict:
    """One field with what stands here and what the peer says."""

    name: str
    label: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class RecordConflict:
    """One record that both sides changed; `updated_at` is when the row here last changed."""

    record: PulledRecord
    url: str
    updated_at: datetime
    fields: list[FieldConflict]


def peer_rows(user: Any) -> QuerySet[Peer]:
    """Neighbours by name, each with `last_status`, `last_at` and counts of its records."""
    finished = PullJob.objects.filter(peer=OuterRef("pk")).order_by("-pk")
    linked, waiting = Q(records__local_id__isnull=False), ~Q(records__conflicts=[])
    return (
        PeerAccess(user)
        .visible()
        .select_related("region")
        .annotate(
            last_status=Subquery(finished.values("status")[:1]),
            last_at=Subquery(finished.values("finished_at")[:1]),
            record_count=Count("records", filter=linked),
            conflict_count=Count("records", filter=waiting),
        )
        .order_by("name", "pk")
    )


def last_jobs(peer: Peer) -> QuerySet[PullJob]:
    """The last ten pulls, the newest first."""
    return peer.jobs.select_related("owner").order_by("-pk")[:10]


def counts_in_words(result: Mapping[str, Any]) -> str:
    """What a pull did: 新增 12，更新 3; empty when nothing changed."""
    counts = result.get("counts", {})
    quiet = {Outcome.UNCHANGED, Outcome.SKIPPED}
    told = [
        (str(Outcome(key).label), counts[key])
        for key in Outcome.values
        if counts.get(key) and key not in quiet
    ]
    if counts.get("failed"):
        told.append(("未能取得", counts["failed"]))
    return "，".join(f"{label} {count}" for label, count in told)


def record_rows(user: Any, peer: Peer) -> QuerySet[PulledRecord]:
    """What was read from the peer, the newest change there first, what is not taken last."""
    rows = PulledRecordAccess(user).visible().filter(peer=peer).defer("base", "theirs")
    return rows.order_by("note", "-remote_updated_at", "-pk")


def local_row(record: PulledRecord) -> Any:
    """The row here that the record is the same as; None where it is not taken."""
    with_local_rows([record])
    return record.local  # type: ignore[attr-defined]


def with_local_rows(records: Iterable[PulledRecord]) -> None:
    """Give each record its `local` row (or None): one query a kind."""
    records = list(records)
    found: dict[tuple[str, int | None], Any] = {}
    for kind in Kind.values:
        ids = [r.local_id for r in records if r.kind == kind and r.local_id]
        if ids:
            rows = KINDS[kind].model._default_manager.filter(pk__in=ids)
            found |= {(kind, row.pk): row for row in rows}
    for record in records:
        record.local = found.get((record.kind, record.local_id))  # type: ignore[attr-defined]


def conflicts_of(user: Any, peer: Peer) -> QuerySet[PulledRecord]:
    """Records of the peer that wait for a decision, in the order of their names."""
    rows: Any = PulledRecordAccess(user).visible().filter(peer=peer)
    return rows.conflicting().order_by("kind", "label", "pk")


def side_by_side(records: Iterable[PulledRecord]) -> list[RecordConflict]:
    """Both values of every field in conflict."""
    records = list(records)
    with_local_rows(records)
    found = []
    for record in records:
        spec, row = KINDS[record.kind], record.local  # type: ignore[attr-defined]
        if row is None:  # taken back to a draft and deleted here
            continue
        ours = spec.values_here(row, record.conflicts)
        fields = [
            FieldConflict(
                name, spec.label(name), spec.words(name, ours[name]),
                spec.words(name, record.theirs.get(name)),
            )
            for name in record.conflicts
        ]  # fmt: skip
        found.append(RecordConflict(record, row.get_absolute_url(), row.updated_at, fields))
    return found
