"""Filters over code lists, shared by pages and API."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from taxonomy.models import Industry, Region, RegionLevel, TermMapping
from taxonomy.selectors import term_choices, terms


class TermChoiceFilter(django_filters.MultipleChoiceFilter):
    """Rows with any of the chosen codes of one list; many-to-many without doubled rows.

    `field_name` leads to the term itself. Rows are compared and counted by the term's key: a
    comparison by code would hide from the database how many rows a term has. `null` is the
    choice of rows that state none, as (code, label).
    """

    def __init__(
        self, code_list: str, *, null: tuple[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.code_list, self.null = code_list, null
        last = [null] if null else []
        super().__init__(choices=lambda: [*term_choices(code_list), *last], **kwargs)

    def told(self, key: int | None) -> str:
        """The code of a term's key, as facets are counted: see `core.filters`."""
        if key is None:
            return self.null[0] if self.null else ""
        return next((term.code for term in terms(self.code_list) if term.pk == key), "")

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        if not value:
            return qs
        keys = [term.pk for term in terms(self.code_list) if term.code in value]
        name = str(self.field_name)
        field = None if "__" in name else qs.model._meta.get_field(name)
        if field is not None and field.many_to_many:
            link = {field.m2m_field_name(): OuterRef("pk"),
                    f"{field.m2m_reverse_field_name()}__in": keys}  # fmt: skip
            return qs.filter(Exists(field.remote_field.through._default_manager.filter(**link)))
        wanted = Q(**{f"{name}__in": keys})
        if self.null and self.null[0] in value:
            wanted |= Q(**{f"{name}__isnull": True})
        return qs.filter(wanted)


class RegionChoiceFilter(django_filters.MultipleChoiceFilter):
    """Rows in any of the chosen regions, which the first `digits` of a code tell: 2 provinces, 4
    cities. `field_name` leads to the region, whose own code is compared and counted: it has
    statistics."""

    def __init__(self, *, digits: int, **kwargs: Any) -> None:
        self.digits = digits
        super().__init__(distinct=False, **kwargs)

    def told(self, code: str | None) -> str:
        """The chosen region that a row's lies in: see `core.filters`."""
        return code[: self.digits].ljust(6, "0") if code else ""

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        path = f"{self.field_name}__code__startswith"
        inside = (Q(**{path: code[: self.digits]}) for code in value)
        return qs.filter(reduce(or_, inside)) if value else qs


class RegionFilter(django_filters.FilterSet):
    """Regions by words, level, direct parent, or anything they lie in."""

    q = django_filters.CharFilter(method="by_name", label=_("名称或代码"))
    level = django_filters.ChoiceFilter(choices=RegionLevel.choices, label=_("级别"))
    parent = django_filters.CharFilter(field_name="parent_id", label=_("上级代码"))
    under = django_filters.CharFilter(method="inside", label=_("所在地区代码"))

    def by_name(self, queryset: QuerySet[Region], _name: str, value: str) -> QuerySet[Region]:
        return queryset.filter(Q(name__contains=value) | Q(code__startswith=value))

    def inside(self, queryset: QuerySet[Region], _name: str, value: str) -> QuerySet[Region]:
        outer = Region.objects.filter(pk=value).first()
        return queryset.filter(code__startswith=outer.prefix) if outer else queryset.none()


class IndustryFilter(django_filters.FilterSet):
    """Industries by words, level or section."""

    q = django_filters.CharFilter(method="by_name", label=_("名称或代码"))
    level = django_filters.NumberFilter(label=_("级别（1 门类，2 大类）"))
    parent = django_filters.CharFilter(field_name="parent_id", label=_("门类代码"))

    def by_name(self, queryset: QuerySet[Industry], _name: str, value: str) -> QuerySet[Industry]:
        return queryset.filter(Q(name__contains=value) | Q(code=value.upper()))


class TermFilter(django_filters.FilterSet):
    """Entries of one list, or by code or words across lists."""

    list = django_filters.CharFilter(field_name="code_list_id", label=_("代码表标识"))
    code = django_filters.CharFilter(label=_("代码"))
    q = django_filters.CharFilter(field_name="name", lookup_expr="contains", label=_("名称"))


class TermMappingFilter(django_filters.FilterSet):
    """Mappings from one list, to one list, of one kind."""

    list = django_filters.CharFilter(field_name="source__code_list_id", label=_("代码表标识"))
    code = django_filters.CharFilter(field_name="source__code", label=_("代码"))
    target_list = django_filters.CharFilter(
        field_name="target__code_list_id", label=_("目标代码表标识")
    )
    industry = django_filters.CharFilter(field_name="industry_id", label=_("行业大类代码"))
    relation = django_filters.ChoiceFilter(choices=TermMapping.Relation.choices, label=_("关系"))
