"""Forms of evaluations and rewards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import reviewers
from core.fields import text_area
from reporting.enums import NullReason, SchemeUse
from reporting.models import EvaluationRun, EvaluationScheme, ReportCycle
from reporting.selectors.rankings import scheme_slugs_for
from taxonomy.models import Region

FALSE_DATA = ("false_data", _("经查实提供虚假数据（填“是”；撤销留空）"))
REASON = text_area(3)
WAN = Decimal(10_000)


class RunForm(forms.Form):
    scheme = forms.ModelChoiceField(
        label=_("评价办法"), queryset=EvaluationScheme.objects.none(), empty_label=None
    )
    cycle = forms.ModelChoiceField(
        label=_("年度填报"), queryset=ReportCycle.objects.none(), empty_label=None,
        help_text=_("按已归档的年度报告评价。"),
    )  # fmt: skip
    region = forms.ModelChoiceField(
        label=_("评价地区"), queryset=Region.objects.none(), empty_label=None,
        help_text=_("只评价这一地区的平台；市级可用省级收集的报告评价本市平台。"),
    )  # fmt: skip
    notice = forms.CharField(label=_("说明"), required=False, max_length=2000, widget=text_area(3))

    def __init__(self, data: Any = None, *, user: Any, cycles: Any) -> None:
        super().__init__(data)
        schemes = EvaluationScheme.objects.filter(is_current=True, slug__in=scheme_slugs_for(user))
        main_first = Case(When(use=SchemeUse.GRADE, then=0), default=1)
        self.fields["scheme"].queryset = schemes.order_by(main_first, "slug")
        self.fields["cycle"].queryset = cycles
        codes = [row.region_id for row in user.assignments if row.region_id]
        self.fields["region"].queryset = Region.objects.filter(pk__in=codes).order_by("code")


class EntrustForm(forms.Form):
    agency = forms.CharField(label=_("受托机构名称"), max_length=100, required=False)
    reviewers = forms.ModelMultipleChoiceField(
        label=_("评审人员"), queryset=User.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("可查看全部得分明细并写意见，不参与决定。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, run: EvaluationRun) -> None:
        chosen = run.reviewers.values_list("pk", flat=True)
        super().__init__(data, initial={"agency": run.agency, "reviewers": list(chosen)})
        self.fields["reviewers"].queryset = reviewers()


class DisputeForm(forms.Form):
    code = forms.ChoiceField(label=_("有异议的指标"))
    claim = forms.CharField(label=_("您认为正确的数值"), max_length=200, required=False)
    reason = forms.CharField(label=_("理由和依据"), max_length=2000, widget=REASON)
    file = forms.FileField(label=_("证明材料"), required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, codes: list[tuple[str, str]], code: str = ""
    ) -> None:
        super().__init__(data, files, initial={"code": code})
        self.fields["code"].choices = codes


class InputForm(forms.Form):
    """Staff correct a frozen input."""

    code = forms.ChoiceField(label=_("更正的指标"))
    value = forms.CharField(label=_("更正为"), max_length=200, required=False)
    null_reason = forms.ChoiceField(
        label=_("没有数值的原因"), required=False, choices=[("", _("有数值")), *NullReason.choices]
    )
    reason = forms.CharField(label=_("理由和依据"), max_length=1000, widget=REASON)

    def __init__(self, data: Any = None, *, codes: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["code"].choices = [*codes, FALSE_DATA]


class RewardForm(forms.Form):
    amount_wan = forms.DecimalField(
        label=_("每家金额（万元）"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2
    )
    budget_wan = forms.DecimalField(
        label=_("总额（万元）"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2,
        required=False, help_text=_("按名次依次安排，用完为止；留空不限。"),
    )  # fmt: skip
    department = forms.CharField(label=_("拨付部门"), max_length=100)

    def typed(self) -> dict[str, Any]:
        """In yuan."""
        data = self.cleaned_data
        budget = data["budget_wan"]
        return {
            "amount_yuan": data["amount_wan"] * WAN,
            "budget_yuan": None if budget is None else budget * WAN,
            "department": data["department"],
        }
