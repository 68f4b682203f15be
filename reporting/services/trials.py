"""Trying a scheme: what the last computation would have come to under another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.access import EvaluationAccess
from reporting.models import EvaluationRound, EvaluationScheme, ReportVersion
from reporting.scoring import Result, Scheme, evaluate, read_scheme
from reporting.selectors.frozen import FrozenLines
from reporting.services.rounds import candidate_of, earlier_years


@dataclass(frozen=True)
class Outcome:
    """What a platform came to: no score and no rank where it was ruled out."""

    grade: str
    score: Decimal | None
    rank: int | None
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tried:
    """One platform before and after."""

    slug: str
    name: str
    is_demo: bool
    before: Outcome
    after: Outcome

    @property
    def is_regraded(self) -> bool:
        return self.before.grade != self.after.grade

    @property
    def is_moved(self) -> bool:
        return self.before.rank != self.after.rank


@dataclass(frozen=True)
class Trial:
    """A frozen computation beside what it would have come to. Nothing of it is stored."""

    round: EvaluationRound
    rows: list[Tried]
    grades: list[tuple[str, int, int]]  # name, before, after; best first

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def regraded(self) -> int:
        return sum(row.is_regraded for row in self.rows)

    @property
    def moved(self) -> int:
        return sum(row.is_moved for row in self.rows)

    @property
    def changed(self) -> list[Tried]:
        """Those whose grade or place would be another, other grades first."""
        return [row for row in self.rows if row.is_regraded] + [
            row for row in self.rows if row.is_moved and not row.is_regraded
        ]


def try_scheme(*, actor: Any, scheme: EvaluationScheme, round_: EvaluationRound) -> Trial:
    """Score what `round_` froze by `scheme`. Indicators that the round did not need are read from
    the report versions it froze. Writes nothing. Queries: three, and one where indicators or
    earlier years are new. Errors: Refused.
    """
    run = round_.run
    EvaluationAccess(actor).require("see_all", run)
    judged_by = read_scheme(scheme.definition)
    rows = list(
        round_.results.order_by("platform__slug").values_list(
            "platform__slug", "inputs", "version", "grade_name", "score", "rank", "detail__vetoes"
        )
    )
    inputs = {row[0]: row[1] for row in rows}
    _complete(inputs, {row[0]: row[2] for row in rows}, round_, judged_by)
    results = {
        one.key: one
        for one in evaluate(judged_by, (candidate_of(slug, one) for slug, one in inputs.items()))
    }
    names = scheme.grade_names
    tried = [
        Tried(
            slug, one["platform"]["name"], one["platform"]["is_demo"],
            Outcome(grade, score, rank, tuple(name for _slug, name in vetoes)),
            _outcome(results[slug], names),
        )
        for slug, one, _version, grade, score, rank, vetoes in rows
    ]  # fmt: skip
    tried.sort(key=lambda row: (row.after.rank is None, row.after.rank or 0, row.slug))
    return Trial(round_, tried, _counted(tried, [*run.scheme.grade_names.values(),
                                                 *names.values()]))  # fmt: skip


def _complete(
    inputs: dict[str, dict[str, Any]],
    versions: Mapping[str, int | None],
    round_: EvaluationRound,
    scheme: Scheme,
) -> None:
    """Add what this scheme looks at and the round's own did not."""
    own = read_scheme(round_.run.scheme.definition)
    codes = scheme.codes - own.codes
    if codes:
        by_version = {pk: slug for slug, pk in versions.items() if pk is not None}
        rows = ReportVersion.objects.filter(pk__in=by_version)
        lines = FrozenLines("value", "null_reason", codes=codes)
        for pk, values in rows.values_list("pk", lines):
            inputs[by_version[pk]]["values"] |= values or {}
    wanted = {code for code, years in scheme.past_codes.items()
              if years > own.past_codes.get(code, 0)}  # fmt: skip
    if wanted:
        past = earlier_years(round_.run, scheme)
        for one in inputs.values():
            found = past.get(one["platform"]["id"], {})
            one["past"] |= {code: found[code] for code in wanted & found.keys()}


def _outcome(result: Result, names: Mapping[str, str]) -> Outcome:
    score = None if result.score is None else Decimal(result.score)
    vetoes = tuple(name for _slug, name in result.vetoes)
    return Outcome(names[result.grade], score, result.rank, vetoes)


def _counted(rows: Iterable[Tried], names: Iterable[str]) -> list[tuple[str, int, int]]:
    listed = list(rows)
    before = Counter(row.before.grade for row in listed)
    after = Counter(row.after.grade for row in listed)
    return [(name, before[name], after[name]) for name in dict.fromkeys(names)]
