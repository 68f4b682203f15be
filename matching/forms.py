"""Forms of matching: clean values and nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matching.enums import MismatchReason, Verdict
from taxonomy.models import Region, RegionLevel, Term


class FeedbackForm(forms.Form):
    """Suitable or not, and why not."""

    verdict = forms.ChoiceField(label=_("评价"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("不合适的原因"),
        choices=[("", _("请选择")), *MismatchReason.choices],
        required=False,
    )
    note = forms.CharField(
        label=_("补充说明"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("对方看不到；用来改进匹配。"),
    )


class SearchForm(forms.Form):
    """A search to be kept: words, field, region."""

    words = forms.CharField(label=_("关键词"), max_length=100, required=False)
    field = forms.ModelChoiceField(
        label=_("领域"), queryset=Term.objects.none(), required=False, empty_label=_("不限")
    )
    region = forms.ModelChoiceField(
        label=_("平台所在省份"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=_("不限"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].queryset = Term.objects.of("field-data")
        self.fields["region"].queryset = Region.objects.filter(
            level=RegionLevel.PROVINCE, is_active=True
        ).order_by("code")
