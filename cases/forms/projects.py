"""Forms of projects, outcomes and cases: they make clean values and nothing else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import DeclineReason
from cases.models import (
    Clearance,
    Outcome,
    Project,
    Quote,
    SafetyInspection,
)
from core.fields import DayInput, FilesField, text_area
from taxonomy.selectors import term_choices

MAX_YUAN = Decimal("999999999999.99")
BODY_LENGTH = 5000


ABOUT_FILES = _("可一次选多个：PDF、Office、图片、文本、ZIP；只有对接双方和管辖部门能看到。")


class ActionForm(forms.Form):
    """Base of what is posted to a project: `values()` are the service's arguments."""

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        if "files" in values:
            values["uploads"] = values.pop("files")
        return values


class MessageForm(ActionForm):
    body = forms.CharField(label=_("消息"), max_length=BODY_LENGTH, widget=text_area(4))
    files = FilesField(help_text=ABOUT_FILES)


class QuoteForm(ActionForm):
    amount_yuan = forms.DecimalField(
        label=_("报价（元）"), min_value=Decimal("0.01"), max_value=MAX_YUAN, decimal_places=2
    )
    lead_days = forms.IntegerField(label=_("周期（天）"), min_value=1, max_value=3650)
    valid_until_date = forms.DateField(label=_("有效期至"), widget=DayInput())
    scope = forms.CharField(
        label=_("包含内容"),
        max_length=2000,
        widget=text_area(3),
        help_text=_("例如：三批放大、检测报告、工艺包；不含运费。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month = timezone.localdate() + timedelta(days=30)
        self.initial.setdefault("valid_until_date", month)


class DeclineForm(ActionForm):
    decline_reason = forms.ChoiceField(
        label=_("原因"), choices=[("", _("请选择")), *DeclineReason.choices]
    )
    reason = forms.CharField(
        label=_("说明"),
        max_length=500,
        widget=text_area(3),
        help_text=_("企业会看到。能推荐别的平台时，请写上。"),
    )


class ContractForm(ActionForm):
    contract_amount_yuan = forms.DecimalField(
        label=_("合同额（元）"), min_value=Decimal("0.01"), max_value=MAX_YUAN, decimal_places=2
    )
    contract_date = forms.DateField(label=_("签约日期"), widget=DayInput())
    promised_date = forms.DateField(label=_("承诺交付日期"), widget=DayInput())


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("原因"), max_length=500, widget=text_area(3))


def contract_beginnings(quote: Quote | None) -> dict[str, Any]:
    """What the last quote already says about the contract (nothing is typed twice)."""
    today = timezone.localdate()
    if quote is None:
        return {"contract_date": today}
    return {
        "contract_amount_yuan": quote.amount_yuan,
        "contract_date": today,
        "promised_date": today + timedelta(days=quote.lead_days),
    }


class EnquiryForm(ActionForm):
    """The first question to a platform. The choices are the asker's own."""

    enterprise = forms.ModelChoiceField(None, label=_("以哪个单位的名义"), empty_label=None)
    demand = forms.ModelChoiceField(
        None,
        label=_("关于哪条需求"),
        required=False,
        empty_label=_("不关联需求"),
        help_text=_("关联后平台可以看到需求全文，不必重写。"),
    )
    capability = forms.ModelChoiceField(
        None, label=_("咨询哪项能力"), required=False, empty_label=_("不限，请平台推荐")
    )
    body = forms.CharField(label=_("想问什么"), max_length=BODY_LENGTH, widget=text_area(7))
    files = FilesField(help_text=ABOUT_FILES)

    def __init__(
        self, *args: Any, enterprises: Any, demands: Any, capabilities: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].queryset = enterprises  # type: ignore[attr-defined]
        self.fields["demand"].queryset = demands  # type: ignore[attr-defined]
        self.fields["capability"].queryset = capabilities  # type: ignore[attr-defined]
        only = list(enterprises[:2])
        if len(only) == 1:
            self.fields["enterprise"].widget = forms.HiddenInput()
            self.initial["enterprise"] = only[0].pk


class OutcomeForm(forms.ModelForm):
    trl_before = forms.TypedChoiceField(
        label=_("中试前成熟度"), required=False, coerce=int, empty_value=None
    )
    trl_after = forms.TypedChoiceField(
        label=_("中试后成熟度"), required=False, coerce=int, empty_value=None
    )
    files = FilesField(
        label=_("证据文件"),
        help_text=_("验证报告、合同、发票等；A、B 级须上传。只有对接双方和管辖部门能看到。"),
    )

    class Meta:
        model = Outcome
        fields = (
            "kind", "achieved_date", "description", "product_name", "amount_yuan", "party_name",
            "document_number", "trl_before", "trl_after", "evidence_grade",
        )  # fmt: skip
        widgets = {"achieved_date": DayInput(), "description": text_area(4)}
        help_texts = {
            "description": _("做成了什么：批次、指标、合格率。企业将据此确认。"),
            "product_name": _("产品上市时必填。"),
            "amount_yuan": _("获得投资、技术转让许可、新增销售收入时必填。"),
            "party_name": _("孵化企业、获得投资、量产承接时必填：企业、投资方或承接单位。"),
            "document_number": _("技术转让许可时必填。"),
            "evidence_grade": _("等级越高越可信，公开统计时一并说明。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [("", _("未注明")), *((c, f"{c} 级 {name}") for c, name in term_choices("trl"))]
        for name in ("trl_before", "trl_after"):
            self.fields[name].choices = levels  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *Outcome._meta.get_field("kind").choices,
        ]

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        values["uploads"] = values.pop("files")
        return values


def outcome_beginnings(project: Project) -> dict[str, Any]:
    """What the project already says about its outcome."""
    demand = project.demand
    return {
        "achieved_date": project.delivered_date or timezone.localdate(),
        "trl_before": demand.trl_current if demand else None,
        "trl_after": demand.trl_target if demand else None,
        "product_name": "",
    }


class ReceiptForm(ActionForm):
    amount_yuan = forms.DecimalField(
        label=_("到账金额（元）"), min_value=Decimal("0.01"), max_value=MAX_YUAN, decimal_places=2
    )
    received_date = forms.DateField(label=_("到账日期"), widget=DayInput())
    voucher_yuan = forms.DecimalField(
        label=_("其中服务券抵用（元）"), min_value=Decimal("0.01"), max_value=MAX_YUAN,
        decimal_places=2, required=False, help_text=_("没有用服务券的不填。"),
    )  # fmt: skip
    voucher_number = forms.CharField(label=_("服务券编号"), max_length=80, required=False)
    note = forms.CharField(
        label=_("款项说明"), max_length=200, required=False, help_text=_("如首付款、发票号。")
    )
    files = FilesField(label=_("发票或回单"))

    def without_voucher(self) -> ReceiptForm:
        """A voucher of the portal is entered by its payment, not by hand."""
        for name in ("voucher_yuan", "voucher_number"):
            del self.fields[name]
        return self


class ConfirmForm(ActionForm):
    satisfaction = forms.TypedChoiceField(
        label=_("满意度"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(5, "5 很满意"), (4, "4 满意"), (3, "3 一般"), (2, "2 不满意"), (1, "1 很不满意")],
        widget=forms.RadioSelect,
        help_text=_("选填。只统计已确认的项目，公开时同时给出人数和高低分。"),
    )


class RejectForm(ActionForm):
    reason = forms.CharField(
        label=_("不认可的理由"), max_length=500, widget=text_area(3), help_text=_("平台会看到。")
    )


class ClearanceForm(forms.ModelForm):
    class Meta:
        model = Clearance
        fields = (
            "stage", "hazard_class", "approval_number", "approved_date", "officer_name", "note",
        )  # fmt: skip
        widgets = {"approved_date": DayInput()}
        help_texts = {"approval_number": _("新批复或所沿用批复的文号。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hazard_class"].empty_label = _("未注明")  # type: ignore[attr-defined]


class InspectionForm(forms.ModelForm):
    class Meta:
        model = SafetyInspection
        fields = (
            "held_date", "inspector", "findings", "found_count", "mended_count", "rectify_by",
        )  # fmt: skip
        widgets = {"held_date": DayInput(), "rectify_by": DayInput(), "findings": text_area(3)}
        help_texts = {"rectify_by": _("有未整改的问题时必填。")}


class MendForm(forms.Form):
    mended_count = forms.IntegerField(label=_("已整改（项）"), min_value=0)
    rectification = forms.CharField(label=_("整改情况"), max_length=3000, widget=text_area(2))
