"""What staff read of a run: chunks and exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from matching.enums import ChunkStatus, ResourceKind, Side
from matching.kinds import MODEL_OF
from matching.models import MatchRun
from matching.selectors.exposure import GROUPS

SHOWN_ROWS = 12


@dataclass(frozen=True, slots=True)
class SideProgress:
    """Chunks and subjects of one direction."""

    label: str
    chunks: int
    done_chunks: int
    subjects: int
    done_subjects: int
    repeats: int


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """A group's share of the places shown, beside its share of what is offered; percents."""

    label: str
    shown: float
    offered: float

    @property
    def ratio(self) -> float | None:
        """1 is shown as often as offered; None where nothing is offered any more."""
        return round(self.shown / self.offered, 2) if self.offered else None


@dataclass(frozen=True, slots=True)
class RunSummary:
    sides: list[SideProgress]
    places: int
    exposure: list[tuple[str, list[ExposureRow]]]


NAME_FIELDS = {ResourceKind.SOLUTION: "title"}  # the others have a name


def named_runs(rows: QuerySet[MatchRun]) -> QuerySet[MatchRun]:
    """Runs ready to say what was matched (`MatchRun.subject`), in one query."""
    names = [
        When(resource_kind=kind, then=Subquery(found.values(NAME_FIELDS.get(kind, "name"))[:1]))
        for kind in ResourceKind
        for found in [MODEL_OF[kind]._default_manager.filter(pk=OuterRef("resource_id"))]
    ]
    rows = rows.select_related("owner", "demand", "capability")
    return rows.annotate(resource_name=Case(*names, default=Value("")))


def run_summary(run: MatchRun) -> RunSummary:
    """Progress by direction and the exposure figures of a run, ready to show."""
    stored: dict[str, Any] = run.result.get("exposure") or {}
    groups = [(label, _rows(stored[key])) for key, label in GROUPS.items() if key in stored]
    return RunSummary(_sides(run), stored.get("places", 0), groups)


def _rows(shares: dict[str, list[float]]) -> list[ExposureRow]:
    """The groups shown most, first."""
    rows = [ExposureRow(name, 100 * shown, 100 * among) for name, (shown, among) in shares.items()]
    return sorted(rows, key=lambda row: (-row.shown, row.label))[:SHOWN_ROWS]


def _sides(run: MatchRun) -> list[SideProgress]:
    done = Q(status=ChunkStatus.DONE)
    rows = run.chunks.values("side").annotate(
        chunks=Count("pk"),
        done_chunks=Count("pk", filter=done),
        subjects=Sum("subject_count"),
        done_subjects=Sum("subject_count", filter=done, default=0),
        tries=Sum("attempts"),
    )
    labels = {Side.DEMAND: "为需求找能力", Side.CAPABILITY: "为能力找需求"}
    return [
        SideProgress(
            label=labels[Side(row["side"])],
            chunks=row["chunks"],
            done_chunks=row["done_chunks"],
            subjects=row["subjects"],
            done_subjects=row["done_subjects"],
            repeats=max(0, row["tries"] - row["done_chunks"]),
        )
        for row in rows.order_by("-side")
    ]
