"""Definitions for the public, current and past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reporting.models import Indicator
from reporting.querysets import IndicatorQuerySet
from taxonomy.selectors import term_choices


@dataclass(frozen=True)
class Group:
    """One section of the list."""

    code: str
    name: str
    indicators: list[Indicator]


def grouped(rows: IndicatorQuerySet) -> list[Group]:
    """Indicators by group, in the order of the files. One query."""
    groups: dict[str, Group] = {}
    for row in rows.in_order():
        groups.setdefault(row.group, Group(row.group, row.group_name, [])).indicators.append(row)
    return list(groups.values())


def versions_of(code: str) -> list[Indicator]:
    """Every version of an indicator, latest first; empty for an unknown code."""
    return list(Indicator.objects.filter(code=code).order_by("-version"))


def used_by(code: str) -> list[Indicator]:
    """Current indicators whose formula names this one."""
    rows = Indicator.objects.current().filter(formula__contains=code).in_order()
    return [row for row in rows if code in row.depends_on]


def needed_by(indicator: Indicator) -> list[Indicator]:
    """Current indicators that the formula of this one names."""
    return list(Indicator.objects.current().filter(code__in=indicator.depends_on).in_order())


def names_of(indicators: Iterable[Indicator]) -> dict[str, dict[str, str]]:
    """Code list → code → name, of all lists that the indicators choose from, each read once."""
    lists = {indicator.choice_list for indicator in indicators}
    return {slug: dict(term_choices(slug)) if slug else {} for slug in lists}


def choices_of(indicator: Indicator) -> list[tuple[str, str]]:
    """(code, name) an enum or a list of codes may take (cached); empty for other kinds."""
    return term_choices(indicator.choice_list) if indicator.choice_list else []
