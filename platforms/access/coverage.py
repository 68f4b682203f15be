"""Who sees and keeps the list of bodies that must enter the register (G01)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess
from core.states import Relation
from platforms.models import FundedBody


class CoverageAccess(RegionAccess):
    """Staff of the body's region; the list names who has not entered, so it is not public."""

    model = FundedBody
    actions: ClassVar = {
        "view": frozenset({Relation.STAFF, Relation.SYSTEM}),
        "record": frozenset({Relation.STAFF}),
    }
    labels: ClassVar = {"view": _("查看"), "record": _("登记或移出应纳入机构")}

    def visible(self) -> QuerySet[Any]:
        rows = FundedBody.objects.all()
        return rows if self.is_system else rows.filter(self.watched())
