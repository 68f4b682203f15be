"""Forms of messages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PreferenceForm(forms.Form):
    wants_mail = forms.BooleanField(label=_("新消息同时发到我的邮箱"), required=False)
