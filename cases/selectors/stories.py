"""Cases in lists and on their page, and the words a new one starts with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case as SqlCase
from django.db.models import CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Left, TruncDate

from cases.enums import CaseStatus
from cases.models import Case, Project
from policies.lent import LentPiece

TOPIC_KIND = "case"


def case_rows(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Cases ready for the public list, the latest told first, with what facets count.

    A case whose source names no place lies where its platform lies. `told_on` is the source's
    date, or the day of publication for cases told here; empty when the source has no date.
    """
    place = Coalesce("region_id", "platform__region_id")
    told_here = Q(project__isnull=False)
    return (
        rows.select_related("platform", "field", "region", "project")
        .annotate(
            place=place,
            province=SqlCase(
                When(place__isnull=True, then=Value("")),
                default=Concat(Left(place, 2), Value("0000")),
            ),
            told_on=SqlCase(
                When(~Q(source_date=""), then=F("source_date")),
                When(told_here, then=Cast(TruncDate("published_at"), CharField())),
                default=Value(""),
                output_field=CharField(),
            ),
            year=Left("told_on", 4),
        )
        .order_by("-told_on", "-pk")
    )


def case_years() -> list[tuple[str, str]]:
    """The years of published cases, for the filter."""
    rows: QuerySet[Any] = case_rows(Case.objects.published())
    years = rows.order_by().values_list("year", flat=True).distinct()
    return [(year, f"{year} 年") for year in sorted(filter(None, years), reverse=True)]


def case_beginnings(project: Project) -> dict[str, Any]:
    """What a new case says before anybody types: the project's own facts (nothing typed twice)."""
    outcomes = list(project.outcomes.confirmed().order_by("achieved_date", "pk"))
    source = project.demand or project.capability
    field = source.field if source else None
    results = [f"{outcome}：{outcome.description}" for outcome in outcomes]
    results += [
        f"技术成熟度由 {outcome.trl_before} 级提高到 {outcome.trl_after} 级。"
        for outcome in outcomes
        if outcome.trl_before and outcome.trl_after
    ]
    public = project.demand.public_text if project.demand else ""
    is_anonymous = bool(project.demand and project.demand.is_anonymous)
    return {
        "title": project.title,
        "client_name": "" if is_anonymous else project.enterprise.name,
        "field": field,
        "summary": "\n".join(part for part in (public, _course(project)) if part),
        "result": "\n".join(results),
    }


def _course(project: Project) -> str:
    """The course of the work in one sentence."""
    parts = [f"在{project.platform}开展中试"]
    if project.started_date:
        parts.append(f"{project.started_date.year} 年 {project.started_date.month} 月开始")
    if project.delivered_date:
        parts.append(f"{project.delivered_date.year} 年 {project.delivered_date.month} 月交付")
    return "，".join(parts) + "。"


def similar_cases(case: Case, rows: QuerySet[Case], limit: int = 4) -> list[Case]:
    """Other cases of the same platform, then of the same field."""
    if case.platform_id is None and case.field_id is None:
        return []
    like = Q(pk__in=[])
    if case.platform_id:
        like |= Q(platform=case.platform_id)
    if case.field_id:
        like |= Q(field=case.field_id)
    same_platform = SqlCase(When(platform=case.platform_id, then=Value(0)), default=Value(1))
    found = case_rows(rows.published()).filter(like).exclude(pk=case.pk)  # type: ignore[attr-defined]
    return list(found.order_by(same_platform, "-told_on", "-pk")[:limit])


def cases_for_topics(slugs: Iterable[str] | None) -> list[LentPiece]:
    """Cases as topics gather them: these, whatever their state, or (None) all that are published,
    the latest told first. One query."""
    rows = Case.objects.published() if slugs is None else Case.objects.filter(slug__in=slugs)
    listed: QuerySet[Any] = case_rows(rows)
    return [
        LentPiece(
            kind=TOPIC_KIND, kind_label=str(Case._meta.verbose_name), slug=row.slug,
            title=row.title, summary=row.summary, issuer=row.shown_platform,
            shown_date=row.told_on, url=row.get_absolute_url(),
            is_published=row.status == CaseStatus.PUBLISHED, is_demo=row.is_demo,
        )
        for row in listed
    ]  # fmt: skip
