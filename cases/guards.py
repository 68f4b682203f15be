"""Who may download the files of this app's records."""

from __future__ import annotations

from typing import Any

from cases.access import BidAccess, OutcomeAccess, ProjectAccess, ReceiptAccess
from cases.models import Message


def may_read_message_file(user: Any, target_id: str) -> bool:
    """Files of a message: whoever reads its thread; one's own side's always."""
    access = ProjectAccess(user)
    rows = Message.objects.filter(pk=target_id, project__in=access.visible())
    message = rows.select_related("project__demand", "project__platform").first()
    if message is None:
        return False
    is_own = message.organisation_id == message.project.platform.organisation_id
    return is_own or bool(access.can("read_thread", message.project))


def may_read_evidence(user: Any, target_id: str) -> bool:
    """Evidence of an outcome: whoever sees its project."""
    return OutcomeAccess(user).visible().filter(pk=target_id).exists()


def may_read_receipt(user: Any, target_id: str) -> bool:
    """Vouchers of a receipt: whoever sees its project."""
    return ReceiptAccess(user).visible().filter(pk=target_id).exists()


def may_read_bid_file(user: Any, target_id: str) -> bool:
    """Files of a bid: whoever may read the bid."""
    return BidAccess(user).visible().filter(pk=target_id).exists()
