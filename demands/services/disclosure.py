"""Confidential demands: asked for, granted, promised, taken back, and who read them (D08)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Organisation
from core.errors import DomainError, Refused
from core.reminders import reply_due, take_overdue
from core.services import check_record, emit, lock, log_activity
from core.states import Relation, perform
from demands.access import DemandAccess, DisclosureAccess
from demands.enums import DisclosureStatus
from demands.models import Demand, Disclosure, FullReading, SecrecyPromise
from demands.promise import VERSION, promise_text, text_digest

MAX_A_DAY = 20  # requests of one organisation: owners are asked, not bombarded
RELATED = ("demand__organisation", "organisation")


@transaction.atomic
def request_disclosure(
    *, actor: Any, demand: Demand, organisation: Organisation, now: datetime, note: str = ""
) -> Disclosure:
    """Ask the owner, for `organisation`, to read `demand` in full; the reply clock starts.

    After a no, or what was taken back, one may ask again. Event `demands.disclosure.requested`.
    Errors: Refused, `not_confidential`, `not_open`, `own_organisation`, `too_many`,
    `wrong_state`, `invalid`.
    """
    locked, access = lock(demand), DisclosureAccess(actor)
    if organisation not in access.askers:
        raise Refused("只有审核通过的平台运营单位可以申请查看。")
    _check_request(locked, organisation, now)
    row, is_new = Disclosure.objects.get_or_create(
        demand=locked, organisation=organisation, defaults={"status_changed_at": now}
    )
    if not is_new:
        row = perform(access, "request", row, now=now)
    row.requested_by, row.requested_at, row.request_note = actor, now, note.strip()
    row.reply_due_at, row.reminded_at = reply_due(now), None
    check_record(row)
    row.save()
    _log(actor, "ask_full", row, now, note.strip())
    emit("demands.disclosure.requested", disclosure_id=row.pk)
    return row


def _check_request(demand: Demand, organisation: Organisation, now: datetime) -> None:
    if not demand.is_confidential:
        raise DomainError("not_confidential", "这条需求全文公开，无需申请。")
    if not demand.is_open or demand.organisation_id is None:
        raise DomainError("not_open", "需求不在征集中，不能申请查看。")
    if demand.organisation_id == organisation.pk:
        raise DomainError("own_organisation", "这是本单位的需求，无需申请。", "organisation")
    day_ago = now - timedelta(days=1)
    recent = Disclosure.objects.filter(organisation=organisation, requested_at__gt=day_ago)
    if recent.count() >= MAX_A_DAY:
        raise DomainError("too_many", f"一天最多申请 {MAX_A_DAY} 次，请挑最合适的需求。")


@transaction.atomic
def disclose_demand(*, actor: Any, demand: Demand, organisation: Any, now: datetime) -> Disclosure:
    """Agree that `organisation` reads `demand` in full once it has promised secrecy, whether it
    asked or not; agreeing twice changes nothing.

    Only the owner may. Logged, and emitted as `demands.disclosure.granted`. Errors: Refused,
    `own_organisation`.
    """
    locked = lock(demand)
    DemandAccess(actor).require("disclose", locked)
    if organisation.pk == locked.organisation_id:
        raise DomainError("own_organisation", "这是本单位的需求，无需同意。", "organisation")
    row, _is_new = Disclosure.objects.get_or_create(
        demand=locked, organisation=organisation, defaults={"status_changed_at": now}
    )
    if row.is_standing:
        return row
    row = perform(DisclosureAccess(actor), "grant", row, now=now)
    row.granted_by, row.granted_at = actor, now
    row.save(update_fields=["granted_by", "granted_at", "updated_at"])
    _log(actor, "disclose", row, now)
    emit("demands.disclosure.granted", disclosure_id=row.pk)
    return row


@transaction.atomic
def decline_disclosure(
    *, actor: Any, disclosure: Disclosure, reason: str, now: datetime
) -> Disclosure:
    """Say no with a reason that the asker reads. Event `demands.disclosure.declined`. Errors:
    Refused, `wrong_state`, `reason_required`."""
    row = perform(DisclosureAccess(actor), "decline", disclosure, now=now, reason=reason)
    _log(actor, "decline_full", row, now, reason)
    emit("demands.disclosure.declined", disclosure_id=row.pk)
    return row


@transaction.atomic
def promise_secrecy(
    *, actor: Any, disclosure: Disclosure, digest: str, now: datetime
) -> SecrecyPromise:
    """Accept the promise for the organisation; from now on its people read the demand in full.

    `digest` is that of the text which the person read: `text_changed` when the owner has changed
    it since. Kept for ever: person, time, version, text. Event `demands.disclosure.promised`.
    Errors: Refused, `wrong_state`, `text_changed`.
    """
    row = perform(DisclosureAccess(actor), "promise", disclosure, now=now)
    text = promise_text(demand=row.demand, organisation=row.organisation)
    if digest != text_digest(text):
        raise DomainError("text_changed", "承诺书刚有改动，请重新阅读后再接受。")
    promise = SecrecyPromise.objects.create(
        disclosure=row, person=actor, accepted_at=now, version=VERSION, text=text, digest=digest
    )
    _log(actor, "promise", row, now)
    emit("demands.disclosure.promised", disclosure_id=row.pk)
    return promise


@transaction.atomic
def revoke_disclosure(*, actor: Any, disclosure: Disclosure, now: datetime) -> Disclosure:
    """Take the right to read back; what was read and promised stays. Twice changes nothing.

    Event `demands.disclosure.revoked`. Errors: Refused, `wrong_state`.
    """
    row = lock(disclosure)
    if row.status == DisclosureStatus.REVOKED:
        DemandAccess(actor).require("disclose", row.demand)
        return row
    row = perform(DisclosureAccess(actor), "revoke", row, now=now)
    _log(actor, "revoke_disclosure", row, now)
    emit("demands.disclosure.revoked", disclosure_id=row.pk)
    return row


def note_full_reading(*, actor: Any, demand: Demand, now: datetime) -> bool:
    """Note that somebody other than the owner reads a confidential demand in full.

    Counted each time, logged in the demand's history once a day each. Returns whether this reader
    is noted; owners, and people who only see the teaser, are not.
    """
    return note_full_readings(actor=actor, demands=[demand], now=now)


def note_full_readings(*, actor: Any, demands: Iterable[Demand], now: datetime) -> bool:
    """`note_full_reading` of each; whether any of them was noted. As many queries for many
    demands as for one, but where the day's first readings are logged."""
    access = DemandAccess(actor)
    noted = [row for row in demands if row.is_confidential and _is_noted(access, row)]
    if noted:
        _count_readings(access, noted, now)
    return bool(noted)


