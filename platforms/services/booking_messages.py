"""What people are told of bookings; every message leads to its page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import brokers_for_region, people_of_organisation, staff_for_region
from core.events import Payload
from core.models import ActivityLog
from core.templatetags.portal_format import moment, plain
from notifications.services import notify
from platforms.access.booking import ASKING_ROLES
from platforms.models import Booking
from platforms.selectors.booking import RELATED

# event → to whom, title, body; the platform and the asker by name
PLATFORM, ASKER = "platform", "asker"
WORDS = {
    "asked": (PLATFORM, "预约待答复：{what}",
              "{firm}申请 {when} 使用“{what}”：{purpose}。请在 {due} 前答复。"),
    "overdue": (PLATFORM, "预约超时未答复：{what}",
                "{firm}的预约应在 {due} 前得到答复，{platform}还没有答复。"),
    "accepted": (ASKER, "预约已受理：{what}", "{platform}受理了 {when} 的预约。"),
    "declined": (ASKER, "预约被婉拒：{what}", "{platform}婉拒了 {when} 的预约：{refusal}。{why}"),
    "withdrawn": (PLATFORM, "预约已撤回：{what}", "{firm}撤回了 {when} 的预约，时段已让出。"),
    "cancelled": (ASKER, "预约已取消：{what}", "{platform}取消了 {when} 的预约，不计机时。{why}"),
    "used": (ASKER, "已登记使用：{what}",
             "{platform}登记 {when} 的预约实际使用 {hours} 小时；不对请联系平台更正。"),
}  # fmt: skip
EVENTS = tuple(f"platforms.booking.{name}" for name in WORDS)


def tell_booking(*, event_id: str, name: str, payload: Payload, now: datetime) -> None:
    """Write the messages of one event. Safe to run twice: `notify` writes each once.

    Of a late answer the platform's people hear each time; brokers and staff after the first.
    """
    rows = Booking.objects.select_related(*RELATED)
    booking = rows.get(pk=payload["booking_id"])
    verb = name.rpartition(".")[2]
    to, title, body = WORDS[verb]
    people = list(_platform_people(booking) if to == PLATFORM else _askers(booking))
    if verb == "overdue" and not payload["is_first"]:
        region = booking.platform.region_id
        people += [*brokers_for_region(region), *staff_for_region(region)]
    told = _told(booking)
    notify(
        users=people, event_id=event_id, kind=f"booking_{verb}", title=title.format(**told),
        body=body.format(**told), url=booking.get_absolute_url(), now=now,
    )  # fmt: skip


def _platform_people(booking: Booking) -> Iterable[User]:
    runs = booking.platform.organisation_id
    return people_of_organisation(runs, [Role.OPERATOR]) if runs else []


def _askers(booking: Booking) -> Iterable[User]:
    asks = booking.organisation_id
    return people_of_organisation(asks, ASKING_ROLES) if asks else []


def _told(booking: Booking) -> dict[str, Any]:
    """The words that messages are made of."""
    log = ActivityLog.objects.filter(
        target_type=booking._meta.label_lower, target_id=str(booking.pk)
    )
    last = log.order_by("-at", "-pk").first()
    return {
        "what": booking.resource, "platform": booking.platform, "firm": booking.organisation,
        "when": f"{moment(booking.start_at)} 至 {moment(booking.end_at)}",
        "purpose": booking.purpose, "due": moment(booking.reply_due_at),
        "refusal": booking.get_decline_reason_display(), "hours": plain(booking.used_hours),
        "why": f"原因：{last.reason}" if last and last.reason else "",
    }  # fmt: skip
