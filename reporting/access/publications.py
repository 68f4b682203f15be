"""Who may compile and publish, and what the public may read of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess
from core.access import ALLOWED, Decision, OwnAccess
from core.states import Relation
from reporting.access.base import OWNER, STAFF, SYSTEM
from reporting.enums import ListStatus, PublicationStatus
from reporting.models import Publication, PublishedList, ReleaseSubscription
from reporting.states import PUBLICATION, PUBLISHED_LIST
from taxonomy.jurisdiction import current_jurisdiction

EVERYBODY = frozenset({Relation.VISITOR, SYSTEM})


class RegionalAccess(RegionAccess):
    """What the staff of a region make and everybody may read once it is out."""

    public: ClassVar[frozenset[str]] = frozenset()

    def visible(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        if self.is_system:
            return rows
        return rows.filter(Q(status__in=self.public) | self.watched())

    def managed(self) -> QuerySet[Any]:
        """What the user looks after, whatever its state."""
        rows = self.model._default_manager.all()
        return rows if self.is_system else rows.filter(self.watched())


class PublicationAccess(RegionalAccess):
    """Editions: the staff of their region write them, everybody reads what is published."""

    model = Publication
    machine = PUBLICATION
    public = frozenset({PublicationStatus.PUBLISHED, PublicationStatus.WITHDRAWN})
    actions: ClassVar = {
        "view": EVERYBODY,
        "manage": frozenset({STAFF}),
        "create": frozenset({STAFF}),
        "freeze": frozenset({STAFF}),
        "edit": frozenset({STAFF}),
        "delete": frozenset({STAFF}),
        "correct": frozenset({STAFF}),
    }
    labels: ClassVar = {
        "view": _("阅读已发布的"),
        "manage": _("进入编写列表"),
        "create": _("新建"),
        "freeze": _("封存数据"),
        "edit": _("编写文字"),
        "delete": _("删除草稿"),
        "correct": _("出更正版"),
    }

    def check(self, action: str, obj: Publication | None) -> Decision:
        if obj is None:
            return ALLOWED
        if action in {"freeze", "edit", "delete"} and not obj.is_editable:
            status = obj.get_status_display()
            return Decision(False, f"当前状态为“{status}”，不能修改。", "wrong_state")
        if action == "correct" and obj.status not in self.public:
            return Decision(False, "发布以后才能出更正版。", "wrong_state")
        return ALLOWED

    def reads_content(self, obj: Publication) -> bool:
        """Whether the user sees its chapters and files: withdrawn ones only the staff."""
        return obj.is_published or STAFF in self.relations(obj) or self.is_system


class PublishedListAccess(RegionalAccess):
    """Numbered lists: issued by the staff of the region, read by everybody."""

    model = PublishedList
    machine = PUBLISHED_LIST
    public = frozenset({ListStatus.PUBLISHED, ListStatus.WITHDRAWN})
    actions: ClassVar = {
        "view": EVERYBODY,
        "manage": frozenset({STAFF}),
        "issue": frozenset({STAFF}),
    }
    labels: ClassVar = {
        "view": _("阅读已发布的"),
        "manage": _("进入清单管理"),
        "issue": _("发布清单"),
    }

    def relations(self, obj: PublishedList | None) -> frozenset[Relation]:
        """With None, STAFF are those of this portal's own region: they issue the lists."""
        return super().relations(obj or PublishedList(region_id=current_jurisdiction().region))

    def reads_content(self, obj: PublishedList) -> bool:
        """Whether the user sees its rows and files."""
        return obj.is_published or STAFF in self.relations(obj) or self.is_system


class ReleaseSubscriptionAccess(OwnAccess):
    """Subscriptions are their person's alone."""

    model = ReleaseSubscription
    actions: ClassVar = {
        "view": frozenset({OWNER}),
        "create": frozenset({Relation.MEMBER}),
        "cancel": frozenset({OWNER}),
    }
    labels: ClassVar = {"view": _("查看订阅"), "create": _("订阅"), "cancel": _("取消订阅")}


def may_read_publication_file(user: Any, target_id: str) -> bool:
    """Files of an edition go with its content."""
    access = PublicationAccess(user)
    found = access.visible().light().filter(pk=target_id).first()  # type: ignore[attr-defined]
    return found is not None and access.reads_content(found)


def may_read_list_file(user: Any, target_id: str) -> bool:
    """Files of a list go with its rows."""
    access = PublishedListAccess(user)
    found = access.visible().filter(pk=target_id).first()
    return found is not None and access.reads_content(found)
