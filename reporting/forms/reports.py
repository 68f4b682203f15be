"""Forms: what people typed, as it is. Kinds are judged by the services, for page, file and API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.fields import DayInput, text_area
from reporting.enums import Coverage, Kind, NullReason
from reporting.models import Indicator, PlanTarget
from reporting.selectors.indicators import choices_of, names_of
from reporting.selectors.sheets import Line
from reporting.services.filling import Saved, Typed
from reporting.values import as_json
from taxonomy.models import Region

BLANK_ROWS = 3
YES_NO = [("", _("请选择")), ("是", _("是")), ("否", _("否"))]


class RowsWidget(forms.Widget):
    """Rows of a list, by its columns; works without JavaScript: three empty rows follow."""

    template_name = "reporting/rows_widget.html"
    use_fieldset = True

    def __init__(self, columns: list[dict[str, Any]]) -> None:
        super().__init__()
        self.columns = columns

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        filled = [*(value or []), *[{}] * BLANK_ROWS]
        context["columns"] = self.columns
        context["lines"] = [
            [
                {"name": f"{name}-{place}-{column['name']}", "label": column["label"],
                 "value": line.get(column["name"], ""), "choices": column.get("choices", []),
                 "kind": column.get("kind", "text")}
                for column in self.columns
            ]
            for place, line in enumerate(filled)
        ]  # fmt: skip
        context["count"] = len(filled)
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        try:
            count = min(int(data.get(f"{name}-count", 0)), 200)
        except ValueError:
            count = 0
        rows = [
            {c["name"]: data.get(f"{name}-{place}-{c['name']}", "").strip() for c in self.columns}
            for place in range(count)
        ]
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-count" not in data


class SectionForm(forms.Form):
    """The fields of one group: value, reason for none, explanation, and the version seen."""

    def __init__(self, lines: Iterable[Line], data: Any = None) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for line in self.lines:
            self._add(line)

    def _add(self, line: Line) -> None:
        code, row = line.indicator.code, line.row
        version = row.version if row else 0
        self.fields[f"{code}-version"] = forms.IntegerField(
            initial=version, widget=forms.HiddenInput, required=False
        )
        if line.indicator.is_manual:
            self.fields[f"{code}-value"] = value_field(line.indicator, line)
            self.fields[f"{code}-null"] = forms.ChoiceField(
                label=_("没有数值的原因"), required=False, initial=row.null_reason if row else "",
                choices=[("", _("有数值")), *NullReason.choices],
            )  # fmt: skip
        is_odd = any(not finding.place for finding in line.findings)
        if line.indicator.is_manual or is_odd or (row and row.note):
            self.fields[f"{code}-note"] = forms.CharField(
                label=_("说明"), required=False, initial=row.note if row else "",
                widget=text_area(2, maxlength=500),
            )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its bound fields, for the template."""
        found = []
        for line in self.lines:
            names = {part: f"{line.indicator.code}-{part}" for part in
                     ("value", "null", "note", "version")}  # fmt: skip
            bound = {part: self[name] for part, name in names.items() if name in self.fields}
            found.append({"line": line, **bound, **self._shown(line, bound)})
        return found

    def _shown(self, line: Line, bound: dict[str, Any]) -> dict[str, bool]:
        """What is asked at once of a typed line; the rest stays folded: why there is no number,
        where there is one, and an explanation that nothing calls for."""
        if "null" not in bound:
            return {}
        reason, is_wrong = bound["null"].value(), bool(bound["value"].errors)
        is_odd = bool(line.findings) and not line.is_missing
        return {
            "shows_reason": line.is_missing or bool(reason) or is_wrong,
            "shows_note": is_odd or bool(line.row and line.row.note),
        }

    def typed(self) -> list[Typed]:
        """What the service is given."""
        data = self.cleaned_data
        return [
            Typed(
                code=line.indicator.code,
                raw=data.get(f"{line.indicator.code}-value"),
                null_reason=data.get(f"{line.indicator.code}-null", ""),
                note=data.get(f"{line.indicator.code}-note", ""),
                version=data.get(f"{line.indicator.code}-version"),
            )
            for line in self.lines
            if f"{line.indicator.code}-note" in self.fields
        ]

    def show(self, saved: Saved) -> None:
        """Put refusals and conflicts where they belong; nothing typed is lost."""
        for code, error in saved.errors.items():
            self._error(code, error.message)
        names = names_of(row.indicator for row in saved.conflicts.values())
        for code, row in saved.conflicts.items():
            who = row.typed_by or _("他人")
            when = timezone.localtime(row.updated_at).strftime("%H:%M")
            held = (
                Line(row.indicator, row, None, names[row.indicator.choice_list]).words
                or row.get_null_reason_display()
            )
            self._error(code, f"{who} {when} 已改为“{held}”。仍要用您的数值，请再保存一次。")

    def _error(self, code: str, message: str) -> None:
        name = next((n for n in (f"{code}-value", f"{code}-note") if n in self.fields), None)
        self.add_error(name, message)


