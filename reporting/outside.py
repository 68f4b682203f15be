"""Forms of other governments, mapped to our facts: `data/forms/*.toml`. Knows no database."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from reporting.catalogue import FOLDER as INDICATORS
from reporting.catalogue import CatalogueError, declared

FOLDER = Path("data/forms")
# facts of the register that no indicator repeats: name → (what it is, field of the platform)
FACTS = {
    "name": ("平台名称", "name"),
    "operator": ("运营单位", "operator_display"),
    "region": ("所在地区", "region_display"),
    "address": ("地址", "address"),
    "contact_name": ("联系人", "contact_name"),
}


@dataclass(frozen=True)
class OutsideRow:
    """One row of a form: the indicator or fact it takes, summed over `years`; a line to reach."""

    label: str
    code: str = ""
    fact: str = ""
    years: int = 1
    minimum: float | None = None
    source: str = ""


@dataclass(frozen=True)
class OutsideSection:
    name: str
    rows: tuple[OutsideRow, ...]


@dataclass(frozen=True)
class OutsideForm:
    """A form somebody else asks for. `example`: no document prints its layout."""

    slug: str
    name: str
    issuer: str
    source: str
    sections: tuple[OutsideSection, ...]
    example: bool = False

    @property
    def rows(self) -> Iterator[OutsideRow]:
        return (row for section in self.sections for row in section.rows)


@cache
def outside_forms() -> tuple[OutsideForm, ...]:
    """Every form, by file name. CatalogueError for a row that maps to nothing."""
    titles = tomllib.loads((settings.BASE_DIR / INDICATORS / "sources.toml").read_text("utf-8"))
    codes = {row.code for row in declared()}
    return tuple(
        _form(path, codes, titles) for path in sorted((settings.BASE_DIR / FOLDER).glob("*.toml"))
    )


def outside_form(slug: str) -> OutsideForm | None:
    """One form by its slug."""
    return next((form for form in outside_forms() if form.slug == slug), None)


def _form(path: Path, codes: set[str], titles: dict[str, str]) -> OutsideForm:
    table = tomllib.loads(path.read_text("utf-8"))
    sections = tuple(
        OutsideSection(
            section["name"],
            tuple(_row(path.stem, entry, codes, titles) for entry in section["rows"]),
        )
        for section in table.pop("sections")
    )
    return OutsideForm(slug=path.stem, sections=sections, **table)


def _row(
    slug: str, entry: dict[str, object], codes: set[str], titles: dict[str, str]
) -> OutsideRow:
    source = str(entry.get("source", ""))
    row = OutsideRow(**{**entry, "source": titles.get(source, "")})  # type: ignore[arg-type]
    if (row.code in codes) == (row.fact in FACTS) or (source and source not in titles):
        raise CatalogueError(f"表 {slug} 的“{row.label}”没有对应的事实或出处。")
    return row
