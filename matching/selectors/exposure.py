"""Who is shown: shares of the places in demands' lists by size class, region and newness.

Measured on every run, so that staff see whether small, remote or new platforms get their turn.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.db.models.functions import Substr
from django.utils import timezone

from accounts.enums import SizeClass
from matching.models import Match, MatchRun
from platforms.models import Capability
from taxonomy.models import Region

PLACES = 10  # the first page of a list
NEW_FOR = timedelta(days=90)
UNKNOWN = "未注明"


def exposure(run: MatchRun) -> dict[str, Any]:
    """Shares of the first ten places this run gave, beside the shares among all capabilities.

    `{"places": n, "size_class": {label: [shown, offered]}, "region": …, "newness": …}`; shares
    are fractions of 1, a platform without the fact counts as 未注明.
    """
    places = Match.objects.filter(run=run, is_possible=True, rank__lte=PLACES).for_demands()
    count = places.count()
    if not count:
        return {"places": 0}
    offered = Capability.objects.shown()
    result: dict[str, Any] = {"places": count}
    for name in ("size_class", "region", "newness"):
        shown = _shares(_grouped(places, "capability__", name))
        among = _shares(_grouped(offered, "", name))
        labels = _labels(name)
        result[name] = {
            labels.get(key, key) or UNKNOWN: [shown.get(key, 0.0), among.get(key, 0.0)]
            for key in sorted({*shown, *among}, key=lambda key: (-shown.get(key, 0.0), key))
        }
    return result


def _grouped(rows: QuerySet[Any], path: str, name: str) -> dict[str, int]:
    if name == "size_class":
        key: Any = F(f"{path}platform__organisation__size_class")
    elif name == "region":
        key = Substr(f"{path}platform__region_id", 1, 2)
    else:
        recent = {f"{path}platform__created_at__gte": timezone.now() - NEW_FOR}
        key = Case(When(**recent, then=Value("new")), default=Value("known"))
    counted = rows.order_by().annotate(group=Case(default=key, output_field=CharField()))
    return {group or "": n for group, n in counted.values_list("group").annotate(n=Count("pk"))}


def _shares(counts: dict[str, int]) -> dict[str, float]:
    whole = sum(counts.values())
    return {key: round(count / whole, 4) for key, count in counts.items()} if whole else {}


def _labels(name: str) -> dict[str, str]:
    if name == "size_class":
        return {value: str(label) for value, label in SizeClass.choices}
    if name == "newness":
        return {"new": "近 90 天入网", "known": "更早入网"}
    rows = Region.objects.filter(pk__endswith="0000").values_list("pk", "short_name")
    return {code[:2]: label for code, label in rows}
