"""The portal's own indicators, day by day, and the alerts they raise (part B)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from reporting.enums import AlertStatus
from reporting.models.indicator import Indicator
from reporting.querysets import AlertQuerySet


class PortalValue(BaseModel):
    """One portal indicator on one day. Recomputing a day replaces its value."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="portal_values")
    day = models.DateField(_("日期"))
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=4, null=True, blank=True)
    detail = models.JSONField(_("明细"), default=dict, blank=True)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("门户指标值")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "day"], name="reporting_portal_once")
        ]
        indexes = [models.Index(fields=["-day"])]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.day}"


class TargetFigure(BaseModel):
    """Where a policy target stands by a source outside this portal. A new row replaces none."""

    code = models.CharField(_("目标"), max_length=10)
    value = models.DecimalField(_("数值"), max_digits=14, decimal_places=2)
    as_of_date = models.DateField(_("截至日期"))
    source = models.CharField(_("来源"), max_length=300)
    entered_by = user_field(required=True)

    class Meta:
        verbose_name = verbose_name_plural = _("政策目标数值")
        indexes = [models.Index(fields=["code", "as_of_date"])]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class Alert(BaseModel):
    """A portal value out of its bounds: somebody owns it, by a day, and shows what was done (C18).

    `recovered_at`: when the value was found within its bounds again; then it is over for good.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="alerts")
    day = models.DateField(_("日期"))
    message = models.CharField(_("内容"), max_length=300)
    owner = user_field()
    due_date = models.DateField(_("处理期限"))
    status = models.CharField(
        _("状态"), max_length=10, choices=AlertStatus.choices, default=AlertStatus.OPEN
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    closed_by = user_field()
    answer = models.CharField(_("处理说明"), max_length=300, blank=True)
    recovered_at = models.DateTimeField(_("数值恢复时间"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标预警")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator"], condition=Q(status="open"), name="reporting_alert_open"
            )
        ]

    def __str__(self) -> str:
        return self.message

    def get_absolute_url(self) -> str:
        return reverse("reporting:alert", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        return self.status == AlertStatus.OPEN and self.due_date < timezone.localdate()
