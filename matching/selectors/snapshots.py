"""Indexes on disk, mapped into memory: the workers of one machine build each one once.

A snapshot is named after what it was made of, so a stale one is never opened; it is a cache that
may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog
from django.conf import settings

from matching.engine.index import Index

logger = structlog.get_logger(__name__)
# a small index is built faster than it is found on disk
WORTH_KEEPING = 5000
KEPT = 3


def shared(name: str, key: object, size: int, build: Callable[[], Index]) -> Index:
    """The snapshot of `name` made of `key`, from disk where another worker left it there.

    A disk that is full or read-only costs only the sharing.
    """
    if size < WORTH_KEEPING:
        return build()
    digest = hashlib.sha256(repr(key).encode()).hexdigest()[:32]
    place = settings.VAR_DIR / "match-index" / f"{name}-{digest}"
    try:
        return Index.open(place)
    except (OSError, ValueError, KeyError):  # not there, not readable, or damaged
        index = build()
    try:
        _keep(index, place, name)
        return Index.open(place)
    except OSError as problem:
        logger.warning("matching.snapshot_not_kept", problem=str(problem))
        return index


def _keep(index: Index, place: Path, name: str) -> None:
    """Write beside, then move into place in one step: nobody opens half a snapshot."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place.parent, prefix=".draft-"))
    try:
        index.save(draft)
        draft.rename(place)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not place.exists():  # otherwise another worker was faster with the same snapshot
            raise
    found = sorted(place.parent.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime)
    for old in found[:-KEPT]:
        # who still has it mapped keeps its pages; the names are gone for the others
        shutil.rmtree(old, ignore_errors=True)
