"""Claiming a platform that nobody runs here yet, and what staff decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.activity import register_actions
from core.errors import DomainError
from core.files import register_guard, store_file
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from platforms.access import ClaimAccess, PlatformAccess
from platforms.models import Platform, PlatformClaim

register_actions(
    {
        "platforms.platformclaim.create": "申请认领平台",
        "platforms.platformclaim.approve": "同意认领申请",
        "platforms.platformclaim.reject": "未同意认领申请",
    }
)
register_guard(
    "platforms.platformclaim",
    lambda user, pk: ClaimAccess(user).visible().filter(pk=pk).exists(),
)


@transaction.atomic
def claim_platform(
    *,
    actor: Any,
    platform: Platform,
    organisation: Any,
    note: str,
    now: datetime,
    files: Sequence[UploadedFile] = (),
) -> PlatformClaim:
    """Say: our organisation runs this platform. Staff of its region decide with the evidence.

    Raises Refused (not an operator, already run by somebody), or DomainError `invalid` when the
    note is missing or a claim of the same organisation waits.
    """
    locked = lock(platform)
    PlatformAccess(actor).require("claim", locked)
    claim = PlatformClaim(
        platform=locked, organisation=organisation, claimed_by=actor, note=note.strip()
    )
    check_record(claim)
    claim.save()
    for upload in files:
        store_file(actor=actor, upload=upload, target=claim, field="files")
    log_activity(actor=actor, action="platforms.platformclaim.create", target=claim, now=now)
    emit("platforms.platformclaim.created", claim_id=claim.pk)
    return claim


@transaction.atomic
def decide_claim(
    *, actor: Any, claim: PlatformClaim, name: str, now: datetime, reason: str = ""
) -> PlatformClaim:
    """Approve (the organisation becomes the operator) or reject with a reason.

    Raises Refused, DomainError `wrong_state`, or `claimed` when another claim was approved first.
    """
    platform = lock(claim.platform)
    moved = perform(ClaimAccess(actor), name, claim, now=now, reason=reason)
    if name == "approve":
        if platform.organisation_id is not None:
            raise DomainError("claimed", "该平台已有运营单位。")
        platform.organisation_id = claim.organisation_id
        platform.save(update_fields=["organisation", "updated_at"])
    verb = "approved" if name == "approve" else "rejected"
    emit(f"platforms.platformclaim.{verb}", claim_id=claim.pk)
    return moved
