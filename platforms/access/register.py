"""Who may see and keep register entries."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Relation
from platforms.access.listings import PlatformScope
from platforms.enums import ListingStatus
from platforms.models import Platform, RegisterEntry
from platforms.querysets import RegisterQuerySet
from platforms.registers import PUBLIC_KINDS

OWNER, STAFF, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.SYSTEM


class RegisterAccess(PlatformScope):
    """Public kinds of published platforms are everybody's to read; the rest, who holds a
    certificate above all, is seen by the platform and the staff of its region."""

    model = RegisterEntry
    actions: ClassVar = {
        "view": frozenset({Relation.VISITOR, SYSTEM}),
        "list": frozenset({OWNER, STAFF, SYSTEM}),
        "record": frozenset({OWNER, SYSTEM}),
    }
    labels: ClassVar = {
        "view": _("查看公开的"),
        "list": _("查看全部"),
        "record": _("登记、修改、停止或撤销"),
    }

    def platform_of(self, obj: Any) -> Platform:
        """Of an entry, or of the platform that entries are to be written for."""
        return obj if isinstance(obj, Platform) else obj.platform

    def visible(self) -> RegisterQuerySet:
        rows = RegisterEntry.objects.all()
        return rows if self.is_system else rows.filter(self.public() | self.own() | self.watched())

    def kept(self) -> RegisterQuerySet:
        """What the user runs or watches, names of people and all."""
        rows = RegisterEntry.objects.all()
        return rows if self.is_system else rows.filter(self.own() | self.watched())

    def shown(self) -> RegisterQuerySet:
        """What everybody sees."""
        return RegisterEntry.objects.filter(self.public())

    def public(self) -> Q:
        return Q(kind__in=PUBLIC_KINDS, platform__status=ListingStatus.PUBLISHED)
