"""Scoring: vetoes, peer groups, normalising, weighing, ranking, grading."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from reporting.scoring.results import Group, HeadingResult, ItemResult, Result, rounded, text
from reporting.scoring.scheme import HUNDRED, Candidate, Item, Scheme, Value, Veto

ZERO = Decimal(0)
PRECISION = 34
Names = tuple[tuple[str, str], ...]
Key = tuple[int, Names]
UNKNOWN = {
    "kind": ("", "类别未注明"),
    "field": ("", "领域未注明"),
    "size": ("", "规模未注明"),
}


@dataclass(frozen=True)
class Raw:
    """An item's value before it is compared: a number, or why there is none."""

    number: Decimal | None
    state: str = "scored"


@dataclass(frozen=True)
class Peers:
    """The values of one item in one peer group."""

    values: tuple[Decimal, ...]
    low: Decimal
    high: Decimal
    shown: tuple[str, str]


def evaluate(scheme: Scheme, candidates: Iterable[Candidate]) -> list[Result]:
    """Results by key. The order of the candidates makes no difference."""
    listed = sorted(candidates, key=lambda one: one.key)
    with localcontext() as context:
        context.prec = PRECISION
        vetoes = {one.key: vetoes_of(scheme, one) for one in listed}
        judged = [one for one in listed if one.has_report and not vetoes[one.key]]
        groups, members = peer_groups(scheme, judged)
        raws = {one.key: [raw_of(scheme, item, one) for item in scheme.items] for one in judged}
        peers = {key: _peers(scheme, [raws[name] for name in names])
                 for key, names in members.items()}  # fmt: skip
        scored = {one.key: _score(scheme, raws[one.key], peers[groups[one.key]]) for one in judged}
        ranked = _ranked(scored)
        order = _order(ranked, members)
        results = {
            one.key: _result(
                scheme, one, scored[one.key], ranked[one.key],
                (groups[one.key], len(members[groups[one.key]])), order,
            )
            for one in judged
        }  # fmt: skip
    last = scheme.grades[-1].slug
    return [results.get(one.key) or Result(one.key, last, vetoes[one.key]) for one in listed]


def is_vetoed(veto: Veto, candidate: Candidate) -> bool:
    """Whether a rule is met. A value that nobody knows rules nobody out."""
    if veto.test == "no_report":
        return not candidate.has_report
    if veto.test == "false_data":
        return bool(candidate.false_data)
    values = [candidate.values.get(veto.code, Value())]
    values += list(candidate.past.get(veto.code, ()))[: veto.years - 1]
    return any(_meets(veto, value.data) for value in values)


def _meets(veto: Veto, data: Any) -> bool:
    if veto.test == "true":
        return data is True
    number = _number(data)
    if number is None:
        return False
    return number > veto.more_than if veto.test == "positive" else number == 0


def vetoes_of(scheme: Scheme, candidate: Candidate) -> tuple[tuple[str, str], ...]:
    """Every rule that rules the platform out: (slug, name)."""
    if not candidate.has_report:  # without a report the others say nothing
        return tuple((v.slug, v.name) for v in scheme.vetoes if v.test == "no_report")
    return tuple((v.slug, v.name) for v in scheme.vetoes if is_vetoed(v, candidate))


def _number(data: Any) -> Decimal | None:
    if data is None or isinstance(data, bool | list | dict):
        return None
    try:
        return Decimal(str(data))
    except InvalidOperation:
        return None


def raw_of(scheme: Scheme, item: Item, candidate: Candidate) -> Raw:
    """The item's number for a platform. Not counted: 0; not applicable or secret: left out."""
    inputs = [candidate.values.get(code, Value(None, "na")) for code in item.codes]
    reasons = {value.null_reason or "na" for value in inputs if value.data is None}
    if reasons:
        treatments = {scheme.missing.get(reason, "leave_out") for reason in reasons}
        return Raw(None, "zero" if "zero" in treatments else "left_out")
    number = _read(item, inputs[0].data, candidate)
    return Raw(number) if number is not None else Raw(None, "left_out")


