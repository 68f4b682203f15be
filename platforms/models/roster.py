"""The status won, and lost: recognitions, their history, assessments and appeals."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import (
    AppealStatus,
    AssessmentKind,
    BuildType,
    CheckResult,
    RecognitionStatus,
)
from platforms.models.platform import Platform
from platforms.models.recognition import Application, Scheme
from platforms.querysets import RecognitionQuerySet


@pghistory.track(exclude=["updated_at"])
class Recognition(BaseModel):
    """A platform's status under a scheme, from the day it enters the roster to the day it leaves.

    Never deleted: who left keeps the row, its certificate page and the reason (G20).
    """

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="recognitions", verbose_name=_("平台")
    )
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="recognitions", verbose_name=_("认定办法")
    )
    application = models.OneToOneField(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recognition",
        verbose_name=_("申报"),
    )
    build_type = models.CharField(
        _("建设类型"), max_length=10, choices=BuildType.choices, blank=True
    )
    batch = models.CharField(_("批次"), max_length=120, blank=True)
    certificate_number = models.CharField(_("证书编号"), max_length=40, unique=True)
    verification_code = models.CharField(_("验证码"), max_length=20, unique=True)
    decided_date = models.DateField(_("认定日期"))
    # entry into the roster and the first day outside it; empty while building, while on it
    started_date = models.DateField(_("入册日期"), null=True, blank=True)
    ended_date = models.DateField(_("退出日期"), null=True, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    rectify_by = models.DateField(_("整改期限"), null=True, blank=True)
    reason = models.TextField(_("最近变动原因"), max_length=2000, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=RecognitionStatus.choices)
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("认定")
        indexes = [models.Index(fields=["started_date", "ended_date"])]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "scheme"],
                condition=~Q(status__in=["removed", "expired"]),
                name="platforms_recognition_once",
                violation_error_message=_("该平台已在册。"),
            ),
            models.CheckConstraint(
                condition=Q(ended_date__isnull=True) | Q(ended_date__gte=F("started_date")),
                name="platforms_recognition_days",
                violation_error_message=_("退出日期不能早于入册日期。"),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "warned", "rectifying"])
                | Q(started_date__isnull=False, ended_date__isnull=True),
                name="platforms_recognition_on_roster",
                violation_error_message=_("在册的须有入册日期，没有退出日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}：{self.scheme}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:verify", args=[self.verification_code])

    @property
    def level(self) -> str:
        """The level of its scheme (select `scheme`)."""
        return str(self.scheme.level)

    @property
    def status_on_day_label(self) -> str:
        """The status in words, on the day that the roster was read for (else today's)."""
        return str(RecognitionStatus(getattr(self, "status_on_day", self.status)).label)

    @property
    def is_on_roster(self) -> bool:
        return self.status in {
            RecognitionStatus.ACTIVE,
            RecognitionStatus.WARNED,
            RecognitionStatus.RECTIFYING,
        }


WORDS = {"warned": "警示", "rectifying": "责令整改", "removed": "退出", "expired": "到期退出"}


class RosterChange(BaseModel):
    """One line of a recognition's history: from `day` on it has `status`, for `reason`."""

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="changes")
    day = models.DateField(_("生效日期"))
    status = models.CharField(_("状态"), max_length=12, choices=RecognitionStatus.choices)
    reason = models.TextField(_("原因"), max_length=2000, blank=True)
    document_number = models.CharField(_("文号"), max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("名册变动")
        indexes = [models.Index(fields=["recognition", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.get_status_display()}"

    @property
    def word(self) -> str:
        """What happened, given the status `earlier` that it ended (`roster_changes`)."""
        earlier = getattr(self, "earlier", "")
        if self.status == RecognitionStatus.ACTIVE:
            came_back = earlier in {RecognitionStatus.WARNED, RecognitionStatus.RECTIFYING}
            return "恢复正常" if came_back else "入册"
        if self.status == RecognitionStatus.REMOVED and earlier == RecognitionStatus.BUILDING:
            return "终止建设"
        return WORDS.get(self.status, str(self.get_status_display()))


class Assessment(BaseModel):
    """A mid-term assessment, an acceptance or a re-check: due, possibly put off, concluded."""

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="assessments")
    kind = models.CharField(_("类别"), max_length=12, choices=AssessmentKind.choices)
    due_date = models.DateField(_("应完成日"))
    extension_asked_date = models.DateField(_("申请延期至"), null=True, blank=True)
    extension_reason = models.CharField(_("延期理由"), max_length=500, blank=True)
    extension_answer = models.CharField(_("不同意延期的理由"), max_length=500, blank=True)
    # the platform says that it is done and asks to be assessed (G18)
    requested_at = models.DateTimeField(_("申请考核时间"), null=True, blank=True)
    held_date = models.DateField(_("评估日期"), null=True, blank=True)
    members = models.CharField(
        _("考核组成员"), max_length=300, blank=True,
        help_text=_("组长和专家的姓名、单位，与平台没有利益关系。"),
    )  # fmt: skip
    findings = models.TextField(
        _("现场核查情况"), max_length=5000, blank=True, help_text=_("没有到现场的留空。")
    )
    scores = models.JSONField(_("评分"), default=dict, blank=True)  # {item: points}
    total = models.DecimalField(_("总分"), max_digits=6, decimal_places=1, null=True, blank=True)
    result = models.CharField(_("结论"), max_length=10, choices=CheckResult.choices, blank=True)
    rectify_by = models.DateField(_("整改期限"), null=True, blank=True)
    conclusion = models.TextField(_("评估意见"), max_length=5000, blank=True)
    concluded_by = user_field()
    concluded_at = models.DateTimeField(_("结论时间"), null=True, blank=True)
    # of the letter of conclusion; empty until there is one
    verification_code = models.CharField(_("验证码"), max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("考核评估")
        constraints = [
            models.UniqueConstraint(
                fields=["verification_code"],
                condition=~Q(verification_code=""),
                name="platforms_assessment_code",
            ),
            models.UniqueConstraint(
                fields=["recognition", "kind"],
                condition=Q(result=""),
                name="platforms_assessment_once",
                violation_error_message=_("同类评估尚未完成。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recognition.platform} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """The public page that verifies the letter of conclusion."""
        return reverse("platforms:verify_letter", args=[self.verification_code])

    @property
    def platform(self) -> Platform:
        """Whose (select `recognition__platform`)."""
        return self.recognition.platform

    @property
    def scheme(self) -> Scheme:
        """By which ladder (select `recognition__scheme`)."""
        return self.recognition.scheme

    @property
    def is_overdue(self) -> bool:
        """Not done by its day, and the status not over (select `recognition`)."""
        is_late = not self.result and self.due_date < timezone.localdate()
        return is_late and self.recognition.status not in {
            RecognitionStatus.REMOVED,
            RecognitionStatus.EXPIRED,
        }


class AssessmentItem(BaseModel):
    """One line of the task book: what was promised, what was done, and the proof (G17, G18)."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="items")
    name = models.CharField(_("任务"), max_length=120)
    target = models.CharField(_("目标值"), max_length=200)
    done = models.CharField(_("完成值"), max_length=200, blank=True)
    proof = models.CharField(_("证明"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("任务书条目")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "name"],
                name="platforms_assessment_item_once",
                violation_error_message=_("同一任务只写一行。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Appeal(BaseModel):
    """The platform objects to a decision on its application or its recognition."""

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    recognition = models.ForeignKey(
        Recognition, models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    body = models.TextField(_("申诉理由"), max_length=3000)
    made_by = user_field(_("提出人"), required=True)
    answer = models.TextField(_("答复"), max_length=3000, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=AppealStatus.choices, default=AppealStatus.OPEN
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("申诉")
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=True) ^ Q(recognition__isnull=True),
                name="platforms_appeal_target",
                violation_error_message=_("申诉须针对一项申报或认定。"),
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status="open"),
                name="platforms_appeal_application",
                violation_error_message=_("申诉正在办理，无需重复提出。"),
            ),
            models.UniqueConstraint(
                fields=["recognition"],
                condition=Q(status="open"),
                name="platforms_appeal_recognition",
                violation_error_message=_("申诉正在办理，无需重复提出。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application or self.recognition}"
