"""Forms of recognition: they make clean values and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput, FilesField, text_area
from core.workdays import add_workdays
from platforms.enums import BuildType
from platforms.ladders import bid_types, earlier_support, running_subsidies
from platforms.models import (
    Application,
    Assessment,
    AssessmentItem,
    ChallengeItem,
    Platform,
    Programme,
    Recognition,
    Scheme,
    SiteCheck,
)


class ProgrammeForm(forms.ModelForm):
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Programme
        fields = (
            "scheme", "title", "year", "opens_date", "closes_date", "publicity_workdays",
            "document_number", "notice",
        )  # fmt: skip
        labels = {"publicity_workdays": _("公示期（工作日）")}
        widgets = {
            "opens_date": DayInput(),
            "closes_date": DayInput(),
            "notice": text_area(6),
        }

    def __init__(self, *args: Any, schemes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = schemes.select_related("region")
        self.fields["scheme"].empty_label = str(_("请选择"))
        # cities name their ladders alike
        self.fields["scheme"].label_from_instance = lambda row: f"{row}（{row.region}）"
        today = timezone.localdate()
        self.initial = {"year": today.year, "opens_date": today} | self.initial
        if self.instance.pk:
            del self.fields["scheme"]
            self.initial["version"] = self.instance.updated_at.isoformat()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ApplyForm(forms.Form):
    challenge_item = forms.ModelChoiceField(
        label=_("揭榜的项目"), queryset=ChallengeItem.objects.none(), empty_label=_("请选择"),
        help_text=_("一个平台在本批次只能揭一项。"),
    )  # fmt: skip
    platform = forms.ModelChoiceField(
        label=_("平台"), queryset=Platform.objects.none(), to_field_name="slug",
        empty_label=_("请选择"),
    )  # fmt: skip
    build_type = forms.ChoiceField(label=_("建设类型"))

    def __init__(
        self, *args: Any, platforms: Any, scheme: Scheme, items: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if items is None:
            del self.fields["challenge_item"]
        else:
            self.fields["challenge_item"].queryset = items
        field = self.fields["platform"]
        field.queryset = Platform.objects.filter(pk__in=[row.pk for row in platforms])
        if len(platforms) == 1:
            self.initial["platform"] = platforms[0].slug
        if scheme.build_types:
            self.fields["build_type"].choices = type_choices(scheme, is_bid=items is not None)
        else:
            del self.fields["build_type"]


def type_choices(scheme: Scheme, *, is_bid: bool) -> list[tuple[str, str]]:
    """The build types a scheme knows; for a bid those that are built."""
    codes = bid_types(scheme) if is_bid else scheme.build_types
    return [(code, str(BuildType(code).label)) for code in codes]


class ApplicationForm(forms.ModelForm):
    """What only the applicant knows: the numbers the register does not hold are added."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Application
        fields = ("build_type", "statement", "wants_funding", "funding_reason", "has_no_veto")
        widgets = {"statement": text_area(8)}
        help_texts = {"funding_reason": _("本级财政已支持过建设的才需要填写。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme = self.instance.programme.scheme
        self.initial["version"] = self.instance.updated_at.isoformat()
        if scheme.build_types:
            is_bid = self.instance.challenge_item_id is not None
            choices = [("", str(_("请选择"))), *type_choices(scheme, is_bid=is_bid)]
            self.fields["build_type"] = forms.ChoiceField(
                label=_("建设类型"), choices=choices, required=False
            )
        else:
            del self.fields["build_type"]
        if scheme.vetoes:
            listed = "；".join(scheme.vetoes)
            self.fields["has_no_veto"].help_text = f"逐条核对：{listed}。"
        else:
            del self.fields["has_no_veto"]
        platform = self.instance.platform
        if not (
            earlier_support(platform, scheme.level)
            or running_subsidies(platform, scheme.level)
            or self.instance.funding_reason
        ):
            del self.fields["funding_reason"]
        self.asked = {}
        for number, row in enumerate(scheme.criteria):
            if row.get("measure"):
                continue
            name = f"declared_{number}"
            self.asked[name] = row["name"]
            self.fields[name] = forms.DecimalField(
                label=f"{row['name']}（{row['unit']}）", required=False, min_value=0,
                max_digits=14, decimal_places=2,
                initial=self.instance.declared.get(row["name"]),
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = {
            name: self.cleaned_data[name] for name in self._meta.fields if name in self.fields
        }
        declared = {
            label: str(value)
            for name, label in self.asked.items()
            if (value := self.cleaned_data[name]) is not None
        }
        return {**values, "declared": declared}


class EvidenceForm(forms.Form):
    """A file field for each material that the scheme asks for, and one for anything else."""

    def __init__(self, *args: Any, asked: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {f"item_{number}": name for number, name in enumerate(asked)} | {"files": ""}
        self.places = {name: field for field, name in self.items.items()}
        for field, name in self.items.items():
            label = name or (_("其他材料") if asked else _("证明材料"))
            self.fields[field] = FilesField(label=label)

    def uploads(self) -> dict[str, list[Any]]:
        """Files by the material that they prove."""
        found = {name: self.cleaned_data[field] for field, name in self.items.items()}
        return {name: files for name, files in found.items() if files}


class OpinionForm(forms.Form):
    department = forms.CharField(label=_("部门"), max_length=100)
    body = forms.CharField(label=_("意见"), max_length=3000, widget=text_area(3))


class AssignForm(forms.Form):
    reviewer = forms.ModelChoiceField(label=_("专家"), queryset=None, empty_label=_("请选择"))
    due_date = forms.DateField(label=_("评分截止日"), widget=DayInput())

    def __init__(self, *args: Any, experts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = experts
        self.initial.setdefault("due_date", add_workdays(timezone.now(), 10).date())


class VisitForm(forms.ModelForm):
    class Meta:
        model = SiteCheck
        fields = ("visited_date", "members", "findings", "result")
        widgets = {"visited_date": DayInput(), "findings": text_area(4)}


def points_field(item: dict[str, Any]) -> forms.DecimalField:
    """Points for one item of a score sheet."""
    return forms.DecimalField(
        label=f"{item['name']}（0–{item['maximum']} 分）", min_value=0,
        max_value=item["maximum"], max_digits=5, decimal_places=1,
    )  # fmt: skip


class ScoreForm(forms.Form):
    """One number for each item of the sheet."""

    def __init__(self, *args: Any, sheet: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {}
        self.places = {}  # where a refusal that names an item belongs
        for number, item in enumerate(sheet or [{"name": "总体评价", "maximum": 100}]):
            name = f"item_{number}"
            self.items[name] = item["name"]
            self.places[item["name"]] = name
            self.fields[name] = points_field(item)
        self.fields["comment"] = forms.CharField(
            label=_("评审意见"), max_length=3000, widget=text_area(5)
        )
        self.fields["is_supportive"] = forms.TypedChoiceField(
            label=_("是否建议通过"), choices=[("yes", _("建议通过")), ("no", _("不建议通过"))],
            coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        )  # fmt: skip

    def scores(self) -> dict[str, Decimal]:
        """Points by the name of the item."""
        return {label: self.cleaned_data[name] for name, label in self.items.items()}


class ObjectionForm(forms.Form):
    body = forms.CharField(
        label=_("异议内容"), max_length=3000, widget=text_area(4),
        help_text=_("写明事实和依据。单位提出的请写单位名称。"),
    )  # fmt: skip
    name = forms.CharField(label=_("单位或姓名"), max_length=100)


class RecordForm(forms.ModelForm):
    """A status won before: as its document says."""

    platform = forms.ModelChoiceField(
        label=_("平台"), queryset=None, to_field_name="slug", empty_label=_("请选择")
    )
    document_number = forms.CharField(label=_("认定文件文号或名称"), max_length=100)

    class Meta:
        model = Recognition
        fields = ("scheme", "build_type", "started_date", "batch", "certificate_number")
        widgets = {"started_date": DayInput()}
        help_texts = {"certificate_number": _("原证书有编号的照填；没有的留空，自动编号。")}

    field_order = (
        "platform", "scheme", "document_number", "started_date", "build_type", "batch",
        "certificate_number",
    )  # fmt: skip

    def __init__(self, *args: Any, platforms: Any, schemes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = platforms
        self.fields["scheme"].queryset = schemes
        self.fields["started_date"].required = True
        self.fields["certificate_number"].required = False


class RecordCorrectionForm(RecordForm):
    """What was recorded as it should read, and why."""

    reason = forms.CharField(label=_("更正原因"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, platforms=None, schemes=None, **kwargs)
        for name in ("platform", "scheme"):
            del self.fields[name]
        self.fields["certificate_number"].required = True
        self.fields["certificate_number"].help_text = ""

    def values(self) -> dict[str, Any]:
        """The columns of the recognition."""
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.fields}


class AssessmentForm(forms.ModelForm):
    class Meta:
        model = Assessment
        fields = ("kind", "due_date")
        widgets = {"due_date": DayInput()}


class AssessmentBatchForm(AssessmentForm):
    """For all platforms of a ladder."""

    scheme = forms.ModelChoiceField(
        label=_("认定办法"), queryset=Scheme.objects.none(), empty_label=_("请选择")
    )
    field_order = ("scheme",)

    def __init__(self, *args: Any, schemes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = schemes


class ConclusionForm(forms.ModelForm):
    """Who assessed, what they saw, how they scored, what follows. Scores are optional, and not
    asked for where `experts` have scored."""

    class Meta:
        model = Assessment
        fields = ("held_date", "members", "findings", "result", "rectify_by", "conclusion")
        widgets = {
            "held_date": DayInput(),
            "findings": text_area(4),
            "rectify_by": DayInput(),
            "conclusion": text_area(4),
        }
        help_texts = {"rectify_by": _("结论为限期整改的必填，到期自动安排复查。")}

    def __init__(
        self, *args: Any, sheet: list[dict[str, Any]], experts: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("held_date", "result", "conclusion"):
            self.fields[name].required = True
        if experts:
            sheet, self.initial["members"] = [], "、".join(experts)
        self.items = {f"item_{number}": row["name"] for number, row in enumerate(sheet)}
        self.places = {label: name for name, label in self.items.items()}
        for name, row in zip(self.items, sheet, strict=True):
            self.fields[name] = points_field(row)
            self.fields[name].required = False
        self.initial.setdefault("held_date", timezone.localdate())

    @property
    def points(self) -> list[forms.BoundField]:
        """The fields of the score sheet."""
        return [self[name] for name in self.items]

    def values(self) -> dict[str, Any]:
        """What the service takes: the columns, and points by the name of the item."""
        scores = {label: self.cleaned_data[name] for name, label in self.items.items()}
        return {name: self.cleaned_data[name] for name in self._meta.fields} | {"scores": scores}


class TaskForm(forms.ModelForm):
    class Meta:
        model = AssessmentItem
        fields = ("name", "target", "done", "proof")


class ProofForm(forms.Form):
    """Evidence of what was done."""

    files = FilesField(
        label=_("证明材料"),
        help_text=_("合同清单、验收单、检测报告等，可一次选多份；本单位和主管部门可见。"),
    )


TaskFormSet = forms.formset_factory(TaskForm, extra=3, max_num=50)
