"""Forms of declining subsidies: they make clean values and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput, text_area
from core.templatetags.portal_format import plain
from platforms.enums import GovernmentLevel
from platforms.models import SubsidyPlan
from taxonomy.jurisdiction import Subsidy


class SubsidyForm(forms.ModelForm):
    """What is left empty of level, rates and condition is taken from the rule."""

    platform = forms.ModelChoiceField(
        label=_("平台"), queryset=None, to_field_name="slug", empty_label=_("请选择")
    )
    rule = forms.ChoiceField(label=_("依据的办法"), required=False)
    rates = forms.CharField(
        label=_("各年比例（%）"), required=False, max_length=100,
        help_text=_("从首年起逐年填写，用逗号隔开，如 100, 75, 50, 25。选了办法的可以不填。"),
    )  # fmt: skip

    class Meta:
        model = SubsidyPlan
        fields = (
            "level", "fund", "base_yuan", "first_year", "gate", "document_number", "department",
            "exception_reason",
        )  # fmt: skip
        help_texts = {
            "base_yuan": _("各年计划金额 = 基数 × 当年比例。"),
            "gate": _("例如：上一年度评价合格以上。不填则各年都不考核；首年总是不考核。"),
            "exception_reason": _("同级财政已支持过的，原则上不再重复支持；确需支持时填写。"),
        }

    field_order = (
        "platform", "rule", "level", "fund", "base_yuan", "first_year", "rates", "gate",
    )  # fmt: skip

    def __init__(
        self, *args: Any, platforms: Any, rules: Mapping[str, Subsidy], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.fields["platform"].queryset = platforms
        self.fields["first_year"].initial = timezone.localdate().year
        if rules:
            named = [(slug, described(rule)) for slug, rule in rules.items()]
            self.fields["rule"].choices = [("", _("没有办法，按批复文件")), *named]
            self.fields["level"].required = False
        else:
            del self.fields["rule"]
            self.fields["rates"].required = True

    def clean_rates(self) -> list[Decimal]:
        words = re.split(r"[,，、;；\s]+", self.cleaned_data["rates"].strip())
        try:
            return [Decimal(word.rstrip("%％")) for word in words if word]
        except InvalidOperation as error:
            raise forms.ValidationError(_("请填数字，用逗号隔开，如 100, 75, 50。")) from error

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not found.get("level") and not found.get("rule") and "level" not in self.errors:
            self.add_error("level", _("请选择资金级别。"))
        return found

    def values(self) -> dict[str, Any]:
        """What the service takes, beside the actor and the moment."""
        data = dict(self.cleaned_data)
        found = {name: data.pop(name) for name in ("platform", "rates")}
        return {**found, "rule": self.rules.get(data.pop("rule", "")), "values": data}


def described(rule: Subsidy) -> str:
    """A rule in one line, with what no document says marked as such."""
    rates = " → ".join(f"{plain(rate)}%" for rate in rule.rates)
    example = "（比例为示例设定）" if "rates" in rule.example_items else ""
    return f"{GovernmentLevel(rule.level).label}{rule.name} {rates}{example}"


class JudgeForm(forms.Form):
    is_met = forms.TypedChoiceField(
        label=_("考核结果"), choices=[("yes", _("达标，可以拨付")), ("no", _("未达标，不予拨付"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    basis = forms.CharField(
        label=_("考核依据"), max_length=500, widget=text_area(2),
        help_text=_("评价结论、文件或数据。"),
    )  # fmt: skip


class PayForm(forms.Form):
    amount_yuan = forms.DecimalField(
        label=_("拨付金额（元）"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    paid_date = forms.DateField(label=_("拨付日期"), widget=DayInput())
    document_number = forms.CharField(
        label=_("拨付文号"), required=False, max_length=100, help_text=_("不填用批复文号。")
    )
