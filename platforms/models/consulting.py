"""What departments are asked about an application, and what they say (G49)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import ApplicationStatus, RequestStatus, Stance
from platforms.models.recognition import Application
from platforms.models.reviewing import ReviewOpinion


@pghistory.track(exclude=["updated_at"])
class OpinionRequest(BaseModel):
    """One department is asked at a stage for a written opinion by a working day."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="opinion_requests", verbose_name=_("申报")
    )
    stage = models.CharField(_("环节"), max_length=12, choices=ApplicationStatus.choices)
    department = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("部门")
    )
    question = models.TextField(_("征求什么意见"), max_length=2000)
    due_at = models.DateTimeField(_("答复期限"))
    asked_by = user_field(_("征求人"), required=True)
    stance = models.CharField(_("意见"), max_length=12, choices=Stance.choices, blank=True)
    body = models.TextField(_("具体意见"), max_length=3000, blank=True)
    answered_by = user_field(_("答复人"))
    # of the first answer: correcting it later does not make it late
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    merged_into = models.ForeignKey(
        ReviewOpinion, models.PROTECT, null=True, blank=True, related_name="merged_from",
        verbose_name=_("汇总意见"),
    )  # fmt: skip
    status = models.CharField(
        _("状态"), max_length=10, choices=RequestStatus.choices, default=RequestStatus.ASKED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("征求部门意见")
        indexes = [models.Index(fields=["status", "due_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "department"],
                condition=Q(status="asked"),
                name="platforms_opinion_asked_once",
                violation_error_message=_("已向该部门征求意见，正在等它答复。"),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["answered", "merged"]) | ~Q(stance=""),
                name="platforms_opinion_stance",
                violation_error_message=_("请选择同意、有条件同意或不同意。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}：{self.application.platform}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:opinion_request", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        """Still unanswered after its day."""
        return self.status == RequestStatus.ASKED and self.due_at < timezone.now()

    @property
    def is_on_time(self) -> bool | None:
        """Whether the answer came by its day; None while there is none."""
        return None if self.answered_at is None else self.answered_at <= self.due_at
