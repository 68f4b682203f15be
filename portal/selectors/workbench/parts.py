"""What a workbench is made of: things that wait, figures, and doors to everything else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from core.access import Access

Link = tuple[str, str]


@dataclass(frozen=True)
class Item:
    """One thing to do (`waits`), or a figure to know.

    `due` is the earliest moment or last day of those counted, `late` how many are past theirs.
    """

    label: str
    count: int
    url: str
    waits: bool = True
    due: date | datetime | None = None
    late: int = 0


@dataclass(frozen=True)
class Group:
    """Doors that belong together."""

    title: str
    links: list[Link]


@dataclass(frozen=True)
class Panel:
    """Everything of one role; `first` is what the role does most."""

    title: str
    items: list[Item] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    first: Link | None = None

    @property
    def waiting(self) -> list[Item]:
        """What there is to do now: late things first, then by day."""
        found = [item for item in self.items if item.waits and item.count]
        return sorted(found, key=lambda item: (not item.late, not item.due, _day(item.due)))

    @property
    def figures(self) -> list[Item]:
        return [item for item in self.items if not item.waits]

    @property
    def links(self) -> list[Link]:
        return [link for group in self.groups for link in group.links]


def _day(due: date | datetime | None) -> date:
    if isinstance(due, datetime):
        return timezone.localdate(due)
    return due or date.max


def counted(label: str, rows: QuerySet[Any], url: str, *, due: str, is_day: bool = True) -> Item:
    """How many rows wait, the earliest `due` (a field) and how many are late: one query."""
    now = timezone.now()
    limit = timezone.localdate(now) if is_day else now
    found = rows.order_by().aggregate(
        count=Count("pk"), first=Min(due), late=Count("pk", filter=Q(**{f"{due}__lt": limit}))
    )
    return Item(label, found["count"], url, due=found["first"], late=found["late"])


def pending(label: str, access: Access, status: str, name: str) -> Item:
    """What is visible in one status, behind the page called `name`."""
    return Item(label, access.visible().filter(status=status).count(), reverse(name))


def links(*rows: Link) -> list[Link]:
    """(label, name of the page) as (label, address)."""
    return [(label, reverse(name)) for label, name in rows]
