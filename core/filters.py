"""Filters that count: each choice of a facet shows how many rows it would leave."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db.models import Count, Model, QuerySet

from core.search import search_rows

MANY_ROWS = 5000  # from here on counting takes longer than a reader should wait
KEPT_SECONDS = 60


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
        counted = _counted(self.without(name).order_by(), path)
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


def _counted(rows: QuerySet[Any], path: str) -> dict[str, int]:
    """How many rows lead to each value of `path`; over many rows up to a minute old."""
    # counting distinct sorts every group: ten times the cost, so only where rows may double
    doubles = rows.query.distinct or _is_to_many(rows.model, path)
    counts = rows.values_list(path).annotate(n=Count("pk", distinct=doubles))
    try:
        key = f"core:facet:{hashlib.sha256(str(counts.query).encode()).hexdigest()}"
    except EmptyResultSet:
        return {}
    kept: dict[str, int] | None = cache.get(key)
    if kept is not None:
        return kept
    counted = {str(value): n for value, n in counts if value not in (None, "")}
    if sum(counted.values()) >= MANY_ROWS:
        cache.set(key, counted, KEPT_SECONDS)
    return counted


def _is_to_many(model: type[Model], path: str) -> bool:
    """Whether following `path` from a row of `model` may lead to several values."""
    options = model._meta
    for part in path.split("__"):
        try:
            field = options.get_field(part)
        except FieldDoesNotExist:  # an annotation
            return False
        if field.many_to_many or field.one_to_many:
            return True
        if not field.is_relation or field.related_model is None:
            return False
        options = field.related_model._meta  # type: ignore[union-attr]
    return False


class WordsFilter(django_filters.CharFilter):
    """`q`: rows holding every word, through the stored search vector."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", "关键词")
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return search_rows(qs, value) if value else qs
