"""What people say about alerts and targets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from core.fields import DayInput, FilesField, text_area


class AlertForm(forms.Form):
    """Who sees to an alert, by when."""

    owner = forms.ModelChoiceField(queryset=User.objects.none(), label="负责人", empty_label=None)
    due_date = forms.DateField(label="处理期限", widget=DayInput())

    def __init__(self, *args: Any, owners: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]


class CloseAlertForm(forms.Form):
    """What was done, and what shows it."""

    reason = forms.CharField(label="处理说明", max_length=300, widget=text_area(3))
    files = FilesField(
        label="证明材料",
        required=True,
        help_text="截图、通知、会议纪要等，可一次选多份。数值恢复正常的预警会自动办结，不用上传。",
    )


class FigureForm(forms.Form):
    """A number that others know, with its day and source."""

    value = forms.DecimalField(label="数值", min_value=0, max_digits=14, decimal_places=2)
    as_of_date = forms.DateField(label="截至日期")
    source = forms.CharField(label="来源", max_length=300)
