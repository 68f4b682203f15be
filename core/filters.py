"""Filters that count: each choice of a facet shows how many rows it would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Model, QuerySet

from core.counts import kept
from core.search import search_rows

MANY_CHOICES = 40  # more than a reader picks from


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
    # facet → the wider one that is chosen from first, as long as too many choices are left
    within: ClassVar[Mapping[str, str]] = {}
    newest_first: ClassVar[frozenset[str]] = frozenset({"year"})  # the others: most frequent first

    def without(self, name: str) -> QuerySet[Any]:
        """Rows under all filters but `name`."""
        rows = self.queryset.all()
        for other, value in self.form.cleaned_data.items():
            if other != name and other in self.filters:
                rows = self.filters[other].filter(rows, value)
        return rows

    @cached_property
    def facet_list(self) -> list[Facet]:
        """Each facet with its non-empty choices, most frequent first, years newest first.

        Facets with one value a row and no choice made are counted by one query, others singly.
        """
        if not self.form.is_valid():
            return []
        counted = self._counted_together() if self.facets else {}
        facets = [
            self._facet(name, counted[name] if name in counted else self._counted(name))
            for name in self.facets
        ]
        return [facet for facet in facets if not self._waits(facet)]

    def _waits(self, facet: Facet) -> bool:
        """Whether a wider facet is to be chosen from first."""
        wider = self.within.get(facet.name)
        if wider is None or len(facet.choices) <= MANY_CHOICES:
            return False
        return not self._chosen(facet.name) and not self._chosen(wider)

    def _facet(self, name: str, counted: dict[str, int]) -> Facet:
        field = self.form.fields[name]
        chosen = self._chosen(name)
        known = field.choices
        if isinstance(field, AnyValueField):
            known = ((value, value) for value in sorted({*counted, *chosen}))
        labels = {str(value): str(label) for value, label in known if value not in (None, "")}
        choices = [
            FacetChoice(value, label, counted.get(value, 0), value in chosen)
            for value, label in labels.items()
            if counted.get(value) or value in chosen
        ]
        if name in self.newest_first:
            choices.sort(key=lambda choice: choice.value, reverse=True)
        else:
            choices.sort(key=lambda choice: -choice.count)
        return Facet(name, str(field.label), choices)

    def _chosen(self, name: str) -> set[str]:
        return {str(value) for value in self.data.getlist(name)} if self.data else set()

    def counted_by(self, name: str) -> tuple[str, Callable[[Any], str]]:
        """The column whose groups a facet counts, and what makes the facet's value of a group's.

        Grouping by what is stored, not by what is made of it, takes half the time.
        """
        found = self.filters[name]
        return str(found.field_name), getattr(found, "told", str)

    def _counted_together(self) -> dict[str, dict[str, int]]:
        """Counts of the plain facets, by rows grouped by all their values at once."""
        rows = self.without("").order_by()
        plain = {
            name: self.counted_by(name)
            for name in self.facets
            if not self._chosen(name) and not _to_many(rows.model, self.counted_by(name)[0])
        }
        if not plain:
            return {}
        columns = dict.fromkeys(column for column, _ in plain.values())
        groups = rows.values_list(*columns).annotate(n=Count("pk", distinct=rows.query.distinct))
        return _told(groups, plain)

    def _counted(self, name: str) -> dict[str, int]:
        """How many rows under the other filters lead to each value of one facet."""
        rows = self.without(name).order_by()
        column, told = self.counted_by(name)
        if (link := _link(rows.model, column)) is not None:
            # the links of these rows: their other columns and tables are not read
            inside = {f"{link.m2m_field_name()}__in": rows.values("pk")}
            linked = link.remote_field.through._default_manager.filter(**inside)
            groups = linked.values_list(link.m2m_reverse_field_name()).annotate(n=Count("pk"))
        else:
            # counting distinct sorts every group: ten times the cost, so only where rows may double
            doubles = rows.query.distinct or _to_many(rows.model, column) > 1
            groups = rows.values_list(column).annotate(n=Count("pk", distinct=doubles))
        return _told(groups, {name: (column, told)})[name]


def _told(
    groups: QuerySet[Any], plain: Mapping[str, tuple[str, Callable[[Any], str]]]
) -> dict[str, dict[str, int]]:
    """Counts of facets, each by the column of `groups` that it is counted by and by what a group
    is called in it; what is called alike is added up."""
    columns = list(dict.fromkeys(column for column, _ in plain.values()))

    def count() -> dict[str, dict[str, int]]:
        sums: dict[str, Counter[Any]] = {column: Counter() for column in columns}
        for *values, n in groups:
            for column, value in zip(columns, values, strict=True):
                sums[column][value] += n
        found: dict[str, Counter[str]] = {name: Counter() for name in plain}
        for name, (column, told) in plain.items():
            for value, n in sums[column].items():
                found[name][told(value)] += n
        return {name: dict(counts) for name, counts in found.items()}

    def size(found: dict[str, dict[str, int]]) -> int:
        return max(sum(counts.values()) for counts in found.values())

    # two facets may count the same groups: provinces and cities do
    return kept(groups, count, size=size, of=",".join(plain))


def _link(model: type[Model], column: str) -> Any:
    """The many-to-many field of `model` that a facet counts by; None for other columns."""
    try:
        field = model._meta.get_field(column)
    except FieldDoesNotExist:  # a path or an annotation
        return None
    return field if field.many_to_many else None


def _to_many(model: type[Model], path: str) -> int:
    """How often following `path` from a row of `model` leads from one to several."""
    options, steps = model._meta, 0
    for part in path.split("__"):
        try:
            field = options.get_field(part)
        except FieldDoesNotExist:  # an annotation
            break
        steps += bool(field.many_to_many or field.one_to_many)
        if not field.is_relation or field.related_model is None:
            break
        options = field.related_model._meta  # type: ignore[union-attr]
    return steps


class AnyValueField(forms.MultipleChoiceField):
    """Several texts, whatever they are."""

    def valid_value(self, value: str) -> bool:
        return True


class ValuesFilter(django_filters.MultipleChoiceFilter):
    """Rows with any of the chosen texts; a facet offers those that it counts."""

    field_class = AnyValueField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, distinct=False, **kwargs)


class WordsFilter(django_filters.CharFilter):
    """`q`: rows holding every word, through the stored search vector."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", "关键词")
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return search_rows(qs, value) if value else qs
