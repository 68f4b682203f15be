"""What people are told about service vouchers; every message leads to the voucher."""

from __future__ import annotations

from datetime import datetime

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import last_reason, people_of_organisation, staff_for_region
from cases.access import ENTERPRISE_ROLES
from cases.enums import VoucherMode
from cases.models import Voucher
from cases.selectors.voucher_checks import money
from core.templatetags.portal_format import day
from notifications.services import notify

# event → title, who is told, the transition whose reason is added
NOTICES = {
    "bound": ("合同使用了服务券", "platform", ""),
    "requested": ("服务券待审核", "staff", ""),
    "returned": ("服务券兑付退回补正", "payee", "return"),
    "refused": ("服务券不予兑付", "both", "refuse"),
    "approved": ("服务券审核通过，等待拨付", "both", ""),
    "paid": ("服务券已兑付", "both", ""),
    "expired": ("服务券已过期", "enterprise", ""),
    "voided": ("服务券已作废", "both", "void"),
}
EVENTS = tuple(f"cases.voucher.{name}" for name in NOTICES)


def tell_voucher(*, event_id: str, name: str, voucher_id: int, now: datetime) -> None:
    """Write the messages of one event. Safe to run twice: `notify` writes each once."""
    rows = Voucher.objects.select_related("programme", "enterprise", "project__platform")
    voucher = rows.get(pk=voucher_id)
    event = name.rpartition(".")[2]
    title, audience, transition = NOTICES[event]
    words = [f"{voucher.enterprise}的服务券 {voucher}（{voucher.programme}）"]
    if voucher.project:
        words.append(f"用于“{voucher.project}”，{voucher.get_mode_display()}")
    if voucher.amount_yuan:
        words.append(f"金额 {money(voucher.amount_yuan)}")
    if event == "requested":
        words.append(f"请于 {day(voucher.audit_due_at)} 前审核")
    why = last_reason(voucher, transition) if transition else ""
    notify(
        users=_people(voucher, audience), event_id=event_id, kind=f"voucher_{event}",
        title=f"{title}：{voucher}", body=f"{'，'.join(words)}。{f'原因：{why}' if why else ''}",
        url=voucher.get_absolute_url(), now=now,
    )  # fmt: skip


def _people(voucher: Voucher, audience: str) -> list[User]:
    if audience == "staff":
        return list(staff_for_region(voucher.programme.region_id))
    holders = list(people_of_organisation(voucher.enterprise_id, ENTERPRISE_ROLES))
    platform = voucher.project.platform if voucher.project else None
    hosts: list[User] = []
    if platform and platform.organisation_id:
        hosts = list(people_of_organisation(platform.organisation_id, [Role.OPERATOR]))
    if audience == "payee":
        audience = "platform" if voucher.mode == VoucherMode.DEDUCT else "enterprise"
    return {"enterprise": holders, "platform": hosts, "both": [*holders, *hosts]}[audience]
