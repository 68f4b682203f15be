"""案例征集: a call for cases, what was entered, and what experts think of it (G23)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.enums import CallStatus
from cases.models.stories import Case
from cases.querysets import EntryQuerySet
from core.model_fields import user_field
from core.models import BaseModel
from taxonomy.term_fields import region_field


class CaseCall(BaseModel):
    """案例征集 of one region. `criteria` is a list of `{"name", "marks"}`; the marks sum to 100."""

    title = models.CharField(_("标题"), max_length=200)
    region = region_field(_("征集地区"), required=True)
    notice = models.TextField(_("征集说明"), max_length=5000)
    criteria = models.JSONField(_("评分标准"))
    opens_date = models.DateField(_("开始日期"))
    due_date = models.DateField(_("截止日期"))
    status = models.CharField(
        _("状态"), max_length=10, choices=CallStatus.choices, default=CallStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    made_by = user_field(required=True)
    reviewers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("评审专家")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("案例征集")
        constraints = [
            models.CheckConstraint(
                condition=Q(due_date__gte=F("opens_date")),
                name="cases_call_dates",
                violation_error_message=_("截止日期不能早于开始日期。"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cases:call", args=[self.pk])

    @property
    def is_demo(self) -> bool:
        """Made by a demo account (select `made_by`)."""
        return self.made_by.is_demo

    def takes_entries(self, day: date) -> bool:
        """Whether a case may be entered or taken back on this day."""
        return self.status == CallStatus.OPEN and self.opens_date <= day <= self.due_date


class CaseEntry(BaseModel):
    """One published case in one call."""

    call = models.ForeignKey(CaseCall, models.PROTECT, related_name="entries")
    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    entered_by = user_field(required=True)
    entered_at = models.DateTimeField(_("报名时间"))
    is_selected = models.BooleanField(_("入选"), default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("案例报名")
        constraints = [
            models.UniqueConstraint(
                fields=["call", "case"],
                name="cases_entry_once",
                violation_error_message=_("这个案例已经报名。"),
            )
        ]

    def __str__(self) -> str:
        return str(self.case)


class Score(BaseModel):
    """What one person gave: `marks` in the order of the criteria, 100 in all at most."""

    reviewer = user_field(required=True)
    marks = models.JSONField(_("各项得分"))
    total = models.PositiveSmallIntegerField(_("总分"))
    comment = models.CharField(_("评语"), max_length=500)
    scored_at = models.DateTimeField(_("评分时间"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.total}"


class CaseScore(Score):
    """What one person gave an entry of a call."""

    entry = models.ForeignKey(CaseEntry, models.CASCADE, related_name="scores")

    class Meta:
        verbose_name = verbose_name_plural = _("案例评分")
        constraints = [
            models.UniqueConstraint(fields=["entry", "reviewer"], name="cases_score_once"),
            models.CheckConstraint(
                condition=Q(total__lte=100),
                name="cases_score_total",
                violation_error_message=_("总分不超过 100。"),
            ),
        ]
