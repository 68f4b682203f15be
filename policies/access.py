"""Who may know of and change public content: staff write, everybody reads what is published."""

from __future__ import annotations

from typing import Any, ClassVar

from accounts.enums import Role
from core.access import Access
from core.states import Relation
from policies.models import Content, Interpretation, News, PolicyDocument, Topic
from policies.querysets import ContentQuerySet
from policies.states import CONTENT
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region

EVERYBODY = frozenset({*Relation} - {Relation.REVIEWER, Relation.OWNER})
STAFF = frozenset({Relation.STAFF})


class ContentAccess(Access):
    """Staff of this jurisdiction keep all of it; staff of a part of it what applies there.

    National texts and those of other places belong to whoever runs the portal.
    """

    machine = CONTENT
    actions: ClassVar = {
        "view": EVERYBODY,
        "create": STAFF,
        "edit": STAFF,
        "attach": STAFF,
    }
    labels: ClassVar = {
        "view": "阅读已发布的内容",
        "create": "新建",
        "edit": "编辑",
        "attach": "添加和移除附件",
    }

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        signed_in = bool(getattr(user, "is_authenticated", False)) and not self.is_system
        self.prefixes = user.region_prefixes(Role.GOVERNMENT) if signed_in else []

    @property
    def _runs_portal(self) -> bool:
        home = current_jurisdiction().region
        return any(home.startswith(prefix) for prefix in self.prefixes)

    def editable(self) -> ContentQuerySet:
        """Pieces in every state that the user may edit."""
        rows: ContentQuerySet = self.model._default_manager.all()  # type: ignore[assignment]
        if self.is_system or self._runs_portal:
            return rows
        found = rows.none()
        for prefix in self.prefixes:
            found = found | rows.in_region(prefix)
        return found

    def visible(self) -> ContentQuerySet:
        """What is published, and what the user may edit."""
        rows: ContentQuerySet = self.model._default_manager.all()  # type: ignore[assignment]
        if self.is_system:
            return rows
        return rows.published() | self.editable() if self.prefixes else rows.published()

    def relations(self, obj: Content | None) -> frozenset[Relation]:
        """STAFF by region; of a new piece (None) everybody who works for some government."""
        found = super().relations(obj)
        code = obj.region_id or "" if obj is not None else ""
        covers = any(code.startswith(prefix) for prefix in self.prefixes)
        if self.prefixes and (obj is None or covers or self._runs_portal):
            found = found | {Relation.STAFF}
        return found

    def own_region(self) -> Region | None:
        """Where a new piece applies, unless its writer says otherwise."""
        rows = [row.region for row in self.user.assignments if row.role == Role.GOVERNMENT]
        return rows[0] if rows else None


class DocumentAccess(ContentAccess):
    model = PolicyDocument


class InterpretationAccess(ContentAccess):
    model = Interpretation


class NewsAccess(ContentAccess):
    model = News


class TopicAccess(ContentAccess):
    model = Topic


ACCESS: dict[type[Content], type[ContentAccess]] = {
    PolicyDocument: DocumentAccess,
    Interpretation: InterpretationAccess,
    News: NewsAccess,
    Topic: TopicAccess,
}


def access_to(user: Any, content: Content) -> ContentAccess:
    """The access object of the user for a piece of whichever kind."""
    return ACCESS[type(content)](user)


def may_read_attachment(model: type[Content]) -> Any:
    """The guard of a kind's attachments: whoever sees the piece may fetch its files."""

    def guard(user: Any, target_id: str) -> bool:
        return ACCESS[model](user).visible().filter(pk=target_id).exists()

    return guard
