"""What a platform can do for others, in parameters, and the offers packed from it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import SearchableModel, SourcedModel
from core.templatetags.portal_format import plain, yuan
from platforms.enums import PriceModel
from platforms.models.listing import Listing
from platforms.models.platform import Platform
from platforms.querysets import CapabilityQuerySet, OfferQuerySet
from taxonomy.term_fields import term_field, terms_field

WAN = 10_000


def between(
    low: Decimal | int | None,
    high: Decimal | int | None,
    unit: str = "",
    *,
    number: Callable[[Any], str] = plain,
) -> str:
    """An interval in words: 10–200 kg, 10 kg 起, 不超过 200 kg; empty when both ends are open."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"不超过 {number(high)} {unit}".strip()
    if high is None:
        return f"{number(low)} {unit}".strip() + " 起"
    if low == high:
        return f"{number(low)} {unit}".strip()
    return f"{number(low)}–{number(high)} {unit}".strip()


def _in_order(low: str, high: str) -> Q:
    return (
        Q(**{f"{low}__isnull": True})
        | Q(**{f"{high}__isnull": True})
        | Q(**{f"{low}__lte": F(high)})
    )


@pghistory.track(exclude=["updated_at", "search", "completeness", "process_kind"])
class Capability(Listing, SourcedModel, SearchableModel):
    """中试服务能力: process, scale, TRL, materials, standards, price, lead time (G02, G32)."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="capabilities", verbose_name=_("平台")
    )
    title = models.CharField(_("能力名称"), max_length=200)
    description = models.TextField(_("能力说明"), max_length=5000, blank=True)
    field = term_field("field-data", _("领域"))
    industry = models.ForeignKey(
        "taxonomy.Industry",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("国民经济行业"),
    )
    process = models.CharField(_("工艺"), max_length=200, blank=True)
    # recognised from title, process and description by the services
    process_kind = term_field("process-kind", _("工艺类别"))
    service_types = terms_field("service-type", _("服务类型"))
    service_modes = terms_field("service-mode", _("服务方式"))
    verification_types = terms_field("verification-type", _("验证类型"))
    scale_low = models.DecimalField(
        _("规模下限"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    scale_high = models.DecimalField(
        _("规模上限"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    scale_unit = models.CharField(_("规模单位"), max_length=20, blank=True)  # kg/批, L, t/a …
    scale_text = models.CharField(_("规模说明"), max_length=200, blank=True)
    trl_low = models.PositiveSmallIntegerField(_("成熟度起"), null=True, blank=True)
    trl_high = models.PositiveSmallIntegerField(_("成熟度止"), null=True, blank=True)
    materials = models.CharField(_("适用物料"), max_length=300, blank=True)
    standards = models.CharField(_("执行标准"), max_length=300, blank=True)
    certificates = terms_field("certificate", _("资质"))
    hazard_class = term_field("hazard-class", _("可承接危险类别"))
    price_model = models.CharField(
        _("计价方式"), max_length=12, choices=PriceModel.choices, blank=True
    )
    price_low_yuan = models.DecimalField(
        _("价格下限（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    price_high_yuan = models.DecimalField(
        _("价格上限（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    price_unit = models.CharField(_("计价单位"), max_length=30, blank=True)  # 批, 小时, 项
    price_note = models.CharField(_("价格说明"), max_length=300, blank=True)
    sme_price_note = models.CharField(_("中小企业优惠"), max_length=200, blank=True)  # G30
    lead_days_low = models.PositiveSmallIntegerField(_("周期下限（天）"), null=True, blank=True)
    lead_days_high = models.PositiveSmallIntegerField(_("周期上限（天）"), null=True, blank=True)
    ip_terms = term_field("ip-terms", _("知识产权约定"))
    is_open = models.BooleanField(_("对外服务"), null=True, blank=True)
    next_free_date = models.DateField(_("最早可排期"), null=True, blank=True)
    equipment = models.ManyToManyField(
        "platforms.Equipment", blank=True, related_name="capabilities", verbose_name=_("所用设备")
    )
    equipment_names = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        verbose_name=_("设备（来源原文）"),
    )

    objects = CapabilityQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("中试服务能力")
        indexes = [
            *SearchableModel.Meta.indexes,
            # the directory's first page, at a hundred thousand rows
            models.Index(
                F("confirmed_at").desc(nulls_last=True),
                F("completeness").desc(),
                "id",
                condition=Q(status="published"),
                name="platforms_capability_shown",
            ),
            # what facets count, without the texts: a fortieth of the pages
            models.Index(
                fields=["platform", "field", "confirmed_at"],
                include=["id"],
                condition=Q(status="published"),
                name="platforms_capability_counted",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=_in_order("scale_low", "scale_high"),
                name="platforms_capability_scale",
                violation_error_message=_("规模下限不能大于上限。"),
            ),
            models.CheckConstraint(
                condition=_in_order("trl_low", "trl_high")
                & (Q(trl_low__isnull=True) | Q(trl_low__range=(1, 9)))
                & (Q(trl_high__isnull=True) | Q(trl_high__range=(1, 9))),
                name="platforms_capability_trl",
                violation_error_message=_("技术成熟度为 1–9 级，起始级不能高于终止级。"),
            ),
            models.CheckConstraint(
                condition=_in_order("price_low_yuan", "price_high_yuan"),
                name="platforms_capability_price",
                violation_error_message=_("价格下限不能大于上限。"),
            ),
            models.CheckConstraint(
                condition=_in_order("lead_days_low", "lead_days_high"),
                name="platforms_capability_lead",
                violation_error_message=_("周期下限不能大于上限。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("platforms:capability", args=[self.slug])

    @property
    def scale_display(self) -> str:
        """10–200 kg/批, or the words of the source; empty when unknown."""
        return between(self.scale_low, self.scale_high, self.scale_unit) or self.scale_text

    @property
    def trl_display(self) -> str:
        """TRL 4–7; empty when unknown."""
        found = between(self.trl_low, self.trl_high)
        return f"TRL {found}" if found else ""

    @property
    def price_display(self) -> str:
        """1.2–3 万元/批, or 面议; empty when unknown."""
        low, high = self.price_low_yuan, self.price_high_yuan
        if low is not None and high is not None:  # one unit for both ends
            found = (
                between(low / WAN, high / WAN, "万元") if low >= WAN else between(low, high, "元")
            )
        else:
            found = between(low, high, number=yuan)
        if found:
            return f"{found}/{self.price_unit}" if self.price_unit else found
        return str(self.get_price_model_display()) if self.price_model else ""

    @property
    def lead_display(self) -> str:
        """10–30 天; empty when unknown."""
        return between(self.lead_days_low, self.lead_days_high, "天")


@pghistory.track(pghistory.DeleteEvent(), obj_field=None)
class CapabilityCertificate(Capability.certificates.through):  # type: ignore[name-defined,misc]
    """A certificate of a capability; the history keeps those that were taken away (G12)."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = _("能力资质")


