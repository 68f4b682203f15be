"""Subsidies that fall from year to year, and what was paid of them (C07)."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import GovernmentLevel, SubsidyStatus
from platforms.models.operations import FundingRecord
from platforms.models.platform import Platform


@pghistory.track(exclude=["updated_at"])
class SubsidyPlan(BaseModel):
    """What a platform is to get over some years: a base, and a falling share of it a year."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="subsidy_plans", verbose_name=_("平台")
    )
    level = models.CharField(_("资金级别"), max_length=10, choices=GovernmentLevel.choices)
    fund = models.CharField(_("补贴名称"), max_length=150)
    base_yuan = models.DecimalField(_("首年基数（元）"), max_digits=14, decimal_places=2)
    first_year = models.PositiveSmallIntegerField(_("首年"))
    gate = models.CharField(_("拨付条件"), max_length=200, blank=True)
    # the jurisdiction's rule as it was when the plan was made; empty: by the decision itself
    rule = models.JSONField(_("依据的办法"), default=dict, blank=True)
    department = models.CharField(_("拨付部门"), max_length=100, blank=True)
    document_number = models.CharField(_("批复文号"), max_length=100)
    # why it was given although the same level had supported the platform before
    exception_reason = models.CharField(_("重复支持的理由"), max_length=500, blank=True)
    recorded_by = user_field()
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("退坡补贴计划")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "level", "fund", "first_year"],
                name="platforms_subsidy_once",
                violation_error_message=_("该平台已有同一年度起的同名补贴计划。"),
            ),
            models.CheckConstraint(
                condition=Q(base_yuan__gt=0),
                name="platforms_subsidy_base",
                violation_error_message=_("首年基数须大于 0。"),
            ),
            models.CheckConstraint(
                condition=Q(first_year__gte=2000, first_year__lte=2100),
                name="platforms_subsidy_first_year",
                violation_error_message=_("请填四位年份。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.fund}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:subsidy", args=[self.pk])


@pghistory.track(exclude=["updated_at"])
class SubsidyYear(BaseModel):
    """One year of a plan: its share of the base, whether results were reached, what was paid."""

    plan = models.ForeignKey(SubsidyPlan, models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField(_("年度"))
    rate_percent = models.DecimalField(_("比例（%）"), max_digits=5, decimal_places=2)
    planned_yuan = models.DecimalField(_("计划金额（元）"), max_digits=14, decimal_places=2)
    basis = models.CharField(_("考核依据"), max_length=500, blank=True)
    funding = models.OneToOneField(
        FundingRecord, models.PROTECT, null=True, blank=True, related_name="subsidy_year",
        verbose_name=_("台账记录"),
    )  # fmt: skip
    status = models.CharField(
        _("状态"), max_length=10, choices=SubsidyStatus.choices, default=SubsidyStatus.WAITING
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("退坡补贴分年计划")
        indexes = [models.Index(fields=["status", "year"])]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year"], name="platforms_subsidy_year_once"),
            models.CheckConstraint(
                condition=Q(rate_percent__gt=0, rate_percent__lte=100),
                name="platforms_subsidy_rate",
                violation_error_message=_("比例须大于 0，不超过 100%。"),
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(funding__isnull=False),
                name="platforms_subsidy_paid",
                violation_error_message=_("拨付须记入台账。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.year}"

    def get_absolute_url(self) -> str:
        return self.plan.get_absolute_url()

    @property
    def paid_yuan(self) -> Decimal | None:
        """What the ledger says was paid (select `funding`)."""
        return self.funding.amount_yuan if self.funding else None
