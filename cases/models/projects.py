"""Projects from first contact to confirmed outcome."""

from __future__ import annotations

from datetime import datetime

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    WITH_AMOUNT,
    ClearanceKind,
    ClearanceStage,
    DeclineReason,
    EvidenceGrade,
    OutcomeKind,
    OutcomeStatus,
    ProjectStatus,
)
from cases.querysets import OPEN_STATUSES, InspectionQuerySet, OutcomeQuerySet, ProjectQuerySet
from core.model_fields import user_field
from core.models import BaseModel
from taxonomy.term_fields import term_field


@pghistory.track(exclude=["updated_at"])
class Project(BaseModel):
    """对接项目: one enterprise and one platform, usually about one demand (C24)."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    title = models.CharField(_("事项"), max_length=200)
    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="projects")
    capability = models.ForeignKey(
        "platforms.Capability", models.PROTECT, null=True, blank=True, related_name="projects"
    )
    demand = models.ForeignKey(
        "demands.Demand", models.PROTECT, null=True, blank=True, related_name="projects"
    )
    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="projects", verbose_name=_("企业")
    )
    started_by = user_field(required=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=ProjectStatus.choices, default=ProjectStatus.ENQUIRY
    )
    status_changed_at = models.DateTimeField(_("状态时间"))
    asked_at = models.DateTimeField(_("咨询时间"))
    reply_due_at = models.DateTimeField(_("应回复时间"))
    first_replied_at = models.DateTimeField(_("首次回复时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("催办时间"), null=True, blank=True)
    decline_reason = models.CharField(
        _("婉拒原因"), max_length=12, choices=DeclineReason.choices, blank=True
    )
    contract_amount_yuan = models.DecimalField(
        _("合同额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    contract_date = models.DateField(_("签约日期"), null=True, blank=True)
    promised_date = models.DateField(_("承诺交付日期"), null=True, blank=True)
    started_date = models.DateField(_("开始日期"), null=True, blank=True)
    delivered_date = models.DateField(_("交付日期"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("对接项目")
        constraints = [
            # one thread a demand, whatever capability it began with
            models.UniqueConstraint(
                fields=["enterprise", "platform", "demand"],
                condition=Q(status__in=OPEN_STATUSES, demand__isnull=False),
                name="cases_project_demand_once",
                violation_error_message=_("这件事已经在对接，请在原对接中继续。"),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "platform", "capability"],
                condition=Q(status__in=OPEN_STATUSES, demand__isnull=True),
                nulls_distinct=False,
                name="cases_project_once",
                violation_error_message=_("这件事已经在对接，请在原对接中继续。"),
            ),
        ]
        indexes = [
            models.Index(fields=["platform", "status"]),
            models.Index(fields=["enterprise"]),
            models.Index(
                fields=["reply_due_at"], condition=Q(status="enquiry"), name="cases_project_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cases:project", args=[self.number])

    @property
    def is_ended(self) -> bool:
        return self.status not in OPEN_STATUSES

    def is_overdue(self, now: datetime) -> bool:
        """Nobody answered within the promised working days (complaint 2)."""
        return self.status == ProjectStatus.ENQUIRY and self.reply_due_at < now


@pghistory.track(exclude=["updated_at"])
class Clearance(BaseModel):
    """环评安评台账 (L10, L11): what one project needs, how far it is, and who sees to it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="clearances")
    kind = models.CharField(_("手续"), max_length=8, choices=ClearanceKind.choices)
    stage = models.CharField(
        _("办理情况"), max_length=10, choices=ClearanceStage.choices,
        default=ClearanceStage.TO_JUDGE,
    )  # fmt: skip
    # of the new approval, or of the one that is reused (点对点 reuse of the platform's own)
    approval_number = models.CharField(_("批复文号"), max_length=100, blank=True)
    approved_date = models.DateField(_("批复日期"), null=True, blank=True)
    officer_name = models.CharField(_("服务专员"), max_length=50, blank=True)
    hazard_class = term_field("hazard-class", _("危险类别"))  # fmt: skip
    note = models.CharField(_("说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("环评安评台账")
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="cases_clearance_once"),
            models.CheckConstraint(
                condition=~Q(stage__in=["approved", "reused"]) | ~Q(approval_number=""),
                name="cases_clearance_number",
                violation_error_message=_("已批复或沿用批复的，请填写批复文号。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("cases:ledger", args=[self.project.number])


class SafetyInspection(BaseModel):
    """One safety inspection of a project: findings, and how many of them are mended."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="inspections")
    held_date = models.DateField(_("检查日期"))
    inspector = models.CharField(_("检查人员"), max_length=100)
    findings = models.TextField(_("检查情况"), max_length=3000)
    found_count = models.PositiveSmallIntegerField(_("发现问题（项）"), default=0)
    mended_count = models.PositiveSmallIntegerField(_("已整改（项）"), default=0)
    rectify_by = models.DateField(_("整改期限"), null=True, blank=True)
    rectification = models.TextField(_("整改情况"), max_length=3000, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("安全检查")
        indexes = [models.Index(fields=["project", "held_date"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(mended_count__lte=models.F("found_count")),
                name="cases_inspection_mended",
                violation_error_message=_("已整改的不能多于发现的问题。"),
            ),
            models.CheckConstraint(
                condition=Q(found_count=models.F("mended_count")) | Q(rectify_by__isnull=False),
                name="cases_inspection_due",
                violation_error_message=_("有未整改的问题，请填写整改期限。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.held_date}"

    @property
    def is_overdue(self) -> bool:
        """Something is still to be mended after its day."""
        is_open = self.mended_count < self.found_count
        return is_open and self.rectify_by is not None and self.rectify_by < timezone.localdate()


class Message(models.Model):
    """One entry of the thread both sides see. Files belong to it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="messages")
    author = user_field(required=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    body = models.TextField(_("内容"), max_length=5000)
    sent_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("往来消息")
        indexes = [models.Index(fields=["project", "sent_at"])]

    def __str__(self) -> str:
        return self.body[:40]


@pghistory.track()
class Quote(BaseModel):
    """A dated price of the platform; a new one replaces the last, none is changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="quotes")
    amount_yuan = models.DecimalField(_("报价（元）"), max_digits=14, decimal_places=2)
    lead_days = models.PositiveSmallIntegerField(_("周期（天）"))
    valid_until_date = models.DateField(_("有效期至"))
    scope = models.TextField(_("包含内容"), max_length=2000)
    quoted_by = user_field(required=True)
    quoted_at = models.DateTimeField(_("报价时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("报价")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="cases_quote_amount",
                violation_error_message=_("报价须大于 0。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_yuan}元"


@pghistory.track(exclude=["updated_at"])
class Outcome(BaseModel):
    """成果: claimed by the platform, confirmed or rejected by the enterprise (PRT-18)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="outcomes")
    kind = models.CharField(_("成果类型"), max_length=10, choices=OutcomeKind.choices)
    description = models.TextField(_("成果说明"), max_length=3000)
    product_name = models.CharField(_("产品名称"), max_length=200, blank=True)
    # of what follows from a pilot (TRF-07 to TRF-09, TRF-11, TRF-14): how much, with whom
    amount_yuan = models.DecimalField(
        _("金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    party_name = models.CharField(_("相关单位"), max_length=200, blank=True)
    document_number = models.CharField(_("合同登记编号"), max_length=100, blank=True)
    trl_before = models.PositiveSmallIntegerField(_("中试前成熟度"), null=True, blank=True)
    trl_after = models.PositiveSmallIntegerField(_("中试后成熟度"), null=True, blank=True)
    achieved_date = models.DateField(_("取得日期"))
    evidence_grade = models.CharField(
        _("证据等级"), max_length=1, choices=EvidenceGrade.choices, default=EvidenceGrade.D
    )
    claimed_by = user_field(required=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=OutcomeStatus.choices, default=OutcomeStatus.CLAIMED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("满意度（1–5）"), null=True, blank=True)
    # SHA-256 of the secret in the link that lets the enterprise answer without hunting for it
    link_digest = models.CharField(max_length=64, blank=True, editable=False)
    link_expires_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("成果")
        constraints = [
            models.CheckConstraint(
                condition=(Q(trl_before__isnull=True) | Q(trl_before__range=(1, 9)))
                & (Q(trl_after__isnull=True) | Q(trl_after__range=(1, 9))),
                name="cases_outcome_trl",
                violation_error_message=_("技术成熟度为 1–9 级。"),
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
                name="cases_outcome_satisfaction",
                violation_error_message=_("满意度为 1–5 分。"),
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0)
                | Q(amount_yuan__isnull=True) & ~Q(kind__in=WITH_AMOUNT),
                name="cases_outcome_amount",
                violation_error_message=_("请填写大于 0 的金额。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("cases:outcome", args=[self.pk])


@pghistory.track(exclude=["updated_at"])
class Receipt(BaseModel):
    """到账: money of the contract that arrived, registered by the platform, confirmed by the
    enterprise; the income of a year is made of it (SRV-12), and what of it 中试服务券 paid (SRV-21,
    G25)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="receipts")
    amount_yuan = models.DecimalField(_("到账金额（元）"), max_digits=14, decimal_places=2)
    received_date = models.DateField(_("到账日期"))
    # part of the amount; nobody said: no voucher
    voucher_yuan = models.DecimalField(
        _("其中服务券抵用（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    voucher_number = models.CharField(_("服务券编号"), max_length=80, blank=True)
    note = models.CharField(_("款项说明"), max_length=200, blank=True)
    registered_by = user_field(required=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=OutcomeStatus.choices, default=OutcomeStatus.CLAIMED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("到账")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="cases_receipt_amount",
                violation_error_message=_("到账金额须大于 0。"),
            ),
            models.CheckConstraint(
                condition=Q(voucher_yuan__isnull=True)
                | Q(voucher_yuan__gt=0, voucher_yuan__lte=F("amount_yuan")),
                name="cases_receipt_voucher",
                violation_error_message=_("服务券抵用须大于 0，且不超过到账金额。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_date} 到账"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#receipts"
