"""The house rules, as checks over one filled sheet. Pure: no database, no clock.

Errors must be mended; warnings must be explained in a sentence. Each finding says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.templatetags.portal_format import plain
from reporting.enums import Answer, Fill, Kind, Period
from reporting.models import Indicator

ERROR, WARNING = "error", "warning"
LEAP = 3  # rule 8: more than threefold, less than a third
SENTENCE = 6  # characters a warning's explanation must have at least
EXPLAIN = "核对无误的，在“说明”中写一句原因。"
CORRECT = "数值由记录自动计算，有误请更正原始记录，或申请更正。"


@dataclass(frozen=True)
class Entry:
    """One indicator in a report: its value, why there is none, what explains it, last year's."""

    indicator: Indicator
    value: Any = None
    null_reason: str = ""
    note: str = ""
    last: Any = None
    correction_answer: str = ""
    typed: bool = False

    @property
    def is_number(self) -> bool:
        return self.indicator.is_number and self.value is not None


@dataclass(frozen=True)
class Finding:
    """A rule that does not hold: number of the house rule, where, what, and what to do."""

    rule: int
    level: str
    code: str
    message: str
    advice: str
    explained: str = ""
    place: str = ""  # "plan" where it is mended with the targets, not at the value

    @property
    def is_error(self) -> bool:
        return self.level == ERROR

    @property
    def blocks(self) -> bool:
        """Whether the report cannot be submitted because of it."""
        return self.is_error or len(self.explained.strip()) < SENTENCE


@dataclass(frozen=True)
class Sheet:
    """A report's entries by code, and the targets planned for next year."""

    entries: Mapping[str, Entry]
    planned: Mapping[str, Decimal] = field(default_factory=dict)


Check = Callable[[Sheet, Entry], Iterator[Finding]]


def findings(sheet: Sheet) -> list[Finding]:
    """Everything that is wrong or odd, in the order of the indicators."""
    return [
        found
        for entry in sheet.entries.values()
        for check in CHECKS
        for found in check(sheet, entry)
    ]


def blocking(found: Iterable[Finding]) -> list[Finding]:
    """Those that keep the report from being submitted."""
    return [finding for finding in found if finding.blocks]


def _error(rule: int, entry: Entry, message: str, advice: str) -> Finding:
    return Finding(rule, ERROR, entry.indicator.code, message, advice)


def _warning(entry: Entry, message: str) -> Finding:
    advice = EXPLAIN if entry.indicator.is_manual else f"{CORRECT}{EXPLAIN}"
    return Finding(8, WARNING, entry.indicator.code, message, advice, entry.note)


def _other(sheet: Sheet, entry: Entry, option: str) -> Entry | None:
    code = entry.indicator.options.get(option)
    other = sheet.entries.get(code) if code else None
    return other if other is not None and other.is_number and entry.is_number else None


