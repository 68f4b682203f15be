"""Forms of platforms: they make clean values and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.fields import DayInput, text_area
from platforms.enums import EngagementMode
from platforms.models import (
    Capability,
    CapabilityParameter,
    Equipment,
    Expert,
    Line,
    ListingReport,
    Platform,
    PlatformClaim,
    Solution,
)
from platforms.selectors import city_choices
from platforms.units import check_unit
from taxonomy.models import Region
from taxonomy.selectors import province_choices, resolve_region

YES_NO = [("unknown", _("未注明")), ("true", _("是")), ("false", _("否"))]


class ReportForm(forms.ModelForm):
    class Meta:
        model = ListingReport
        fields = ("kind", "note", "contact")
        widgets = {"note": text_area(3)}
        help_texts = {"contact": _("选填，仅供核实时与您联系，不公开。")}


class ClaimForm(forms.ModelForm):
    files = forms.FileField(
        label=_("证明材料"), required=False, help_text=_("批复、登记证书等，便于主管部门核实。")
    )

    class Meta:
        model = PlatformClaim
        fields = ("note",)
        widgets = {"note": text_area(4)}
        help_texts = {"note": _("说明贵单位与该平台的关系。")}


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Excel 表格"),
        help_text=_("按模板填写的 .xlsx，最多 500 行。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        validators=[FileExtensionValidator(["xlsx"], _("请选择按模板填写的 .xlsx 文件。"))],
    )


class RegionInput(forms.TextInput):
    """A name typed with suggestions: works without JavaScript."""

    template_name = "platforms/_region_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_names"
        context["names"] = [label for _code, label in (*province_choices(), *city_choices())]
        return context


class RegionField(forms.CharField):
    """A region by its name: 中山市, 广东省中山市, 东莞."""

    widget = RegionInput

    def prepare_value(self, value: Any) -> Any:
        """A code (as stored) is shown as its path."""
        if isinstance(value, str) and value.isdigit():
            region = Region.objects.select_related("parent").filter(pk=value).first()
            return f"{region.parent or ''}{region}" if region and region.level > 1 else region
        return value

    def clean(self, value: Any) -> Region | None:
        text = super().clean(value)
        region = resolve_region(text) if text else None
        if text and region is None:
            raise forms.ValidationError(
                _("没有找到“%(name)s”，请写全称，如“广东省中山市”。"), params={"name": text}
            )
        return region


class ListingForm(forms.ModelForm):
    """Base of the editors: `version` carries what the editor read."""

    # legend, hint, fields: how the page groups them; what is not named follows at the end
    layout: ClassVar[tuple[tuple[str | Promise, str | Promise, tuple[str, ...]], ...]] = ()
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("version", self.instance.updated_at.isoformat())
        for name, field in self.fields.items():
            if isinstance(self.initial.get(name), Decimal):
                self.initial[name] = format(self.initial[name].normalize(), "f")
            if isinstance(field, forms.NullBooleanField):
                field.widget = forms.NullBooleanSelect()
                field.widget.choices = YES_NO
            elif isinstance(field, forms.ModelMultipleChoiceField):
                field.widget = forms.CheckboxSelectMultiple(choices=field.choices)
            elif isinstance(field, forms.DateField):
                field.widget = DayInput()
            elif isinstance(field, forms.ModelChoiceField):
                field.empty_label = str(_("未注明"))
            if name in {"field", "kind"} and isinstance(field, forms.ModelChoiceField):
                field.empty_label = str(_("请选择"))

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Visible fields in their groups: (legend, hint, fields)."""
        named = {name for _legend, _hint, names in self.layout for name in names}
        rest = tuple(f.name for f in self.visible_fields() if f.name not in named)
        rows = (*self.layout, ("", "", rest))
        return [
            (str(legend), str(hint), [self[name] for name in names if name in self.fields])
            for legend, hint, names in rows
            if any(name in self.fields for name in names)
        ]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PlatformForm(ListingForm):
    layout = (
        (_("名称与位置"), "", ("name", "kind", "region", "address")),
        (_("做什么"), "", ("summary", "fields", "niche", "is_open", "external_share_percent")),
        (
            _("联系方式"),
            _("电话和邮箱只给登录用户看，负责人只给主管部门看。"),
            ("leader_name", "contact_name", "contact_phone", "contact_email", "website"),
        ),
        (
            _("建设与运营"),
            _("主管部门统计和年度报告用，填一次即可。"),
            (
                "host_type", "operation_mode", "governance", "inclusion_basis", "build_type",
                "run_status", "floor_area_sqm",
            ),
        ),
    )  # fmt: skip
    region = RegionField(label=_("所在地区"), help_text=_("省、市或区县，如“广东省中山市”。"))

    class Meta:
        model = Platform
        fields = (
            "name", "region", "address", "kind", "host_type", "operation_mode", "fields",
            "summary", "niche", "is_open", "external_share_percent", "floor_area_sqm",
            "governance", "inclusion_basis", "build_type", "run_status",
            "leader_name", "contact_name", "contact_phone", "contact_email", "website",
        )  # fmt: skip
        help_texts = {
            "summary": _("做什么、有什么、服务过谁，三五句话。"),
            "niche": _("“小而美”的专精方向，如“电子级环氧树脂”。"),
        }


def _read_unit(unit: str, *, else_in: str) -> str:
    """A unit that can be read, or what is wrong with it, at its field."""
    try:
        check_unit(unit, "unit", else_in=else_in)
    except DomainError as error:
        raise forms.ValidationError(error.message, code=error.code) from error
    return unit


