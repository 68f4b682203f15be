"""Forms of the facts of running: changes, money, import tax, hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput, FilesField, text_area
from platforms.models import ChangeReport, FundingRecord, TaxEligibility, UsageLog


class ChangeForm(forms.ModelForm):
    files = FilesField(
        label=_("证明材料"),
        help_text=_("批复、工商变更通知、照片等，可一次选多份；本单位和主管部门可见。"),
    )

    class Meta:
        model = ChangeReport
        fields = ("kind", "happened_date", "before", "after", "note")
        widgets = {"happened_date": DayInput(), "note": text_area(5)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        if self.instance.is_detected:
            del self.fields["kind"]
            self.initial["note"] = self.instance.note or self.instance.sentence

    def values(self) -> dict[str, Any]:
        """The columns of the report."""
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.fields}


class FundingForm(forms.ModelForm):
    platform = forms.ModelChoiceField(
        label=_("平台"), queryset=None, to_field_name="slug", empty_label=_("请选择")
    )

    class Meta:
        model = FundingRecord
        fields = (
            "level", "kind", "fund", "year", "amount_yuan", "department", "document_number",
            "paid_date", "exception_reason",
        )  # fmt: skip
        widgets = {"paid_date": DayInput()}
        help_texts = {
            "exception_reason": _("同级财政已支持过建设的，原则上不再重复支持；确需支持时填写。"),
        }

    field_order = ("platform",)

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = platforms


class CorrectionForm(FundingForm):
    """A line of the ledger as it should read, and why."""

    reason = forms.CharField(label=_("更正原因"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, platforms=None, **kwargs)
        del self.fields["platform"]

    def values(self) -> dict[str, Any]:
        """The columns of the line."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class TaxForm(forms.ModelForm):
    platform = forms.ModelChoiceField(
        label=_("平台"), queryset=None, to_field_name="slug", empty_label=_("请选择")
    )

    class Meta:
        model = TaxEligibility
        fields = ("document_number", "started_date", "valid_until")
        widgets = {"started_date": DayInput(), "valid_until": DayInput()}

    field_order = ("platform",)

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = platforms


class UsageForm(forms.ModelForm):
    class Meta:
        model = UsageLog
        fields = ("equipment", "start_at", "hours", "is_external", "client_name", "purpose")
        widgets = {
            "start_at": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            )
        }
        help_texts = {"client_name": _("对外服务必填。")}

    def __init__(self, *args: Any, equipment: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["equipment"].queryset = equipment
        self.fields["equipment"].empty_label = str(_("请选择"))
