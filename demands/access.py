"""Who may know of a demand, read it in full and change it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from accounts.enums import Role
from accounts.models import Organisation
from core.access import ALLOWED, Access, Decision
from core.errors import Refused
from core.states import Relation
from demands.enums import DemandStatus, DisclosureStatus
from demands.models import Demand, Disclosure
from demands.querysets import DemandQuerySet
from demands.states import DEMAND, DISCLOSURE

# who speaks for an organisation: an operator may post demands too
POSTING_ROLES = (Role.ENTERPRISE, Role.OPERATOR)
OWNER, STAFF, BROKER = Relation.OWNER, Relation.STAFF, Relation.BROKER
COUNTERPART = Relation.COUNTERPART
EVERYBODY = frozenset({*Relation} - {Relation.REVIEWER})
# the states in which each way of changing the text is open
EDITABLE = frozenset({DemandStatus.DRAFT, DemandStatus.RETURNED})
# who reads in full by right or as the owner, without promising anything
BY_RIGHT = frozenset({OWNER, STAFF, BROKER})
PROMISE_REQUIRED = "promise_required"


def promise_required(row: Disclosure | None) -> Refused:
    """What keeps a granted text from an organisation, and where to promise (HTTP 403)."""
    where = f"请到 {row.get_absolute_url()} 接受。" if row and row.is_standing else ""
    return Refused(f"接受保密承诺后可以看全文。{where}", PROMISE_REQUIRED)


class DemandAccess(Access):
    """Owners see all of theirs; staff and brokers what is submitted in their region; everybody
    what is public; a platform also what was disclosed to its organisation, in full once that has
    promised secrecy (D08)."""

    model = Demand
    machine = DEMAND
    actions: ClassVar = {
        "view": EVERYBODY,
        "read_full": frozenset({OWNER, STAFF, BROKER, COUNTERPART, Relation.SYSTEM}),
        "read_contact": frozenset({OWNER, STAFF, BROKER, COUNTERPART, Relation.SYSTEM}),
        "read_history": frozenset({OWNER, STAFF, BROKER, Relation.SYSTEM}),
        "create": frozenset({OWNER}),
        "receive": frozenset({Relation.SYSTEM}),
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
        "receive": "从其他门户同步",
        "edit": "编辑草稿",
        "amend": "修改已发布的需求",
        "disclose": "同意单位看全文、撤回",
        "review": "进入审核队列",
    }

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self._disclosed: dict[int, bool] | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether a person asks, not a visitor and not the system."""
        return bool(getattr(self.user, "is_authenticated", False)) and not self.is_system

    @property
    def organisation_ids(self) -> set[int]:
        """Those the user speaks for."""
        return set(self.user.organisation_ids(*POSTING_ROLES)) if self.is_signed_in else set()

    @property
    def organisations(self) -> list[Organisation]:
        """The organisations the user may post for."""
        mine = self.organisation_ids
        return [row for row in self.user.organisations if row.pk in mine] if mine else []

    def owned(self) -> DemandQuerySet:
        """Demands of the organisations the user acts for, in any state."""
        mine = self.organisation_ids
        return Demand.objects.filter(organisation_id__in=mine) if mine else Demand.objects.none()

    def governed(self) -> DemandQuerySet:
        """Submitted demands in the regions the user is responsible for as staff or broker."""
        if self.is_system:
            return Demand.objects.all()
        rows = Demand.objects.none()
        if self.is_signed_in:
            for role in (Role.GOVERNMENT, Role.BROKER):
                for prefix in self.user.region_prefixes(role):
                    rows = rows | Demand.objects.submitted().in_region(prefix)
        return rows

    def visible(self) -> DemandQuerySet:
        """The rows the user may know of; how much of each is `full_text_visible`."""
        if self.is_system:
            return Demand.objects.all()
        rows = Demand.objects.public()
        mine = self.organisation_ids
        if mine:
            shown = Disclosure.objects.standing().filter(organisation_id__in=mine)
            shown_rows = Demand.objects.submitted().filter(pk__in=shown.values("demand_id"))
            rows = rows | self.owned() | shown_rows
        return rows | self.governed()

    def relations(self, obj: Demand | None) -> frozenset[Relation]:
        """OWNER, STAFF and BROKER by organisation and region, COUNTERPART by disclosure."""
        found = super().relations(obj)
        if not self.is_signed_in:
            return found
        mine = self.organisation_ids
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
        if obj is not None and mine and not added and obj.pk in self._disclosures:
            added.add(COUNTERPART)
        return found | added

    @property
    def _disclosures(self) -> dict[int, bool]:
        """Demands disclosed to the user's organisations, and whether one of these promised
        secrecy; asked once, because lists ask by row."""
        if self._disclosed is None:
            rows = Disclosure.objects.standing().filter(organisation_id__in=self.organisation_ids)
            self._disclosed = {}
            for pk, status in rows.values_list("demand_id", "status"):
                promised = status == DisclosureStatus.PROMISED
                self._disclosed[pk] = promised or self._disclosed.get(pk, False)
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
            relations = self.relations(obj)
            if is_draft and OWNER not in relations:
                return Decision(False, "草稿只有所有者可以阅读。", "refused")
            is_open_text = not obj.is_confidential or bool(relations & BY_RIGHT)
            if not is_open_text and not self._disclosures[obj.pk]:
                return Decision(False, "接受保密承诺后可以看全文。", PROMISE_REQUIRED)
        return ALLOWED


class DisclosureAccess(Access):
    """Requests and grants: the demand's owner answers, people of the organisation ask and promise;
    who governs the demand sees them."""

    model = Disclosure
    machine = DISCLOSURE
    actions: ClassVar = {
        "view": frozenset({OWNER, COUNTERPART, STAFF, BROKER, Relation.SYSTEM}),
    }
    labels: ClassVar = {"view": "查看申请、承诺与查看记录"}
    names: ClassVar = {COUNTERPART: "平台运营单位"}

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self.demands = DemandAccess(user)

    @property
    def askers(self) -> list[Organisation]:
        """The approved organisations that the user may ask for: those that run platforms."""
        if not self.demands.is_signed_in:
            return []
        run = self.user.organisation_ids(Role.OPERATOR)
        return [row for row in self.user.organisations if row.pk in run and row.is_approved]

    def visible(self) -> QuerySet[Disclosure]:
        """Those of the user's organisations, and of the demands she owns or governs."""
        mine = self.demands.organisation_ids
        asked = Q(organisation_id__in=mine) if mine else Q(pk__in=[])
        demands = self.demands.owned() | self.demands.governed()
        return Disclosure.objects.filter(asked | Q(demand__in=demands))

    def relations(self, obj: Disclosure | None) -> frozenset[Relation]:
        """OWNER, STAFF and BROKER as to the demand, COUNTERPART by the organisation."""
        found = super().relations(obj)
        if obj is None:
            return found | {COUNTERPART} if self.askers else found
        found |= self.demands.relations(obj.demand) & BY_RIGHT
        if obj.organisation_id in self.demands.organisation_ids:
            found |= {COUNTERPART}
        return found
