"""Loading the policy documents, interpretations and news the portal starts with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from core.loading import LoadCount, sync_rows
from policies.doc_numbers import normalise_doc_number
from policies.enums import ContentStatus
from policies.models import Content, Interpretation, News, PolicyDocument
from policies.services.content import content_search
from taxonomy.codefiles import read_source_values
from taxonomy.selectors import resolve_region

MODELS: dict[str, type[Content]] = {
    "document": PolicyDocument,
    "interpretation": Interpretation,
    "news": News,
}
CATEGORY = "policies.category"  # its name in data/taxonomy/source_values.csv
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
QUOTED = re.compile(r"《([^《》]+)》")


@transaction.atomic
def load_policies(*, rows: Iterable[dict[str, Any]], now: datetime) -> LoadCount:
    """Bring `data/policies.jsonl` in, each row as its category says; safe to run twice.

    New pieces are published at `now` and logged once; of known ones only the facts of the source
    are brought up to date. Dates that are less precise than a day stay text.
    """
    kinds = {word: code for (name, word), (_list, code) in read_source_values().items()
             if name == CATEGORY}  # fmt: skip
    wanted: dict[type[Content], dict[str, dict[str, Any]]] = {
        model: {} for model in MODELS.values()
    }
    for row in rows:
        model = MODELS[kinds[row["category"]]]
        wanted[model][str(row["id"])] = _values(row, model)
    counts = [
        sync_rows(
            model, values, status=ContentStatus.PUBLISHED, search=content_search, now=now,
            related=("region", "fields"),
        )
        for model, values in wanted.items()
    ]  # fmt: skip
    _pair_interpretations(wanted[Interpretation])
    return LoadCount(*(sum(column) for column in zip(*counts, strict=True)))


def _values(row: dict[str, Any], model: type[Content]) -> dict[str, Any]:
    """The model's fields for one row; what the source does not say stays empty."""
    day = row.get("date", "")
    values = {
        "title": row["title"],
        "summary": row.get("summary", ""),
        "region": resolve_region(row.get("region", "")),
        "region_text": row.get("region", ""),
        "issuer": row.get("issuer", ""),
        "issued_date": date.fromisoformat(day) if DAY.match(day) else None,
        "source_url": row.get("source_url", ""),
        "source_date": day,
        "source_kind": row.get("source_kind", ""),
        "source_ref": row.get("origin", ""),
    }
    if model is PolicyDocument:
        values["doc_number"] = normalise_doc_number(row.get("doc_number", ""))
    return values


def _pair_interpretations(wanted: dict[str, dict[str, Any]]) -> None:
    """Link an interpretation to the documents its title quotes in 《》 (D09)."""
    for content in Interpretation.objects.filter(slug__in=wanted, documents=None):
        names = QUOTED.findall(content.title)
        content.documents.add(*PolicyDocument.objects.filter(title__in=names))
