"""One pull: what changed, page by page, then what is public no more."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.outgoing import Unreachable
from exchange.client import PeerClient, moment
from exchange.enums import Outcome
from exchange.kinds import KINDS, KindOfRecord
from exchange.models import Peer, PulledRecord
from exchange.services import rows
from exchange.services.receiving import Neighbour, is_taken_over, receive, record_of

OVERLAP = timedelta(minutes=10)  # changes of a slow transaction become visible later
MAX_SECONDS = 1200.0  # the next pull goes on
MAX_SINGLE = 60  # records asked for one by one in a pull, those longest unseen first
MAX_ERRORS = 100  # shown
# so many at once are more likely a fault of the peer than withdrawals
SUSPICIOUS_COUNT, SUSPICIOUS_SHARE = 20, 0.5

Tell = Callable[[int, int], bool]
logger = structlog.get_logger(__name__)


@dataclass
class Pull:
    """One pull under way: counts by outcome, and records that could not be taken."""

    peer: Peer
    client: PeerClient
    tell: Tell
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, str]] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)  # ids of the kind at hand that failed just now
    is_partial: bool = False
    doubts: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def run(self) -> dict[str, Any]:
        """Read the peer; the result for the job. Raises Unreachable with the cursors kept, and
        `suspicious` at the end where too much is gone at once."""
        for spec in KINDS.values():
            if not self._is_over():
                self._changes(spec)
            if not self._is_over():
                self._reconcile(spec)
        if self.doubts:
            raise Unreachable("suspicious", "".join(self.doubts))
        return self.result()

    def result(self) -> dict[str, Any]:
        """What came of it so far, for the job."""
        return {
            "counts": dict(self.counts),
            "errors": self.errors[:MAX_ERRORS],
            "is_partial": self.is_partial,
        }

    def _is_over(self) -> bool:
        self.is_partial |= time.monotonic() - self.started > MAX_SECONDS
        return self.is_partial

    def _changes(self, spec: KindOfRecord) -> None:
        self.tried = set()
        cursor = rewound(self.peer.cursors.get(spec.kind, ""))
        while not self._is_over():
            page = self.client.changes(spec.path, cursor)
            for data in page.records:
                self._receive(spec, data)
            if page.records:
                last, before = page.records[-1], cursor
                cursor = f"{last['updated_at']}~{last['slug']}"
                if cursor == before:  # the same page again: it knows no `updated_after`
                    raise Unreachable("odd", "对方接口不能续取，版本过旧。")
                keep_cursor(self.peer, spec.kind, cursor)
            self._beat(page.left - len(page.records))
            if page.is_last:
                return

    def _beat(self, left: int = 0) -> None:
        done = sum(self.counts.values())
        self.is_partial |= not self.tell(done, done + left)

    def _receive(self, spec: KindOfRecord, data: Mapping[str, Any]) -> None:
        try:
            outcome = receive(peer=self.peer, kind=spec.kind, data=data, now=timezone.now())
        except DomainError as error:
            note_error(self.peer, spec, data, error.message)
            self._tell_error(spec, data, error.message)
            return
        self.counts[outcome] += 1

    def _tell_error(self, spec: KindOfRecord, data: Mapping[str, Any], message: str) -> None:
        self.tried.add(str(data["slug"]))
        self.counts["failed"] += 1
        self.errors.append(
            {"kind": str(spec.kind.label), "id": str(data["slug"]),
             "label": str(data.get(spec.title) or ""), "message": message}
        )  # fmt: skip

    def _reconcile(self, spec: KindOfRecord) -> None:
        """Withdraw what is gone there; ask again for what was missed, failed or came back."""
        public = set(self.client.ids(spec.path))
        known = PulledRecord.objects.filter(peer=self.peer, kind=spec.kind)
        here = {record.remote_id: record for record in known.defer("base", "theirs")}
        gone = [r for key, r in here.items() if key not in public and r.gone_at is None]
        taken = [record for record in here.values() if record.gone_at is None]
        if len(gone) > max(SUSPICIOUS_COUNT, SUSPICIOUS_SHARE * len(taken)):
            said = (
                f"对方有 {len(gone)} 条{spec.kind.label}不再公开，超过一半，没有自动下架，请核实。"
            )
            self.doubts.append(said)
            gone = []
        for record in gone:
            self.counts[Outcome.WITHDRAWN] += retract(record=record)
            self._beat()
        seen = {key: r.last_seen_at for key, r in here.items() if r.last_seen_at}
        fine = {key for key, r in here.items() if r.gone_at is None and not r.error}
        waiting = sorted(
            public - fine - self.tried, key=lambda key: (key in seen, str(seen.get(key)), key)
        )
        self._ask_again(spec, waiting[:MAX_SINGLE])

    def _ask_again(self, spec: KindOfRecord, remote_ids: Iterable[str]) -> None:
        for remote_id in remote_ids:
            if self._is_over():
                return
            data = self.client.one(spec.path, remote_id)
            if data is not None and str(data["slug"]) == remote_id:
                self._receive(spec, data)
                self._beat()


def rewound(cursor: str) -> str:
    """Where a new pull begins: a little before the last one ended."""
    ended = moment(cursor.partition("~")[0])
    return (ended - OVERLAP).isoformat() if ended else ""


@transaction.atomic
def keep_cursor(peer: Peer, kind: str, cursor: str) -> None:
    """Remember how far the peer was read. Raises Unreachable where somebody has changed meanwhile
    what is read: that begins anew."""
    locked = Peer.objects.select_for_update().get(pk=peer.pk)
    if (locked.base_url, locked.region_id) != (peer.base_url, peer.region_id):
        raise Unreachable("changed", "同步时有人改了网址或地区，请重新同步。")
    locked.cursors[kind] = cursor
    locked.save(update_fields=["cursors"])
    peer.cursors = locked.cursors


@transaction.atomic
def note_error(peer: Peer, spec: KindOfRecord, data: Mapping[str, Any], message: str) -> None:
    """Keep why a record could not be taken; it is asked for again at the next pull."""
    record = record_of(peer, spec.kind, str(data["slug"]))
    record.label = record.label or str(data.get(spec.title) or "")[:200]
    record.error, record.last_seen_at = message[:300], timezone.now()
    record.save()


@transaction.atomic
def retract(*, record: PulledRecord) -> bool:
    """Note that the record is public no more there, and take its row down, unless it was here
    before or somebody here has taken it over. Whether a row was taken down."""
    locked = PulledRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    now = timezone.now()
    locked.gone_at, locked.conflicts = now, []  # nothing is left to choose from
    locked.save(update_fields=["gone_at", "conflicts", "updated_at"])
    model = KINDS[locked.kind].model
    row = model._default_manager.filter(pk=locked.local_id).first()
    if row is None or not locked.is_made_here or is_taken_over(row):
        return False
    return rows.withdraw(Neighbour(locked.peer), row, now)
