"""Filters that count: each choice of a facet shows how many rows it would leave."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, QuerySet

from core.search import search_rows


@dataclass(frozen=True)
class FacetChoice:
    value: str
    label: str
    count: int
    is_active: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: list[FacetChoice]

    @property
    def active(self) -> list[FacetChoice]:
        return [choice for choice in self.choices if choice.is_active]


class FacetedFilterSet(django_filters.FilterSet):
    """A FilterSet whose `facets` are listed with counts under all other filters.

    A facet is a (Multiple)ChoiceFilter or ModelChoiceFilter whose `field_name` leads to the value.
    """

    facets: ClassVar[tuple[str, ...]] = ()

    def without(self, name: str) -> QuerySet[Any]:
        """Rows under all filters but `name`."""
        rows = self.queryset.all()
        for other, value in self.form.cleaned_data.items():
            if other != name and other in self.filters:
                rows = self.filters[other].filter(rows, value)
        return rows

    @cached_property
    def facet_list(self) -> list[Facet]:
        """Each facet with its non-empty choices, most frequent first. One query a facet."""
        if not self.form.is_valid():
            return []
        return [self._facet(name) for name in self.facets]

    def _facet(self, name: str) -> Facet:
        path = self.filters[name].field_name
        field = self.form.fields[name]
        rows = self.without(name).order_by().values_list(path)
        counted = {
            str(v): n for v, n in rows.annotate(n=Count("pk", distinct=True)) if v not in (None, "")
        }
        chosen = {str(value) for value in self.data.getlist(name)} if self.data else set()
        labels = {
            str(value): str(label) for value, label in field.choices if value not in (None, "")
        }
        choices = [
            FacetChoice(value, label, counted.get(value, 0), value in chosen)
            for value, label in labels.items()
            if counted.get(value) or value in chosen
        ]
        choices.sort(key=lambda choice: -choice.count)
        return Facet(name, str(field.label), choices)


class WordsFilter(django_filters.CharFilter):
    """`q`: rows holding every word, through the stored search vector."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", "关键词")
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return search_rows(qs, value) if value else qs
