"""Numbers, money, days and rights in templates: one filter each."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core.access import Access, Decision

register = template.Library()
UNKNOWN = "未注明"
A_DATE = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?")
EMPTY = "---------"  # of Django, for no choice
SHOWN_CHOICES = 8  # of a facet before it unfolds


@register.filter
def or_unknown(value: Any) -> Any:
    """The value, or 未注明: a missing fact stays missing."""
    if value is None or value == "" or value == [] or value == ():
        return format_html('<span class="unknown">{}</span>', UNKNOWN)
    return value


@register.filter
def yuan(value: Decimal | int | None) -> str | SafeString:
    """Money in 元, or 万元 from 10 000 on: 12000 → 1.2万元."""
    if value is None:
        return or_unknown(None)
    amount = Decimal(value)
    if abs(amount) >= 10_000:
        return f"{plain(amount / 10_000)}万元"
    return f"{plain(amount)}元"


@register.filter
def plain(value: Decimal | float | int | None) -> str:
    """A number without trailing zeros, thousands separated: 1250.50 → 1,250.5."""
    if value is None:
        return ""
    text = f"{Decimal(str(value)):,.4f}".rstrip("0").rstrip(".")
    return text or "0"


class Date(str):
    """A date in words of a program; on a page an element that no line breaks inside."""

    __slots__ = ()

    def __html__(self) -> str:
        return f"<time>{self}</time>" if self else ""


@register.filter
def day(value: date | datetime | None) -> Date:
    """A day: 2026-11-21 (local time)."""
    if value is None:
        return Date()
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return Date(value.isoformat())


@register.filter
def moment(value: datetime | None) -> Date:
    """A time: 2026-11-21 09:30 (local)."""
    return Date(timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else "")


@register.filter
def dated(value: Any) -> Any:
    """Text that is a date and nothing else as `day` gives one; the rest as it is."""
    return Date(value) if isinstance(value, str) and A_DATE.fullmatch(value) else value


@register.filter
def unescaped(value: Any) -> str:
    """Text that a literal in an attribute carried through a template: `A&amp;B` is `A&B` again.

    What prints it escapes it anew, so that nothing becomes markup.
    """
    return html.unescape(str(value))


@register.filter
def days_ago(value: date | datetime | None) -> int | None:
    """Whole days since `value`; None stays None."""
    if value is None:
        return None
    start = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return (timezone.localdate() - start).days


@register.simple_tag
def table_rows(
    head: Sequence[str], rows: Iterable[Sequence[Any]], numeric: Collection[int] = ()
) -> SafeString:
    """Rows of text of a long table, as many as a template would take too long to walk: the first
    cell names its row, numbers stand at the right, what is empty is —."""
    opened = [
        format_html('<td data-label="{}" class="{}">', name, "num" if place in numeric else "small")
        for place, name in enumerate(head)
    ]
    lines = (
        f'<tr><th scope="row">{conditional_escape(row[0])}</th>'
        + "".join(
            f"{opened[n]}{conditional_escape(dated(row[n]) or '—')}</td>"
            for n in range(1, len(row))
        )
        + "</tr>"
        for row in rows
    )
    return mark_safe("".join(lines))  # noqa: S308 -- every cell was escaped


@register.simple_tag
def options(groups: Iterable[tuple[str | None, Iterable[dict[str, Any]], int]]) -> SafeString:
    """The choices of a select, which may be hundreds; Django's row of dashes says what to do."""
    lines: list[str] = []
    for group, choices, _place in groups:
        if group:
            lines.append(f'<optgroup label="{conditional_escape(group)}">')
        for choice in choices:
            chosen = " selected" if choice["selected"] else ""
            label = "请选择" if choice["label"] == EMPTY else choice["label"]
            value = conditional_escape(choice["value"])
            lines.append(f'<option value="{value}"{chosen}>{conditional_escape(label)}</option>')
        if group:
            lines.append("</optgroup>")
    return mark_safe("\n".join(lines))  # noqa: S308 -- names and values were escaped


@register.simple_tag
def facet_choices(facet: Any, kind: str) -> SafeString:
    """The boxes of a facet (`core.filters.Facet`), which may be hundreds: the first eight show, the
    rest unfold, open when something of it may be chosen."""
    name = conditional_escape(facet.name)
    lines = [
        f'<label><input type="{conditional_escape(kind)}" id="f-{name}-{value}" name="{name}" '
        f'value="{value}"{" checked" if choice.is_active else ""}> '
        f"<span>{conditional_escape(choice.label)}</span>"
        + ("" if choice.count is None else f'<span class="facet-count">{choice.count}</span>')
        + "</label>"
        for choice in facet.choices
        for value in (conditional_escape(choice.value),)
    ]
    if len(lines) > SHOWN_CHOICES:
        is_open = " open" if len(facet.active) > SHOWN_CHOICES else ""
        more = (
            f'<details class="facet-more"{is_open}><summary>更多{conditional_escape(facet.label)}'
        )
        lines.insert(SHOWN_CHOICES, f"{more}</summary>")
        lines.append("</details>")
    return mark_safe("\n".join(lines))  # noqa: S308 -- names, values and labels were escaped


@register.simple_tag
def may(access: Access, action: str, obj: Any = None) -> Decision:
    """`{% may access "edit" demand as decision %}`: templates ask this, never a role."""
    return access.can(action, obj)
