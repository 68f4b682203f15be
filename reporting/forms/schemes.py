"""One plain page for a whole version of an evaluation scheme.

Every field is named by its key in the definition (headings.0.items.2.weight), so that whatever the
checks refuse lands on it. Rows are dropped by clearing their name; empty rows at the end add some.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import text_area
from reporting.models import EvaluationScheme
from reporting.scoring.scheme import MISSING
from reporting.scoring.words import MISSING_NAMES, TREATED, level_words
from reporting.values import as_json

NEW_ITEMS, NEW_VETOES, LEVELS, TIES = 2, 2, 4, 2
METHODS = [("minmax", _("同组极差")), ("percentile", _("同组百分位")), ("absolute", _("按满分"))]
TESTS = [
    ("positive", _("数值大于")), ("true", _("填“是”")), ("zero", _("数值为 0")),
    ("no_report", _("没有归档的报告")), ("false_data", _("经查实数据虚假")),
]  # fmt: skip
FACET_SETS = [
    "kind+field+size", "kind+field", "kind+size", "field+size", "kind", "field", "size", "all",
]  # fmt: skip
HUNDRED, MUCH = Decimal(100), Decimal(1_000_000)
PEOPLE = "TAL-01"
WORDS_OF_ITEM = (
    ("name", _("名称")), ("formula", _("指标或公式")), ("method", _("归一方法")),
    ("full", _("满分")), ("down", _("越低越好")), ("weight", _("份额")),
)  # fmt: skip
WORDS_OF_VETO = (
    ("name", _("名称")), ("test", _("条件")), ("code", _("指标")),
    ("more_than", _("界限")), ("years", _("看几年")),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of the page: its cells with what each is called."""

    cells: list[tuple[Any, Any]]  # label, bound field


@dataclass(frozen=True)
class Part:
    """A heading of the page."""

    name: Any
    weight: Any
    rows: list[Row]
    count: int  # of rows that are there already; 0 for a new heading

    @property
    def has_errors(self) -> bool:
        return any(field.errors for row in self.rows for _label, field in row.cells)


