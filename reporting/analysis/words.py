"""The answer in plain Chinese: a draft for somebody who writes, made of the numbers alone."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reporting.analysis.asked import DIMENSIONS, MANY, Analysis, Group
from reporting.publishing.words import change_words, number_words

MOST_NAMED = 3


def draft_of(found: Analysis, *, scope: str) -> str:
    """Three or four sentences: what was reported, the whole, the greatest, the change, who is
    missing. `scope` names the place. Empty where nothing is reported."""
    measure, now = found.measure, found.whole.now
    if measure is None or not now.n or found.question.cycle is None:
        return ""
    year = found.question.cycle.year
    reported = f"{year}年，{scope}应报平台 {now.reports} 家，已归档年度报告 {now.accepted} 家，"
    said = [f"{reported}其中 {now.n} 家有“{measure.indicator.name}”的数值。"]
    value = found.value(now)
    if value is not None:
        kind = measure.total_name if measure.has_total else "各平台中位数"
        said.append(f"{kind} {number_words(value, measure.unit)}{_compared(found)}。")
    said += [_greatest(found), _moved(found), _missing(found)]
    if found.question.cycle.is_demo:
        said.append("以上为演示数据。")
    return "".join(said)


def _compared(found: Analysis) -> str:
    """The change since last year, of the platforms that have the number in both."""
    if found.measure is None or found.whole.pair is None:
        return ""
    pair = found.whole.pair
    words = change_words(found.value(pair.now), found.value(pair.before), found.measure.unit)
    return f"；两年都有数的 {pair.n} 家{words}" if words else ""


def _named(found: Analysis) -> list[Group]:
    return [one for one in found.groups if one.code and found.value(one.now) is not None]


def _greatest(found: Analysis) -> str:
    """Who is first, second, third; shares of the whole where the parts make it up."""
    named = _named(found)
    if found.measure is None or len(named) < 2:
        return ""
    unit, whole = found.measure.unit, found.value(found.whole.now)
    adds_up = found.measure.is_added and found.question.by not in MANY and whole

    def told(one: Group) -> str:
        value = found.value(one.now) or Decimal(0)
        share = f"，占 {round(100 * value / whole)}%" if adds_up and whole else ""
        return f"{one.name}（{number_words(value, unit)}{share}）"

    first, *others = [told(one) for one in named[:MOST_NAMED]]
    by = DIMENSIONS[found.question.by]
    return f"按{by}看，{first}最高，其次是{'、'.join(others)}。"


def _moved(found: Analysis) -> str:
    """Which group gained most and which lost most since last year, of the same platforms."""
    moves = [
        (move, one) for one in _named(found)
        if (move := found.change(one)) is not None
    ]  # fmt: skip
    if found.measure is None or len(moves) < 2:
        return ""
    moves.sort(key=lambda pair: pair[0])
    (low, loser), (high, winner) = moves[0], moves[-1]
    unit = "个百分点" if found.measure.unit == "%" else found.measure.unit
    parts = []
    if high > 0:
        parts.append(f"同一批平台中，比上年增加最多的是{winner.name}（{number_words(high, unit)}）")
    if low < 0:
        parts.append(f"减少最多的是{loser.name}（{number_words(-low, unit)}）")
    return "，".join(parts) + "。" if parts else ""


def _missing(found: Analysis) -> str:
    """How many reports are not accepted yet, and where; how many accepted ones lack the number."""
    now = found.whole.now
    parts = []
    if late := now.reports - now.accepted:
        waiting = [(one.now.reports - one.now.accepted, one.name) for one in found.groups]
        parts.append(f"还有 {late} 家的报告没有归档{_where(waiting, found)}")
    if lacking := now.accepted - now.n:
        silent = [(one.now.accepted - one.now.n, one.name) for one in found.groups]
        parts.append(f"{lacking} 家已归档而没有这项数值{_where(silent, found)}")
    return "；".join(parts) + "，未计入。" if parts else ""


def _where(counts: Iterable[tuple[int, str]], found: Analysis) -> str:
    most = sorted((pair for pair in counts if pair[0]), key=lambda pair: -pair[0])[:MOST_NAMED]
    if len(found.groups) < 2 or not most:
        return ""
    return f"（{'、'.join(f'{name} {count} 家' for count, name in most)}）"