def organisations_are_not_events(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 1: 家 is counted once an organisation, 家次 once an event."""
    other = _other(sheet, entry, "events")
    if other and entry.value > other.value:
        yield _error(
            1, entry,
            f"{entry.indicator.name} {plain(entry.value)} 家，多于"
            f"{other.indicator.name} {plain(other.value)} 家次。",
            "同一企业只计一家；请核对两个数是否填反。",
        )  # fmt: skip


def numbers_fit_their_kind(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 2: money in 万元 with two decimals; counts are whole; nothing is negative."""
    if not entry.is_number:
        return
    value, places = entry.value, entry.indicator.decimals
    if value < 0 or value != round(value, places):
        yield _error(
            2, entry, f"{entry.indicator.name}的数值 {value} 不合格式。",
            f"请以{entry.indicator.unit or '个'}为单位填写，不为负数，最多 {places} 位小数。",
        )  # fmt: skip
    elif entry.indicator.kind == Kind.PCT and value > 100:
        yield _error(2, entry, f"{entry.indicator.name}为 {plain(value)}%，超过 100%。",
                     "请核对分子和分母的口径。")  # fmt: skip


def totals_do_not_fall(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 3: what is counted since the beginning may not become less."""
    is_total = entry.indicator.period == Period.TOTAL
    if is_total and entry.is_number and entry.last is not None and entry.value < entry.last:
        yield _error(
            3, entry,
            f"累计数 {plain(entry.value)} 小于上年的 {plain(entry.last)}。",
            "累计数不会减少；请核对上年数据或更正记录。",
        )  # fmt: skip


def nothing_is_not_zero(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 4: an empty value says why."""
    if entry.value is None and not entry.null_reason:
        yield _error(4, entry, f"还没有填写“{entry.indicator.name}”。",
                     "没有发生填 0；没有这个数，请选空值原因。")  # fmt: skip
    if entry.value is not None and entry.null_reason:
        yield _error(4, entry, f"{entry.indicator.name}有数值，又选了空值原因。",
                     "二者只留其一。")  # fmt: skip


def computed_is_not_typed(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 5: computed values are not typed over; corrections are decided before the end."""
    if entry.typed and entry.indicator.fill != Fill.MANUAL:
        yield _error(5, entry, f"{entry.indicator.name}由系统计算，不能手填。",
                     "请恢复计算值；有异议的，申请更正。")  # fmt: skip
    elif entry.correction_answer == Answer.PENDING and not entry.note:
        yield Finding(
            5, WARNING, entry.indicator.code, f"{entry.indicator.name}的更正申请还没有答复。",
            "可以提交，由审核部门一并处理；请在“说明”中写一句依据。", entry.note,
        )  # fmt: skip


def leaps_are_explained(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 8: threefold or a third of last year, or the same to the cent."""
    if not entry.is_number or not isinstance(entry.last, Decimal) or not entry.last:
        return
    unit = entry.indicator.unit
    change = f"上年 {plain(entry.last)}{unit}，今年 {plain(entry.value)}{unit}"
    if entry.value > entry.last * LEAP:
        yield _warning(entry, f"比上年增长超过 3 倍：{change}。")
    elif entry.value * LEAP < entry.last:
        yield _warning(entry, f"不到上年的三分之一：{change}。")
    elif _is_exact_repeat(entry):
        yield _warning(entry, f"与上年完全相同：{plain(entry.value)}{unit}。")


def _is_exact_repeat(entry: Entry) -> bool:
    """Money typed by hand that repeats last year to the cent; stocks and small counts may."""
    return (
        entry.value == entry.last
        and entry.indicator.is_manual
        and entry.indicator.kind == Kind.DEC
        and entry.indicator.period == Period.YEAR
    )


def parts_are_within_wholes(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 8: a part is no more than its whole, external no more than all."""
    whole = _other(sheet, entry, "part_of")
    if whole and entry.value > whole.value:
        yield _warning(
            entry,
            f"{entry.indicator.name} {plain(entry.value)} 大于"
            f"{whole.indicator.name} {plain(whole.value)}。",
        )


def children_add_up(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """Rule 8: the rows of a breakdown make the parent."""
    parent = sheet.entries.get(entry.indicator.options.get("sum_of", ""))
    if parent is None or not parent.is_number or not entry.value:
        return
    column = entry.indicator.options["sum_column"]
    total = sum((Decimal(str(row.get(column) or 0)) for row in entry.value), Decimal(0))
    if total != parent.value:
        yield _warning(
            entry,
            f"各行合计 {plain(total)}，{parent.indicator.name}为 {plain(parent.value)}。",
        )


def plan_is_made(sheet: Sheet, entry: Entry) -> Iterator[Finding]:
    """PLN-01: targets for the indicators that every plan must have."""
    is_required = entry.indicator.options.get("plan") == "required"
    if is_required and entry.indicator.code not in sheet.planned:
        yield Finding(
            4, ERROR, entry.indicator.code, f"下年度计划缺少“{entry.indicator.name}”的目标。",
            "请到“下年度计划”填写。", place="plan",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    organisations_are_not_events,
    numbers_fit_their_kind,
    totals_do_not_fall,
    nothing_is_not_zero,
    computed_is_not_typed,
    leaps_are_explained,
    parts_are_within_wholes,
    children_add_up,
    plan_is_made,
)
