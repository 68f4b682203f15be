"""Storing of ranked lists: replaced whole, and only where they say something new; one statement a
table (docs/matching.md, Speed)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.db import transaction

from core.bulk import update_rows, write_rows
from matching.engine.constraints import Check
from matching.engine.index import Ranked
from matching.enums import Side
from matching.models import Match, MatchList, MatchRun, ResourceMatch
from matching.services.lists import FoundList
from taxonomy.models import Region

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]  # by column
Phrases = Mapping[tuple[int, int], list[dict[str, str]]]


@transaction.atomic
def store_lists(*, run: MatchRun, found: Sequence[FoundList]) -> int:
    """Make the stored lists of the subjects in `found`, all of one side, say what was found; how
    many do.

    Locks the lists in order of pk. A list that was made from a later reading stays as it is; one
    that says the same already is only marked as looked at, and its rows stay.
    """
    if not found:
        return 0
    key, regions = f"{found[0].side}_id", _region_names(found)
    by_subject = {item.subject_id: item for item in found}
    lists = [
        row
        for row in _locked(key, by_subject, run)
        if row.looked_at <= by_subject[getattr(row, key)].looked_at
    ]
    same: list[Row] = []
    new: list[Row] = []
    matches: list[Row] = []
    resources: list[Row] = []
    for row in lists:
        item = by_subject[getattr(row, key)]
        fields, pairs, others = _fields(item), _pairs(item, regions), _resources(item, regions)
        mark = {"id": row.pk, "run_id": run.pk, "looked_at": item.looked_at.isoformat()}
        mark["digest"] = _digest([fields, pairs, others])
        if mark["digest"] == row.digest:
            same.append(mark)
            continue
        new.append(mark | fields)
        matches += [{"match_list_id": row.pk, **pair} for pair in pairs]
        resources += [{"match_list_id": row.pk, **other} for other in others]
    update_rows(MatchList, same)
    _replace(new, matches, resources)
    return len(lists)


def _locked(key: str, ids: Iterable[int], run: MatchRun) -> list[MatchList]:
    """The lists of these subjects, made where they are missing, locked, without their content."""
    rows = MatchList.objects.filter(**{f"{key}__in": list(ids)})
    known = set(rows.values_list(key, flat=True))
    missing = sorted(pk for pk in ids if pk not in known)
    MatchList.objects.bulk_create(
        [MatchList(**{key: pk}, run=run, looked_at=NEVER) for pk in missing],
        ignore_conflicts=True,
    )
    return list(rows.select_for_update().only("pk", key, "looked_at", "digest").order_by("pk"))


def _replace(lists: Sequence[Row], matches: Sequence[Row], resources: Sequence[Row]) -> None:
    """Replace the content of lists, keeping the phrases found earlier: a text that changes has a
    run of its own, which finds them anew."""
    ids = [row["id"] for row in lists]
    old = Match.objects.filter(match_list__in=ids)
    kept = old.exclude(phrases=[]).values_list("demand_id", "capability_id", "phrases")
    phrases: Phrases = {(demand, capability): found for demand, capability, found in kept}
    old.delete()
    ResourceMatch.objects.filter(match_list__in=ids).delete()
    update_rows(MatchList, lists)
    for row in matches:
        row["phrases"] = phrases.get((row["demand_id"], row["capability_id"]), [])
    write_rows(Match, matches)
    write_rows(ResourceMatch, resources)


def _digest(content: Any) -> str:
    """SHA-256 of all that a list says, whoever said it and when."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(item: FoundList) -> Row:
    return {
        "relevant_count": len(item.relevant),
        "possible_count": len(item.entries),
        "near_count": len(item.near),
        "best_score": item.entries[0].score if item.entries else None,
        "chance": item.reach.chance if item.reach else None,
        "missing": item.reach.missing if item.reach else [],
        "terms": item.terms,
        "relaxations": item.relaxations,
        "platforms": item.platforms,
    }


def _pairs(item: FoundList, regions: Mapping[str, str]) -> list[Row]:
    """Possible ones first, near misses after them, in one numbering."""
    is_demand = item.side == Side.DEMAND
    mine, other = "demand_id", "capability_id"
    mine, other = (mine, other) if is_demand else (other, mine)
    return [
        {
            mine: item.subject_id,
            other: int(entry.document_id),
            "rank": rank,
            "is_possible": entry.possible,
            "features": {name: round(value, 6) for name, value in entry.features.items()},
            **_explained(item, entry, regions),
        }
        for rank, entry in enumerate([*item.entries, *item.near], start=1)
    ]


def _resources(item: FoundList, regions: Mapping[str, str]) -> list[Row]:
    return [
        {
            "demand_id": item.subject_id,
            "kind": str(kind),
            "object_id": int(entry.document_id.partition(":")[2]),
            "platform_id": item.platform_of[entry.document_id],
            "rank": entry.rank,
            **_explained(item, entry, regions),
        }
        for kind, entries in item.resources.items()
        for entry in entries
    ]


def _explained(item: FoundList, entry: Ranked, regions: Mapping[str, str]) -> Row:
    return {
        "score": entry.score,
        "shares": item.shares[entry.document_id],
        "checks": [_check(check, regions) for check in entry.checks],
    }


def _check(check: Check, regions: Mapping[str, str]) -> dict[str, Any]:
    asked, offered = check.demand_value, check.capability_value
    if check.name == "region":
        asked, offered = regions.get(asked, asked), regions.get(offered, offered)
    return {
        "name": check.name,
        "label": check.label,
        "status": check.status,
        "asked": asked,
        "offered": offered,
        "relaxation": check.relaxation or "",
    }


def _region_names(found: Sequence[FoundList]) -> dict[str, str]:
    codes = {
        value
        for item in found
        for entry in chain(item.entries, item.near, *item.resources.values())
        for check in entry.checks
        if check.name == "region"
        for value in (check.demand_value, check.capability_value)
    }
    return dict(Region.objects.filter(pk__in=codes).values_list("pk", "name")) if codes else {}
