"""Reading the roster: as of any day, who came and went, one recognition with its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core.files import file_items
from core.states import Transition
from platforms.access import AppealAccess, RecognitionAccess
from platforms.models import (
    Appeal,
    Application,
    Assessment,
    Platform,
    Recognition,
    RosterChange,
    TaxEligibility,
)
from platforms.states.recognition import LIVE, ON_ROSTER


def roster_rows(day: date) -> QuerySet[Recognition]:
    """Who stood on the roster on `day`, with `status_on_day` as it was then."""
    latest = RosterChange.objects.filter(recognition=OuterRef("pk"), day__lte=day)
    status = latest.order_by("-day", "-pk").values("status")[:1]
    rows = Recognition.objects.annotate(status_on_day=Subquery(status))
    return (
        rows.filter(status_on_day__in=ON_ROSTER)
        .select_related("scheme", "platform__region__parent", "platform__organisation")
        .order_by("scheme", "-started_date", "certificate_number")
    )


def roster_changes(first: date, last: date) -> QuerySet[RosterChange]:
    """Entries, exits and warnings between two days (both included), the newest first.

    Each with the status `earlier` that it ended; empty for the first line of a recognition.
    """
    before = RosterChange.objects.filter(recognition=OuterRef("recognition"), pk__lt=OuterRef("pk"))
    earlier = Coalesce(Subquery(before.order_by("-pk").values("status")[:1]), Value(""))
    rows = RosterChange.objects.filter(day__range=(first, last)).annotate(earlier=earlier)
    related = ("recognition__scheme", "recognition__platform__region__parent")
    rows = rows.exclude(status="building").select_related(*related)
    return rows.order_by("-day", "-pk")


ENTRY = Q(status="active") & ~Q(earlier__in=["warned", "rectifying"])
EXIT = Q(status__in=["removed", "expired"]) & ~Q(earlier="building")


@dataclass(frozen=True)
class Turnover:
    """How the roster came from one day to another."""

    before: int  # on the eve of the first day
    entries: int
    exits: int
    after: int


def turnover(first: date, last: date) -> Turnover:
    """Who stood on the roster before, came, went, and stands on it on the last day."""
    found = roster_changes(first, last).aggregate(
        entries=Count("pk", filter=ENTRY), exits=Count("pk", filter=EXIT)
    )
    eve = first - timedelta(days=1)
    return Turnover(roster_rows(eve).count(), **found, after=roster_rows(last).count())


@dataclass(frozen=True)
class RecognitionPage:
    """A recognition with its whole history, for its public page."""

    history: list[RosterChange]
    assessments: list[Assessment]
    appeals: list[Appeal]
    transitions: list[Transition]
    application: Application | None  # how it was won, for the platform and the staff
    resignation: Transition | None  # the platform's own way out, apart from what the staff do


def recognition_page(recognition: Recognition, user: Any) -> RecognitionPage:
    """History is public; assessments and appeals are the platform's and the staff's."""
    access = RecognitionAccess(user)
    mine = access.can("extend", recognition) or access.can("assess", recognition)
    appeals = AppealAccess(user).visible().filter(recognition=recognition) if mine else []
    steps = access.transitions(recognition)
    return RecognitionPage(
        history=list(recognition.changes.order_by("-day", "-pk")),
        assessments=_with_files(recognition) if mine else [],
        appeals=list(appeals),
        transitions=[row for row in steps if row.name != "resign"],
        application=recognition.application if mine else None,
        resignation=next((row for row in steps if row.name == "resign"), None),
    )


def _with_files(recognition: Recognition) -> list[Assessment]:
    """Its assessments by their day, with task books and `files`. Three queries."""
    rows: Any = recognition.assessments.prefetch_related("items").order_by("due_date", "pk")
    found = list(rows)
    files = file_items(found)
    for row in found:
        row.files = files[str(row.pk)]
    return found


def recognitions_of(platform: Platform) -> list[Recognition]:
    """Every status the platform holds or held, the newest first: its page keeps them (G20)."""
    rows = Recognition.objects.filter(platform=platform).select_related("scheme")
    return list(rows.order_by("-decided_date", "-pk"))


def lapsed_of(recognitions: list[Recognition]) -> list[Recognition]:
    """Of a platform's recognitions, those that are over and were not won again."""
    held = {row.scheme_id for row in recognitions if row.status in LIVE}
    return [row for row in recognitions if row.status not in LIVE and row.scheme_id not in held]


def certified(code: str) -> Recognition | TaxEligibility | Assessment | None:
    """What a code of ours (or a certificate number) stands for: a certificate, a proof of the
    import-tax policy, a letter of conclusion. Each has its public page."""
    places: tuple[tuple[Any, str], ...] = (
        (Recognition, "verification_code"), (Recognition, "certificate_number__iexact"),
        (TaxEligibility, "verification_code"), (Assessment, "verification_code"),
    )  # fmt: skip
    for model, field in places:
        if code and (found := model._default_manager.filter(**{field: code}).first()):
            return found
    return None
