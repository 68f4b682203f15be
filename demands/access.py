"""Who may know of a demand, read it in full and change it."""

from __future__ import annotations

from typing import Any, ClassVar

from accounts.enums import Role
from accounts.models import Organisation
from core.access import ALLOWED, Access, Decision
from core.states import Relation
from demands.enums import DemandStatus
from demands.models import Demand, Disclosure
from demands.querysets import DemandQuerySet
from demands.states import DEMAND

# who speaks for an organisation: an operator may post demands too
POSTING_ROLES = (Role.ENTERPRISE, Role.OPERATOR)
OWNER, STAFF, BROKER = Relation.OWNER, Relation.STAFF, Relation.BROKER
EVERYBODY = frozenset({*Relation} - {Relation.REVIEWER})
# the states in which each way of changing the text is open
EDITABLE = frozenset({DemandStatus.DRAFT, DemandStatus.RETURNED})


class DemandAccess(Access):
    """Owners see all of theirs; staff and brokers what is submitted in their region; everybody
    what is public; a platform also what was disclosed to its organisation."""

    model = Demand
    machine = DEMAND
    actions: ClassVar = {
        "view": EVERYBODY,
        "read_full": frozenset({OWNER, STAFF, BROKER, Relation.COUNTERPART, Relation.SYSTEM}),
        "read_contact": frozenset({OWNER, STAFF, BROKER, Relation.COUNTERPART, Relation.SYSTEM}),
        "read_history": frozenset({OWNER, STAFF, BROKER, Relation.SYSTEM}),
        "create": frozenset({OWNER}),
        "edit": frozenset({OWNER}),
        "amend": frozenset({OWNER}),
        "disclose": frozenset({OWNER}),
        "review": frozenset({STAFF, BROKER}),
    }
    labels: ClassVar = {
        "view": "查看公开内容",
        "read_full": "阅读保密需求全文",
        "read_contact": "查看单位名称与联系方式",
        "read_history": "查看办理经过",
        "create": "新建需求",
        "edit": "编辑草稿",
        "amend": "修改已发布的需求",
        "disclose": "授权单位阅读全文、收回授权",
        "review": "进入审核队列",
    }

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self._disclosed: frozenset[int] | None = None

    @property
    def _signed_in(self) -> bool:
        return bool(getattr(self.user, "is_authenticated", False)) and not self.is_system

    @property
    def _organisation_ids(self) -> set[int]:
        return set(self.user.organisation_ids(*POSTING_ROLES)) if self._signed_in else set()

    @property
    def organisations(self) -> list[Organisation]:
        """The organisations the user may post for."""
        mine = self._organisation_ids
        return [row for row in self.user.organisations if row.pk in mine] if mine else []

    def owned(self) -> DemandQuerySet:
        """Demands of the organisations the user acts for, in any state."""
        mine = self._organisation_ids
        return Demand.objects.filter(organisation_id__in=mine) if mine else Demand.objects.none()

    def governed(self) -> DemandQuerySet:
        """Submitted demands in the regions the user is responsible for as staff or broker."""
        if self.is_system:
            return Demand.objects.all()
        rows = Demand.objects.none()
        if self._signed_in:
            for role in (Role.GOVERNMENT, Role.BROKER):
                for prefix in self.user.region_prefixes(role):
                    rows = rows | Demand.objects.submitted().in_region(prefix)
        return rows

    def visible(self) -> DemandQuerySet:
        """The rows the user may know of; how much of each is `full_text_visible`."""
        if self.is_system:
            return Demand.objects.all()
        rows = Demand.objects.public()
        mine = self._organisation_ids
        if mine:
            shown = Disclosure.objects.filter(organisation_id__in=mine, revoked_at__isnull=True)
            shown_rows = Demand.objects.submitted().filter(pk__in=shown.values("demand_id"))
            rows = rows | self.owned() | shown_rows
        return rows | self.governed()

    def relations(self, obj: Demand | None) -> frozenset[Relation]:
        """OWNER, STAFF and BROKER by organisation and region, COUNTERPART by disclosure."""
        found = super().relations(obj)
        if not self._signed_in:
            return found
        mine = self._organisation_ids
        regions = {""}
        if obj is not None:
            home = obj.organisation.region_id if obj.organisation else None
            regions = {code for code in (obj.region_id, home) if code} or {""}
        added = set()
        if mine and (obj is None or obj.organisation_id in mine):
            added.add(OWNER)
        for relation, role in ((STAFF, Role.GOVERNMENT), (BROKER, Role.BROKER)):
            covers = (
                self.user.has_role(role)
                if obj is None
                else any(self.user.covers_region(role, code) for code in regions)
            )
            if covers:
                added.add(relation)
        if obj is not None and mine and not added and obj.pk in self._disclosed_ids:
            added.add(Relation.COUNTERPART)
        return found | added

    @property
    def _disclosed_ids(self) -> frozenset[int]:
        """Demands disclosed to the user's organisations; asked once, because lists ask by row."""
        if self._disclosed is None:
            rows = Disclosure.objects.filter(
                organisation_id__in=self._organisation_ids, revoked_at__isnull=True
            )
            self._disclosed = frozenset(rows.values_list("demand_id", flat=True))
        return self._disclosed

    def full_text_visible(self, demand: Demand) -> bool:
        """Whether the user reads the demand in full: a public one, or by right."""
        return not demand.is_confidential or bool(self.can("read_full", demand))

    def check(self, action: str, obj: Demand | None) -> Decision:
        """State of the text for edits; approval of the organisation before anything goes out."""
        if obj is None:
            return ALLOWED
        if action == "edit" and obj.status not in EDITABLE:
            return Decision(
                False, f"当前状态为“{obj.get_status_display()}”，不能编辑。", "wrong_state"
            )
        if action == "amend" and not obj.is_open:
            return Decision(False, "只有征集中的需求可以修改后继续征集。", "wrong_state")
        if (
            action == "submit"
            and not self.is_system
            and not (obj.organisation and obj.organisation.is_approved)
        ):
            return Decision(
                False,
                "单位资料还没有通过审核。草稿会一直保留，审核通过后即可提交。",
                "organisation_pending",
            )
        if action in {"read_full", "read_contact"} and not self.is_system:
            is_draft = obj.status == DemandStatus.DRAFT
            if is_draft and OWNER not in self.relations(obj):
                return Decision(False, "草稿只有所有者可以阅读。", "refused")
        return ALLOWED
