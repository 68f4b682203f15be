"""Taking one record of a neighbour: made once, the same as one here, or brought up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.access import System
from core.activity import register_actions
from core.errors import DomainError
from core.models import ActivityLog
from core.origins import PEER, is_own
from core.services import log_activity
from exchange.client import moment
from exchange.enums import Outcome
from exchange.kinds import KINDS, KindOfRecord
from exchange.merging import merge
from exchange.models import Peer, PulledRecord
from exchange.services import rows
from exchange.services.identity import same_row
from platforms.enums import ClaimStatus
from platforms.models import Platform

register_actions({"exchange.pulledrecord.link": "把同步来的记录与本站的对应起来"})


class Neighbour(System):
    """The actor of what a pull changes: the activity log says from where."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def __str__(self) -> str:
        return f"{self.peer.name}（同步）"


@transaction.atomic
def receive(*, peer: Peer, kind: str, data: Mapping[str, Any], now: datetime) -> Outcome:
    """Bring one record of the peer's REST answer in; the same one twice changes nothing.

    A new row is published here as from the peer; a row that is the same as one here is linked to
    it. Of known ones what changed there alone is applied, what changed on both sides waits as a
    conflict. Raises DomainError, having changed nothing; the caller notes it.
    """
    # one at a time, whichever peers are being read: two must not make the same row
    list(Peer.objects.select_for_update().order_by("pk").values_list("pk"))
    spec = KINDS[kind]
    record = record_of(peer, kind, str(data["slug"]))
    record.note = _reason_to_skip(peer, data, record)
    record.error, record.gone_at = "", None
    record.label = str(data.get(spec.title) or "")[:200]
    record.remote_url = _page(peer, data)[:500]
    record.remote_updated_at, record.last_seen_at = moment(data["updated_at"]), now
    outcome = Outcome.SKIPPED
    if not record.note:
        outcome = _Taking(peer, spec, record, data, now).take()
    record.save()
    if outcome == Outcome.LINKED:
        found = {"url": record.remote_url, "local": record.local_id}
        log_activity(
            actor=Neighbour(peer), action="exchange.pulledrecord.link", target=record, now=now,
            data=found,
        )  # fmt: skip
    return outcome


def record_of(peer: Peer, kind: str, remote_id: str) -> PulledRecord:
    """The line of a remote record, unsaved when it is new."""
    key = {"peer": peer, "kind": kind, "remote_id": remote_id[:80]}
    return PulledRecord.objects.filter(**key).first() or PulledRecord(**key)


def _reason_to_skip(peer: Peer, data: Mapping[str, Any], record: PulledRecord) -> str:
    if record.local_id is not None:
        return ""
    origin = data.get("origin")
    if not isinstance(origin, dict) or not {"portal", "id", "url"} <= set(origin):
        raise DomainError("no_origin", "记录没有写明出处，对方的版本过旧。")
    if is_own({key: str(origin[key]) for key in ("portal", "id", "url")}):  # type: ignore[arg-type]
        return "本站自己的记录"
    if not str(data.get("region") or "").startswith(peer.region.prefix):
        return f"不在{peer.region}"
    return rows.reason_to_skip(peer, record.kind, data)


@dataclass
class _Taking:
    """One record on its way in."""

    peer: Peer
    spec: KindOfRecord
    record: PulledRecord
    data: Mapping[str, Any]
    now: datetime

    def take(self) -> Outcome:
        record, theirs = self.record, self.spec.values_of(self.data)
        is_new, was_told = record.local_id is None, record.theirs
        row = self._row() or same_row(self.peer, self.spec, theirs, self.data)
        record.theirs = theirs
        if row is None:
            self._make(theirs)
            return Outcome.CREATED
        record.local_id = row.pk
        if record.is_made_here and not is_taken_over(row):
            row = rows.follow_status(Neighbour(self.peer), row, self.data, self.now)
        is_changed = self._bring_up_to_date(row)
        if record.conflicts and (is_new or is_changed or was_told != theirs):
            return Outcome.CONFLICT
        if is_new:
            return Outcome.LINKED
        return Outcome.UPDATED if is_changed else Outcome.UNCHANGED

    def _row(self) -> Any:
        rows_here = self.spec.model._default_manager
        return rows_here.filter(pk=self.record.local_id).first() if self.record.local_id else None

    def _make(self, theirs: dict[str, Any]) -> None:
        values = self._stored(theirs) | self._source()
        row = rows.make(
            Neighbour(self.peer), self.peer, self.spec.kind, values, self.data, self.now
        )
        self.record.local_id, self.record.is_made_here = row.pk, True
        self.record.base = {name: value for name, value in theirs.items() if name in values}

    def _bring_up_to_date(self, row: Any) -> bool:
        """Whether the row was changed. One that is not public here is its people's business."""
        if not rows.is_public(row):
            return False
        record = self.record
        told = {n: v for n, v in record.theirs.items() if not _is_settled(row, n)}
        merged = merge(base=record.base, theirs=told, ours=self.spec.values_here(row, told))
        values = self._stored(merged.adopted)
        if record.is_made_here:
            values |= rows.standing_of(self.spec.kind, row, self.data)
        if values:
            rows.change(Neighbour(self.peer), row, values, self.now)
        left = set(merged.adopted) - set(values)
        old = record.base
        record.conflicts = merged.conflicts
        record.base = {n: v for n, v in merged.base.items() if n not in left} | {
            n: old[n] for n in left if n in old
        }
        return bool(values)

    def _stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values for the services; what this portal has no code for is left out and noted."""
        found, wrong = self.spec.stored(values)
        self.record.error = "".join(wrong.values())[:300]
        return found

    def _source(self) -> dict[str, Any]:
        """Where the row comes from, as pages show it; what the peer took it from is named too."""
        origin, first = self.data["origin"], str(self.data.get("source_title") or "")
        title = f"{self.peer.name}同步" + (f"（原始来源：{first}）" if first else "")
        return {
            "source_title": title[:300],
            "source_url": str(origin["url"]),
            "source_ref": str(origin["id"])[:300],
            "source_date": f"{timezone.localdate(moment(self.data['updated_at']))}",
            "source_kind": PEER,
        }


def _is_settled(row: Any, name: str) -> bool:
    """The organisation that runs a platform here is known by its code, not by a name."""
    return name == "operator_name" and row.organisation_id is not None


def is_taken_over(row: Any) -> bool:
    """Whether a person here has done something with the row, or claimed it: it is theirs now."""
    touched = ActivityLog.objects.filter(
        target_type=row._meta.label_lower, target_id=str(row.pk), actor__isnull=False
    )
    if touched.exclude(action__endswith=".read_full").exists():  # reading changes nothing
        return True
    platform = getattr(row, "platform", row)  # who runs it runs what it offers
    return isinstance(platform, Platform) and (
        platform.claims.filter(status=ClaimStatus.APPROVED).exists()
    )


def _page(peer: Peer, data: Mapping[str, Any]) -> str:
    """The record's page at the peer."""
    url = str(data.get("url") or "")
    if url.startswith("/"):
        return f"{peer.base_url}{url}"
    origin = data.get("origin")
    found = str(origin.get("url") or "") if isinstance(origin, dict) else ""
    return found if found.startswith(("https://", "http://")) else ""
