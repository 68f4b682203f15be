"""Visitors say what is wrong with a listing; operator and staff put it right (complaint 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction

from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, log_activity
from core.states import perform
from platforms.access import PlatformAccess, ReportAccess
from platforms.models import ListingReport, Platform

REPORTS_PER_HOUR = 5
register_actions(
    {
        "platforms.listingreport.create": "报告平台信息有误",
        "platforms.listingreport.resolve": "更正了被报告的问题",
        "platforms.listingreport.dismiss": "核实后认为情况不实",
    }
)


@transaction.atomic
def report_listing(
    *,
    actor: Any,
    platform: Platform,
    kind: str,
    now: datetime,
    client: str,
    note: str = "",
    contact: str = "",
    page: str = "",
) -> ListingReport:
    """Report a wrong contact, a dead listing or wrong facts; anybody may.

    `client` tells senders apart (an address or a user id): five reports an hour each. Raises
    DomainError `too_many` or `invalid`.
    """
    PlatformAccess(actor).require("report", platform)
    report = ListingReport(
        platform=platform,
        kind=kind,
        note=note.strip(),
        contact=contact.strip(),
        page=page[:300],
        reported_by=actor if getattr(actor, "pk", None) else None,
    )
    check_record(report)
    _count(client, now)
    report.save()
    log_activity(actor=actor, action="platforms.listingreport.create", target=report, now=now)
    emit("platforms.listingreport.created", report_id=report.pk)
    return report


@transaction.atomic
def close_report(
    *, actor: Any, report: ListingReport, name: str, now: datetime, reason: str = ""
) -> ListingReport:
    """`resolve` what was put right, or `dismiss` with a reason. Raises Refused, DomainError."""
    return perform(ReportAccess(actor), name, report, now=now, reason=reason)


def _count(client: str, now: datetime) -> None:
    """One more report of this client in this hour."""
    key = f"platforms:reports:{client}:{now:%Y%m%d%H}"
    cache.add(key, 0, 3600)
    if cache.incr(key) > REPORTS_PER_HOUR:
        raise DomainError("too_many", "提交过于频繁，请一小时后再试。")
