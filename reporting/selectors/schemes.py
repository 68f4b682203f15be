"""Versions of evaluation schemes for pages: what differs, what was done, what could be tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core.models import ActivityLog
from reporting.models import EvaluationRound, EvaluationScheme
from reporting.scoring.words import (
    BASIS,
    grade_words,
    group_words,
    item_words,
    missing_words,
    size_words,
    veto_words,
)

NONE = "—"
LATEST_ROUNDS = 20


@dataclass(frozen=True)
class Change:
    """One thing that differs between two versions, in words."""

    part: str
    name: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What `after` says otherwise than `before`, in the order of the page."""
    found: list[Change] = []
    for part, reader in PARTS:
        old, new = reader(before), reader(after)
        for name in dict.fromkeys([*old, *new]):
            was, is_now = old.get(name, NONE), new.get(name, NONE)
            if was != is_now:
                found.append(Change(part, name, was, is_now))
    return found


def _headings(definition: Mapping[str, Any]) -> dict[str, str]:
    return {row["name"]: f"权重 {row['weight']}%" for row in definition["headings"]}


def _items(definition: Mapping[str, Any]) -> dict[str, str]:
    """By name and what is computed."""
    return {
        f"{item['name']}（{item['formula']}）": f"{heading['name']}，{item_words(item)}"
        for heading in definition["headings"]
        for item in heading["items"]
    }


def _vetoes(definition: Mapping[str, Any]) -> dict[str, str]:
    return {row["name"]: veto_words(row) for row in definition.get("vetoes", [])}


def _grades(definition: Mapping[str, Any]) -> dict[str, str]:
    return {row["name"]: grade_words(row) for row in definition["grades"]}


def _rest(definition: Mapping[str, Any]) -> dict[str, str]:
    return {
        "同类组": group_words(definition["groups"]),
        "同类组最少家数": f"{definition['minimum_group']} 家",
        "规模": size_words(definition.get("size", {})),
        "数值全部相同时": f"{definition['flat_score']} 分",
        "缺数": missing_words(definition.get("missing", {})),
        "同分比较": "、".join(definition.get("ties", [])) or NONE,
        "公示": f"{definition['publicity_workdays']} 个工作日",
        "说明": definition["basis"],
        "依据": "；".join(definition["sources"]),
        "权重": BASIS[bool(definition.get("example"))],
    }


PARTS = (
    ("一级指标", _headings),
    ("指标", _items),
    ("一票否决", _vetoes),
    ("等次", _grades),
    ("其他", _rest),
)


def current_version(slug: str) -> EvaluationScheme | None:
    """The version in force."""
    return EvaluationScheme.objects.filter(slug=slug, is_current=True).first()


def history(rows: QuerySet[Any]) -> QuerySet[Any]:
    """What was done to these versions, the newest first."""
    keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
    done = ActivityLog.objects.filter(
        target_type=EvaluationScheme._meta.label_lower, target_id__in=keys
    )
    return done.order_by("-at", "-pk")


def last_rounds(slug: str, runs: QuerySet[Any]) -> QuerySet[Any]:
    """The latest computations by any version of a scheme, of `runs`, the newest first."""
    related = ("run__scheme", "run__cycle", "run__region")
    rows = EvaluationRound.objects.filter(run__in=runs, run__scheme_slug=slug)
    return rows.select_related(*related).order_by("-computed_at", "-pk")[:LATEST_ROUNDS]
