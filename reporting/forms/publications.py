"""Forms of publications and numbered lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.fields import DayInput, text_area
from reporting.enums import Includes, PublicationKind
from reporting.lists import ListType
from reporting.lists.base import GRADES, TERM_LISTS
from reporting.models import ReportCycle
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region, RegionLevel
from taxonomy.selectors import regions_under, term_choices


class ListForm(forms.Form):
    """The criteria of a numbered list, as its kind asks for them."""

    region = forms.ChoiceField(label=_("地区"), required=False)
    field = forms.ChoiceField(label=_("领域"), required=False)
    kind = forms.ChoiceField(label=_("平台类别"), required=False)
    level = forms.ChoiceField(label=_("梯度层级"), required=False)
    since = forms.DateField(label=_("何时以来发布"), required=False, widget=DayInput())
    minimum = forms.IntegerField(label=_("未满足不少于（条）"), required=False, min_value=1)
    cycle = forms.TypedChoiceField(
        label=_("评价年度"), required=False, coerce=int, empty_value=None
    )
    grades = forms.MultipleChoiceField(
        label=_("等次"), required=False, choices=GRADES.items(), initial=["excellent"],
        widget=forms.CheckboxSelectMultiple, help_text=_("不选为优秀。"),
    )  # fmt: skip
    on_roster = forms.BooleanField(label=_("只列在册平台"), required=False)
    fresh = forms.BooleanField(label=_("只列按期确认过的"), required=False)
    open_only = forms.BooleanField(label=_("只列对外服务的"), required=False)
    demo = forms.BooleanField(label=_("收入演示数据（仅供演示）"), required=False)
    title = forms.CharField(
        label=_("标题"), required=False, max_length=200, help_text=_("不填用默认标题。")
    )
    note = forms.CharField(label=_("说明"), required=False, max_length=500, widget=text_area(2))

    def __init__(self, data: Any = None, *, known: ListType) -> None:
        super().__init__(data)
        self.names = [*known.filters, "demo"]
        for name in [*self.fields]:
            if name not in {*self.names, "title", "note"}:
                del self.fields[name]
        if not settings.DEMO_MODE:
            del self.fields["demo"]
        for name, slug in TERM_LISTS.items():
            if name in self.fields:
                self.fields[name].choices = [("", _("不限")), *term_choices(slug)]
        if "cycle" in self.fields:
            rows = ReportCycle.objects.filter(evaluations__status="published").distinct()
            shown = [
                (row.pk, named_cycle(row))
                for row in rows.select_related("region").order_by("-year", "pk")
            ]
            empty = _("请选择") if shown else _("还没有已公布的评价")
            self.fields["cycle"].choices = [("", empty), *shown]
        if "region" in self.fields:
            self.fields["region"].choices = region_choices()
            self.fields["region"].initial = current_jurisdiction().region

    def criteria(self) -> dict[str, Any]:
        """The chosen criteria as plain JSON."""
        found = {name: self.cleaned_data.get(name) for name in self.names if name in self.fields}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in found.items()
            if value not in (None, "", False, [])
        }


def region_choices() -> list[tuple[str, Any]]:
    """The jurisdiction, its cities, and everywhere."""
    runs = current_jurisdiction()
    inside = regions_under(runs.region, level=RegionLevel.CITY)
    return [
        (runs.region, runs.name),
        *((region.pk, region.name) for region in inside),
        ("", _("不限（含其他地区）")),
    ]


def named_cycle(row: ReportCycle) -> str:
    """A demo year bears the same name as a real one, but for this."""
    return f"{row}（演示）" if row.is_demo else str(row)


class PublicationForm(forms.Form):
    """What to compile. A development report follows a cycle; the others a region and a year."""

    kind = forms.ChoiceField(label=_("类别"), choices=PublicationKind.choices)
    cycle = forms.ModelChoiceField(
        label=_("年度填报"), queryset=ReportCycle.objects.none(), required=False,
        empty_label=_("请选择"),
        help_text=_("编年度发展报告时选择。"),
    )  # fmt: skip
    includes = forms.ChoiceField(
        label=_("收录范围"), choices=Includes.choices, required=False,
        help_text=_("编年度发展报告时选择。"),
    )  # fmt: skip
    region = forms.ChoiceField(label=_("地区"), required=False, help_text=_("编手册、汇编时选择。"))
    year = forms.IntegerField(
        label=_("年度"), required=False, min_value=2000, max_value=2100,
        help_text=_("编手册、汇编时填写。"),
    )  # fmt: skip
    title = forms.CharField(
        label=_("标题"), required=False, max_length=200, help_text=_("不填用默认标题。")
    )
    note = forms.CharField(
        label=_("版本说明"), required=False, max_length=500,
        help_text=_("已有前一版时必填：更正或更新了什么。"),
        widget=text_area(2),
    )  # fmt: skip

    with_demo = forms.BooleanField(
        label=_("收入演示数据（仅供演示）"), required=False,
        help_text=_("编手册、汇编时有效；演示年度的报告总是带演示标记。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, user: Any, initial: Any = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"year": today.year, **(initial or {})})
        codes = [row.region_id for row in user.assignments if row.region_id]
        held = Region.objects.filter(pk__in=codes).order_by("code")
        self.fields["region"].choices = [(region.pk, region.name) for region in held]
        cycles = ReportCycle.objects.filter(region__in=held).select_related("region")
        self.fields["cycle"].label_from_instance = named_cycle
        self.fields["cycle"].queryset = cycles.order_by("-year", "region__code")
        if not settings.DEMO_MODE:
            del self.fields["with_demo"]

    def values(self) -> dict[str, Any]:
        """What the service is given."""
        data = dict(self.cleaned_data)
        cycle = data["cycle"] if data["kind"] == PublicationKind.ANNUAL else None
        region = Region.objects.filter(pk=data["region"]).first()
        year = data["year"] or timezone.localdate().year
        if cycle:
            region, year = cycle.region, cycle.year
        return {
            "kind": data["kind"], "cycle": cycle, "region": region, "year": year,
            "includes": data["includes"] or Includes.ACCEPTED, "title": data["title"],
            "note": data["note"], "with_demo": data.get("with_demo", False),
        }  # fmt: skip


class ChapterForm(forms.Form):
    """A chapter's text and the version it was read in."""

    body = forms.CharField(
        label=_("正文"), required=False, max_length=20_000, strip=False,
        widget=text_area(18),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def values(self, *, is_reset: bool) -> dict[str, Any]:
        data = self.cleaned_data
        return {"body": None if is_reset else data["body"], "version": data["version"]}

    def refused(self, error: DomainError, now: Any) -> None:
        """Put the refusal at the text; after a conflict the next save counts from what is there."""
        self.add_error("body" if error.field in {"body", None} else error.field, error.message)
        if error.code == "conflict":
            self.data = self.data.copy()
            self.data["version"] = str(now.version)
