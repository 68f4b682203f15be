"""Forms of service vouchers: what is already known is never asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role, SizeClass
from cases.enums import VoucherMode
from cases.models import VoucherProgramme
from core.fields import DayInput, text_area
from taxonomy.models import Region


class VoucherProgrammeForm(forms.ModelForm):
    """A programme; `fixed` are the fields that may not change any more."""

    size_classes = forms.MultipleChoiceField(
        label=_("企业规模"), choices=SizeClass.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("不选为不限。"),
    )  # fmt: skip
    modes = forms.MultipleChoiceField(
        label=_("兑付方式"), choices=VoucherMode.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("都选时由企业在使用时选一种。"),
    )  # fmt: skip

    class Meta:
        model = VoucherProgramme
        fields = (
            "name", "region", "document_number", "budget_yuan", "share_percent",
            "voucher_cap_yuan", "yearly_cap_yuan", "size_classes", "needs_demand", "reach",
            "modes", "opens_date", "closes_date", "valid_days", "audit_workdays", "notice",
        )  # fmt: skip
        widgets = {"opens_date": DayInput(), "closes_date": DayInput(), "notice": text_area(4)}
        help_texts = {
            "region": _("出资和审核的地区；企业须在这个地区注册。"),
            "document_number": _("没有文号的不填。"),
            "share_percent": _("占合同中已付款的比例，1–90。"),
            "valid_days": _("从发放起算，合同须在有效期内签订。"),
            "audit_workdays": _("收到兑付申请后几个工作日内审核。"),
        }

    def __init__(self, *args: Any, user: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = {row.region_id for row in user.assignments if row.role == Role.GOVERNMENT}
        rows = Region.objects.filter(pk__in={*codes, self.instance.region_id} - {None})
        region: Any = self.fields["region"]
        region.queryset, region.empty_label = rows.order_by("code"), None
        if not self.instance.pk:
            today = timezone.localdate()
            self.initial |= {"opens_date": today, "closes_date": today + timedelta(days=180)}
        for name in fixed:
            self.fields[name].disabled = True

    def _post_clean(self) -> None:
        """The service assigns and checks the record."""

    def values(self) -> dict[str, Any]:
        return {"values": dict(self.cleaned_data)}


class BindForm(forms.Form):
    """Which contract, and how it is paid where there is a choice."""

    project = forms.ModelChoiceField(None, label=_("合同"), empty_label=None)
    mode = forms.ChoiceField(label=_("兑付方式"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, projects: Any, modes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.queryset = projects
        project.label_from_instance = lambda row: f"{row.contract_date} {row}（{row.platform}）"
        mode: Any = self.fields["mode"]
        mode.choices = [(one, VoucherMode(one).label) for one in modes]
        if len(modes) == 1:
            mode.widget, self.initial["mode"] = forms.HiddenInput(), modes[0]


class PayForm(forms.Form):
    paid_date = forms.DateField(label=_("拨付日期"), widget=DayInput())
    payment_reference = forms.CharField(
        label=_("拨付凭证号"), max_length=100, help_text=_("支付令、回单或凭证的编号。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("paid_date", timezone.localdate())
