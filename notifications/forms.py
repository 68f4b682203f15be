"""Forms of messages and webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.enums import MailChoice, MailGroup, WebhookKind
from notifications.mail_rules import MailRules

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class MailForm(forms.Form):
    """One question a group of messages, and the quiet hours."""

    quiet_from = forms.TypedChoiceField(label=_("免打扰从"), choices=HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(
        label=_("到"), choices=HOURS, coerce=int, help_text=_("两处选同一时刻，即不设免打扰。")
    )
    field_order = (*MailGroup.values, "quiet_from", "quiet_until")

    def __init__(self, *args: Any, rules: MailRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in MailGroup:
            self.fields[group.value] = forms.ChoiceField(
                label=group.label, choices=MailChoice.choices, widget=forms.RadioSelect,
                initial=rules.choice(group), required=False,
            )  # fmt: skip
        self.order_fields(self.field_order)
        self.fields["quiet_from"].initial = rules.quiet_from
        self.fields["quiet_until"].initial = rules.quiet_until

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen, by group."""
        chosen = {group: self.cleaned_data[group] for group in MailGroup.values}
        return {group: choice for group, choice in chosen.items() if choice}


class WebhookForm(forms.Form):
    url = forms.URLField(
        label=_("接收地址"), max_length=500, assume_scheme="https",
        help_text=_("以 https:// 开头，能收 POST 请求，10 秒内返回 2xx。"),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("推送哪些事件"), choices=WebhookKind.choices, widget=forms.CheckboxSelectMultiple
    )