def _read(item: Item, data: Any, candidate: Candidate) -> Decimal | None:
    match item.value:
        case "number":
            numbers = {code: _number(candidate.values[code].data) for code in item.codes}
            return item.parsed.value(numbers)
        case "bool":
            return HUNDRED if data is True else ZERO
        case "present":
            return HUNDRED if data not in (None, "", []) else ZERO
        case "share":
            return min(Decimal(len(data)) / item.of, Decimal(1)) * HUNDRED
        case "count":
            return Decimal(len(data))
        case "choice":
            return item.points.get(str(data), ZERO)
    cells = [number for row in data if (number := _number(row.get(item.column))) is not None]
    return sum((min(cell, HUNDRED) for cell in cells), ZERO) / len(cells) if cells else None


def peer_groups(
    scheme: Scheme, judged: Sequence[Candidate]
) -> tuple[dict[str, Key], dict[Key, list[str]]]:
    """Each platform's group, the narrowest with enough members (else the widest), and whom each
    group compares: everybody who fits it, those with a narrower group of their own included."""
    every: dict[Key, list[str]] = {}
    keys: dict[str, list[Key]] = {}
    for one in judged:
        facets = {"size": _band(scheme, one), **one.facets}
        keys[one.key] = [
            (level, tuple(facets.get(name, UNKNOWN[name]) for name in names))
            for level, names in enumerate(scheme.groups)
        ]
        for key in keys[one.key]:
            every.setdefault(key, []).append(one.key)
    groups = {
        name: next((k for k in mine if len(every[k]) >= scheme.minimum_group), mine[-1])
        for name, mine in keys.items()
    }
    return groups, {key: every[key] for key in set(groups.values())}


def _band(scheme: Scheme, candidate: Candidate) -> tuple[str, str]:
    number = _number(candidate.values.get(scheme.size_code, Value()).data)
    if number is None:
        return UNKNOWN["size"]
    for band in scheme.bands:
        if band.below is None or number < band.below:
            return (band.name, band.name)
    return UNKNOWN["size"]


def _peers(scheme: Scheme, rows: Sequence[Sequence[Raw]]) -> list[Peers | None]:
    found: list[Peers | None] = []
    for place, _item in enumerate(scheme.items):
        values = sorted(number for row in rows if (number := row[place].number) is not None)
        low, high = (values[0], values[-1]) if values else (ZERO, ZERO)
        shown = (text(low), text(high))
        found.append(Peers(tuple(values), low, high, shown) if values else None)
    return found


def normalised(scheme: Scheme, item: Item, number: Decimal, peers: Peers) -> Decimal:
    """0–100 among the peers, or against `full`. All alike: the scheme's flat score."""
    if item.method == "absolute":
        share = number / item.full * HUNDRED
    elif peers.low == peers.high:
        return scheme.flat_score
    elif item.method == "minmax":
        share = (number - peers.low) / (peers.high - peers.low) * HUNDRED
    else:
        below, within = bisect_left(peers.values, number), bisect_right(peers.values, number)
        share = Decimal(below + within) / 2 / len(peers.values) * HUNDRED
    share = max(ZERO, min(HUNDRED, share))
    return HUNDRED - share if item.direction == "down" else share


@dataclass(frozen=True)
class Scored:
    """Exact numbers, before they are rounded for people."""

    score: Decimal
    headings: tuple[HeadingResult, ...]
    ties: tuple[Decimal, ...]