def value_field(indicator: Indicator, line: Line) -> forms.Field:
    """The control for a kind. Nothing is required: half a report can be saved."""
    value = line.value
    label = indicator.name
    choices = choices_of(indicator)
    if indicator.kind == Kind.LIST and indicator.columns:
        widget = RowsWidget(indicator.columns)
        return forms.Field(label=label, required=False, initial=value, widget=widget)
    if indicator.kind == Kind.LIST:
        return forms.MultipleChoiceField(
            label=label, required=False, initial=value, choices=choices,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
    if indicator.kind == Kind.ENUM:
        options = [("", _("请选择")), *choices]
        return forms.ChoiceField(label=label, required=False, initial=value, choices=options)
    if indicator.kind == Kind.BOOL:
        shown = "" if value is None else "是" if value else "否"
        return forms.ChoiceField(label=label, required=False, initial=shown, choices=YES_NO)
    if indicator.kind == Kind.TEXT:
        widget = text_area(10, maxlength=3000)
        return forms.CharField(label=label, required=False, initial=value, widget=widget)
    attributes = {"inputmode": "decimal", "autocomplete": "off"} if indicator.is_number else {}
    return forms.CharField(
        label=label, required=False, initial=as_json(value),
        widget=forms.TextInput(attrs=attributes),
    )  # fmt: skip


class PlanForm(forms.Form):
    """A target and its measures for each indicator that can be planned."""

    def __init__(
        self, lines: Iterable[Line], plan: Mapping[str, PlanTarget], data: Any = None
    ) -> None:
        super().__init__(data)
        self.lines = [line for line in lines if line.indicator.can_be_planned]
        for line in self.lines:
            code, row = line.indicator.code, plan.get(line.indicator.code)
            self.fields[f"{code}-target"] = forms.CharField(
                label=line.indicator.name, required=False,
                initial=as_json(row.target) if row else "",
                widget=forms.TextInput(
                    attrs={"inputmode": "decimal", "aria-label": f"{line.indicator.name}：下年目标"}
                ),
            )  # fmt: skip
            self.fields[f"{code}-note"] = forms.CharField(
                label=_("措施"),
                required=False,
                max_length=300,
                initial=row.note if row else "",
                widget=forms.TextInput(attrs={"aria-label": f"{line.indicator.name}：措施"}),
            )
            self.fields[f"{code}-version"] = forms.CharField(
                required=False, initial=row.version if row else "", widget=forms.HiddenInput
            )

    def rows(self, baseline: Mapping[str, PlanTarget]) -> list[dict[str, Any]]:
        """Lines with fields and last year's target, the required ones first."""
        found = [
            {
                "line": line,
                "target": self[f"{line.indicator.code}-target"],
                "note": self[f"{line.indicator.code}-note"],
                "version": self[f"{line.indicator.code}-version"],
                "baseline": baseline.get(line.indicator.code),
                "is_required": line.indicator.options.get("plan") == "required",
                "is_chosen": line.indicator.options.get("plan") == "required"
                or bool(self[f"{line.indicator.code}-target"].value())
                or line.indicator.code in baseline,
            }
            for line in self.lines
        ]
        return sorted(found, key=lambda row: not row["is_required"])

    def targets(self) -> dict[str, tuple[Any, str]]:
        data = self.cleaned_data
        return {
            line.indicator.code: (
                data[f"{line.indicator.code}-target"], data[f"{line.indicator.code}-note"],
            )
            for line in self.lines
        }  # fmt: skip

    def seen(self) -> dict[str, str]:
        """The version of each target that the page showed."""
        names = {line.indicator.code: f"{line.indicator.code}-version" for line in self.lines}
        return {code: self.cleaned_data[name] for code, name in names.items() if name in self.data}

    def show(self, errors: Mapping[str, DomainError]) -> None:
        for code, error in errors.items():
            self.add_error(f"{code}-target", error.message)


class CycleDatesForm(forms.Form):
    opens_date = forms.DateField(label=_("开始日期"), widget=DayInput())
    due_date = forms.DateField(label=_("截止日期"), widget=DayInput())
    notice = forms.CharField(
        label=_("填报说明"), required=False, max_length=3000,
        widget=text_area(4),
    )  # fmt: skip


class CycleForm(CycleDatesForm):
    year = forms.IntegerField(label=_("报告年度"), min_value=2000, max_value=2100)
    region = forms.ModelChoiceField(label=_("地区"), queryset=Region.objects.none())
    coverage = forms.ChoiceField(label=_("填报范围"), choices=Coverage.choices)
    field_order = ("year", "region", "opens_date", "due_date", "coverage", "notice")

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        codes = [row.region_id for row in user.assignments if row.region_id]
        self.fields["region"].queryset = Region.objects.filter(pk__in=codes).order_by("code")


class CorrectionForm(forms.Form):
    value = forms.CharField(label=_("您认为正确的数值"), max_length=200)
    reason = forms.CharField(label=_("理由和依据"), max_length=500, widget=text_area(3))


class ExtensionForm(forms.Form):
    until_date = forms.DateField(label=_("申请延至"), widget=DayInput())
    reason = forms.CharField(label=_("延期理由"), max_length=500, widget=text_area(3))


class ImportForm(forms.Form):
    file = forms.FileField(label=_("填好的模板（xlsx）"))


class VerifyForm(forms.Form):
    code = forms.CharField(label=_("核验码"), max_length=20)
