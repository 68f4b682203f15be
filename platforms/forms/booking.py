"""Forms of bookings: they make clean values and nothing else."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platforms.enums import BookingRefusal


def _hour_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(
        attrs={"type": "datetime-local", "step": "3600"}, format="%Y-%m-%dT%H:%M"
    )


class TimeForm(forms.Form):
    """From a full hour to a full hour; tomorrow's working day is filled in."""

    start_at = forms.DateTimeField(label=_("开始时间"), widget=_hour_input())
    end_at = forms.DateTimeField(label=_("结束时间"), widget=_hour_input())

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tomorrow = timezone.localdate(now) + timedelta(days=1)
        for name, hour in (("start_at", 9), ("end_at", 17)):
            self.fields[name].initial = timezone.make_aware(datetime.combine(tomorrow, time(hour)))


class AskForm(TimeForm):
    purpose = forms.CharField(
        label=_("用途"), max_length=200,
        help_text=_("做什么、用什么物料，方便平台判断，例如“水性树脂分散试验，无危险化学品”。"),
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        label=_("以哪个单位的名义"), queryset=None, empty_label=None
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = organisations
        only = list(organisations[:2])
        if len(only) == 1:
            field.initial, field.widget = only[0], forms.HiddenInput()


class BlockForm(TimeForm):
    purpose = forms.CharField(
        label=_("原因"), max_length=200, initial=_("检修"),
        help_text=_("只有本平台和主管部门能看到；公开日历只显示占用。"),
    )  # fmt: skip
    units = forms.IntegerField(label=_("停用几台"), min_value=1, initial=1)

    def __init__(self, *args: Any, units: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units == 1:
            self.fields["units"].widget = forms.HiddenInput()
        else:
            self.fields["units"].help_text = _("共 %(units)s 台（套）。") % {"units": units}


class DeclineForm(forms.Form):
    decline_reason = forms.ChoiceField(label=_("婉拒原因"), choices=BookingRefusal.choices)
    reason = forms.CharField(
        label=_("补充说明"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("选“其他”时必填；可以写建议的时间。"),
    )  # fmt: skip


class UseForm(forms.Form):
    hours = forms.DecimalField(
        label=_("实际使用（小时）"), max_digits=6, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5", "min": "0.5"}),
        help_text=_("已按预约的时长填好；设备的机时自动记入使用记录，算对外服务。"),
    )  # fmt: skip
