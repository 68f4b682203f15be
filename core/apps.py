from typing import Any

from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# what is said under a field left empty: what to do, not what kind of field it is
REQUIRED: dict[type[forms.Field], Any] = {
    forms.Field: _("请填写。"),
    forms.BooleanField: _("请勾选。"),
    forms.ChoiceField: _("请选择。"),
    forms.ModelChoiceField: _("请选择。"),
    forms.FileField: _("请选择文件。"),
}


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "内核"

    def ready(self) -> None:
        from core import checks  # noqa: F401 -- registering needs loaded apps

        for kind, words in REQUIRED.items():
            messages = getattr(kind, "default_error_messages", {})
            kind.default_error_messages = {**messages, "required": words}
