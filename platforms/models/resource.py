"""The three shareable resources of Z02: equipment, lines and laboratories, experts."""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import SearchableModel
from platforms.enums import EngagementMode, LineKind, Origin
from platforms.models.listing import Listing
from platforms.models.platform import Platform
from platforms.querysets import OfferQuerySet, SharedQuerySet


class Shared(Listing):
    """What others may book for some hours (G09)."""

    is_open = models.BooleanField(_("对外开放"), null=True, blank=True)
    takes_bookings = models.BooleanField(_("接受在线预约"), default=False)

    platform: Any  # each has its own relation

    class Meta:
        abstract = True

    @property
    def is_bookable(self) -> bool:
        """As `SharedQuerySet.bookable`: open, taking bookings, and somebody is there to answer."""
        platform = self.platform
        is_shown = self.is_published and platform.is_published
        return bool(is_shown and self.is_open and self.takes_bookings and platform.organisation_id)

    @property
    def units(self) -> int:
        """How many bookings fit at the same time: each takes one unit for all of its time."""
        return 1


@pghistory.track(exclude=["updated_at", "search", "completeness"])
class Equipment(Shared, SearchableModel):
    """仪器设备 (G43: origin and age; NRII: value)."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="equipment", verbose_name=_("平台")
    )
    name = models.CharField(_("设备名称"), max_length=200)
    model_number = models.CharField(_("型号"), max_length=100, blank=True)
    maker = models.CharField(_("制造商"), max_length=100, blank=True)
    origin = models.CharField(_("产地"), max_length=10, choices=Origin.choices, blank=True)
    quantity = models.PositiveSmallIntegerField(_("台（套）数"), default=1)
    value_yuan = models.DecimalField(
        _("原值（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    acquired_date = models.DateField(_("购置日期"), null=True, blank=True)
    renewal_year = models.PositiveSmallIntegerField(_("计划更新年份"), null=True, blank=True)
    specification = models.TextField(_("主要指标"), max_length=2000, blank=True)
    hourly_price_yuan = models.DecimalField(
        _("机时价（元/小时）"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    # Z03: what the platform promises to keep open for others
    open_hours_yearly = models.PositiveSmallIntegerField(
        _("承诺年开放机时（小时）"), null=True, blank=True
    )

    objects = SharedQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("仪器设备")
        constraints = [
            models.CheckConstraint(
                condition=Q(value_yuan__isnull=True) | Q(value_yuan__gte=0),
                name="platforms_equipment_value",
                violation_error_message=_("原值不能为负数。"),
            ),
            models.CheckConstraint(
                condition=Q(open_hours_yearly__isnull=True) | Q(open_hours_yearly__lte=8784),
                name="platforms_equipment_hours",
                violation_error_message=_("一年不超过 8784 小时。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("platforms:equipment", args=[self.slug])

    @property
    def units(self) -> int:
        return self.quantity


@pghistory.track(exclude=["updated_at", "search", "completeness"])
class Line(Shared, SearchableModel):
    """中试线、车间或实验室 (G51: digital lines)."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="lines", verbose_name=_("平台")
    )
    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类型"), max_length=10, choices=LineKind.choices)
    description = models.TextField(_("说明"), max_length=2000, blank=True)
    scale_text = models.CharField(_("规模"), max_length=200, blank=True)
    floor_area_sqm = models.DecimalField(
        _("面积（平方米）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    is_digital = models.BooleanField(_("自动采集与控制"), null=True, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("中试线与实验室")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("platforms:line", args=[self.slug])


# of a person's data the history keeps no copies, only what bears on the right to show it
@pghistory.track(fields=["status", "consented_at"])
class Expert(Listing, SearchableModel):
    """专家 (G38). Public only while the person's own consent stands."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="experts", verbose_name=_("平台")
    )
    name = models.CharField(_("姓名"), max_length=50)
    title = models.CharField(_("职称或职务"), max_length=100, blank=True)
    employer = models.CharField(_("工作单位"), max_length=200, blank=True)
    expertise = models.TextField(_("专长"), max_length=1000)
    engagement_modes = ArrayField(
        models.CharField(max_length=12, choices=EngagementMode.choices),
        default=list,
        blank=True,
        verbose_name=_("合作方式"),
    )
    availability = models.CharField(_("可服务时间"), max_length=200, blank=True)
    conflict_note = models.CharField(_("利益关系说明"), max_length=300, blank=True)
    consented_at = models.DateTimeField(_("本人同意公开时间"), null=True, blank=True)
    consent_note = models.CharField(_("同意依据"), max_length=200, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("专家")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(consented_at__isnull=False),
                name="platforms_expert_consent",
                violation_error_message=_("专家本人同意后才能公开。"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("platforms:expert", args=[self.slug])
