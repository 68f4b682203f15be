"""A platform's yearly report: values, frozen versions, plan, comments, extensions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from reporting.enums import (
    EDITABLE,
    IN_REVIEW,
    NUMBERS,
    STRUCTURED,
    Answer,
    Fill,
    NullReason,
    ReportStatus,
)
from reporting.models.cycle import ReportCycle
from reporting.models.indicator import Indicator
from reporting.querysets import ReportQuerySet


class AnnualReport(BaseModel):
    """年度报告 (G10, G11): what one platform did in a year and plans for the next."""

    cycle = models.ForeignKey(ReportCycle, models.PROTECT, related_name="reports")
    platform = models.ForeignKey(
        "platforms.Platform", models.PROTECT, related_name="annual_reports", verbose_name=_("平台")
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=ReportStatus.choices, default=ReportStatus.FILLING
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    # levels whose review it has to pass, in order: those of the cycle that the platform's place has
    chain = ArrayField(models.CharField(max_length=10), verbose_name=_("审核层级"))
    computed_at = models.DateTimeField(_("计算时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    extended_date = models.DateField(_("延期至"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("催报时间"), null=True, blank=True)
    problem_count = models.PositiveSmallIntegerField(_("待改问题"), default=0)
    burden_percent = models.DecimalField(
        _("自动采集占比（%）"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("年度报告")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "platform"], name="reporting_report_once")
        ]
        indexes = [models.Index(fields=["status"])]

    def __str__(self) -> str:
        return f"{self.platform}{self.cycle.year}年度报告"

    def get_absolute_url(self) -> str:
        return reverse("reporting:report", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def is_in_review(self) -> bool:
        return self.status in IN_REVIEW

    @property
    def due_date(self) -> dt.date:
        """The last day to submit (select `cycle`)."""
        return self.extended_date or self.cycle.due_date


# what people typed and what was corrected; computed values can be computed again
@pghistory.track(
    pghistory.InsertEvent("typed", condition=pgtrigger.Q(new__fill=Fill.MANUAL)),
    pghistory.UpdateEvent("retyped", condition=pgtrigger.Q(new__fill=Fill.MANUAL)),
    pghistory.UpdateEvent(
        "corrected", condition=pgtrigger.AnyChange("correction", "correction_answer")
    ),
    exclude=["updated_at", "computed_at"],
)
class ReportValue(BaseModel):
    """One value of a report. Auto values are read-only; a correction keeps both (house rule 5)."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="values_set")
    # its index is `reporting_value_told`
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    number = models.DecimalField(_("数值"), max_digits=20, decimal_places=4, null=True, blank=True)
    text = models.TextField(_("文字"), blank=True)
    data = models.JSONField(_("内容"), null=True, blank=True)
    null_reason = models.CharField(
        _("空值原因"), max_length=10, choices=NullReason.choices, blank=True
    )
    fill = models.CharField(_("来源"), max_length=1, choices=Fill.choices)
    detail = models.JSONField(_("附带统计"), default=dict, blank=True)  # n, median, spread
    note = models.CharField(_("说明"), max_length=500, blank=True)  # explains a warning
    typed_by = user_field()
    typed_at = models.DateTimeField(_("填写时间"), null=True, blank=True)
    computed_at = models.DateTimeField(_("计算时间"), null=True, blank=True)
    # {"value": …}: what the operator holds to be right, as JSON
    correction = models.JSONField(_("更正值"), null=True, blank=True)
    correction_reason = models.CharField(_("更正理由"), max_length=500, blank=True)
    correction_answer = models.CharField(
        _("更正处理"), max_length=10, choices=Answer.choices, blank=True
    )
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("报告数值")
        indexes = [
            # a handful among millions, counted on every workbench
            models.Index(
                fields=["report"], condition=Q(correction_answer="pending"),
                name="reporting_value_asked",
            ),
            # a number of every report of ten years, without a look at their rows
            models.Index(
                fields=["indicator", "report"], include=["number"], name="reporting_value_told"
            ),
            models.Index(
                fields=["indicator"], condition=Q(correction_answer="accepted"),
                name="reporting_value_agreed",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="reporting_value_once"),
            models.CheckConstraint(
                condition=Q(correction__isnull=True) | ~Q(correction_reason=""),
                name="reporting_value_correction",
                violation_error_message=_("请写明更正理由。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.indicator_id}"

    @property
    def value(self) -> Any:
        """The value of its kind: Decimal, str, bool, list; None when there is none."""
        return stored(self.indicator.kind, self.number, self.text, self.data)

    @property
    def effective(self) -> Any:
        """What counts: the correction once it is accepted, else the value."""
        return in_force(self.indicator.kind, self.value, self.correction, self.correction_answer)

    @property
    def is_empty(self) -> bool:
        return self.value is None

    @property
    def is_protected(self) -> bool:
        """Computed, not typed: nobody edits it."""
        return self.fill != Fill.MANUAL


def stored(kind: str, number: Decimal | None, text: str, data: Any) -> Any:
    """The value that the three columns hold for a kind."""
    if kind in NUMBERS:
        return number
    if kind in STRUCTURED:
        return data
    return text or None


def in_force(kind: str, value: Any, correction: Any, answer: str) -> Any:
    """The correction once it is accepted, else the value."""
    if answer != Answer.ACCEPTED or correction is None:
        return value
    corrected = correction["value"]
    return Decimal(str(corrected)) if kind in NUMBERS and corrected is not None else corrected


class ReportVersion(models.Model):
    """A frozen report as it was submitted. Nothing in it ever changes (house rule 7)."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    snapshot = models.JSONField(_("内容"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    verification_code = models.CharField(_("核验码"), max_length=20, unique=True)
    submitted_by = user_field(required=True)
    submitted_at = models.DateTimeField(_("提交时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("报告版本")
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="reporting_version_once")
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class ReviewComment(BaseModel):
    """A reviewer's word on the report or on one indicator of it."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="comments")
    version = models.ForeignKey(ReportVersion, models.PROTECT, null=True, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+"
    )
    step = models.CharField(_("环节"), max_length=10, choices=ReportStatus.choices)
    author = user_field(required=True)
    body = models.TextField(_("意见"), max_length=1000)
    resolved_at = models.DateTimeField(_("解决时间"), null=True, blank=True)
    resolved_by = user_field()

    class Meta:
        verbose_name = verbose_name_plural = _("审核意见")

    def __str__(self) -> str:
        return self.body[:40]


class PlanTarget(BaseModel):
    """What a platform promises for the year after the report: next year's baseline (G11)."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="plan_targets")
    code = models.CharField(_("指标"), max_length=8)
    target = models.DecimalField(_("目标值"), max_digits=20, decimal_places=4)
    note = models.CharField(_("措施"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("年度目标")
        constraints = [
            models.UniqueConstraint(fields=["report", "code"], name="reporting_plan_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.target}"

    @property
    def version(self) -> str:
        """Names what is stored now; another one says that somebody changed it."""
        return self.updated_at.isoformat()


class Extension(BaseModel):
    """A request for more time, and the answer."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="extensions")
    requested_by = user_field(required=True)
    reason = models.TextField(_("延期理由"), max_length=500)
    until_date = models.DateField(_("申请延至"))
    answer = models.CharField(
        _("处理"), max_length=10, choices=Answer.choices, default=Answer.PENDING
    )
    answer_reason = models.CharField(_("处理意见"), max_length=300, blank=True)
    answered_by = user_field()
    answered_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("延期申请")
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(answer="pending"),
                name="reporting_extension_once",
                violation_error_message=_("已有延期申请在等待处理。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.until_date}"
