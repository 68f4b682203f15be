"""Who runs this deployment: one file of `data/jurisdictions/`, picked by `JURISDICTION`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FOLDER = Path("data/jurisdictions")


@dataclass(frozen=True)
class KnownFigure:
    """Where a target stood on a day, by a source outside the portal."""

    value: int
    as_of: date
    source: str


@dataclass(frozen=True)
class Target:
    """A number a policy promises. `minimum` and `maximum` are in `unit`, by the end of `year`.

    `scope` is empty for the jurisdiction's own and `national` for the country's, listed beside;
    `known` is a figure that a public source gives; `body` is who answers for it where that is not
    the jurisdiction's owner.
    """

    code: str
    name: str
    unit: str
    year: int
    measure: str
    source: str
    minimum: int
    maximum: int | None = None
    scope: str = ""
    body: str = ""
    known: KnownFigure | None = None


@dataclass(frozen=True)
class Step:
    """One step of a ladder and who takes it. `example`: no document says so.

    `workdays` is how long each of its stages may take (None: nobody says); of the step `apply` it
    is the time to mend what was returned. `months` is how long after the recognition an assessment
    (midterm, acceptance) is due. `stages` are what the software does at this step, in
    order: apply, county, city, province (reviews), experts, site, publicity, decision; afterwards
    build, midterm, acceptance, roster.
    """

    slug: str
    name: str
    actor: str
    stages: tuple[str, ...] = ()
    skipped_for: tuple[str, ...] = ()
    workdays: int | None = None
    months: int | None = None
    example: bool = False


@dataclass(frozen=True)
class Criterion:
    """A line an applicant must reach, in `unit`.

    `measure` names what the register knows of it; without one the applicant states the number.
    """

    name: str
    minimum: float
    unit: str
    measure: str = ""


@dataclass(frozen=True)
class Score:
    """One item of the experts' score sheet and its most points."""

    name: str
    maximum: int


@dataclass(frozen=True)
class Ladder:
    """A way to a status: 认定, 备案 … with its steps in order.

    `example_items` names the keys that no document states; `leads_to` the next ladder up.
    """

    slug: str
    name: str
    level: str
    source: str
    steps: tuple[Step, ...]
    build_types: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    scores: tuple[Score, ...] = ()
    evidence: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    certificate_prefix: str = ""
    publicity_workdays: int | None = None
    valid_years: int | None = None
    leads_to: str = ""
    example_items: tuple[str, ...] = ()
    example: bool = False


@dataclass(frozen=True)
class Reward:
    """What good results earn. `maximum_wan` in 万元, None where the document gives no sum.

    `evaluation` is the scheme whose `grades` earn it; `example_items` as for a ladder; `example`:
    no document says that there is such a reward.
    """

    slug: str
    name: str
    criteria: tuple[str, ...]
    source: str
    maximum_wan: int | None = None
    evaluation: str = ""
    grades: tuple[str, ...] = ()
    example_items: tuple[str, ...] = ()
    example: bool = False


@dataclass(frozen=True)
class Subsidy:
    """A subsidy that falls from year to year. `rates` are percent of the first year's `base`.

    `gate` is what a later year's money hangs on: where `evaluation` names a scheme, one of its
    `grades` in the year before. `example_items` as for a ladder.
    """

    slug: str
    name: str
    level: str
    source: str
    rates: tuple[float, ...]
    base: str = ""
    gate: str = ""
    evaluation: str = ""
    grades: tuple[str, ...] = ()
    example_items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Jurisdiction:
    """A province or city running this software: names, fields, ladders, targets."""

    slug: str
    name: str
    level: str
    title: str
    owner: str
    region: str
    field_list: str
    source: str
    platform_kinds: tuple[str, ...]
    modules: tuple[str, ...]  # optional parts in use; portal/middleware.py knows their addresses
    reviewers: tuple[str, ...]
    # evaluation schemes in use, by slug
    evaluations: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    rewards: tuple[Reward, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    example_fields: tuple[str, ...] = ()

    def has_module(self, name: str) -> bool:
        """Whether an optional part of the portal is in use here."""
        return name in self.modules


NESTED = {
    "targets": Target,
    "ladders": Ladder,
    "rewards": Reward,
    "subsidies": Subsidy,
    "steps": Step,
    "criteria": Criterion,
    "scores": Score,
    "known": KnownFigure,
}


def _build(kind: Any, table: dict[str, Any]) -> Any:
    """A frozen record of a TOML table; an unknown or missing key is a TypeError."""
    values = {}
    for key, value in table.items():
        nested = NESTED.get(key)
        if nested and isinstance(value, dict):
            value = _build(nested, value)
        elif isinstance(value, list):
            value = tuple(
                _build(nested, item) if nested and isinstance(item, dict) else item
                for item in value
            )
        values[key] = value
    return kind(**values)


def jurisdiction_slugs() -> list[str]:
    """The jurisdictions there are files for."""
    return sorted(path.stem for path in (settings.BASE_DIR / FOLDER).glob("*.toml"))


@cache
def load_jurisdiction(slug: str) -> Jurisdiction:
    """Read one file. ImproperlyConfigured when there is none of that name or it does not fit."""
    if slug not in jurisdiction_slugs():
        known = "、".join(jurisdiction_slugs())
        raise ImproperlyConfigured(f"没有地区“{slug}”的设定文件，可用的有：{known}。")
    path = settings.BASE_DIR / FOLDER / f"{slug}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _build(Jurisdiction, table)  # type: ignore[no-any-return]
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ImproperlyConfigured(f"地区设定文件 {path.name} 有误：{error}") from error


def jurisdiction_of(region: str) -> Jurisdiction:
    """Whose rules hold in a region: the file of that very region, else this deployment's."""
    found = (load_jurisdiction(slug) for slug in jurisdiction_slugs())
    own = next((one for one in found if one.region == region), None)
    return own or current_jurisdiction()


def regions_keeping(evaluation: str) -> list[str]:
    """The regions whose staff keep an evaluation scheme: this deployment's where its file names
    it or nobody's does, else those of the files that name it."""
    current = current_jurisdiction()
    if evaluation in current.evaluations:
        return [current.region]
    files = [load_jurisdiction(slug) for slug in jurisdiction_slugs()]
    return [one.region for one in files if evaluation in one.evaluations] or [current.region]


def jurisdictions_inside() -> list[Jurisdiction]:
    """The one of this deployment, and those inside its region."""
    home = current_jurisdiction()
    prefix = home.region.rstrip("0")
    others = (load_jurisdiction(slug) for slug in jurisdiction_slugs() if slug != home.slug)
    return [home, *(other for other in others if other.region.startswith(prefix))]


def current_jurisdiction() -> Jurisdiction:
    """The jurisdiction of this deployment, read once."""
    return load_jurisdiction(settings.JURISDICTION)
