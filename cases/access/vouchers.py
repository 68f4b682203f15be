"""Who may see and move service vouchers.

Of a programme OWNER is whoever speaks for an enterprise. Of a voucher OWNER is its enterprise,
COUNTERPART runs the platform of its contract; STAFF are those of the region that pays. Staff of the
platform's region see a voucher used there and decide nothing (complaint 12: cross-city).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import RegionAccess, in_regions_of
from accounts.enums import Role
from cases.access.projects import (
    COUNTERPART,
    ENTERPRISE_ROLES,
    OWNER,
    STAFF,
    SYSTEM,
    VISITOR,
)
from cases.enums import VoucherMode, VoucherProgrammeStatus
from cases.models import Voucher, VoucherProgramme
from cases.states import VOUCHER, VOUCHER_PROGRAMME
from core.access import ALLOWED, Decision
from core.states import Relation

EDITABLE = (VoucherProgrammeStatus.DRAFT, VoucherProgrammeStatus.OPEN)


class VoucherProgrammeAccess(RegionAccess):
    """Programmes: public once open; drafts and every step belong to the region's staff."""

    model = VoucherProgramme
    machine = VOUCHER_PROGRAMME
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "create": frozenset({STAFF}),
        "edit": frozenset({STAFF}),
        "claim": frozenset({OWNER}),
    }
    labels: ClassVar = {
        "view": "查看服务券方案",
        "create": "新建服务券方案",
        "edit": "修改服务券方案",
        "claim": "申领服务券",
    }
    names: ClassVar = {OWNER: "企业用户"}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """OWNER speaks for an enterprise."""
        found = super().relations(obj)
        if Relation.MEMBER not in found or not self.user.is_active:
            return found
        return found | {OWNER} if self.user.organisation_ids(*ENTERPRISE_ROLES) else found

    def visible(self) -> QuerySet[VoucherProgramme]:
        if self.is_system:
            return VoucherProgramme.objects.all()
        public = ~Q(status=VoucherProgrammeStatus.DRAFT)
        return VoucherProgramme.objects.filter(public | self.watched())

    def check(self, action: str, obj: Any | None) -> Decision:
        if obj is None:
            return ALLOWED
        today = timezone.localdate()
        if action == "edit" and obj.status not in EDITABLE:
            return Decision(False, f"{obj.get_status_display()}，不能再改。", "wrong_state")
        if action == "open" and obj.closes_date < today:
            return Decision(False, "申领截止日期已过，请先修改。", "wrong_state")
        if action == "claim" and not obj.takes_claims(today):
            return Decision(False, "现在不是申领时间。", "wrong_state")
        if action == "settle" and obj.vouchers.unfinished().exists():
            return Decision(False, "还有没办完的服务券，不能结清。", "wrong_state")
        return ALLOWED


class VoucherAccess(RegionAccess):
    """Vouchers: the enterprise's, the platform's it is used at, and the staff's of both regions."""

    model = Voucher
    machine = VOUCHER
    region_path = "programme__region"
    actions: ClassVar = {
        "view": frozenset({OWNER, COUNTERPART, STAFF, SYSTEM}),
        "read_ledger": frozenset({COUNTERPART, STAFF}),
    }
    labels: ClassVar = {"view": "查看服务券", "read_ledger": "核对平台的其他财政资金"}
    names: ClassVar = {OWNER: "持券企业", COUNTERPART: "合同的平台", STAFF: "出资地区的部门"}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if Relation.MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        own, run = (
            self.user.organisation_ids(*ENTERPRISE_ROLES),
            self.user.organisation_ids(Role.OPERATOR),
        )
        if obj is None:
            found |= {OWNER} if own else set()
            found |= {COUNTERPART} if run else set()
            return frozenset(found)
        if obj.enterprise_id in own:
            found.add(OWNER)
        if obj.project and obj.project.platform.organisation_id in run:
            found.add(COUNTERPART)
        return frozenset(found)

    def visible(self) -> QuerySet[Voucher]:
        if self.is_system:
            return Voucher.objects.all()
        if not getattr(self.user, "is_authenticated", False) or not self.user.is_active:
            return Voucher.objects.none()
        found = Q(enterprise__in=self.user.organisation_ids(*ENTERPRISE_ROLES))
        run = self.user.organisation_ids(Role.OPERATOR)
        found |= Q(project__platform__organisation__in=run)
        found |= in_regions_of(self.user, Role.GOVERNMENT, "project__platform__region")
        return Voucher.objects.filter(found | self.watched())

    def check(self, action: str, obj: Any | None) -> Decision:
        if action == "request" and obj is not None:
            by, who = {
                VoucherMode.REIMBURSE: (OWNER, "企业先付款的券由持券企业申请兑付。"),
                VoucherMode.DEDUCT: (COUNTERPART, "平台先抵扣的券由平台申请兑付。"),
            }[VoucherMode(obj.mode or VoucherMode.REIMBURSE)]
            if by not in self.relations(obj):
                return Decision(False, who, "refused")
        return ALLOWED
