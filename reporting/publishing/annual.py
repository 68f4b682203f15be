"""The yearly development report of a region, compiled from frozen reports (G21, G22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from cases.models import Project
from platforms.models import Recognition
from reporting.models import Indicator, Publication, ReportCycle
from reporting.publishing.blocks import BLOCKS, Block, Material, declared_chart
from reporting.publishing.catalogue import METHODS, Chapter, Plan, annual_plan
from reporting.publishing.compiled import FORMAT, Compiled, Draft, Part, Tell
from reporting.publishing.figures import FIGURES, PAST, Moment, projects_of
from reporting.publishing.reports import Reported, Year, earlier_cycle, reported, year_of
from reporting.publishing.totals import Total, as_text
from reporting.publishing.words import change_words, drafted, number_words
from reporting.selectors.indicators import choices_of

Json = dict[str, Any]


def compiled(publication: Publication, *, now: datetime, tell: Tell) -> Compiled:
    """Read the reports of the cycle and everything beside them, once; nothing is written."""
    cycle = publication.cycle
    if cycle is None:  # a constraint says so
        raise ValueError(publication)
    plan = annual_plan()
    moment = Moment(cycle, publication.includes, now)
    total = cycle.reports.count()
    tell(0, total)
    rows = reported(cycle, publication.includes, lambda n: tell(n, total))
    definitions = _definitions(cycle, plan)
    numbers = _numbers(moment, plan, rows, definitions)
    material = Material(moment, rows, numbers, definitions)
    chapters = [_chapter(chapter, material) for chapter in plan.chapters]
    tell(total, total)
    snapshot = {
        "format": FORMAT,
        "kind": publication.kind,
        "year": cycle.year,
        "last_year": cycle.year - 1 if any(row["last"] for row in numbers.values()) else None,
        "region": {"code": cycle.region_id, "name": str(cycle.region)},
        "scope": {
            "reports": len(rows), "expected": total, "includes": publication.includes,
            "includes_words": str(publication.get_includes_display()),
            "roster_day": cycle.last_day.isoformat(),
            "last_reports": next(iter(numbers.values()))["last_of"],
        },
        "definitions": definitions,
        "numbers": numbers,
        "chapters": [chapter for chapter in chapters if chapter["blocks"] or chapter["numbers"]],
        "columns": [
            {"code": code, "name": definitions[code]["name"], "unit": definitions[code]["unit"]}
            for code in plan.appendix if code in definitions
        ],
    }  # fmt: skip
    drafts = [
        Draft(chapter.code, chapter.title, drafted(chapter.draft, numbers))
        for chapter in plan.chapters
        if any(shown["code"] == chapter.code for shown in snapshot["chapters"])  # type: ignore[attr-defined]
    ]
    parts = [_part(row, plan) for row in rows]
    return Compiled(snapshot, parts, drafts, _is_demo(moment, rows))


def _definitions(cycle: ReportCycle, plan: Plan) -> dict[str, Json]:
    """Each number's definition as it is in force for the cycle, with how it is totalled."""
    found: dict[str, Json] = {
        figure.code: {
            "code": figure.code, "version": 1, "name": figure.name, "unit": figure.unit,
            "definition": figure.definition, "fill": str(METHODS["figure"]), "period": "",
            "method": METHODS["figure"], "sources": [], "formula": "", "is_indicator": False,
        }
        for figure in plan.figures
    }  # fmt: skip
    for row in cycle.indicators.filter(code__in=plan.totals).in_order():
        found[row.code] = {
            "code": row.code, "version": row.version, "digest": row.digest, "name": row.name,
            "unit": row.unit, "definition": row.definition, "fill": str(row.get_fill_display()),
            "period": str(row.get_period_display()), "sources": row.sources,
            "formula": row.formula, "method": METHODS[plan.totals[row.code]],
            "is_indicator": True,
        }  # fmt: skip
    return found


