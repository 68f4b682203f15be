"""The form of a register entry: what its kind needs and nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput, FilesField
from platforms.models import Platform, RegisterEntry
from platforms.registers import EntryKind
from platforms.selectors.register import patents_of


class PatentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}（{obj.number}）"


class EntryForm(forms.ModelForm):
    patent = PatentField(
        queryset=None,
        empty_label=_("请选择"),
        help_text=_("先登记专利开放许可，再登记被许可。"),
    )
    files = FilesField(
        label=_("证明材料"), help_text=_("证书、公告、通知等，只有本平台和主管部门可看。")
    )

    class Meta:
        model = RegisterEntry
        fields = (
            "patent", "title", "level", "number", "started_date", "ended_date", "link", "note",
        )  # fmt: skip
        widgets = {
            "started_date": DayInput(),
            "ended_date": DayInput(),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, rules: EntryKind, platform: Platform, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patent"].queryset = patents_of(platform)
        for name in self._meta.fields:
            if name not in rules.fields:
                del self.fields[name]
                continue
            field = self.fields[name]
            field.label, field.required = rules.label(name), name in rules.required
            field.help_text = rules.helps.get(name, field.help_text)
        # what binds several columns is the service's to say
        self.instance.platform, self.instance.kind = platform, rules.kind

    def values(self) -> dict[str, Any]:
        """The columns of the entry."""
        return {name: value for name, value in self.cleaned_data.items() if name != "files"}
