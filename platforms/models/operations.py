"""Facts of running a platform: hours of equipment, public money, important changes."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import ChangeKind, ChangeStatus, FundingKind, GovernmentLevel, UsageSource
from platforms.models.platform import Platform
from platforms.models.resource import Equipment


class UsageLog(BaseModel):
    """One use of a piece of equipment (NRII: 有效工作机时, 对外服务机时)."""

    equipment = models.ForeignKey(
        Equipment, models.PROTECT, related_name="usage", verbose_name=_("设备")
    )
    start_at = models.DateTimeField(_("开始时间"))
    hours = models.DecimalField(_("机时（小时）"), max_digits=7, decimal_places=2)
    is_external = models.BooleanField(_("对外服务"), default=False)
    client_name = models.CharField(_("使用单位"), max_length=200, blank=True)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    source = models.CharField(
        _("登记方式"), max_length=10, choices=UsageSource.choices, default=UsageSource.ENTERED
    )
    # the sender's own number, so that sending twice writes once
    external_id = models.CharField(_("来源编号"), max_length=80, blank=True)
    # what it was booked by: one booking is one use
    booking = models.OneToOneField(
        "platforms.Booking", models.PROTECT, null=True, blank=True, related_name="usage",
        verbose_name=_("预约"),
    )  # fmt: skip
    recorded_by = user_field()
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("使用记录")
        indexes = [models.Index(fields=["equipment", "start_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=744),
                name="platforms_usage_hours",
                violation_error_message=_("机时须大于 0，一条不超过 744 小时（一个月）。"),
            ),
            models.UniqueConstraint(
                fields=["equipment", "external_id"],
                condition=~Q(external_id=""),
                name="platforms_usage_external",
                violation_error_message=_("这条记录已经登记。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.equipment} {self.start_at:%Y-%m-%d} {self.hours}"


@pghistory.track(exclude=["updated_at"])
class FundingRecord(BaseModel):
    """Public money given to a platform: the ledger behind “不再重复给予资金支持” (G46)."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="funding", verbose_name=_("平台")
    )
    level = models.CharField(_("资金级别"), max_length=10, choices=GovernmentLevel.choices)
    kind = models.CharField(_("资金性质"), max_length=10, choices=FundingKind.choices)
    fund = models.CharField(_("专项资金名称"), max_length=150)
    year = models.PositiveSmallIntegerField(_("年度"))
    amount_yuan = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    department = models.CharField(_("拨付部门"), max_length=100, blank=True)
    document_number = models.CharField(_("文号"), max_length=100, blank=True)
    paid_date = models.DateField(_("拨付日期"), null=True, blank=True)
    # why it was given although the same level had supported the building before
    exception_reason = models.CharField(_("重复支持的理由"), max_length=500, blank=True)
    recorded_by = user_field()
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("财政资金台账")
        indexes = [models.Index(fields=["platform", "year"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="platforms_funding_amount",
                violation_error_message=_("金额须大于 0。"),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="platforms_funding_year",
                violation_error_message=_("请填四位年份。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.year} {self.fund}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:funding_record", args=[self.pk])


@pghistory.track(exclude=["updated_at"])
class ChangeReport(BaseModel):
    """An important change, told when it happens (G12), or noticed and asked about."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="change_reports", verbose_name=_("平台")
    )
    kind = models.CharField(_("变动类别"), max_length=15, choices=ChangeKind.choices)
    # what of the platform changed, where there are several of it: a piece of equipment …
    subject = models.CharField(_("涉及"), max_length=200, blank=True)
    happened_date = models.DateField(_("发生日期"))
    before = models.CharField(_("变动前"), max_length=500, blank=True)
    after = models.CharField(_("变动后"), max_length=500, blank=True)
    note = models.TextField(_("情况说明"), max_length=3000, blank=True)
    # noticed from row history: the id of the version after the change, asked about once
    is_detected = models.BooleanField(_("系统发现"), default=False)
    history_id = models.BigIntegerField(_("历史版本"), null=True, blank=True)
    reported_by = user_field()
    status = models.CharField(
        _("状态"), max_length=10, choices=ChangeStatus.choices, default=ChangeStatus.ASKED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("重要变动报告")
        indexes = [models.Index(fields=["status", "created_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "kind", "history_id"],
                condition=Q(is_detected=True),
                name="platforms_change_detected_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform}：{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:change", args=[self.pk])

    @property
    def sentence(self) -> str:
        """What changed in one sentence, as the platform may report it."""
        what = self.subject or self.get_kind_display().removesuffix("变更")
        return f"{what}由“{self.before or '未填写'}”变为“{self.after or '未填写'}”。"
