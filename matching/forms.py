"""Forms of matching: clean values and nothing else."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput, text_area
from matching.enums import MismatchReason, Verdict
from matching.selectors.atlas import (
    NOTHING,
    PROVINCE_DIGITS,
    TERM_LISTS,
    UNKNOWN_LABEL,
    VIEWS,
    Narrowing,
)
from platforms.models import ChallengeItem, Programme
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region, RegionLevel, Term
from taxonomy.selectors import provinces, term_choices


class FeedbackForm(forms.Form):
    """Suitable or not, and why not."""

    verdict = forms.ChoiceField(label=_("评价"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("不合适的原因"),
        choices=[("", _("请选择")), *MismatchReason.choices],
        required=False,
    )
    note = forms.CharField(
        label=_("补充说明"),
        max_length=300,
        required=False,
        widget=text_area(2),
        help_text=_("对方看不到；用来改进匹配。"),
    )


class TypedForm(forms.Form):
    """What somebody has typed so far of a demand or a capability."""

    title = forms.CharField(max_length=200, required=False)
    description = forms.CharField(required=False)
    slug = forms.SlugField(required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        return {
            "title": typed.get("title", ""),
            "description": typed.get("description", ""),
            "leave_out": typed.get("slug", ""),
        }


class SearchForm(forms.Form):
    """A search to be kept: words, field, region."""

    words = forms.CharField(label=_("关键词"), max_length=100, required=False)
    field = forms.ModelChoiceField(
        label=_("领域"), queryset=Term.objects.none(), required=False, empty_label=_("不限")
    )
    region = forms.ModelChoiceField(
        label=_("平台所在省份"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=_("不限"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].queryset = Term.objects.of("field-data")
        self.fields["region"].queryset = province_rows()


class AtlasForm(forms.Form):
    """What the atlas shows and what narrows it; a wrong choice does not narrow."""

    view = forms.ChoiceField(
        required=False, choices=[(name, name) for name in VIEWS], widget=forms.HiddenInput
    )
    process = forms.ChoiceField(label=_("工艺"), required=False)
    field = forms.ChoiceField(label=_("领域"), required=False)
    province = forms.ChoiceField(label=_("省份（展开到地市）"), required=False)
    service = forms.ChoiceField(label=_("服务类型"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [("", _("全部")), *term_choices("service-type")]
        named = [(region.code, str(region)) for region in provinces()]
        self.fields["province"].choices = [("", _("全国各省")), *named]
        for axis, code_list in TERM_LISTS.items():
            choices = [("", _("全部")), *term_choices(code_list), (NOTHING, UNKNOWN_LABEL)]
            self.fields[axis].choices = choices

    @property
    def chosen_view(self) -> str:
        """The view that was asked for, or the first."""
        self.is_valid()
        return self.cleaned_data.get("view") or next(iter(VIEWS))

    @property
    def narrowing(self) -> Narrowing:
        """What narrows the atlas."""
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name, "") for name in ("process", "field", "service")}
        province = self.cleaned_data.get("province", "")
        return Narrowing(within=province[:PROVINCE_DIGITS], **chosen)

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The third dimension of the view, the province, the service type."""
        names = [axis for axis in TERM_LISTS if axis not in VIEWS[self.chosen_view]]
        return [self[name] for name in (*names, "province", "service")]


class ChallengeItemForm(forms.ModelForm):
    """An item of a challenge list: what a batch wants built where demands find nothing (C05)."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ChallengeItem
        fields = (
            "programme", "title", "process_kind", "field", "region", "requirement",
            "finish_by_date", "support_wan", "source",
        )  # fmt: skip
        widgets = {
            "finish_by_date": DayInput(),
            "requirement": text_area(6),
        }

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = Region.objects.filter(pk=current_jurisdiction().region).first()
        inside = Region.objects.filter(
            code__startswith=home.prefix if home else "", level__lte=RegionLevel.CITY
        )
        self.fields["region"].queryset = inside.order_by("code")
        self.fields["process_kind"].queryset = Term.objects.of("process-kind")
        self.fields["field"].queryset = Term.objects.of("field-data")
        for name in ("region", "process_kind", "field"):
            self.fields[name].empty_label = str(_("不限"))
        self.fields["programme"].queryset = programmes
        self.fields["programme"].empty_label = str(_("请选择"))
        if self.instance.pk:
            del self.fields["programme"]
            self.initial["version"] = self.instance.updated_at.isoformat()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ReadableJSONField(forms.JSONField):
    """JSON as people write it: one number a line."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False, indent=2)
        return super().prepare_value(value)


class WeightsForm(forms.Form):
    """A new version of the weights, as the engine writes them."""

    record = ReadableJSONField(
        label=_("权重（JSON）"),
        widget=text_area(24, spellcheck="false"),
        help_text=_("以使用中的版本为底本修改；“version”须是新的版本号。"),
        error_messages={"invalid": _("不是合法的 JSON，请检查逗号和引号。")},
    )
    note = forms.CharField(label=_("改了什么、为什么"), max_length=300)
    trained_on = forms.CharField(label=_("训练或评测数据"), max_length=300, required=False)


def province_rows() -> QuerySet[Region]:
    """Provinces in the order of their codes."""
    return Region.objects.filter(level=RegionLevel.PROVINCE, is_active=True).order_by("code")
