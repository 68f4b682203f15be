"""Forms of what platforms ask for: they make clean values and nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import FilesField, text_area
from platforms.models import Platform, SupportTicket


class TicketForm(forms.ModelForm):
    platform = forms.ModelChoiceField(
        label=_("平台"), queryset=Platform.objects.none(), to_field_name="slug",
        empty_label=_("请选择"),
    )  # fmt: skip
    field_order = ("platform", "kind", "title", "body")

    class Meta:
        model = SupportTicket
        fields = ("kind", "title", "body")
        widgets = {"body": text_area(6)}
        help_texts = {
            "title": _("一句话说清要解决什么，如“二期厂房用地指标”。"),
            "body": _("现在卡在哪里、需要哪个部门做什么、希望何时解决。"),
        }

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = platforms
        only = list(platforms[:2])
        if len(only) == 1:
            self.initial.setdefault("platform", only[0].slug)


class RouteForm(forms.Form):
    department = forms.ModelChoiceField(
        label=_("承办部门"), queryset=None, required=False, empty_label=_("本部门直接办理"),
        help_text=_("列出的是有协同部门人员的单位。"),
    )  # fmt: skip
    workdays = forms.IntegerField(
        label=_("几个工作日内答复"), min_value=1, max_value=60, initial=10
    )

    def __init__(self, *args: Any, departments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments


class TicketReplyForm(forms.Form):
    body = forms.CharField(label=_("内容"), max_length=3000, widget=text_area(4))
    files = FilesField(help_text=_("批复、证明等，可一次选多份。"))
