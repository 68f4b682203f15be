"""What is exchanged of each kind: fields here, where the peer's REST record tells them, and both as
plain JSON values that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.errors import DomainError
from demands.models import Demand
from exchange.enums import Kind
from platforms.models import Capability, Platform
from taxonomy.models import Term

Record = Mapping[str, Any]  # a record of a peer's REST answer
Telling = str | Callable[[Record], Any]  # its key there, or how to read it
SHEET = "parameters"
SHEET_NUMBERS = ("low", "high")
SHEET_TEXTS = ("name", "unit", "text")


@dataclass(frozen=True)
class KindOfRecord:
    """`path` of the peer's endpoint; fields by name with where the peer tells them."""

    kind: Kind
    model: Any
    path: str
    title: str
    fields: Mapping[str, Telling]

    def values_of(self, record: Record) -> dict[str, Any]:
        """What the peer's record says, as comparable values; an older peer may tell fewer.

        Raises DomainError `malformed` naming the field.
        """
        found = {}
        for name, telling in self.fields.items():
            if isinstance(telling, str) and telling not in record:
                continue
            told = record[telling] if isinstance(telling, str) else telling(record)
            try:
                found[name] = self._plain(name, told)
            except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
                raise DomainError("malformed", f"“{self.label(name)}”的内容格式不符。") from error
        return found

    def values_here(self, row: Any, names: Iterable[str]) -> dict[str, Any]:
        """What the row here says of the fields."""
        return {name: self._plain(name, _raw(row, name)) for name in names}

    def stored(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Comparable values as the services of the row take them, and what is wrong with the rest:
        by field, codes that no list here has."""
        found: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for name, value in values.items():
            try:
                found[name] = self._stored(name, value)
            except DomainError as error:
                wrong[name] = error.message
        return found, wrong

    def label(self, name: str) -> str:
        """The field's Chinese name."""
        return "参数表" if name == SHEET else str(self._field(name).verbose_name)

    def words(self, name: str, value: Any) -> str:
        """A value as people read it; empty when nobody said."""
        if value in (None, "", []):
            return ""
        if name == SHEET:
            lines = (f"{r['name']} {r['low']}–{r['high']} {r['unit']} {r['text']}" for r in value)
            return "；".join(line.replace("None", "") for line in lines)
        if isinstance(value, bool):
            return "是" if value else "否"
        if self._field(name).is_relation:
            known = self._stored(name, value, is_strict=False)
            return "、".join(map(str, known)) if isinstance(known, list) else str(known or value)
        if choices := self._field(name).choices:
            return str(dict(choices).get(value, value))
        return "、".join(value) if isinstance(value, list) else str(value)

    def _field(self, name: str) -> Any:
        return self.model._meta.get_field(name)

    def _plain(self, name: str, value: Any) -> Any:
        if name == SHEET:
            return [_sheet_line(line) for line in value]
        field = self._field(name)
        if field.many_to_many:
            return sorted(str(code) for code in value)
        if isinstance(field, ArrayField):
            return [str(item) for item in value or []]
        if isinstance(field, models.DecimalField):
            return _number(value)
        if isinstance(field, models.BooleanField):
            return None if value is None else bool(value)
        if isinstance(field, models.IntegerField):
            return None if value is None else int(value)
        if isinstance(field, models.DateField):
            return date.fromisoformat(str(value)).isoformat() if value else None
        if field.is_relation:
            return str(value) if value else None
        return str(value or "").replace("\r\n", "\n").strip()

    def _stored(self, name: str, value: Any, *, is_strict: bool = True) -> Any:
        if name == SHEET:
            return [
                {**line, **{key: _decimal(line[key]) for key in SHEET_NUMBERS}} for line in value
            ]
        field = self._field(name)
        if field.many_to_many:
            found = [self._entry(field, code, is_strict) for code in value]
            return [entry for entry in found if entry is not None]
        if field.is_relation:
            return self._entry(field, value, is_strict) if value else None
        if isinstance(field, models.DecimalField):
            return _decimal(value)
        if isinstance(field, models.DateField):
            return date.fromisoformat(value) if value else None
        return value

    def _entry(self, field: Any, code: str, is_strict: bool) -> Any:
        model = field.related_model
        key: dict[str, Any] = {"pk": code}
        if model is Term:
            key = {"code": code, "code_list": field.get_limit_choices_to()["code_list"]}
        found = model._default_manager.filter(**key).first()
        if found is None and is_strict:
            raise DomainError("unknown_code", f"“{field.verbose_name}”的代码 {code} 本站没有。")
        return found


def _raw(row: Any, name: str) -> Any:
    """The row's value as REST tells it: entries by their codes."""
    if name == SHEET:
        return list(row.parameters.order_by("pk").values(*SHEET_TEXTS, *SHEET_NUMBERS))
    field = row._meta.get_field(name)
    if field.many_to_many:
        return [entry.code for entry in getattr(row, name).all()]
    if field.is_relation and field.related_model is Term:
        entry = getattr(row, name)
        return entry.code if entry else None
    return getattr(row, field.attname)


def _number(value: Any) -> str | None:
    return None if value in (None, "") else f"{Decimal(str(value)).normalize():f}"


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _sheet_line(line: Any) -> dict[str, Any]:
    texts = {key: str(line.get(key) or "") for key in SHEET_TEXTS}
    return {**texts, **{key: _number(line.get(key)) for key in SHEET_NUMBERS}}


def _same(*names: str) -> dict[str, Telling]:
    return {name: name for name in names}


def _public(name: str) -> Telling:
    """What a demand says in full, where that is public: a token may read more than anybody."""
    return lambda record: record.get(name) if record.get("confidentiality") == "public" else None


def _organisation_name(record: Record) -> Any:
    return "" if record.get("is_anonymous") else record.get("organisation")


def _stated_process_kind(record: Record) -> Any:
    """What somebody stated; what a portal recognises each recognises by itself."""
    return None if record.get("is_process_recognised") else record.get("process_kind")


# fields of a demand that its teaser stands for, where it is confidential
CONFIDENTIAL = (
    "description", "background", "target_figures", "materials", "scale_low", "scale_high",
    "scale_unit", "budget_low_yuan", "budget_high_yuan", "budget_text",
)  # fmt: skip
KINDS: dict[str, KindOfRecord] = {
    Kind.PLATFORM: KindOfRecord(
        Kind.PLATFORM, Platform, "platforms", "name",
        {
            **_same(
                "name", "region", "address", "kind", "host_type", "host_type_text",
                "operation_mode", "level", "level_text", "run_status", "stage_text", "summary",
                "website", "floor_area_sqm", "is_open", "external_share_percent", "niche",
            ),
            "operator_name": "operator",
            "fields": "fields_of_service",
        },
    ),
    Kind.CAPABILITY: KindOfRecord(
        Kind.CAPABILITY, Capability, "capabilities", "title",
        _same(
            "title", "description", "field", "industry", "process", "materials", "service_types",
            "service_modes", "verification_types", "scale_low", "scale_high", "scale_unit",
            "scale_text", "trl_low", "trl_high", "standards", "certificates", "hazard_class",
            "price_model", "price_low_yuan", "price_high_yuan", "price_unit", "price_note",
            "sme_price_note", "lead_days_low", "lead_days_high", "next_free_date", "is_open",
            "ip_terms", "equipment_names", SHEET,
        ),
    ),
    Kind.DEMAND: KindOfRecord(
        Kind.DEMAND, Demand, "demands", "title",
        {
            **_same(
                "title", "field", "stage", "stage_text", "trl_current", "trl_target",
                "service_types", "certificates", "hazard_class", "deadline_date", "region",
                "wanted_region", "confidentiality", "teaser", "is_anonymous", "expires_date",
            ),
            **{name: _public(name) for name in CONFIDENTIAL},
            "organisation_name": _organisation_name,
            "stated_process_kind": _stated_process_kind,
        },
    ),
}  # fmt: skip
