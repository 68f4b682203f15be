"""Who may see, ask for and answer bookings (G09)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.access import ALLOWED, Decision
from core.states import Relation
from platforms.access.listings import PlatformScope
from platforms.enums import BookingStatus
from platforms.models import Booking
from platforms.states import BOOKING

OWNER, STAFF, COUNTERPART, SYSTEM = (
    Relation.OWNER,
    Relation.STAFF,
    Relation.COUNTERPART,
    Relation.SYSTEM,
)
# a platform's people may book at another platform too
ASKING_ROLES = (Role.ENTERPRISE, Role.OPERATOR)


class BookingAccess(PlatformScope):
    """The platform's operator answers; the organisation that asks withdraws; staff look on."""

    model = Booking
    machine = BOOKING
    actions: ClassVar = {
        "view": frozenset({OWNER, COUNTERPART, STAFF, SYSTEM}),
        "ask": frozenset({COUNTERPART}),
        "block": frozenset({OWNER}),
    }
    labels: ClassVar = {"view": _("查看"), "ask": _("申请预约"), "block": _("停用时段")}
    names: ClassVar = {OWNER: _("平台运营单位"), COUNTERPART: _("预约单位")}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """COUNTERPART: people of the organisation that asks (with None: of any that may ask)."""
        found = super().relations(obj)
        if Relation.MEMBER not in found or not self.user.is_active:
            return found
        mine = self.user.organisation_ids(*ASKING_ROLES)
        asks = bool(mine) if obj is None else obj.organisation_id in mine
        return found | {COUNTERPART} if asks else found

    def visible(self) -> QuerySet[Any]:
        rows = Booking.objects.all()
        return rows if self.is_system else rows.filter(self.own() | self.watched() | self.asked())

    def asked(self) -> Q:
        """What the user's organisations asked for."""
        user = self.user
        if self.is_system or not getattr(user, "is_authenticated", False) or not user.is_active:
            return Q(pk__in=[])
        return Q(organisation__in=user.organisation_ids(*ASKING_ROLES))

    def check(self, action: str, obj: Any | None) -> Decision:
        """What the clock forbids."""
        if obj is None or action not in BOOKING.by_name:
            return ALLOWED
        has_begun = obj.start_at <= timezone.now()
        if action == "accept" and has_begun:
            return Decision(False, "开始时间已过，不能再受理，请婉拒。", "wrong_state")
        if action == "withdraw" and has_begun and obj.status == BookingStatus.ACCEPTED:
            return Decision(False, "开始时间已过，不能撤回，请联系平台。", "wrong_state")
        if action == "use" and not has_begun:
            return Decision(False, "还没有开始，使用以后再登记。", "wrong_state")
        return ALLOWED
