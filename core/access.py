"""Access: one object per model answers "which rows?" and "may she?" with the reason.

A subclass states `model`, `machine` (or None), `actions` (everything that is not a transition) and
`relations`. Whatever is not stated is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Model, QuerySet

from core.errors import DomainError, Refused
from core.states import Relation, StateMachine, Transition

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Decision:
    """Whether, and if not, why not (in Chinese). Usable as a boolean in templates."""

    allowed: bool
    reason: str = ""
    code: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)


class System:
    """The actor of work that no person asked for (schedules, importers). Never signed in."""

    pk = None
    id = None
    is_authenticated = False
    is_active = True
    is_system = True

    def __str__(self) -> str:
        return "系统"


SYSTEM = System()


class Access:
    """Base of all access objects: refuses what is not declared."""

    model: ClassVar[type[Model]]
    machine: ClassVar[StateMachine | None] = None
    # action → who may; the key is also the name used by templates, API and docs/roles.md
    actions: ClassVar[Mapping[str, frozenset[Relation]]] = {}
    labels: ClassVar[Mapping[str, StrOrPromise]] = {}
    # how a refusal names a relation here, where its usual label would mislead
    names: ClassVar[Mapping[Relation, StrOrPromise]] = {}

    def __init__(self, user: Any) -> None:
        self.user = user

    @property
    def is_system(self) -> bool:
        return bool(getattr(self.user, "is_system", False))

    def visible(self) -> QuerySet[Any]:
        """The rows the user may know of. Default: none."""
        return self.model._default_manager.none()

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """Who the user is to `obj` (None: to the model as a whole). Subclasses add to this."""
        if self.is_system:
            return frozenset({Relation.SYSTEM})
        if getattr(self.user, "is_authenticated", False):
            return frozenset({Relation.MEMBER, Relation.VISITOR})
        return frozenset({Relation.VISITOR})

    def can(self, action: str, obj: Any | None = None) -> Decision:
        """May the user do `action` to `obj`? Unknown actions are refused."""
        row = self.machine.by_name.get(action) if self.machine else None
        allowed = row.relations if row else self.actions.get(action)
        if allowed is None:
            return Decision(False, "没有这个操作。", "unknown_action")
        if not (self.relations(obj) & allowed):
            # nobody can sign in as the system, so a person is not told of it
            people = sorted(allowed - {Relation.SYSTEM}) or sorted(allowed)
            who = "、".join(str(self.names.get(one, one.label)) for one in people)
            return Decision(False, f"只有{who}可以这样做。", "refused")
        if row and obj is not None and obj.status not in row.sources:
            status = obj.get_status_display()
            return Decision(False, f"当前状态为“{status}”，不能{row.label}。", "wrong_state")
        return self.check(action, obj)

    def check(self, action: str, obj: Any | None) -> Decision:
        """Further conditions of an otherwise allowed action; subclasses may refuse."""
        return ALLOWED

    def require(self, action: str, obj: Any | None = None) -> None:
        """Raise Refused with the reason when the user may not."""
        decision = self.can(action, obj)
        if not decision:
            raise Refused(decision.reason)

    def require_now(self, action: str, obj: Any) -> None:
        """As `require`, but the wrong moment is DomainError `wrong_state`, not a missing right."""
        decision = self.can(action, obj)
        if decision.code == "wrong_state":
            raise DomainError("wrong_state", decision.reason)
        if not decision:
            raise Refused(decision.reason)

    def transitions(self, obj: Any) -> list[Transition]:
        """The transitions the user may perform on `obj` now: its buttons, in table order."""
        if self.machine is None:
            return []
        return [row for row in self.machine.from_status(obj.status) if self.can(row.name, obj)]


class OwnAccess(Access):
    """Base where a row is its `user`'s alone: nobody else knows of it."""

    def visible(self) -> QuerySet[Any]:
        """The person's own rows; none for visitors and the system."""
        rows = self.model._default_manager.all()
        is_person = self.user.is_authenticated and not self.is_system
        return rows.filter(user=self.user) if is_person else rows.none()

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = super().relations(obj)
        is_own = obj is not None and obj.user_id == self.user.pk
        return found | {Relation.OWNER} if is_own else found