def _numbers(
    moment: Moment, plan: Plan, rows: Sequence[Reported], definitions: dict[str, Json]
) -> dict[str, Json]:
    """Every number with last year's beside, in words too; how many platforms it rests on."""
    methods = dict(plan.totals)
    records = [row.record for row in rows]
    this = year_of(moment.cycle, moment.includes, methods, moment.now, records)
    before = earlier_cycle(moment.cycle)
    last = year_of(before, moment.includes, methods, moment.now) if before else Year({}, [])
    counted = {figure.code: _figure(figure.query, moment, before) for figure in plan.figures}
    names = _choice_names(moment.cycle, plan)
    found = {}
    for code, known in definitions.items():
        total = this.totals.get(code, Total(None))
        earlier = last.totals.get(code, Total(None))
        if code in counted:
            total, earlier = counted[code]
        unit = "家" if plan.totals.get(code) in {"yes", "choices"} else known["unit"]
        found[code] = _number(total, earlier, unit, len(records), len(last.records)) | (
            {"counts": [[names[code].get(key, key), str(n)] for key, n in total.counts.items()]}
            if total.counts
            else {}
        )
    return found


def _number(total: Total, last: Total, unit: str, of: int, last_of: int) -> Json:
    value, before = as_text(total.value), as_text(last.value)
    covered = "" if total.n is None else f"{total.n}/{of} 家"
    return {
        "value": value, "last": before, "words": number_words(value, unit),
        "last_words": number_words(before, unit),
        "change_words": change_words(value, before, unit), "n": total.n, "of": of,
        "last_n": last.n, "last_of": last_of, "covered": covered,
    }  # fmt: skip


def _figure(query: str, moment: Moment, before: ReportCycle | None) -> tuple[Total, Total]:
    value = Total(Decimal(FIGURES[query](moment)))
    if before is None or query not in PAST:
        return value, Total(None)
    return value, Total(Decimal(FIGURES[query](replace(moment, cycle=before))))


def _choice_names(cycle: ReportCycle, plan: Plan) -> dict[str, dict[str, str]]:
    codes = [code for code, method in plan.totals.items() if method == "choices"]
    rows: list[Indicator] = list(cycle.indicators.filter(code__in=codes))
    return {row.code: {str(k): str(v) for k, v in choices_of(row)} for row in rows}


def _chapter(chapter: Chapter, material: Material) -> Json:
    """Numbers that are known, then charts and tables that have something to show."""
    numbers = [
        code for code in chapter.numbers
        if code in material.numbers and material.numbers[code]["value"] is not None
    ]  # fmt: skip
    blocks: list[Block] = []
    for name in chapter.blocks:
        blocks += BLOCKS[name](material)
    for place, spec in enumerate(chapter.charts, 1):
        drawn = declared_chart(place, spec, material)
        if drawn:
            drawn["id"] = f"{chapter.code}-{drawn['id']}"
            blocks.append(drawn)
    return {
        "code": chapter.code, "title": chapter.title, "numbers": numbers,
        "blocks": [block for block in blocks if block.get("labels") or block.get("rows")],
    }  # fmt: skip


def _part(row: Reported, plan: Plan) -> Part:
    platform = row.platform
    values = {
        code: as_text(number) for code in plan.appendix
        if (number := row.record.number(code)) is not None
    }  # fmt: skip
    data = {
        "slug": platform.slug, "city": row.city,
        "kind": str(platform.kind) if platform.kind else "",
        "level": str(platform.level) if platform.level else "", "fields": row.fields,
        "operator": platform.operator_display, "is_demo": platform.is_demo,
        "version": row.record.version, "sha256": row.record.sha256, "values": values,
    }  # fmt: skip
    return Part(platform.slug, platform.name, data, row.city)


def _is_demo(moment: Moment, rows: Sequence[Reported]) -> bool:
    """Whether anything that was counted is a demonstration."""
    held = Recognition.objects.on_roster(moment.cycle.last_day).filter(
        platform__region__code__startswith=moment.prefix
    )
    return (
        moment.cycle.is_demo
        or any(row.platform.is_demo for row in rows)
        or held.filter(is_demo=True).exists()
        or Project.objects.filter(projects_of(moment), is_demo=True).exists()
    )