class SchemeForm(forms.Form):
    basis = forms.CharField(label=_("说明"), max_length=500, widget=text_area(2))
    sources = forms.CharField(
        label=_("依据文件"), max_length=1000, widget=text_area(2),
        help_text=_("一行一个，写明文号。"),
    )  # fmt: skip
    documented = forms.BooleanField(
        label=_("权重和等次线由上述文件规定，不再标为示例"), required=False
    )
    reason = forms.CharField(label=_("修改理由"), max_length=500, widget=text_area(2))
    seen_digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, scheme: EvaluationScheme) -> None:
        self.base = deepcopy(scheme.definition)
        super().__init__(data, initial={
            "basis": self.base["basis"], "sources": "\n".join(self.base["sources"]),
            "documented": not self.base.get("example"), "seen_digest": scheme.digest,
            "reason": scheme.reason if scheme.is_draft else "",
        })  # fmt: skip
        self.places: dict[str, str] = {}  # key in the definition → field, once rows are dropped
        for place, heading in enumerate([*self.base["headings"], {}]):
            self._heading(f"headings.{place}", heading)
        for place, veto in enumerate([*self.base.get("vetoes", []), *[{}] * NEW_VETOES]):
            self._veto(f"vetoes.{place}", veto)
        self._groups()
        for place, line in enumerate(self.base["grades"]):
            if "minimum" in line:
                name = line["name"]
                self._number(f"grades.{place}.minimum", f"{name}：不低于（分）", line["minimum"])
                self._number(f"grades.{place}.share", f"{name}：名次在前（%）", line.get("share"),
                             required=False)  # fmt: skip

        for name, field in self.fields.items():
            if "." in name and not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "control"  # also outside a field: cells of a table

    # building

    def _number(
        self, key: str, label: Any, initial: Any, *, most: Decimal = HUNDRED, required: bool = True
    ) -> None:
        self.fields[key] = forms.DecimalField(
            label=label, initial=initial, required=required, min_value=0, max_value=most,
            decimal_places=2,
        )  # fmt: skip

    def _whole(self, key: str, label: Any, initial: Any, *, most: int, least: int = 1) -> None:
        self.fields[key] = forms.IntegerField(
            label=label, initial=initial, min_value=least, max_value=most
        )

    def _text(self, key: str, label: Any, initial: Any, *, most: int = 60) -> None:
        self.fields[key] = forms.CharField(
            label=label, initial=initial, max_length=most, required=False
        )

    def _choice(
        self, key: str, label: Any, initial: Any, choices: Iterable[Any], *, required: bool = False
    ) -> None:
        self.fields[key] = forms.ChoiceField(
            label=label, initial=initial, choices=list(choices), required=required
        )

    def _heading(self, key: str, heading: dict[str, Any]) -> None:
        self._text(f"{key}.name", _("一级指标"), heading.get("name", ""))
        self._number(f"{key}.weight", _("权重（%）"), heading.get("weight"), required=bool(heading))
        for row, item in enumerate([*heading.get("items", []), *[{}] * NEW_ITEMS]):
            own = f"{key}.items.{row}"
            self._text(f"{own}.name", _("名称"), item.get("name", ""))
            self._text(f"{own}.formula", _("指标或公式"), item.get("formula", ""), most=200)
            self._choice(f"{own}.method", _("归一方法"), item.get("method", "minmax"), METHODS)
            self._number(f"{own}.full", _("满分"), item.get("full", 100), most=MUCH, required=False)
            self.fields[f"{own}.down"] = forms.BooleanField(
                label=_("越低越好"), initial=item.get("direction") == "down", required=False
            )
            self._number(f"{own}.weight", _("份额"), item.get("weight"), required=False)

    def _veto(self, key: str, veto: dict[str, Any]) -> None:
        self._text(f"{key}.name", _("名称"), veto.get("name", ""))
        self._choice(f"{key}.test", _("条件"), veto.get("test", "positive"), TESTS)
        self._text(f"{key}.code", _("指标"), veto.get("code", ""), most=8)
        self._number(f"{key}.more_than", _("界限"), veto.get("more_than", 0), most=MUCH,
                     required=False)  # fmt: skip
        self._whole(f"{key}.years", _("看几年"), veto.get("years", 1), most=10)

    def _groups(self) -> None:
        base = self.base
        named = [(name, level_words([] if name == "all" else name.split("+")))
                 for name in FACET_SETS]  # fmt: skip
        kept = ["+".join(keys) or "all" for keys in base["groups"]]
        for place in range(LEVELS):
            own = kept[place] if place < len(kept) else ""
            label = _("先按") if place == 0 else _("不足时按")
            choices = named if place == 0 else [("", _("不再放宽")), *named]
            self._choice(f"groups.{place}", label, own, choices)
        self._whole("minimum_group", _("同类组最少（家）"), base["minimum_group"], most=1000)
        self._number("flat_score", _("数值全部相同时得分"), base["flat_score"])
        if self.has_sizes:
            for place, label in enumerate((_("小型：少于（人）"), _("中型：少于（人）"))):
                band = base["size"]["bands"][place]
                self._whole(f"size.bands.{place}.below", label, band["below"], most=100_000)
        for name, words in MISSING_NAMES.items():
            how = base.get("missing", {}).get(name, MISSING[name])
            self._choice(f"missing.{name}", f"“{words}”的", how, TREATED.items(), required=True)
        names = [heading["name"] for heading in base["headings"]]
        items = [(item["formula"], item["name"]) for h in base["headings"] for item in h["items"]]
        choices = [("", _("不比较")), *((name, name) for name in names), *items]
        ties = base.get("ties", [])
        for place in range(max(TIES, len(ties))):
            own = ties[place] if place < len(ties) else ""
            self._choice(f"ties.{place}", _("得分相同时比较"), own, choices)
        self._whole("publicity_workdays", _("公示（工作日）"), base["publicity_workdays"], most=60)

    @property
    def has_sizes(self) -> bool:
        """Whether sizes are told apart by the usual two limits of people."""
        size = self.base.get("size", {})
        bands = size.get("bands", [])
        return size.get("code") == PEOPLE and ["below" in band for band in bands] == [
            True, True, False,
        ]  # fmt: skip

    # showing

    def parts(self) -> list[Part]:
        """Headings with their rows, an empty one last."""
        return [
            Part(self[f"headings.{n}.name"], self[f"headings.{n}.weight"],
                 self._rows(f"headings.{n}.items", WORDS_OF_ITEM), len(heading.get("items", [])))
            for n, heading in enumerate([*self.base["headings"], {}])
        ]  # fmt: skip

    def veto_rows(self) -> list[Row]:
        return self._rows("vetoes", WORDS_OF_VETO)

    def _rows(self, key: str, words: Iterable[tuple[str, Any]]) -> list[Row]:
        listed = list(words)
        return [
            Row([(label, self[f"{key}.{row}.{name}"]) for name, label in listed])
            for row in self._numbers(key)
        ]

    def _numbers(self, key: str) -> list[int]:
        count = 0
        while f"{key}.{count}.name" in self.fields:
            count += 1
        return list(range(count))

    def grade_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("grades.")]

    def rule_fields(self) -> list[Any]:
        first = ("groups.", "minimum_group", "flat_score", "size.", "missing.", "ties.", "publ")
        return [self[name] for name in self.fields if name.startswith(first)]

    # reading

    def clean(self) -> dict[str, Any]:
        """A row is either whole or empty."""
        data: dict[str, Any] = super().clean() or {}
        for name in list(self.fields):
            stem, _dot, last = name.rpartition(".")
            if last == "formula" and bool(data.get(name)) != bool(data.get(f"{stem}.name")):
                missing = name if not data.get(name) else f"{stem}.name"
                self.add_error(missing, _("名称和指标都要填；都清空则去掉这一行。"))
            if last == "formula" and data.get(name) and data.get(f"{stem}.weight") is None:
                self.add_error(f"{stem}.weight", _("请填写份额。"))
        return data

    def typed(self) -> dict[str, Any]:
        """What the service is given."""
        self.places.clear()
        definition = deepcopy(self.base)
        definition |= {
            "basis": self.cleaned_data["basis"],
            "sources": [line.strip() for line in self.cleaned_data["sources"].splitlines()
                        if line.strip()],
            "example": not self.cleaned_data["documented"],
            "headings": self._typed_headings(), "vetoes": self._typed_vetoes(),
        }  # fmt: skip
        self._put_rules(definition)
        return {
            "definition": definition, "reason": self.cleaned_data["reason"],
            "seen_digest": self.cleaned_data["seen_digest"],
        }  # fmt: skip

    def _keep(self, key: str, field: str) -> None:
        """Remember where the fields of a row went."""
        for name in self.fields:
            if name.startswith(f"{field}."):
                self.places[name.replace(field, key, 1)] = name

    def _typed_headings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for place in range(len(self.base["headings"]) + 1):
            field, key = f"headings.{place}", f"headings.{len(found)}"
            if not self.cleaned_data[f"{field}.name"]:
                continue
            before = self.base["headings"][place] if place < len(self.base["headings"]) else {}
            self._keep(key, field)
            found.append({
                **before, "name": self.cleaned_data[f"{field}.name"],
                "weight": plain(self.cleaned_data[f"{field}.weight"]),
                "items": self._typed_items(key, field, before.get("items", [])),
            })  # fmt: skip
        return found

    def _typed_items(
        self, key: str, field: str, before: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row in self._numbers(f"{field}.items"):
            own = f"{field}.items.{row}"
            if not self.cleaned_data[f"{own}.name"]:
                continue
            self._keep(f"{key}.items.{len(found)}", own)
            found.append(self._typed_item(own, before[row] if row < len(before) else {}))
        return found

    def _typed_item(self, own: str, before: dict[str, Any]) -> dict[str, Any]:
        data = {name: self.cleaned_data[f"{own}.{name}"]
                for name, _label in WORDS_OF_ITEM}  # fmt: skip
        item = dict(before)
        if data["formula"] != before.get("formula"):  # how it was read goes with what was read
            for name in ("value", "of", "column", "points", "unit"):
                item.pop(name, None)
        item |= {"name": data["name"], "formula": data["formula"], "weight": plain(data["weight"])}
        put(item, "method", data["method"] or "minmax", "minmax")
        put(item, "direction", "down" if data["down"] else "up", "up")
        put(item, "full", plain(data["full"] or HUNDRED), 100)
        return item

    def _typed_vetoes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        listed = self.base.get("vetoes", [])
        taken = {veto["slug"] for veto in listed}
        for row in self._numbers("vetoes"):
            own = f"vetoes.{row}"
            data = {name: self.cleaned_data[f"{own}.{name}"]
                    for name, _label in WORDS_OF_VETO}  # fmt: skip
            if not data["name"]:
                continue
            self._keep(f"vetoes.{len(found)}", own)
            slug = next(f"rule-{n}" for n in range(1, 99) if f"rule-{n}" not in taken)
            veto = dict(listed[row]) if row < len(listed) else {"slug": slug}
            taken.add(veto["slug"])
            veto |= {"name": data["name"], "test": data["test"]}
            put(veto, "code", data["code"][:6].upper() + data["code"][6:].lower(), "")
            put(veto, "more_than", plain(data["more_than"] or Decimal(0)), 0)
            put(veto, "years", data["years"], 1)
            found.append(veto)
        return found

    def _put_rules(self, definition: dict[str, Any]) -> None:
        data = self.cleaned_data
        levels = [data[f"groups.{n}"] for n in range(LEVELS) if data[f"groups.{n}"]]
        definition["groups"] = [[] if one == "all" else one.split("+") for one in levels]
        definition["ties"] = [one for n in range(max(TIES, len(self.base.get("ties", []))))
                              if (one := data[f"ties.{n}"])]  # fmt: skip
        for name in ("minimum_group", "publicity_workdays"):
            definition[name] = data[name]
        definition["flat_score"] = plain(data["flat_score"])
        put(definition, "missing", {n: data[f"missing.{n}"] for n in MISSING_NAMES}, MISSING)
        if self.has_sizes:
            _put_sizes(definition["size"]["bands"], data)
        for place, line in enumerate(definition["grades"]):
            if "minimum" in line:
                line["minimum"] = plain(data[f"grades.{place}.minimum"])
                share = data[f"grades.{place}.share"]
                put(line, "share", None if share is None else plain(share), None)


def _put_sizes(bands: list[dict[str, Any]], data: dict[str, Any]) -> None:
    small, middle = (data[f"size.bands.{place}.below"] for place in (0, 1))
    if (small, middle) == (bands[0]["below"], bands[1]["below"]):
        return
    bands[0] |= {"name": f"小型（{small}人以下）", "below": small}
    bands[1] |= {"name": f"中型（{small}—{middle - 1}人）", "below": middle}
    bands[2] |= {"name": f"大型（{middle}人以上）"}


def put(table: dict[str, Any], name: str, value: Any, usual: Any) -> None:
    """As a file would say it: what is usual is left out unless it was written."""
    if value != usual or name in table:
        table[name] = value
    if value is None:
        table.pop(name, None)


def plain(value: Decimal) -> int | float:
    """As a file would say it: 10, not 10.00."""
    text = as_json(value)
    return float(text) if "." in text else int(text)
