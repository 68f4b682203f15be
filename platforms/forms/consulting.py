"""Forms of asking departments: they make clean values and nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import FilesField, text_area
from platforms.enums import Stance


class ConsultForm(forms.Form):
    departments = forms.ModelMultipleChoiceField(
        label=_("部门"), queryset=None, widget=forms.CheckboxSelectMultiple,
        help_text=_("列出的是有协同部门人员、没有在答复中的单位。"),
    )  # fmt: skip
    question = forms.CharField(
        label=_("征求什么意见"), max_length=2000, widget=text_area(3),
        help_text=_("例如：请就环境影响和危险化学品管理提出意见。"),
    )  # fmt: skip
    workdays = forms.IntegerField(label=_("几个工作日内答复"), min_value=1, max_value=60, initial=5)

    def __init__(self, *args: Any, departments: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="consult_%s", **kwargs)
        self.fields["departments"].queryset = departments


class AnswerForm(forms.Form):
    stance = forms.ChoiceField(
        label=_("意见"), choices=Stance.choices, widget=forms.RadioSelect,
    )  # fmt: skip
    body = forms.CharField(
        label=_("具体意见"), max_length=3000, required=False,
        widget=text_area(5),
        help_text=_("有条件同意的写明条件，不同意的写明理由。"),
    )  # fmt: skip
    files = FilesField(help_text=_("加盖公章的意见函等，可一次选多份。"))


class MergeForm(forms.Form):
    body = forms.CharField(
        label=_("汇总意见"), max_length=3000, widget=text_area(6),
        help_text=_("已按各部门的答复起草，可以修改。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="merge_%s", **kwargs)
