"""Forms over demands: the steps of the guided form and the one page of an amendment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.fields import DayInput, text_area
from demands.models import Demand
from demands.services.posting import RANGES
from taxonomy.fields import RegionField
from taxonomy.selectors import terms

WAN = Decimal(10_000)


class WanField(forms.DecimalField):
    """Money typed in 万元 and kept in 元."""

    def __init__(self, **options: Any) -> None:
        options |= {"max_digits": 10, "decimal_places": 4, "min_value": Decimal(0)}
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """元 of the record as 万元 without trailing zeros; what was typed stays as typed."""
        return f"{(value / WAN).normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        typed = super().clean(value)
        return None if typed is None else typed * WAN

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class PlainDecimalField(forms.DecimalField):
    """A number shown without trailing zeros: 80, not 80.0000."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class DemandForm(forms.ModelForm):  # type: ignore[type-arg]
    """Cleans any subset of the fields; nothing is required, because drafts may be incomplete: what
    handing in asks for is marked `is_needed`."""

    class Meta:
        model = Demand
        fields: tuple[str, ...] = ()
        field_classes = {
            "budget_low_yuan": WanField,
            "budget_high_yuan": WanField,
            "scale_low": PlainDecimalField,
            "scale_high": PlainDecimalField,
        }
        widgets = {
            "description": text_area(7),
            "background": text_area(3),
            "target_figures": text_area(4),
            "teaser": text_area(4),
            "promise_note": text_area(3),
            "service_types": forms.CheckboxSelectMultiple,
            "certificates": forms.CheckboxSelectMultiple,
            "confidentiality": forms.RadioSelect,
            "deadline_date": DayInput(),
            "expires_date": DayInput(),
        }
        labels = {
            "budget_low_yuan": _("预算下限（万元）"),
            "budget_high_yuan": _("预算上限（万元）"),
            "region": _("需求所在地区"),
            "wanted_region": _("只要这个地区的平台"),
        }
        help_texts = {
            "title": _("例：聚醚醚酮连续聚合放大到 50 kg/批。标题始终公开，请勿写入保密内容。"),
            "description": _(
                "例：实验室 2 L 釜已做通，收率 85%。现需在 50 L 釜上连做三批，"
                "考察传热和批间稳定性，并提供样品检测。"
            ),
            "background": _("例：客户已要求年底前送 100 kg 样品，做不出来就拿不到订单。"),
            "field": _("跨几个领域时，选最主要的一个；都不合适选“综合”。"),
            "stated_process_kind": _("系统按文字识别；认错了再改选。"),
            "service_types": _("可以多选；拿不准可以不选。"),
            "stage": _("现在做到哪一步了。"),
            "trl_current": _("不熟悉这个分级可以不选，选了阶段即可。"),
            "scale_low": _("最少要做多大，例：20。"),
            "scale_high": _("最多要做多大，例：50；只有一个数时填这一格。"),
            "target_figures": _("一行一条，写数字和单位。例：纯度 ≥ 99.5%；批间差异 ≤ 2%。"),
            "materials": _("例：对苯二酚、二苯砜、碳酸钠。"),
            "hazard_class": _("按 GB 6944；不涉及危险物料请选“无危险性”。"),
            "certificates": _("平台必须具备才能做的，才勾选；勾得越多，可选的平台越少。"),
            "wanted_region": _("例：广东省。不填表示全国的平台都可以。"),
            "budget_low_yuan": _("例：20。"),
            "budget_high_yuan": _("例：50；还没有预算可以留空。"),
            "deadline_date": _("希望在哪一天之前做完。"),
            "teaser": _(
                "公众看到的只有标题和这一段，例：某高性能聚合物需要 50 L 级放大与样品检测。"
            ),
            "promise_note": _(
                "只公开摘要时用：对方看全文前，先接受本站的保密承诺；另有要求写在这里，会加进承诺书。"
            ),
            "is_anonymous": _("公众看到“匿名企业”；您联系的平台和管辖部门仍能看到单位名称。"),
            "contact_name": _("只给您联系或同意的平台看，公众看不到。"),
            "contact_phone": _("只给您联系或同意的平台看，公众看不到。"),
            "expires_date": _("到期自动下架；留空为发布后 180 天。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NEEDED & self.fields.keys():
            self.fields[name].is_needed = True  # type: ignore[attr-defined]
        for name, list_slug in TERM_FIELDS.items():
            if name in self.fields:
                self._offer(name, [(term.pk, term.name) for term in terms(list_slug)])
        for name in ("region", "wanted_region"):
            if name in self.fields:
                old = self.fields[name]
                self.fields[name] = RegionField(
                    label=old.label, help_text=old.help_text, required=False
                )
        for name in ("trl_current", "trl_target"):
            if name in self.fields:
                self.fields[name] = self._levels(name)
        if "scale_unit" in self.fields:
            units = [(term.name, term.name) for term in terms("scale-unit")]
            self.fields["scale_unit"].widget = forms.Select(choices=[("", "请选择"), *units])

    def _offer(self, name: str, choices: list[Any]) -> None:
        """Choices from the cached code list instead of one query a field."""
        field = self.fields[name]
        is_list = isinstance(field, forms.ModelMultipleChoiceField)
        nothing = self._recognised() if name == "stated_process_kind" else "请选择"
        field.choices = choices if is_list else [("", nothing), *choices]  # type: ignore[attr-defined]

    def _recognised(self) -> str:
        """The choice not to state a kind of process, with what is recognised so far."""
        found = self.instance.process_kind if self.instance.is_process_recognised else None
        return f"系统识别：{found}" if found else "由系统识别"

    def _levels(self, name: str) -> forms.TypedChoiceField:
        old = self.fields[name]
        levels = [(term.code, f"{term.code} 级 {term.name}") for term in terms("trl")]
        return forms.TypedChoiceField(
            label=old.label,
            help_text=old.help_text,
            choices=[("", "请选择"), *levels],
            coerce=int,
            empty_value=None,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        has_scale = cleaned.get("scale_low") is not None or cleaned.get("scale_high") is not None
        if has_scale and not cleaned.get("scale_unit"):
            self.add_error("scale_unit", _("请选择规模的单位。"))
        for low, high, message in RANGES:
            ends = cleaned.get(low), cleaned.get(high)
            if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
                self.add_error(high, message)
                cleaned.pop(low, None)  # which of the two is wrong nobody knows: none is saved
        today = timezone.localdate()
        for name in ("deadline_date", "expires_date"):
            if name in self.changed_data and cleaned.get(name) and cleaned[name] < today:
                self.add_error(name, _("日期已经过去，请选择今天或以后的日期。"))
        return cleaned


TERM_FIELDS = {
    "field": "field-data",
    "stated_process_kind": "process-kind",
    "stage": "stage",
    "service_types": "service-type",
    "certificates": "certificate",
    "hazard_class": "hazard-class",
}


@dataclass(frozen=True)
class Step:
    """One step of the guided form."""

    slug: str
    label: str
    legend: str
    hint: str
    fields: tuple[str, ...]
    needs: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    more: str = ""  # what is folded, in words

    def is_done(self, demand: Demand) -> bool:
        """Whether `demand` states all the step needs; where it needs nothing, anything it asks."""
        if self.needs:
            return all(_is_stated(demand, name) for name in self.needs)
        return any(_is_stated(demand, name) for name in self.fields if name != "region")

    def is_unfolded(self, demand: Demand) -> bool:
        """Whether something is stated among what the step keeps folded."""
        return any(_is_stated(demand, name) for name in self.folded)


def _is_stated(demand: Demand, name: str) -> bool:
    """Whether somebody filled in the field; what a new demand begins with does not count."""
    field = Demand._meta.get_field(name)
    if field.many_to_many:
        return demand.pk is not None and getattr(demand, name).exists()
    value = getattr(demand, field.attname)  # type: ignore[union-attr]
    return value not in (None, "", field.get_default())  # type: ignore[union-attr]


STEPS = (
    Step("what", "做什么", "需求内容",
         "用自己的话写，先填一部分也能存。",
         ("title", "description", "field", "background", "stated_process_kind", "service_types"),
         needs=("title", "description", "field"),
         folded=("background", "stated_process_kind", "service_types"),
         more="还可以补充：背景、工艺类别、需要的服务（可不填）"),
    Step("scale", "规模与阶段", "做多大、做到哪一步了", "知道多少填多少，不知道的留空。",
         ("scale_low", "scale_high", "scale_unit", "stage", "trl_current", "trl_target",
          "target_figures")),
    Step("conditions", "条件", "有什么条件", "这里填的是硬条件，不满足的平台会被排除并说明原因。",
         ("materials", "hazard_class", "certificates", "wanted_region")),
    Step("terms", "预算与时间", "预算与时间", "给一个范围即可，正式价格由平台报价。",
         ("budget_low_yuan", "budget_high_yuan", "deadline_date", "region")),
    Step("visibility", "谁能看到", "谁能看到这条需求",
         "保密的需求可以只公开摘要，全文只给您联系或同意的平台看。",
         ("confidentiality", "teaser", "is_anonymous", "contact_name", "contact_phone",
          "expires_date", "promise_note"),
         folded=("promise_note",), more="保密另有要求的，可以加进承诺书（可不填）"),
)  # fmt: skip
PREVIEW = "preview"
STEP_SLUGS = (*(step.slug for step in STEPS), PREVIEW)
NEEDED = frozenset(name for step in STEPS for name in step.needs)


def form_class(fields: Iterable[str]) -> type[DemandForm]:
    """The demand form over `fields`."""
    return forms.modelform_factory(Demand, form=DemandForm, fields=tuple(fields))  # type: ignore[return-value]


def amend_form_class() -> type[DemandForm]:
    """The demand form over the fields of every step."""
    return form_class(name for step in STEPS for name in step.fields)


class OrganisationForm(forms.Form):
    """For whom the draft is made; asked only of people who act for several organisations."""

    organisation = forms.ChoiceField(label=_("发布单位"))

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {str(row.pk): row for row in organisations}
        if len(organisations) == 1:
            del self.fields["organisation"]
        else:
            field: Any = self.fields["organisation"]
            field.choices = [(key, row.name) for key, row in self.organisations.items()]

    def chosen(self) -> Organisation:
        """The chosen one, or the first: a draft is never lost for want of it."""
        chosen = self.cleaned_data.get("organisation", "") if self.is_valid() else ""
        return self.organisations.get(chosen) or next(iter(self.organisations.values()))


class SecrecyForm(forms.Form):
    """L22: what goes out holds neither state secrets nor another party's trade secrets."""

    is_secrecy_confirmed = forms.BooleanField(
        required=False,
        label=_("我已核对：内容不涉及国家秘密，也不含他人的商业秘密"),
        help_text=_("涉密内容一律不得在本站填写；拿不准时，请先问本单位的保密工作人员。"),
    )


class RequestForm(forms.Form):
    """Asking for the full text of a confidential demand."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("申请单位"), empty_label=None
    )
    note = forms.CharField(
        label=_("说明（可不填）"),
        required=False,
        max_length=300,
        help_text=_("一句话说明为什么需要看，例：我们有 50 L 高温聚合釜，想核对温度和物料。"),
    )

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=[row.pk for row in organisations])
        if len(organisations) == 1:
            field.initial, field.widget = organisations[0].pk, forms.HiddenInput()
