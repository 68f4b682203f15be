"""Forms of challenges and bids."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.selectors import reviewers
from cases.forms.projects import MAX_YUAN, ActionForm, ReasonForm
from cases.models import Bid, Challenge
from cases.selectors import biddable_platforms, offered_capabilities
from core.fields import DayInput, FilesField, text_area
from platforms.models import Capability
from taxonomy.models import Region


class RecordForm(forms.ModelForm):
    """Clean values of a record; the service assigns and checks it."""

    def _post_clean(self) -> None:
        """Left to the service."""

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ChallengeForm(RecordForm):
    bounty_wan = forms.DecimalField(
        label=_("榜金（万元）"), min_value=Decimal("0.01"), max_value=MAX_YUAN / 10_000,
        decimal_places=2, help_text=_("做成以后付多少。"),
    )  # fmt: skip

    class Meta:
        model = Challenge
        fields = ("bounty_wan", "payer", "conditions", "due_date")
        widgets = {"due_date": DayInput(), "conditions": text_area(4)}
        help_texts = {
            "payer": _("谁出这笔钱，例如：需求单位自筹。"),
            "conditions": _("对揭榜单位的要求，没有就不填。"),
            "due_date": _("当天仍可提交，第二天拆封。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            month = timezone.localdate() + timedelta(days=45)
            self.initial |= {"due_date": month, "payer": "需求单位自筹"}


class BidForm(RecordForm):
    """A bid from one of the platforms that the user runs; capabilities by how well they match."""

    price_yuan = forms.DecimalField(
        label=_("报价（元）"), min_value=Decimal("0.01"), max_value=MAX_YUAN, decimal_places=2,
        help_text=_("中选后作为对接的首次报价。"),
    )  # fmt: skip
    files = FilesField(help_text=_("可一次选多个；拆封前只有本单位能看到。"))

    class Meta:
        model = Bid
        fields = (
            "platform", "capability", "partners", "price_yuan", "lead_days", "plan",
        )  # fmt: skip
        widgets = {"plan": text_area(10)}
        help_texts = {
            "capability": _("按与需求的匹配度排列；没有合适的可以不选。"),
            "partners": _("联合揭榜的写合作单位全称，用顿号隔开。"),
            "plan": _("技术路线、分几步、怎样达到指标、由谁做。"),
        }

    def __init__(self, *args: Any, user: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        platforms = biddable_platforms(user, challenge)
        if self.instance.pk:
            platforms = platforms.filter(organisation=self.instance.organisation_id)
        platform: Any = self.fields["platform"]
        platform.queryset, platform.empty_label = platforms, None
        offered = offered_capabilities(challenge, platforms)
        capability: Any = self.fields["capability"]
        capability.queryset = Capability.objects.filter(pk__in=[row.pk for row, _said in offered])
        capability.choices = [("", "不选"), *((row.pk, _offer(row, score))
                                             for row, score in offered)]  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Arguments of the service."""
        values = super().values()
        return {"uploads": values.pop("files"), "values": values}


def _offer(row: Any, score: float | None) -> str:
    said = f"匹配度 {round(100 * score)}%" if score is not None else "未进入匹配名单"
    return f"{row}（{row.platform}，{said}）"


class ListForm(forms.Form):
    """Which accepted challenges make the next list."""

    region = forms.ModelChoiceField(
        label=_("发布地区"), queryset=Region.objects.none(), empty_label=None
    )
    challenges = forms.ModelMultipleChoiceField(
        label=_("上榜项目"), queryset=Challenge.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    publicity_days = forms.IntegerField(
        label=_("结果公示（工作日）"), min_value=0, max_value=30, initial=5,
        help_text=_("选定以后公示几个工作日；0 为不公示。"),
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, accepted: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        codes = {row.region_id for row in user.assignments if row.role == Role.GOVERNMENT}
        region.queryset = Region.objects.filter(pk__in=codes - {None}).order_by("code")
        rows: Any = self.fields["challenges"]
        rows.queryset = accepted
        rows.label_from_instance = lambda row: f"{row}（{row.due_date} 截止）"
        self.initial["challenges"] = [row.pk for row in accepted]


class ExtendForm(ReasonForm):
    due_date = forms.DateField(label=_("新的截止日"), widget=DayInput())
    field_order = ("due_date", "reason")


class InviteForm(forms.ModelForm):
    class Meta:
        model = Challenge
        fields = ("reviewers",)
        widgets = {"reviewers": forms.CheckboxSelectMultiple}
        labels = {"reviewers": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["reviewers"]
        people.queryset, people.required = reviewers(), False

    def values(self) -> dict[str, Any]:
        return {"reviewers": list(self.cleaned_data["reviewers"])}


class ObjectionForm(ActionForm):
    text = forms.CharField(
        label=_("异议和依据"), max_length=2000, widget=text_area(4),
        help_text=_("实名提出；只有管辖部门和需求单位看到。"),
    )  # fmt: skip


class AnswerForm(ActionForm):
    answer = forms.CharField(label=_("核实答复"), max_length=2000, widget=text_area(3))
