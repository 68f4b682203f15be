"""Reading frozen reports by the thousand: the server hands out the parts that are asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Func, JSONField, QuerySet

from reporting.models import ReportVersion


class FrozenLines(Func):
    """Of a version's lines the named `parts`: code → [part, …], of `codes` only or of all.

    A snapshot is a hundred kilobytes, of which a thousand reports together need a few.
    """

    arity = 1
    output_field = JSONField()

    def __init__(self, *parts: str, codes: Collection[str] | None = None) -> None:
        super().__init__("snapshot")
        self.parts, self.codes = parts, codes

    def as_sql(  # type: ignore[override]  # nothing of the base's template is used
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(self.source_expressions[0])
        told = ", ".join("line -> %s" for _part in self.parts)
        chosen = "" if self.codes is None else " WHERE line ->> 'code' = ANY(%s)"
        text = (
            f"(SELECT jsonb_object_agg(line ->> 'code', jsonb_build_array({told})) "  # noqa: S608 -- placeholders
            f"FROM jsonb_array_elements({sql} -> 'values') AS line{chosen})"
        )
        codes = [] if self.codes is None else [sorted(self.codes)]
        return text, [*self.parts, *params, *codes]


def latest_versions(rows: QuerySet[Any], *parts: str, codes: Collection[str] | None = None) -> Any:
    """The last version of each report among `rows`, by report, with `lines` in place of its
    snapshot."""
    last = rows.order_by("report_id", "-number").distinct("report_id")
    found = ReportVersion.objects.filter(pk__in=last.values("pk")).defer("snapshot")
    return found.annotate(lines=FrozenLines(*parts, codes=codes)).order_by("report_id")
