"""What reviewers leave behind: opinions, score sheets, records of visits."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import ApplicationStatus, AssignmentStatus, CheckResult, OpinionKind
from platforms.models.platform import Platform
from platforms.models.recognition import Application, Scheme
from platforms.models.roster import Assessment

# where the expert has something to do
OPEN_ASSIGNMENTS = (AssignmentStatus.INVITED, AssignmentStatus.SCORING)


class ReviewOpinion(BaseModel):
    """What a department says at a stage; co-signing departments say theirs beside it (G49)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="opinions")
    stage = models.CharField(_("环节"), max_length=12, choices=ApplicationStatus.choices)
    kind = models.CharField(
        _("意见类别"), max_length=10, choices=OpinionKind.choices, default=OpinionKind.REVIEW
    )
    department = models.CharField(_("部门或提出人"), max_length=100, blank=True)
    body = models.TextField(_("意见"), max_length=3000)
    author = user_field(_("填写人"), required=True)
    # what the deciding level found out about an objection and told who made it
    answer = models.TextField(_("核实结果"), max_length=3000, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审核意见")

    def __str__(self) -> str:
        return f"{self.get_stage_display()}：{self.body[:30]}"


class ExpertAssignment(BaseModel):
    """An expert asked to judge an application or an assessment (G17, G18): first declares
    interests, then scores."""

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    reviewer = user_field(_("专家"), required=True)
    due_date = models.DateField(_("评分截止日"))
    declared_at = models.DateTimeField(_("声明时间"), null=True, blank=True)
    conflict_note = models.CharField(_("利益关系"), max_length=500, blank=True)
    scores = models.JSONField(_("评分"), default=dict, blank=True)  # {item: points}
    total = models.DecimalField(_("总分"), max_digits=6, decimal_places=1, null=True, blank=True)
    comment = models.TextField(_("评审意见"), max_length=3000, blank=True)
    is_supportive = models.BooleanField(_("建议通过"), null=True, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=AssignmentStatus.choices, default=AssignmentStatus.INVITED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("专家评审")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reviewer"],
                name="platforms_assignment_once",
                violation_error_message=_("该专家已在评审组中。"),
            ),
            models.UniqueConstraint(
                fields=["assessment", "reviewer"],
                name="platforms_assignment_assessor",
                violation_error_message=_("该专家已在评审组中。"),
            ),
            models.CheckConstraint(
                condition=Q(application__isnull=True) ^ Q(assessment__isnull=True),
                name="platforms_assignment_subject",
                violation_error_message=_("评审须针对一项申报或考核。"),
            ),
            models.CheckConstraint(
                condition=~Q(status="scored") | Q(total__isnull=False),
                name="platforms_assignment_total",
                violation_error_message=_("评分未填完。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}：{self.subject}"

    @property
    def subject(self) -> Application | Assessment:
        """What is judged."""
        return self.application or self.assessment  # type: ignore[return-value]

    @property
    def platform(self) -> Platform:
        """Whose (select `application__platform` and `assessment__recognition__platform`)."""
        return self.subject.platform

    @property
    def scheme(self) -> Scheme:
        """By which ladder, so by which score sheet."""
        return self.subject.scheme

    @property
    def occasion(self) -> str:
        """The batch, or the kind of assessment, in words."""
        subject = self.subject
        if isinstance(subject, Application):
            return str(subject.programme)
        return f"{subject.scheme} {subject.get_kind_display()}"

    @property
    def is_overdue(self) -> bool:
        """Still to be declared or scored after its day."""
        return self.status in OPEN_ASSIGNMENTS and self.due_date < timezone.localdate()

    def get_absolute_url(self) -> str:
        return reverse("platforms:assignment", args=[self.pk])


class SiteCheck(BaseModel):
    """The record of a visit to the platform."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="site_checks")
    visited_date = models.DateField(_("核查日期"))
    members = models.CharField(_("核查人员"), max_length=300)
    findings = models.TextField(_("核查情况"), max_length=5000)
    result = models.CharField(_("结论"), max_length=10, choices=CheckResult.choices)
    recorded_by = user_field(_("记录人"), required=True)

    class Meta:
        verbose_name = verbose_name_plural = _("现场核查")

    def __str__(self) -> str:
        return f"{self.application.platform} {self.visited_date}"