class CapabilityForm(ListingForm):
    layout = (
        (
            _("能做什么"),
            _("写得越具体，匹配越准。"),
            ("title", "description", "field", "industry", "process", "materials"),
        ),
        (
            _("规模与成熟度"),
            "",
            ("scale_low", "scale_high", "scale_unit", "scale_text", "trl_low", "trl_high"),
        ),
        (
            _("价格与周期"),
            _("没有价格，企业多半不来问。"),
            (
                "price_model", "price_unit", "price_low_yuan", "price_high_yuan", "price_note",
                "sme_price_note", "lead_days_low", "lead_days_high", "next_free_date", "is_open",
            ),
        ),
        (
            _("服务方式"),
            "",
            ("service_types", "service_modes", "verification_types", "ip_terms"),
        ),
        (_("依据与资质"), "", ("standards", "hazard_class", "certificates", "equipment")),
    )  # fmt: skip

    class Meta:
        model = Capability
        fields = (
            "title", "description", "field", "industry", "process", "materials",
            "service_types", "service_modes", "verification_types",
            "scale_low", "scale_high", "scale_unit", "scale_text", "trl_low", "trl_high",
            "standards", "certificates", "hazard_class",
            "price_model", "price_low_yuan", "price_high_yuan", "price_unit", "price_note",
            "sme_price_note", "lead_days_low", "lead_days_high", "next_free_date", "is_open",
            "ip_terms", "equipment",
        )  # fmt: skip
        help_texts = {
            "title": _("一句话说清能做什么，如“公斤级聚酰亚胺树脂合成”。"),
            "description": _("工艺、物料、指标、边界条件。匹配主要依据这里。"),
            "scale_unit": _("如 kg/批、L、t/a。"),
            "scale_text": _("不便写成数字时再填。"),
            "price_unit": _("如 批、小时、项。"),
            "price_note": _("按公式或面议时，写明怎么算、为什么面议。"),
            "standards": _("如 GB/T 13464-2008。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Equipment.objects.filter(platform=self.instance.platform_id).order_by("name", "pk")
        field = self.fields["equipment"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 -- for the type checker
        field.queryset = own
        if not own:
            del self.fields["equipment"]

    def clean_scale_unit(self) -> str:
        return _read_unit(self.cleaned_data["scale_unit"], else_in="规模说明")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        has_scale = cleaned.get("scale_low") is not None or cleaned.get("scale_high") is not None
        if has_scale and not cleaned.get("scale_unit") and "scale_unit" not in self.errors:
            self.add_error("scale_unit", _("写了数字就要写单位。"))
        if cleaned.get("price_model") in {"formula", "negotiable"} and not cleaned["price_note"]:
            self.add_error("price_note", _("请写明怎么计价，或为什么面议。"))
        return cleaned


class ParameterForm(forms.ModelForm):
    class Meta:
        model = CapabilityParameter
        fields = ("name", "low", "high", "unit", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False

    def clean_unit(self) -> str:
        return _read_unit(self.cleaned_data["unit"], else_in="说明")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("name") and any(cleaned.get(n) not in (None, "") for n in cleaned):
            self.add_error("name", _("请写参数名称，或清空这一行。"))
        return cleaned


ParameterFormSet = forms.formset_factory(ParameterForm, extra=4, max_num=60, validate_max=True)


TAKES_BOOKINGS = _("对外开放的才有效：公开空闲和占用的时段，企业在线申请，您来答复。")


class EquipmentForm(ListingForm):
    class Meta:
        model = Equipment
        fields = (
            "name", "model_number", "maker", "origin", "quantity", "value_yuan",
            "acquired_date", "renewal_year", "specification", "is_open", "takes_bookings",
            "hourly_price_yuan", "open_hours_yearly",
        )  # fmt: skip
        help_texts = {"takes_bookings": TAKES_BOOKINGS}


class LineForm(ListingForm):
    class Meta:
        model = Line
        fields = (
            "name", "kind", "description", "scale_text", "floor_area_sqm", "is_digital", "is_open",
            "takes_bookings",
        )  # fmt: skip
        help_texts = {"takes_bookings": TAKES_BOOKINGS}


class ExpertForm(ListingForm):
    engagement_modes = forms.MultipleChoiceField(
        label=_("合作方式"), required=False, choices=EngagementMode.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    has_consent = forms.BooleanField(
        label=_("专家本人已同意公开以上信息"), required=False,
        help_text=_("没有本人同意不能公开（个人信息保护法）。撤回同意请先下架。"),
    )  # fmt: skip

    class Meta:
        model = Expert
        fields = (
            "name", "title", "employer", "expertise", "availability",
            "engagement_modes", "conflict_note", "consent_note",
        )  # fmt: skip
        help_texts = {"consent_note": _("如 2026-10-08 本人签字的同意书。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("has_consent", self.instance.consented_at is not None)

    def values(self) -> dict[str, Any]:
        """Consent keeps the moment when it was first recorded."""
        values = super().values()
        agreed = values.pop("has_consent")
        consented_at = self.instance.consented_at or timezone.now()
        return {**values, "consented_at": consented_at if agreed else None}


class SolutionForm(ListingForm):
    class Meta:
        model = Solution
        fields = (
            "title", "problem", "summary", "capabilities", "deliverables", "price_note",
            "lead_days_low", "lead_days_high",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["capabilities"]
        own = Capability.objects.filter(platform=self.instance.platform_id).order_by("title", "pk")
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 -- for the type checker
        field.queryset = own


FORMS: dict[str, type[ListingForm]] = {
    "platforms": PlatformForm,
    "capabilities": CapabilityForm,
    "equipment": EquipmentForm,
    "lines": LineForm,
    "experts": ExpertForm,
    "solutions": SolutionForm,
}
