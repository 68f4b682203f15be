"""The indicators as declared in `data/indicators/*.toml`."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from reporting import formulas
from reporting.scoring import SchemeError, read_scheme

FOLDER = Path("data/indicators")
SCHEMES = Path("data/evaluations")
PARTS = ("annual", "portal")
OPTIONS = (
    "columns", "choices", "part_of", "events", "sum_of", "sum_column", "plan", "veto",
    "alert_above", "alert_below",
)  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """A number that somebody published: for comparison, never a norm, never computed with."""

    code: str
    fact: str
    source: str
    indicators: tuple[str, ...]


class CatalogueError(ValueError):
    """A file declares something impossible; the message names the indicator."""


@dataclass(frozen=True)
class Declared:
    """One version of one indicator, with its sources spelled out."""

    code: str
    part: str
    group: str
    group_name: str
    order: int
    name: str
    kind: str
    fill: str
    period: str
    definition: str
    sources: tuple[str, ...]
    version: int = 1
    unit: str = ""
    note: str = ""
    is_own: bool = False
    formula: str = ""
    query: str = ""
    prefill: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that is part of the definition; its place in lists is not."""
        content = {key: value for key, value in asdict(self).items() if key != "order"}
        return hashlib.sha256(
            json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        ).hexdigest()


def declared(folder: Path | None = None) -> list[Declared]:
    """Every indicator version of the files, in order. CatalogueError when one is impossible."""
    folder = folder or settings.BASE_DIR / FOLDER
    titles: dict[str, str] = tomllib.loads((folder / "sources.toml").read_text("utf-8"))
    rows = [row for part in PARTS for row in _part(folder, part, titles)]
    _check(rows)
    return rows


def _part(folder: Path, part: str, titles: dict[str, str]) -> Iterator[Declared]:
    table = tomllib.loads((folder / f"{part}.toml").read_text("utf-8"))
    order = 0
    for group in table["groups"]:
        for entry in group["indicators"]:
            order += 1
            yield _row(entry, part, group, order, titles)


def _row(
    entry: dict[str, Any], part: str, group: dict[str, Any], order: int, titles: dict[str, str]
) -> Declared:
    values = dict(entry)
    is_own = values.pop("own", False)
    keys = [*(["own"] if is_own else []), *values.pop("source", [])]
    options = {name: values.pop(name) for name in OPTIONS if name in values}
    try:
        return Declared(
            part=part, group=group["code"], group_name=group["name"], order=order, is_own=is_own,
            sources=tuple(titles[key] for key in keys), options=options, **values,
        )  # fmt: skip
    except (TypeError, KeyError) as error:
        raise CatalogueError(f"指标 {entry.get('code')} 有误：{error}") from error


def _check(rows: list[Declared]) -> None:
    """Formulas parse, name known codes and run in no circle; references exist."""
    known = {row.code for row in rows}
    parsed = {}
    for row in rows:
        needed = {row.options[name] for name in ("part_of", "events", "sum_of")
                  if name in row.options}  # fmt: skip
        if row.formula:
            parsed[row.code] = formulas.parse(row.formula)
            needed |= parsed[row.code].codes | {code for code, _ in parsed[row.code].past}
        if needed - known:
            raise CatalogueError(f"指标 {row.code} 引用了未知指标：{'、'.join(needed - known)}")
        if not row.sources:
            raise CatalogueError(f"指标 {row.code} 没有出处")
    formulas.in_order(parsed)


@cache
def references(folder: Path | None = None) -> tuple[Reference, ...]:
    """Published reference values. CatalogueError for an unknown source or indicator."""
    folder = folder or settings.BASE_DIR / FOLDER
    titles: dict[str, str] = tomllib.loads((folder / "sources.toml").read_text("utf-8"))
    table = tomllib.loads((folder / "references.toml").read_text("utf-8"))
    known = {row.code for row in declared(folder)}
    found = []
    for row in table["references"]:
        if row["source"] not in titles or set(row["indicators"]) - known:
            raise CatalogueError(f"参考值 {row['code']} 的出处或指标有误")
        found.append(
            Reference(row["code"], row["fact"], titles[row["source"]], tuple(row["indicators"]))
        )
    return tuple(found)


def references_of(code: str) -> list[Reference]:
    """Those that an indicator can be compared with."""
    return [row for row in references() if code in row.indicators]


def declared_schemes(folder: Path | None = None) -> list[dict[str, Any]]:
    """Every evaluation scheme of the files, by slug. CatalogueError when one is impossible."""
    folder = folder or settings.BASE_DIR / SCHEMES
    rows = [tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]
    for row in rows:
        try:
            read_scheme(row)
        except SchemeError as error:
            raise CatalogueError(f"评价办法 {row.get('slug')} 有误：{error}") from error
    return rows