class CapabilityParameter(models.Model):
    """One line of the parameter sheet: 温度 20–300 ℃."""

    capability = models.ForeignKey(Capability, models.CASCADE, related_name="parameters")
    name = models.CharField(_("参数"), max_length=60)
    low = models.DecimalField(_("下限"), max_digits=16, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(_("上限"), max_digits=16, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    text = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("能力参数")
        constraints = [
            models.UniqueConstraint(
                fields=["capability", "name"],
                name="platforms_parameter_once",
                violation_error_message=_("同一参数只填一次。"),
            ),
            models.CheckConstraint(
                condition=_in_order("low", "high"),
                name="platforms_parameter_order",
                violation_error_message=_("参数下限不能大于上限。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def value_display(self) -> str:
        """20–300 ℃, or its words."""
        found = between(self.low, self.high, self.unit)
        return "；".join(part for part in (found, self.text) if part)


@pghistory.track(exclude=["updated_at", "search", "completeness"])
class Solution(Listing, SearchableModel):
    """中试解决方案: a packaged offer for a kind of problem (G02)."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="solutions", verbose_name=_("平台")
    )
    title = models.CharField(_("方案名称"), max_length=200)
    problem = models.TextField(_("解决什么问题"), max_length=2000)
    summary = models.TextField(_("方案内容"), max_length=5000)
    capabilities = models.ManyToManyField(
        Capability, related_name="solutions", verbose_name=_("所用能力")
    )
    deliverables = models.TextField(_("交付物"), max_length=1000, blank=True)
    price_note = models.CharField(_("价格说明"), max_length=300, blank=True)
    lead_days_low = models.PositiveSmallIntegerField(_("周期下限（天）"), null=True, blank=True)
    lead_days_high = models.PositiveSmallIntegerField(_("周期上限（天）"), null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("中试解决方案")
        constraints = [
            models.CheckConstraint(
                condition=_in_order("lead_days_low", "lead_days_high"),
                name="platforms_solution_lead",
                violation_error_message=_("周期下限不能大于上限。"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("platforms:solution", args=[self.slug])

    @property
    def lead_display(self) -> str:
        """10–30 天; empty when unknown."""
        return between(self.lead_days_low, self.lead_days_high, "天")
