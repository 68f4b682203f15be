"""Reading register entries: the keepers' list, and what everybody sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from accounts.selectors import history_of
from core.files import file_items
from core.models import ActivityLog
from platforms.access import RegisterAccess
from platforms.enums import RegisterKind
from platforms.facts import in_words
from platforms.models import Platform, RegisterEntry
from platforms.querysets import RegisterQuerySet

RELATED = ("platform__region__parent", "platform__organisation", "patent")
SHOWN_OF_PLATFORM = 12


def register_rows(user: Any) -> QuerySet[RegisterEntry]:
    """Entries that the user runs or watches, the newest first."""
    rows = RegisterAccess(user).kept().select_related(*RELATED)
    return rows.order_by("-started_date", "-pk")


def open_entries() -> RegisterQuerySet:
    """What everybody sees of all platforms, the latest day first: events ahead, then the newest."""
    rows = RegisterAccess(None).shown().select_related(*RELATED)
    return rows.order_by("-started_date", "-pk")


def open_entries_of(platform: Platform, today: date) -> list[RegisterEntry]:
    """What the page of a platform shows of its entries, at most twelve: what comes next, then what
    is open, the newest first, then what is over. One query."""
    ahead, stands = Q(started_date__gt=today), Q(last__isnull=True) | Q(last__gte=today)
    rows = open_entries().filter(platform=platform).with_last()
    sorted_rows = rows.alias(
        place=Case(When(ahead, then=Value(0)), When(stands, then=Value(1)), default=Value(2)),
        comes=Case(When(ahead, then=F("started_date"))),
    ).order_by("place", F("comes").asc(nulls_last=True), "-started_date", "-pk")
    return list(sorted_rows[:SHOWN_OF_PLATFORM])


def patents_of(platform: Platform) -> QuerySet[RegisterEntry]:
    """The platform's patents under open licence, the newest first."""
    rows = RegisterEntry.objects.filter(platform=platform, kind=RegisterKind.PATENT)
    return rows.order_by("-started_date", "-pk")


@dataclass(frozen=True)
class EntryPage:
    """An entry as its page shows it. `is_kept`: the reader keeps or watches it, and sees its files
    and history; `facts` are label and words in the order of its form."""

    facts: list[tuple[str, str]]
    may_record: bool
    is_kept: bool
    licence_count: int
    licences: list[RegisterEntry]
    history: list[ActivityLog]
    files: list[dict[str, Any]]


def entry_page(entry: RegisterEntry, access: RegisterAccess) -> EntryPage:
    """What `access` lets its user see of `entry`, and do with it."""
    is_kept = bool(access.can("list", entry))
    licences = entry.licences.order_by("-started_date", "-pk")
    return EntryPage(
        facts=facts_of(entry),
        may_record=bool(access.can("record", entry)),
        is_kept=is_kept,
        licence_count=licences.count(),
        licences=list(licences) if is_kept else [],
        history=list(history_of(entry)) if is_kept else [],
        files=file_items([entry])[str(entry.pk)] if is_kept else [],
    )


def facts_of(entry: RegisterEntry) -> list[tuple[str, str]]:
    """What the entry states; its name and its address are shown apart."""
    found = []
    for name in entry.rules.fields:
        value = entry.get_level_display() if name == "level" else getattr(entry, name)
        if name not in {"title", "link"} and value:
            found.append((entry.rules.label(name), in_words(value)))
    return found
