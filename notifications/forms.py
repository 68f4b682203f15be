"""Forms of messages and webhooks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.enums import WebhookKind


class PreferenceForm(forms.Form):
    wants_mail = forms.BooleanField(label=_("新消息同时发到我的邮箱"), required=False)


class WebhookForm(forms.Form):
    url = forms.URLField(
        label=_("接收地址"), max_length=500, assume_scheme="https",
        help_text=_("以 https:// 开头，能收 POST 请求，10 秒内返回 2xx。"),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("推送哪些事件"), choices=WebhookKind.choices, widget=forms.CheckboxSelectMultiple
    )
