"""项目清单, 产品清单, 突出名单: what was done, only with consent or by a published evaluation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User
from cases.enums import CaseStatus, OutcomeKind
from cases.models import Case, Outcome, Project
from platforms.models import Platform
from reporting.enums import ListKind
from reporting.lists.base import (
    Concern,
    Criteria,
    Entry,
    Keys,
    ListType,
    narrowed,
    operators_of,
    page_of,
    text,
)
from reporting.lists.offers import PLATFORM_OPERATORS
from reporting.models import ReportCycle
from reporting.selectors.evaluations import published_grades

PRODUCT = "outcome-"  # with the outcome's id, the key of a product
# what the enterprise agreed to make public: the case told of the project
CONSENTED = Case.objects.filter(
    status=CaseStatus.PUBLISHED, consented_at__isnull=False, project__isnull=False
)


def _told(path: str = "cases") -> Prefetch[str]:
    rows = CONSENTED.select_related("field", "region").order_by("published_at", "pk")
    return Prefetch(path, queryset=rows, to_attr="told")


def _parties(projects: QuerySet[Any]) -> QuerySet[User]:
    """Who runs the platforms of the projects, and who asked for them."""
    operators = operators_of(Platform.objects.filter(projects__in=projects))
    clients = Q(is_active=True, pk__in=projects.values("started_by"))
    return User.objects.filter(clients | Q(pk__in=operators.order_by().values("pk")))


def _launched_in(keys: Keys) -> QuerySet[Any]:
    """The projects of the products with these keys."""
    named = Outcome.objects.annotate(key=Concat(Value(PRODUCT), Cast("pk", CharField())))
    return Project.objects.filter(pk__in=named.filter(key__in=keys).values("project"))


def _projects(criteria: Criteria, now: datetime) -> QuerySet[Any]:
    paths = {"region": "platform__region", "field": "cases__field", "demo": "is_demo"}
    rows = narrowed(Project.objects.filter(cases__in=CONSENTED), criteria, paths)
    confirmed = Prefetch(
        "outcomes", queryset=Outcome.objects.confirmed().order_by("achieved_date", "pk"),
        to_attr="proven",
    )  # fmt: skip
    return (
        rows.distinct()
        .select_related("platform__region__parent")
        .prefetch_related(_told(), confirmed)
        .order_by("-delivered_date", "number")
    )


def _project(row: Any) -> Entry:
    case = row.told[0]
    results = "；".join(f"{one}（证据{one.evidence_grade}级）" for one in row.proven)
    delivered = row.delivered_date
    return Entry(
        key=row.number,
        url=page_of(case),
        is_demo=row.is_demo,
        cells={
            "title": case.title, "platform": row.platform.name, "client": text(case.client_name),
            "field": text(case.field), "region": row.platform.region_display,
            "delivered": f"{delivered:%Y-%m}" if delivered else text(None),
            "results": text(results),
        },
    )  # fmt: skip


PROJECTS = ListType(
    kind=ListKind.PROJECTS,
    rule="成果经企业确认，且企业同意以典型案例公开的中试项目。",
    columns=(
        ("title", "项目"), ("platform", "中试平台"), ("client", "服务企业"), ("field", "领域"),
        ("region", "平台地区"), ("delivered", "交付月份"), ("results", "企业确认的成果"),
    ),
    filters=("region", "field"),
    rows=_projects,
    entry=_project,
    concern=Concern("项目", lambda keys: _parties(Project.objects.filter(number__in=keys))),
)  # fmt: skip


def _products(criteria: Criteria, now: datetime) -> QuerySet[Any]:
    paths = {"region": "project__platform__region", "field": "project__cases__field",
             "demo": "project__is_demo"}  # fmt: skip
    launched = Outcome.objects.confirmed().filter(
        kind=OutcomeKind.LAUNCHED, project__cases__in=CONSENTED
    )
    rows = narrowed(launched.exclude(product_name=""), criteria, paths)
    return (
        rows.distinct()
        .select_related("project__platform__region__parent")
        .prefetch_related(_told("project__cases"))
        .order_by("-achieved_date", "pk")
    )


def _product(row: Any) -> Entry:
    case = row.project.told[0]
    return Entry(
        key=f"{PRODUCT}{row.pk}",
        url=page_of(case),
        is_demo=row.project.is_demo,
        cells={
            "product": row.product_name, "client": text(case.client_name),
            "platform": row.project.platform.name, "field": text(case.field),
            "region": row.project.platform.region_display, "launched": text(row.achieved_date),
            "grade": row.get_evidence_grade_display(),
        },
    )  # fmt: skip


PRODUCTS = ListType(
    kind=ListKind.PRODUCTS,
    rule="企业确认已经上市，且企业同意以典型案例公开的产品。",
    columns=(
        ("product", "产品"), ("client", "企业"), ("platform", "中试平台"), ("field", "领域"),
        ("region", "平台地区"), ("launched", "上市日期"), ("grade", "证据等级"),
    ),
    filters=("region", "field"),
    rows=_products,
    entry=_product,
    concern=Concern("产品", lambda keys: _parties(_launched_in(keys))),
)  # fmt: skip


def _strong(criteria: Criteria, now: datetime) -> list[Any]:
    """Platforms with the chosen grades of a cycle's published evaluation, by name."""
    cycle = ReportCycle.objects.filter(pk=criteria.get("cycle") or 0).first()
    if cycle is None or (cycle.is_demo and not criteria.get("demo")):
        return []
    wanted = set(criteria.get("grades") or ["excellent"])
    grades = {pk: one for pk, one in published_grades(cycle).items() if one.slug in wanted}
    paths = {"region": "region", "field": "fields", "demo": "is_demo"}
    rows = narrowed(Platform.objects.filter(pk__in=grades), criteria, paths)
    listed = rows.distinct().select_related("region__parent", "kind", "organisation")
    return [(row, grades[row.pk]) for row in listed.order_by("pinyin_key", "pk")]


def _graded(pair: Any) -> Entry:
    row, grade = pair
    return Entry(
        key=row.slug,
        url=page_of(row),
        is_demo=row.is_demo or grade.is_demo,
        cells={
            "name": row.name, "kind": text(row.kind), "region": row.region_display,
            "operator": text(row.operator_display), "year": f"{grade.year} 年",
            "scheme": grade.scheme, "grade": grade.name,
        },
    )  # fmt: skip


STRONG = ListType(
    kind=ListKind.STRONG,
    rule="在已公布的评价中取得所选等次的中试平台。",
    columns=(
        ("name", "平台"), ("kind", "类别"), ("region", "地区"), ("operator", "运营单位"),
        ("year", "评价年度"), ("scheme", "评价办法"), ("grade", "等次"),
    ),
    filters=("cycle", "grades", "region", "field"),
    rows=_strong,
    entry=_graded,
    concern=PLATFORM_OPERATORS,
)  # fmt: skip
