"""Reading the ledger of EIA and safety."""

from __future__ import annotations

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from cases.access import ProjectAccess
from cases.models import Clearance, SafetyInspection
from cases.querysets import InspectionQuerySet


def clearance_rows(access: ProjectAccess) -> QuerySet[Clearance]:
    """Procedures of the projects the user sees, those still to be done first."""
    rows = Clearance.objects.filter(project__in=access.visible())
    related = ("project__platform", "project__enterprise", "hazard_class")
    return rows.select_related(*related).order_by("-stage", "-updated_at", "-pk")


def inspection_rows(access: ProjectAccess) -> InspectionQuerySet:
    """Inspections of the projects the user sees: what is still to be mended first, by its day."""
    rows = SafetyInspection.objects.filter(project__in=access.visible())
    is_open = ExpressionWrapper(Q(mended_count__lt=F("found_count")), output_field=BooleanField())
    related = ("project__platform", "project__enterprise")
    return rows.select_related(*related).order_by(is_open.desc(), "rectify_by", "-pk")


def overdue_inspections(access: ProjectAccess) -> InspectionQuerySet:
    """Inspections with findings that should have been mended by now."""
    return inspection_rows(access).overdue(today=timezone.localdate())
