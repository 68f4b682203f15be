"""Rewards for good results: who gets what, made public, decided, entered in the ledger."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel
from reporting.enums import RewardStatus
from reporting.models.evaluation import EvaluationResult, EvaluationRun


@pghistory.track(exclude=["updated_at"])
class RewardPlan(BaseModel):
    """奖补方案 (Z08, L07): the list computed from a published evaluation and the city's rule."""

    run = models.ForeignKey(
        EvaluationRun, models.PROTECT, related_name="rewards", verbose_name=_("评价")
    )
    rule = models.JSONField(_("奖补规定"))  # the jurisdiction's reward as it was then
    name = models.CharField(_("名称"), max_length=100)
    status = models.CharField(
        _("状态"), max_length=10, choices=RewardStatus.choices, default=RewardStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    amount_yuan = models.DecimalField(_("每家金额（元）"), max_digits=14, decimal_places=2)
    budget_yuan = models.DecimalField(
        _("总额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    department = models.CharField(_("拨付部门"), max_length=100)
    document_number = models.CharField(_("决定文号"), max_length=100, blank=True)
    publicity_starts_at = models.DateTimeField(_("公示开始"), null=True, blank=True)
    publicity_ends_at = models.DateTimeField(_("公示截止"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("奖补方案")
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=~Q(status="cancelled"),
                name="reporting_reward_once",
                violation_error_message=_("这次评价已有奖补方案。"),
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="reporting_reward_amount",
                violation_error_message=_("金额须大于 0。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reporting:reward", args=[self.pk])

    @property
    def total_yuan(self) -> Decimal:
        """The sum of what is given (prefetch `items`)."""
        return sum((item.amount_yuan for item in self.items.all()), Decimal(0))


@pghistory.track(exclude=["updated_at"])
class RewardItem(BaseModel):
    """One platform of a plan: the amount, or why it gets none; the ledger's row once decided."""

    plan = models.ForeignKey(RewardPlan, models.CASCADE, related_name="items")
    result = models.ForeignKey(EvaluationResult, models.PROTECT, related_name="+")
    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="+")
    place = models.PositiveIntegerField(_("名次"))
    amount_yuan = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    funding = models.OneToOneField(
        "platforms.FundingRecord", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("奖补名单")
        constraints = [
            models.UniqueConstraint(fields=["plan", "platform"], name="reporting_reward_platform")
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.amount_yuan}"
