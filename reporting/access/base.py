"""Who counts as staff, and what only staff look at."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.enums import Role
from core.access import Access
from core.states import Relation

OWNER, STAFF, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.SYSTEM
PARTIES = frozenset({OWNER, STAFF, SYSTEM})


def is_staff(user: Any) -> bool:
    """Government staff of any region."""
    return bool(
        getattr(user, "is_authenticated", False)
        and not getattr(user, "is_system", False)
        and user.has_role(Role.GOVERNMENT)
    )


class StaffOnlyAccess(Access):
    """What only government staff look at."""

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = super().relations(obj)
        return found | {STAFF} if is_staff(self.user) else found

    def visible(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows if self.is_system or is_staff(self.user) else rows.none()
