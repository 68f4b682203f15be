"""Facts of a listing as rows of label and value: for pages, comparison, exports and differences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, IntegerField, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.templatetags.portal_format import day, plain, yuan
from platforms.enums import EngagementMode
from platforms.models import Capability, Equipment, Expert, Line, Platform, Solution

Named = str | tuple[str, str | Promise]  # a field, or a property with its label
UNIT = re.compile(r"^(?P<label>.+)（(?P<unit>[^（）]+)）$")  # 场地面积（平方米）
LONG = {"summary", "description", "specification", "expertise", "problem", "deliverables"}


@dataclass(frozen=True)
class FactRow:
    label: str
    value: str  # empty: 未注明
    is_wide: bool = False


FACTS: dict[type[Model], tuple[Named, ...]] = {
    Platform: (
        ("operator_display", _("运营单位")), ("region_display", _("所在地区")), "address", "kind",
        "level", "level_text", "host_type", "host_type_text", "operation_mode", "governance",
        "inclusion_basis", "build_type", "run_status", "stage_text", "fields", "niche",
        "floor_area_sqm", "is_open", "external_share_percent", "website",
    ),
    Capability: (
        "field", "industry", "process", "process_kind", ("scale_display", _("规模")),
        ("trl_display", _("成熟度")), "materials", "service_types", "service_modes",
        "verification_types", "standards", "certificates", "hazard_class",
        ("price_display", _("价格")), "price_note", "sme_price_note",
        ("lead_display", _("周期")), "next_free_date", "ip_terms", "is_open",
        ("equipment_display", _("设备")),
    ),
    Equipment: (
        "model_number", "maker", "origin", "quantity", "value_yuan", "acquired_date",
        "renewal_year", "is_open", "hourly_price_yuan", "open_hours_yearly", "specification",
    ),
    Line: ("kind", "scale_text", "floor_area_sqm", "is_digital", "is_open", "description"),
    Expert: (
        "title", "employer", "engagement_modes", "availability", "conflict_note", "expertise",
    ),
    Solution: (
        "problem", "summary", "capabilities", "deliverables", "price_note",
        ("lead_display", _("周期")),
    ),
}  # fmt: skip
# the words of the source stand only where no code could be assigned
FALLBACKS = {"level_text": "level", "host_type_text": "host_type", "stage_text": "run_status"}


def fact_rows(listing: Any, names: Iterable[Named] = ()) -> list[FactRow]:
    """The facts of `listing` in the order of the table (or of `names`)."""
    rows = []
    for named in names or FACTS[type(listing)]:
        name, label = (named, "") if isinstance(named, str) else named
        if _is_doubled(listing, name):
            continue
        found = (str(label), shown(listing, name)) if label else _measured(listing, name)
        rows.append(FactRow(*found, name in LONG))
    return rows


def _measured(listing: Any, name: str) -> tuple[str, str]:
    """Label and value of a field; the unit of a number stands behind the number: 3,200 平方米."""
    label, text = label_of(listing, name), shown(listing, name)
    found = UNIT.match(label)
    if not found or not isinstance(listing._meta.get_field(name), DecimalField | IntegerField):
        return label, text
    unit = found["unit"]
    if name.endswith("_yuan"):  # the amount says 元 or 万元 already
        unit = unit.removeprefix("元")
    gap = "" if unit[:1] in {"", "%", "/"} else " "
    return found["label"], f"{text}{gap}{unit}" if text else ""


@dataclass(frozen=True)
class Facts:
    """Facts for a page: what is known in rows, what is not in one sentence."""

    known: list[FactRow]
    missing: str


def told_facts(listing: Any, names: Iterable[Named] = ()) -> Facts:
    """Known facts of `listing`, and the names of those that nobody told."""
    rows = fact_rows(listing, names)
    missing = "、".join(row.label for row in rows if not row.value)
    return Facts([row for row in rows if row.value], missing)


def condition_facts(capability: Capability) -> Facts:
    """Facts of a capability that its headline does not show already."""
    names: list[Named] = [name for name in FACTS[Capability] if isinstance(name, str)]
    if not capability.equipment.all():
        names.append(("equipment_display", _("设备")))
    return told_facts(capability, names)


def side_by_side(compared: Sequence[Any]) -> tuple[list[tuple[str, list[str]]], str]:
    """Facts of several listings line by line, and the names of those that none of them tells."""
    columns = [fact_rows(listing) for listing in compared]
    lines = [
        (cells[0].label, [cell.value for cell in cells]) for cells in zip(*columns, strict=True)
    ]
    missing = "、".join(label for label, values in lines if not any(values))
    return [(label, values) for label, values in lines if any(values)], missing


def label_of(listing: Any, name: str) -> str:
    """The Chinese name of a field."""
    return str(listing._meta.get_field(name).verbose_name)


def shown(listing: Any, name: str) -> str:
    """The value of a field or property in words; empty when nobody said."""
    if name == "equipment_display":
        names = [str(item) for item in listing.equipment.all()]
        return "、".join(names or listing.equipment_names)
    display = getattr(listing, f"get_{name}_display", None)
    value = display() if display else getattr(listing, name)
    if name == "process_kind":  # nobody states it of a capability
        return f"{value}（系统识别）" if value else ""
    if name.endswith("_yuan"):
        return str(yuan(value)) if value is not None else ""
    if name == "engagement_modes":
        return "、".join(str(EngagementMode(mode).label) for mode in value)
    return in_words(value)


def in_words(value: Any) -> str:
    """Any stored value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | datetime):
        return day(value)
    if hasattr(value, "all"):
        return "、".join(str(item) for item in value.all())
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def _is_doubled(listing: Any, name: str) -> bool:
    """A pair of code and source words is shown once: by its code, else by the words."""
    other = FALLBACKS.get(name)
    if other:
        return not getattr(listing, name) or getattr(listing, f"{other}_id") is not None
    pair = next((text for text, code in FALLBACKS.items() if code == name), None)
    if pair and isinstance(listing, Platform):
        return getattr(listing, f"{name}_id") is None and bool(getattr(listing, pair))
    return False
