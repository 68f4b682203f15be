"""A region's service vouchers: the programme is written, opened, closed and settled (G25)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.access import VoucherProgrammeAccess
from cases.enums import VoucherProgrammeStatus
from cases.models import VoucherProgramme
from core.errors import DomainError
from core.services import assign, check_record, lock, log_activity
from core.states import perform

FIELDS = (
    "name", "region", "document_number", "notice", "budget_yuan", "share_percent",
    "voucher_cap_yuan", "yearly_cap_yuan", "size_classes", "needs_demand", "reach", "modes",
    "opens_date", "closes_date", "valid_days", "audit_workdays",
)  # fmt: skip
# what enterprises rely on stays as published; the budget and the last day may move
OPEN_FIELDS = ("notice", "budget_yuan", "closes_date", "audit_workdays")


@transaction.atomic
def create_programme(*, actor: Any, values: Mapping[str, Any], now: datetime) -> VoucherProgramme:
    """Draft a programme of `FIELDS`; money in yuan. Errors: Refused, `invalid` at its field."""
    programme = VoucherProgramme(
        made_by=actor, status_changed_at=now, is_demo=getattr(actor, "is_demo", False)
    )
    assign(programme, values, FIELDS)
    VoucherProgrammeAccess(actor).require("create", programme)
    check_record(programme)
    programme.save()
    log_activity(actor=actor, action="cases.voucherprogramme.create", target=programme, now=now)
    return programme


@transaction.atomic
def edit_programme(
    *, actor: Any, programme: VoucherProgramme, values: Mapping[str, Any], now: datetime
) -> VoucherProgramme:
    """Change a programme; once open only `OPEN_FIELDS`, and the budget not below what is promised.

    Errors: Refused, `wrong_state`, `fixed`, `past`, `budget`, `invalid`.
    """
    locked = lock(programme, "region")
    access = VoucherProgrammeAccess(actor)
    access.require_now("edit", locked)
    if locked.status == VoucherProgrammeStatus.OPEN:
        for name in set(FIELDS) - set(OPEN_FIELDS):
            if name in values and values[name] != getattr(locked, name):
                raise DomainError("fixed", "已经开放申领，这一项不能再改。", name)
    due = values.get("closes_date", locked.closes_date)
    if due != locked.closes_date and due < timezone.localdate(now):
        raise DomainError("past", "截止日期不能改到今天以前。", "closes_date")
    assign(locked, values, FIELDS)
    access.require("edit", locked)  # nobody hands a programme to a region that is not theirs
    if locked.budget_yuan < locked.vouchers.committed():
        raise DomainError("budget", "预算不能少于已发放和已兑付的金额。", "budget_yuan")
    check_record(locked)
    locked.save(update_fields=[*FIELDS, "updated_at"])
    log_activity(actor=actor, action="cases.voucherprogramme.edit", target=locked, now=now)
    return locked


@transaction.atomic
def move_programme(
    *, actor: Any, programme: VoucherProgramme, name: str, now: datetime
) -> VoucherProgramme:
    """`open`, `close` or `settle` (once every voucher is dealt with). Errors: Refused,
    `wrong_state`."""
    return perform(VoucherProgrammeAccess(actor), name, programme, now=now)
