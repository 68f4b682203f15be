"""Money of a contract that arrived: registered by the platform, answered by the enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from cases.access import ProjectAccess, ReceiptAccess
from cases.models import Project, Receipt, Voucher
from core.errors import DomainError
from core.files import store_file
from core.services import check_record, emit, lock, log_activity
from core.states import perform


@transaction.atomic
def register_receipt(
    *,
    actor: Any,
    project: Project,
    amount_yuan: Decimal,
    received_date: date,
    now: datetime,
    note: str = "",
    voucher_yuan: Decimal | None = None,
    voucher_number: str = "",
    uploads: Sequence[UploadedFile] = (),
) -> Receipt:
    """The platform says that `amount_yuan` of the contract arrived; it counts as income of that
    day's year once the enterprise confirms it (SRV-12, house rule 2), and `voucher_yuan` of it as
    paid by a service voucher (SRV-21).

    Errors: Refused, `wrong_state`, `future_date`, `amount`, `voucher`, those of files. Event
    `cases.receipt.registered`.
    """
    locked = lock(project)
    ProjectAccess(actor).require_now("register_receipt", locked)
    if received_date > timezone.localdate(now):
        raise DomainError("future_date", "到账日期不能晚于今天。", "received_date")
    if amount_yuan <= 0:
        raise DomainError("amount", "到账金额须大于 0。", "amount_yuan")
    if voucher_yuan is not None and not 0 < voucher_yuan <= amount_yuan:
        raise DomainError("voucher", "服务券抵用须大于 0，且不超过到账金额。", "voucher_yuan")
    own = Voucher.objects.in_force().filter(project=locked).first()
    if own is not None and (voucher_yuan is not None or voucher_number.strip()):
        said = f"合同已用服务券 {own}，兑付后自动登记，这里不用填写。"
        raise DomainError("voucher", said, "voucher_yuan")
    if voucher_number.strip() and voucher_yuan is None:
        raise DomainError("voucher", "填了服务券编号，请一并填写抵用金额。", "voucher_yuan")
    receipt = Receipt(
        project=locked, amount_yuan=amount_yuan, received_date=received_date, note=note.strip(),
        voucher_yuan=voucher_yuan, voucher_number=voucher_number.strip(), registered_by=actor,
        status_changed_at=now,
    )  # fmt: skip
    check_record(receipt)
    receipt.save()
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=receipt, field="files")
    log_activity(
        actor=actor, action="cases.receipt.register", target=receipt, now=now,
        data={"amount_yuan": str(amount_yuan)},
    )  # fmt: skip
    emit("cases.receipt.registered", receipt_id=receipt.pk)
    return receipt


@transaction.atomic
def answer_receipt(
    *, actor: Any, receipt: Receipt, name: str, now: datetime, reason: str = ""
) -> Receipt:
    """`confirm`, or `reject` with a reason, by the enterprise. Errors: Refused, `wrong_state`,
    `reason_required`. Events `cases.receipt.confirmed`, `.rejected`."""
    moved = perform(ReceiptAccess(actor), name, receipt, now=now, reason=reason)
    emit(f"cases.receipt.{name}ed", receipt_id=moved.pk)
    return moved
