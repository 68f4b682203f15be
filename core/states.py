"""The state engine: a life cycle is a table of transitions that officials and code both read.

Only `perform` assigns a status. Buttons, API actions, `docs/states.md` and the tests of every
state x transition x relation come from the same table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

from core.errors import DomainError, Refused

if TYPE_CHECKING:
    from core.access import Access

Row = TypeVar("Row", bound=models.Model)


class Relation(models.TextChoices):
    """Who somebody is to a record. An access object derives it from roles and organisations."""

    OWNER = "owner", "所有者"
    COUNTERPART = "counterpart", "对方"
    STAFF = "staff", "管辖部门"
    BROKER = "broker", "技术经理人"
    REVIEWER = "reviewer", "评审专家"
    MEMBER = "member", "登录用户"
    VISITOR = "visitor", "访客"
    SYSTEM = "system", "系统"


@dataclass(frozen=True)
class Transition:
    """One row of a life cycle: from `sources` to `target`, by whom, under what conditions."""

    name: str
    label: str
    sources: frozenset[str]
    target: str
    relations: frozenset[Relation]
    reason_required: bool = False
    required_fields: tuple[str, ...] = ()
    tone: str = "secondary"  # how its button looks: primary, secondary, quiet, danger
    confirm: str = ""  # asked before it is done, when it cannot simply be undone


@dataclass(frozen=True)
class StateMachine:
    """The life cycle of one model; `statuses` is its TextChoices class."""

    name: str
    title: str
    statuses: type[models.TextChoices]
    initial: str
    transitions: tuple[Transition, ...]
    by_name: dict[str, Transition] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {row.name: row for row in self.transitions})

    def from_status(self, status: str) -> tuple[Transition, ...]:
        """Transitions that start at `status`, in the order of the table."""
        return tuple(row for row in self.transitions if status in row.sources)


def transition(
    name: str,
    label: str,
    *,
    sources: Iterable[str],
    target: str,
    relations: Iterable[Relation],
    **options: Any,
) -> Transition:
    """Write one row of a table without spelling out the frozensets."""
    return Transition(name, label, frozenset(sources), target, frozenset(relations), **options)


def perform(access: Access, name: str, obj: Row, *, now: datetime, reason: str = "") -> Row:
    """Move `obj` along the transition `name` and return the locked row.

    Effects, in order: lock the row; check source, relation, reason and required fields; write
    `status` and `status_changed_at`; log `<app>.<model>.<name>` with the reason. Must run inside
    a transaction. Raises Refused (may not) or DomainError (may, but not now).
    """
    from core.services import lock, log_activity

    machine = access.machine
    if machine is None or name not in machine.by_name:
        raise Refused("没有这个操作。")
    row = machine.by_name[name]
    locked = lock(obj)
    access.require_now(name, locked)
    if row.reason_required and not reason.strip():
        raise DomainError("reason_required", "请写明原因。", "reason")
    for name_ in row.required_fields:
        if getattr(locked, name_) in (None, "", []):
            label = locked._meta.get_field(name_).verbose_name  # type: ignore[union-attr]
            raise DomainError("field_required", f"请先填写“{label}”。", name_)
    source = locked.status  # type: ignore[attr-defined]
    locked.status = row.target  # type: ignore[attr-defined]
    locked.status_changed_at = now  # type: ignore[attr-defined]
    locked.save(update_fields=["status", "status_changed_at", "updated_at"])
    log_activity(
        actor=access.user,
        action=f"{locked._meta.app_label}.{locked._meta.model_name}.{name}",
        target=locked,
        reason=reason,
        data={"from": source, "to": row.target},
        now=now,
    )
    return locked
