"""A year of reporting in a region, and the long work behind it."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel, JobModel
from reporting.enums import Coverage, CycleStatus, JobKind
from reporting.models.indicator import Indicator
from reporting.querysets import JobQuerySet
from taxonomy.term_fields import region_field


class ReportCycle(BaseModel):
    """年度填报 (G10): one year of one region, with the indicator versions it asks for."""

    year = models.PositiveSmallIntegerField(_("报告年度"))
    region = region_field(_("地区"), required=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=CycleStatus.choices, default=CycleStatus.PLANNED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    opens_date = models.DateField(_("开始日期"))
    due_date = models.DateField(_("截止日期"))
    coverage = models.CharField(
        _("填报范围"), max_length=12, choices=Coverage.choices, default=Coverage.PUBLISHED
    )
    # county, city, province: as the jurisdiction says when the cycle is made
    reviewers = ArrayField(models.CharField(max_length=10), verbose_name=_("审核层级"))
    indicators = models.ManyToManyField(Indicator, related_name="cycles", verbose_name=_("指标"))
    notice = models.TextField(_("填报说明"), max_length=3000, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("年度填报")
        constraints = [
            models.UniqueConstraint(
                fields=["year", "region", "is_demo"],
                name="reporting_cycle_once",
                violation_error_message=_("该地区这一年度的填报已经建立。"),
            ),
            models.CheckConstraint(
                condition=Q(due_date__gte=F("opens_date")),
                name="reporting_cycle_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.year}年度报告"

    def clean(self) -> None:
        if self.due_date < self.opens_date:
            raise ValidationError({"due_date": _("截止日期不能早于开始日期。")})

    def get_absolute_url(self) -> str:
        return reverse("reporting:cycle", args=[self.pk])

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, 1, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, 12, 31)


class ReportingJob(JobModel):
    """Long work of this app: visible, cancellable, safe to run twice, resumed when left."""

    kind = models.CharField(_("任务"), max_length=12, choices=JobKind.choices)
    cycle = models.ForeignKey(
        ReportCycle, models.PROTECT, null=True, blank=True, related_name="jobs"
    )
    parameters = models.JSONField(_("参数"), default=dict, blank=True)
    subject = models.CharField(_("对象"), max_length=300, blank=True)  # what it is done to
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("填报任务")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "cycle"],
                condition=Q(status__in=["queued", "running"]),
                name="reporting_job_once",
                violation_error_message=_("同样的任务正在进行。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:job", args=[self.pk])

    @property
    def origin_url(self) -> str:
        """Where it was started, and may be started again."""
        if run := self.parameters.get("run_id"):
            return reverse("reporting:evaluation", args=[run])
        if publication := self.parameters.get("publication"):
            return reverse("reporting:compile", args=[publication])
        return self.cycle.get_absolute_url() if self.cycle else reverse("reporting:managed_lists")
