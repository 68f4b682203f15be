"""The round of a service voucher: claimed, used for a contract, audited, paid (G25, complaint 12).

Whatever changes what is left of a budget locks the programme first, so that two people cannot be
promised the same money.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.selectors import people_of_organisation, staff_for_region
from cases.access import (
    ENTERPRISE_ROLES,
    ReceiptAccess,
    VoucherAccess,
    VoucherProgrammeAccess,
)
from cases.enums import VoucherMode, VoucherStatus
from cases.models import Project, Receipt, Voucher, VoucherProgramme
from cases.selectors.voucher_checks import contract_checks, eligibility, failed, money, payout
from cases.selectors.vouchers import FUND_LEVELS, VOUCHER_RELATED
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform
from core.workdays import end_of_workdays
from platforms.enums import FundingKind
from platforms.models import FundingRecord
from platforms.services.deadlines import near
from platforms.services.funding import record_funding
from taxonomy.models import RegionLevel

AUDITS = {"approve": "approved", "return": "returned", "refuse": "refused"}
EXPIRES_SOON = timedelta(days=15)


@transaction.atomic
def claim_voucher(
    *, actor: Any, programme: VoucherProgramme, enterprise: Organisation, now: datetime
) -> Voucher:
    """Issue a voucher of the highest value that caps and budget allow, at once.

    Errors: Refused, `wrong_state`, `not_eligible` (every unmet rule is named).
    """
    locked = lock(programme, "region")
    VoucherProgrammeAccess(actor).require_now("claim", locked)
    if enterprise.pk not in actor.organisation_ids(*ENTERPRISE_ROLES):
        raise Refused("只能以本单位的名义申领。")
    today = timezone.localdate(now)
    found = eligibility(locked, enterprise, today=today)
    if found.reason:
        raise DomainError("not_eligible", f"不符合申领条件：{found.reason}。")
    voucher = Voucher(
        number=uuid.uuid4().hex, programme=locked, enterprise=enterprise, claimed_by=actor,
        issued_at=now, status_changed_at=now, face_yuan=found.face_yuan,
        valid_until_date=today + timedelta(days=locked.valid_days),
    )  # fmt: skip
    check_record(voucher)
    voucher.save()
    voucher.number = f"FWQ{today.year}-{voucher.pk:06d}"
    voucher.save(update_fields=["number", "updated_at"])
    log_activity(
        actor=actor, action="cases.voucher.issue", target=voucher, now=now,
        data={"face_yuan": str(voucher.face_yuan)},
    )  # fmt: skip
    return voucher


@transaction.atomic
def bind_voucher(
    *, actor: Any, voucher: Voucher, project: Project, now: datetime, mode: str = ""
) -> Voucher:
    """Use the voucher for the contract of `project`; `mode` may be left out where the programme
    knows one only. Event `cases.voucher.bound`.

    Errors: Refused, `wrong_state`, `mode`, `checks` (each rule that stands in the way).
    """
    signed = lock(project, "platform__organisation", "platform__region", "enterprise")
    locked = _lock(voucher)
    VoucherAccess(actor).require_now("bind", locked)
    if signed.enterprise_id != locked.enterprise_id:
        raise Refused("只能用于本单位的合同。")
    modes = locked.programme.modes
    chosen = mode or (modes[0] if len(modes) == 1 else "")
    if chosen not in modes:
        raise DomainError("mode", "请选择兑付方式。", "mode")
    _stop(failed(contract_checks(locked, signed)))
    locked.project, locked.mode = signed, chosen
    check_record(locked)
    locked.save(update_fields=["project", "mode", "updated_at"])
    return _moved(actor, "bind", locked, now, event="bound")


@transaction.atomic
def request_payout(*, actor: Any, voucher: Voucher, now: datetime) -> Voucher:
    """Ask for the money; the amount follows from what the portal knows and is kept with its
    arithmetic. The working-day clock of the audit starts. Event `cases.voucher.requested`.

    Errors: Refused, `wrong_state`, `checks`.
    """
    locked = _lock(voucher, with_programme=True)
    VoucherAccess(actor).require_now("request", locked)
    found = payout(locked)
    _stop(found.reason)
    locked.amount_yuan, locked.arithmetic = found.amount_yuan, found.lines
    locked.requested_at = locked.requested_at or now
    locked.audit_due_at = end_of_workdays(now, locked.programme.audit_workdays)
    check_record(locked)
    fields = ["amount_yuan", "arithmetic", "requested_at", "audit_due_at", "updated_at"]
    locked.save(update_fields=fields)
    return _moved(actor, "request", locked, now, event="requested")


@transaction.atomic
def audit_voucher(
    *, actor: Any, voucher: Voucher, name: str, now: datetime, reason: str = ""
) -> Voucher:
    """`approve`, or `return` or `refuse` with a reason. The rules are asked again before an
    approval. Events `cases.voucher.approved`, `.returned`, `.refused`.

    Errors: Refused, `wrong_state`, `reason_required`, `checks`, `changed`.
    """
    if name not in AUDITS:
        raise Refused("没有这个操作。")
    locked = _lock(voucher, with_programme=True)
    VoucherAccess(actor).require_now(name, locked)
    if name == "approve":
        found = payout(locked)
        _stop(found.reason)
        if locked.amount_yuan is None or found.amount_yuan < locked.amount_yuan:
            said = f"现在只能兑付 {money(found.amount_yuan)}，请退回后重新申请。"
            raise DomainError("changed", said)
    return _moved(actor, name, locked, now, event=AUDITS[name], reason=reason)


@transaction.atomic
def pay_voucher(
    *, actor: Any, voucher: Voucher, paid_date: date, payment_reference: str, now: datetime
) -> Voucher:
    """Note the payment. What follows is written with it: where the enterprise paid first, its
    confirmed receipts say what of them the voucher paid; where the platform deducted, the money
    becomes a receipt of the contract and a line of the platform's ledger (SRV-21, G46).

    Errors: Refused, `wrong_state`, `paid_date`, `field_required`. Event `cases.voucher.paid`.
    """
    locked = _lock(voucher, with_programme=True)
    VoucherAccess(actor).require_now("pay", locked)
    approved = timezone.localdate(locked.status_changed_at)
    if not approved <= paid_date <= timezone.localdate(now):
        said = f"拨付日期应在审核通过日（{approved}）至今天之间。"
        raise DomainError("paid_date", said, "paid_date")
    locked.paid_date, locked.payment_reference = paid_date, payment_reference.strip()
    if locked.mode == VoucherMode.DEDUCT and locked.payment_reference:
        _receive(actor, locked, now)
        locked.funding = _enter(locked, now)
    elif locked.payment_reference:
        _spread(locked)
    check_record(locked)
    locked.save(update_fields=["paid_date", "payment_reference", "funding", "updated_at"])
    return _moved(actor, "pay", locked, now, event="paid")


def _receive(actor: Any, voucher: Voucher, now: datetime) -> None:
    """The deducted part of the contract, paid to the platform by the region."""
    receipt = Receipt(
        voucher_number=voucher.number, note="服务券兑付", registered_by=actor,
        status_changed_at=now,
    )  # fmt: skip
    assign(
        receipt,
        {
            "project": voucher.project, "received_date": voucher.paid_date,
            "amount_yuan": voucher.amount_yuan, "voucher_yuan": voucher.amount_yuan,
        },
    )  # fmt: skip
    check_record(receipt)
    receipt.save()
    perform(ReceiptAccess(SYSTEM), "confirm", receipt, now=now)


def _enter(voucher: Voucher, now: datetime) -> FundingRecord:
    project: Any = voucher.project
    day: Any = voucher.paid_date
    programme = voucher.programme
    return record_funding(
        actor=SYSTEM, platform=project.platform, now=now,
        values={
            "level": FUND_LEVELS[RegionLevel(programme.region.level)], "kind": FundingKind.OTHER,
            "fund": f"{programme}（服务券 {voucher}）", "year": day.year,
            "amount_yuan": voucher.amount_yuan, "document_number": programme.document_number,
            "paid_date": voucher.paid_date, "is_demo": voucher.is_demo,
        },
    )  # fmt: skip


def _spread(voucher: Voucher) -> None:
    """Confirmed receipts in order of day, each as far as it goes."""
    left = voucher.amount_yuan or Decimal(0)
    rows = Receipt.objects.confirmed().filter(project=voucher.project, voucher_yuan=None)
    for receipt in rows.select_for_update(of=("self",)).order_by("received_date", "pk"):
        if not left:
            break
        receipt.voucher_yuan = min(left, receipt.amount_yuan)
        receipt.voucher_number = voucher.number
        receipt.save(update_fields=["voucher_yuan", "voucher_number", "updated_at"])
        left -= receipt.voucher_yuan


@transaction.atomic
def void_voucher(*, actor: Any, voucher: Voucher, reason: str, now: datetime) -> Voucher:
    """Make void what is not asked for yet; its part of the budget is free again. Event
    `cases.voucher.voided`. Errors: Refused, `wrong_state`, `reason_required`."""
    locked = _lock(voucher, with_programme=True)
    return _moved(actor, "void", locked, now, event="voided", reason=reason)


@transaction.atomic
def expire_vouchers(*, now: datetime) -> int:
    """End what nobody used in time; returns how many. Event `cases.voucher.expired` each."""
    today = timezone.localdate(now)
    rows = Voucher.objects.filter(status=VoucherStatus.ISSUED, valid_until_date__lt=today)
    found = list(rows.select_for_update().order_by("pk"))
    for voucher in found:
        _moved(SYSTEM, "expire", voucher, now, event="expired")
    return len(found)


def remind_vouchers(*, now: datetime) -> int:
    """Remind the paying region's staff of audits nearly due or late, enterprises of vouchers that
    will expire. Returns how many messages. Safe to run any number of times a day."""
    rows = Voucher.objects.select_related("programme", "enterprise", "project__platform")
    written = 0
    audits = rows.filter(status=VoucherStatus.REQUESTED)
    for one in near(audits, "audit_due_at", now=now):
        written += one.tell(
            staff_for_region(one.row.programme.region_id), kind="cases.voucher_due", now=now,
            title=f"服务券兑付审核{one.word}：{one.row}",
            body=f"{one.row.payee}申请兑付 {money(one.row.amount_yuan)}，应于 {one.day} 前审核。",
        )  # fmt: skip
    unused = rows.filter(status=VoucherStatus.ISSUED)
    for one in near(unused, "valid_until_date", now=now, soon=EXPIRES_SOON):
        if not one.is_late:
            written += one.tell(
                people_of_organisation(one.row.enterprise_id, ENTERPRISE_ROLES), now=now,
                kind="cases.voucher_due", title=f"服务券即将过期：{one.row}",
                body=f"请在 {one.day} 前签订合同，并把服务券用于合同。",
            )  # fmt: skip
    return written


def _lock(voucher: Voucher, *, with_programme: bool = False) -> Voucher:
    """The voucher as it is now, locked after its programme where the budget is at stake."""
    if with_programme:
        VoucherProgramme.objects.select_for_update().get(pk=voucher.programme_id)
    return lock(voucher, *VOUCHER_RELATED)


def _stop(reason: str) -> None:
    if reason:
        raise DomainError("checks", f"核对不通过：{reason}。")


def _moved(
    actor: Any, name: str, voucher: Voucher, now: datetime, *, event: str, reason: str = ""
) -> Voucher:
    moved = perform(VoucherAccess(actor), name, voucher, now=now, reason=reason)
    emit(f"cases.voucher.{event}", voucher_id=moved.pk)
    return moved