def _score(scheme: Scheme, raws: Sequence[Raw], peers: Sequence[Peers | None]) -> Scored:
    """Points of every item. What is left out gives its weight to the others of its heading; a
    heading without any gives it to the other headings."""
    places, start = [], 0
    for heading in scheme.headings:
        places.append(range(start, start + len(heading.items)))
        start += len(heading.items)
    counted = [
        sum((scheme.items[n].weight for n in own if raws[n].state != "left_out"), ZERO)
        for own in places
    ]
    total = sum((h.weight for h, own in zip(scheme.headings, counted, strict=True) if own), ZERO)
    points: dict[str, Decimal] = {}
    headings = []
    for heading, own, present in zip(scheme.headings, places, counted, strict=True):
        factor = heading.weight / present * HUNDRED / total if present and total else ZERO
        rows = [_item_result(scheme, n, raws[n], peers[n], factor, points) for n in own]
        points[heading.name] = sum((points[scheme.items[n].formula] for n in own), ZERO)
        headings.append(
            HeadingResult(
                heading.name, text(factor * present), text(points[heading.name]), tuple(rows)
            )
        )
    score = sum((points[heading.name] for heading in scheme.headings), ZERO)
    ties = tuple(points.get(name, ZERO) for name in scheme.ties)
    return Scored(score, tuple(headings), ties)


def _item_result(
    scheme: Scheme,
    place: int,
    raw: Raw,
    peers: Peers | None,
    factor: Decimal,
    points: dict[str, Decimal],
) -> ItemResult:
    item = scheme.items[place]
    weight = ZERO if raw.state == "left_out" else item.weight * factor
    share = ZERO
    if raw.number is not None and peers is not None:
        share = normalised(scheme, item, raw.number, peers)
    points[item.formula] = weight * share / HUNDRED
    return ItemResult(
        key=item.formula, name=item.name, unit=item.unit, codes=item.codes,
        value=None if raw.number is None else text(raw.number), state=raw.state,
        normalised=text(share), weight=text(weight), points=text(points[item.formula]),
        low=peers.shown[0] if peers else None, high=peers.shown[1] if peers else None,
    )  # fmt: skip


def _ranked(scored: Mapping[str, Scored]) -> dict[str, tuple[Decimal, ...]]:
    """What decides the order: the score as people see it, then the declared ties."""
    return {
        key: (rounded(one.score, 2), *(rounded(points, 4) for points in one.ties))
        for key, one in scored.items()
    }


@dataclass(frozen=True)
class Order:
    """Everybody's places: among all, and among those whom a group compares."""

    all: tuple[tuple[Decimal, ...], ...]
    by_group: Mapping[Key, tuple[tuple[Decimal, ...], ...]]

    @staticmethod
    def place(mine: tuple[Decimal, ...], ordered: Sequence[tuple[Decimal, ...]]) -> int:
        """1 is best; who is equal in everything shares a place."""
        return 1 + len(ordered) - bisect_right(ordered, mine)


def _order(
    ranked: Mapping[str, tuple[Decimal, ...]], members: Mapping[Key, Sequence[str]]
) -> Order:
    return Order(
        tuple(sorted(ranked.values())),
        {key: tuple(sorted(ranked[name] for name in names)) for key, names in members.items()},
    )


def _grade(scheme: Scheme, score: Decimal, rank: int, count: int) -> str:
    """The best grade whose line is reached; a share counts at least one platform."""
    for line in scheme.grades:
        room = count if line.share is None else max(1, int(count * line.share / HUNDRED))
        if score >= line.minimum and rank <= room:
            return line.slug
    return scheme.grades[-1].slug


def _result(
    scheme: Scheme,
    one: Candidate,
    scored: Scored,
    mine: tuple[Decimal, ...],
    group: tuple[Key, int],
    order: Order,
) -> Result:
    key, size = group
    rank = order.place(mine, order.all)
    return Result(
        key=one.key,
        grade=_grade(scheme, mine[0], rank, len(order.all)),
        score=text(mine[0], 2),
        rank=rank,
        group_rank=order.place(mine, order.by_group[key]),
        group=Group(key[0], tuple(name for _code, name in key[1]), size),
        headings=scored.headings,
    )
