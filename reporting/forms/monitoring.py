"""What people say about alerts and targets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User


class AlertForm(forms.Form):
    """Who sees to an alert, by when."""

    owner = forms.ModelChoiceField(queryset=User.objects.none(), label="负责人")
    due_date = forms.DateField(label="处理期限")

    def __init__(self, *args: Any, owners: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]


class FigureForm(forms.Form):
    """A number that others know, with its day and source."""

    value = forms.DecimalField(label="数值", min_value=0, max_digits=14, decimal_places=2)
    as_of_date = forms.DateField(label="截至日期")
    source = forms.CharField(label="来源", max_length=300)
