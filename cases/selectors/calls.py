"""Calls for cases on their pages: what may be entered, the ranking, what was selected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.enums import Role
from cases.access import CallAccess, EntryAccess
from cases.enums import CallStatus
from cases.models import Case, CaseCall, CaseEntry, CaseScore


def call_rows(rows: QuerySet[CaseCall]) -> QuerySet[CaseCall]:
    """Calls for lists, the latest due first, with `entered` (how many cases)."""
    rows = rows.select_related("region", "made_by").annotate(entered=Count("entries"))
    return rows.order_by("-due_date", "-pk")


def calls_with_selected(rows: QuerySet[CaseCall]) -> QuerySet[CaseCall]:
    """Calls for the API, each with `chosen`: what was selected and is still public."""
    chosen: Any = CaseEntry.objects.honoured().standing()
    found = rows.prefetch_related(
        Prefetch("entries", chosen.select_related("case").order_by("pk"), "chosen")
    )
    return found.order_by("-due_date", "-pk")


def enterable_cases(user: Any, call: CaseCall) -> QuerySet[Case]:
    """Published cases of the platforms the user runs that lie in the region of the call."""
    prefix = call.region.prefix
    inside = Q(region__code__startswith=prefix) | Q(
        region=None, platform__region__code__startswith=prefix
    )
    rows = Case.objects.published().filter(
        inside, platform__organisation__in=user.organisation_ids(Role.OPERATOR)
    )
    return rows.select_related("platform", "project").order_by("-published_at", "-pk")


def own_cases(user: Any, call: CaseCall) -> list[tuple[Case, CaseEntry | None]]:
    """The user's cases that may be in the call, each with its entry. Two queries."""
    entered = {row.case_id: row for row in call.entries.all()}
    return [(case, entered.get(case.pk)) for case in enterable_cases(user, call)]


def own_entries(user: Any) -> QuerySet[CaseEntry]:
    """Entries of the platforms the user runs, the latest first."""
    ids = user.organisation_ids(Role.OPERATOR)
    rows = EntryAccess(user).visible().filter(case__platform__organisation__in=ids)
    return rows.select_related("call", "case__platform", "case__project").order_by(
        "-entered_at", "-pk"
    )


def ranking(call: CaseCall) -> QuerySet[CaseEntry]:
    """Entries by their mean mark, the best first; each with its scores and who gave them."""
    scores = CaseScore.objects.select_related("reviewer").order_by("scored_at", "pk")
    rows: Any = call.entries
    return (
        rows.with_marks()
        .select_related("case__platform", "case__field", "case__project")
        .prefetch_related(Prefetch("scores", scores, "given"))
        .order_by(F("mean").desc(nulls_last=True), "pk")
    )


def selected_entries(call: CaseCall) -> QuerySet[CaseEntry]:
    """What was selected and is still public, the best first."""
    if call.status != CallStatus.SELECTED:
        return call.entries.none()
    return ranking(call).filter(is_selected=True).standing()  # type: ignore[attr-defined]


def entries_to_mark(user: Any, call: CaseCall) -> list[tuple[CaseEntry, CaseScore | None, Any]]:
    """(entry, the user's own score or None, whether the user may mark it) in order of entry."""
    access = EntryAccess(user)
    own = {row.entry_id: row for row in CaseScore.objects.filter(reviewer=user, entry__call=call)}
    rows = call.entries.select_related("case__platform", "case__project").order_by("pk")
    found = []
    for entry in rows:
        entry.call = call
        found.append((entry, own.get(entry.pk), access.can("mark", entry)))
    return found


def unmarked_calls(user: Any) -> QuerySet[CaseCall]:
    """Calls that wait for marks of this expert."""
    rows = CallAccess(user).visible().filter(status=CallStatus.SCORING, reviewers=user)
    own = CaseScore.objects.filter(reviewer=user)
    left = CaseEntry.objects.exclude(pk__in=own.values("entry"))
    return rows.filter(pk__in=left.values("call"))


def open_calls(user: Any, today: date) -> QuerySet[CaseCall]:
    """Calls that take entries on this day."""
    rows = CallAccess(user).visible().filter(status=CallStatus.OPEN)
    return rows.filter(opens_date__lte=today, due_date__gte=today)


def honours(slugs: Iterable[str]) -> dict[str, list[CaseEntry]]:
    """Where these cases were selected: slug → entries with their call and mean mark."""
    rows: Any = CaseEntry.objects.honoured().filter(case__slug__in=list(slugs))
    found = defaultdict(list)
    for entry in rows.with_marks().select_related("call", "case").order_by("-call__due_date", "pk"):
        found[entry.case.slug].append(entry)
    return dict(found)
