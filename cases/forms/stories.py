"""Forms of cases and calls for cases: they make clean values and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.selectors import reviewers
from cases.models import Case, CaseCall, Challenge
from cases.models.calls import Score
from core.fields import DayInput, text_area
from taxonomy.models import Region


class CaseForm(forms.ModelForm):
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Case
        fields = ("title", "client_name", "field", "summary", "result")
        widgets = {"summary": text_area(8), "result": text_area(4)}
        help_texts = {
            "client_name": _("不便公开名称时可写“某新材料企业”。"),
            "summary": _("遇到什么问题，怎样中试，解决了什么。不写企业的工艺秘密。"),
            "result": _("只写企业已确认的成果。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].empty_label = _("请选择")  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial.setdefault("version", self.instance.updated_at.isoformat())

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class CallForm(forms.ModelForm):
    """A call; `fixed` are the fields that may not change any more."""

    criteria = forms.CharField(
        label=_("评分标准"),
        widget=text_area(6, placeholder="中试成效 40\n技术水平 30\n推广价值 30"),
        help_text=_("一行一项：名称、空格、满分。2 至 6 项，满分合计 100。"),
    )

    class Meta:
        model = CaseCall
        fields = (
            "title", "region", "notice", "opens_date", "due_date", "criteria", "reviewers",
        )  # fmt: skip
        widgets = {
            "opens_date": DayInput(),
            "due_date": DayInput(),
            "notice": text_area(6),
            "reviewers": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "notice": _("征集什么样的案例、入选后怎样使用。"),
            "due_date": _("当天仍可报名，第二天起可以开始评分。"),
            "reviewers": _("开始评分时通知；管辖部门也可以评分。"),
        }

    def __init__(self, *args: Any, user: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = {row.region_id for row in user.assignments if row.role == Role.GOVERNMENT}
        rows = Region.objects.filter(pk__in={*codes, self.instance.region_id} - {None})
        region: Any = self.fields["region"]
        region.queryset, region.empty_label = rows.order_by("code"), None
        self.fields["reviewers"].queryset = reviewers()  # type: ignore[attr-defined]
        self.fields["reviewers"].required = False
        lines = [f"{row['name']} {row['marks']}" for row in self.instance.criteria or []]
        self.initial["criteria"] = "\n".join(lines)
        if not self.instance.pk:
            today = timezone.localdate()
            self.initial |= {"opens_date": today, "due_date": today + timedelta(days=30)}
        for name in fixed:
            self.fields[name].disabled = True

    def clean_criteria(self) -> list[dict[str, Any]]:
        """Lines as `{"name", "marks"}`."""
        found = []
        for line in self.cleaned_data["criteria"].splitlines():
            if not line.strip():
                continue
            name, _gap, marks = line.strip().rpartition(" ")
            if not name.strip() or not marks.isdecimal():
                raise forms.ValidationError(f"“{line.strip()}”应写成：名称、空格、满分。")
            found.append({"name": name.strip()[:60], "marks": int(marks)})
        return found

    def _post_clean(self) -> None:
        """The service assigns and checks the record."""

    def values(self) -> dict[str, Any]:
        """Arguments of the service: the fields, and the experts beside them."""
        values = dict(self.cleaned_data)
        return {"reviewers": list(values.pop("reviewers")), "values": values}


class ScoreForm(forms.Form):
    """Marks by criterion; an earlier score is what it begins with."""

    def __init__(
        self, data: Any = None, *, call: CaseCall | Challenge, score: Score | None
    ) -> None:
        given = list(score.marks) if score else []
        super().__init__(data)
        for place, row in enumerate(call.criteria):
            self.fields[f"mark_{place}"] = forms.IntegerField(
                label=f"{row['name']}（满分 {row['marks']}）", min_value=0,
                max_value=row["marks"], initial=given[place] if given else None,
            )  # fmt: skip
        self.fields["comment"] = forms.CharField(
            label=_("理由"), max_length=500, widget=text_area(2),
            initial=score.comment if score else "",
            help_text=_("一句话；参与评分的人之外不公开。"),
        )  # fmt: skip

    def values(self) -> dict[str, Any]:
        marks = [value for name, value in self.cleaned_data.items() if name.startswith("mark_")]
        return {"marks": marks, "comment": self.cleaned_data["comment"]}
