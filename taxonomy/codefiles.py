"""Code lists as they lie in `data/taxonomy/`: read, checked, as rows ready for the models."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from core.errors import DomainError

FOLDER = Path("data/taxonomy")
REGION_LIST = "gbt2260"
INDUSTRY_LIST = "gbt4754"


@dataclass(frozen=True)
class ListRow:
    """One code list: where it comes from and its edition."""

    slug: str
    name: str
    source: str
    edition: str
    note: str


@dataclass(frozen=True)
class MappingRow:
    """One entry related to an entry of another list or to an industry."""

    list: str
    code: str
    target_list: str
    target_code: str
    relation: str


@dataclass(frozen=True)
class CodeFiles:
    """Everything in the folder. Keys are the models' own: codes, and (list, code) for terms."""

    lists: dict[str, ListRow]
    regions: dict[str, dict[str, str]]
    industries: dict[str, dict[str, str]]
    terms: dict[tuple[str, str], dict[str, str]]
    mappings: list[MappingRow]


def read_code_files(folder: Path | None = None) -> CodeFiles:
    """Read and cross-check the files.

    DomainError `code_file` names file and line of a row that repeats a code or points nowhere.
    """
    folder = folder or settings.BASE_DIR / FOLDER
    files = CodeFiles(
        lists=_lists(folder),
        regions=_keyed(folder, "regions.csv", "code"),
        industries=_keyed(folder, "industries.csv", "code"),
        terms=_terms(folder),
        mappings=[MappingRow(**row) for _line, row in _rows(folder, "mappings.csv")],
    )
    _check(files)
    return files


def _rows(folder: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        for row in reader:
            if None in row or None in row.values():
                raise DomainError("code_file", f"{name} 第 {reader.line_num} 行的列数不对。")
            yield reader.line_num, row


def _keyed(folder: Path, name: str, key: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line, row in _rows(folder, name):
        if row[key] in found:
            raise DomainError("code_file", f"{name} 第 {line} 行的代码“{row[key]}”重复。")
        found[row[key]] = row
    return found


def _terms(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for line, row in _rows(folder, "terms.csv"):
        key = (row["list"], row["code"])
        if key in found:
            raise DomainError("code_file", f"terms.csv 第 {line} 行的代码“{row['code']}”重复。")
        found[key] = row
    return found


def _lists(folder: Path) -> dict[str, ListRow]:
    index = tomllib.loads((folder / "index.toml").read_text(encoding="utf-8"))
    tables = [
        {**index["regions"], "slug": REGION_LIST},
        {**index["industries"], "slug": INDUSTRY_LIST},
        *index["lists"],
    ]
    rows = [
        ListRow(
            slug=table["slug"],
            name=table["name"],
            source=table["source"],
            edition=table["edition"],
            note=table.get("note", ""),
        )
        for table in tables
    ]
    return {row.slug: row for row in rows}


def _check(files: CodeFiles) -> None:
    for name, rows in (("regions.csv", files.regions), ("industries.csv", files.industries)):
        for code, row in rows.items():
            if row["parent"] and row["parent"] not in rows:
                raise DomainError("code_file", f"{name} 中“{code}”的上级“{row['parent']}”不存在。")
    for (slug, code), row in files.terms.items():
        if slug not in files.lists:
            raise DomainError("code_file", f"index.toml 中没有代码表“{slug}”。")
        if row["parent"] and (slug, row["parent"]) not in files.terms:
            raise DomainError("code_file", f"terms.csv 中“{slug} {code}”的上级不存在。")
    for mapping in files.mappings:
        target = (mapping.target_list, mapping.target_code)
        known = (
            mapping.target_code in files.industries
            if mapping.target_list == INDUSTRY_LIST
            else target in files.terms
        )
        if not known or (mapping.list, mapping.code) not in files.terms:
            raise DomainError("code_file", f"mappings.csv 中的对应 {mapping} 指向不存在的代码。")


def read_source_values(folder: Path | None = None) -> dict[tuple[str, str], tuple[str, str]]:
    """How free words of the starting data map to entries: (field, word) → (list, code).

    A word that is missing has no honest counterpart and stays text.
    """
    folder = folder or settings.BASE_DIR / FOLDER
    return {
        (row["field"], row["value"]): (row["list"], row["code"])
        for _line, row in _rows(folder, "source_values.csv")
    }