def _is_noted(access: DemandAccess, demand: Demand) -> bool:
    if access.is_system or Relation.OWNER in access.relations(demand):
        return False
    return bool(access.can("read_full", demand))


@transaction.atomic
def _count_readings(access: DemandAccess, demands: list[Demand], now: datetime) -> None:
    actor = access.user
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = FullReading.objects.filter(demand__in=demands, reader=actor)
    locked = rows.select_for_update().order_by("pk")  # two pages of the same demands wait
    last = dict(locked.values_list("demand_id", "last_at"))
    rows.filter(demand__in=last).update(last_at=now, count=F("count") + 1)
    first = [
        FullReading(demand=row, reader=actor, organisation=_reads_for(access, actor, row),
                    first_at=now, last_at=now)
        for row in demands if row.pk not in last
    ]  # fmt: skip
    FullReading.objects.bulk_create(first, ignore_conflicts=True)
    names = "、".join(organisation.name for organisation in actor.organisations)
    for row in demands:
        if row.pk not in last or last[row.pk] < midnight:
            _log_demand(actor, "read_full", row, names, now)


def _reads_for(access: DemandAccess, actor: Any, demand: Demand) -> Organisation | None:
    """The organisation whose promise opens the demand to the actor; of staff and brokers the first
    they act for, if any."""
    if Relation.COUNTERPART not in access.relations(demand):
        return next(iter(actor.organisations), None)
    promised = demand.disclosures.filter(
        status=DisclosureStatus.PROMISED, organisation__in=access.organisation_ids
    )
    row = promised.select_related("organisation").order_by("pk").first()
    return row.organisation if row else None


@transaction.atomic
def remind_disclosures(*, now: datetime) -> int:
    """Remind owners of requests past their time of reply, once a working day for a month; return
    how many. Event `demands.disclosure.overdue` (complaint 2)."""
    overdue = take_overdue(Disclosure.objects.unanswered(), now=now)
    for row, _is_first in overdue:
        emit("demands.disclosure.overdue", disclosure_id=row.pk)
    return len(overdue)


def _log(actor: Any, verb: str, row: Disclosure, now: datetime, reason: str = "") -> None:
    _log_demand(actor, verb, row.demand, row.organisation.name, now, reason)


def _log_demand(
    actor: Any, verb: str, demand: Demand, organisation: str, now: datetime, reason: str = ""
) -> None:
    """A line in the demand's history, which its owner reads."""
    log_activity(
        actor=actor, action=f"demands.demand.{verb}", target=demand, now=now, reason=reason,
        data={"organisation": organisation},
    )  # fmt: skip
