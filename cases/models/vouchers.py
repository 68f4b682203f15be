"""中试服务券: a region's programme and each voucher issued under it (G25, complaint 12)."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import SizeClass
from cases.enums import (
    VOUCHER_OVER,
    VoucherMode,
    VoucherProgrammeStatus,
    VoucherReach,
    VoucherStatus,
)
from cases.models.projects import Project
from cases.querysets import VoucherQuerySet
from core.model_fields import user_field
from core.models import BaseModel
from taxonomy.term_fields import region_field


@pghistory.track(exclude=["updated_at"])
class VoucherProgramme(BaseModel):
    """服务券方案: what a region pays of pilot contracts of its enterprises, and by what rules."""

    name = models.CharField(_("名称"), max_length=100)
    region = region_field(_("出资地区"), required=True)
    document_number = models.CharField(_("文号"), max_length=100, blank=True)
    notice = models.TextField(_("说明"), max_length=3000, blank=True)
    budget_yuan = models.DecimalField(_("预算（元）"), max_digits=14, decimal_places=2)
    # under 100: the enterprise always pays a part itself
    share_percent = models.PositiveSmallIntegerField(_("抵用比例（%）"))
    voucher_cap_yuan = models.DecimalField(_("每张最高（元）"), max_digits=14, decimal_places=2)
    yearly_cap_yuan = models.DecimalField(
        _("每家企业每年最高（元）"), max_digits=14, decimal_places=2
    )
    size_classes = ArrayField(
        models.CharField(max_length=10, choices=SizeClass.choices), default=list, blank=True,
        verbose_name=_("企业规模"),
    )  # fmt: skip
    needs_demand = models.BooleanField(_("须发布过中试需求"), default=True)
    reach = models.CharField(
        _("可用平台"), max_length=12, choices=VoucherReach.choices, default=VoucherReach.RECOGNISED
    )
    modes = ArrayField(
        models.CharField(max_length=10, choices=VoucherMode.choices), verbose_name=_("兑付方式")
    )
    opens_date = models.DateField(_("申领开始日期"))
    closes_date = models.DateField(_("申领截止日期"))
    valid_days = models.PositiveSmallIntegerField(_("有效期（天）"), default=180)
    audit_workdays = models.PositiveSmallIntegerField(_("审核时限（工作日）"), default=10)
    status = models.CharField(
        _("状态"), max_length=10, choices=VoucherProgrammeStatus.choices,
        default=VoucherProgrammeStatus.DRAFT,
    )  # fmt: skip
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    made_by = user_field(required=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("服务券方案")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_date__gte=F("opens_date")),
                name="cases_voucher_days",
                violation_error_message=_("截止日期不能早于开始日期。"),
            ),
            models.CheckConstraint(
                condition=Q(share_percent__range=(1, 90)),
                name="cases_voucher_share",
                violation_error_message=_("抵用比例为 1–90，企业须自付一部分。"),
            ),
            models.CheckConstraint(
                condition=Q(
                    voucher_cap_yuan__gt=0,
                    yearly_cap_yuan__gte=F("voucher_cap_yuan"),
                    budget_yuan__gte=F("voucher_cap_yuan"),
                ),
                name="cases_voucher_caps",
                violation_error_message=_("每张最高须大于 0，且不超过每年最高和预算。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cases:voucher_programme", args=[self.pk])

    def takes_claims(self, day: date) -> bool:
        """Whether vouchers may be claimed on this day."""
        is_open = self.status == VoucherProgrammeStatus.OPEN
        return is_open and self.opens_date <= day <= self.closes_date

    @property
    def size_words(self) -> str:
        """Which enterprises, in words."""
        return "、".join(str(SizeClass(one).label) for one in self.size_classes) or "不限规模"

    @property
    def mode_words(self) -> str:
        return "；".join(str(VoucherMode(one).label) for one in self.modes)


@pghistory.track(exclude=["updated_at"])
class Voucher(BaseModel):
    """One voucher of an enterprise: issued, used for one contract, paid out once."""

    number = models.CharField(_("服务券编号"), max_length=32, unique=True)
    programme = models.ForeignKey(
        VoucherProgramme, models.PROTECT, related_name="vouchers", verbose_name=_("服务券方案")
    )
    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="vouchers", verbose_name=_("企业")
    )
    claimed_by = user_field(required=True)
    issued_at = models.DateTimeField(_("发放时间"))
    # the contract must be signed by then
    valid_until_date = models.DateField(_("有效期至"))
    # the most it pays; so much of the budget is kept for it
    face_yuan = models.DecimalField(_("面额（元）"), max_digits=14, decimal_places=2)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="vouchers",
        verbose_name=_("对接项目"),
    )  # fmt: skip
    mode = models.CharField(_("兑付方式"), max_length=10, choices=VoucherMode.choices, blank=True)
    requested_at = models.DateTimeField(_("首次申请兑付时间"), null=True, blank=True)
    audit_due_at = models.DateTimeField(_("应审核时间"), null=True, blank=True)
    amount_yuan = models.DecimalField(
        _("兑付金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    # how the amount came about when it was asked for: [label, value] line by line
    arithmetic = models.JSONField(_("金额计算"), default=list, blank=True)
    paid_date = models.DateField(_("拨付日期"), null=True, blank=True)
    payment_reference = models.CharField(_("拨付凭证号"), max_length=100, blank=True)
    funding = models.OneToOneField(
        "platforms.FundingRecord", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("财政资金台账"),
    )  # fmt: skip
    status = models.CharField(
        _("状态"), max_length=10, choices=VoucherStatus.choices, default=VoucherStatus.ISSUED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("中试服务券")
        indexes = [models.Index(fields=["programme", "status"])]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=~Q(status__in=VOUCHER_OVER),
                name="cases_voucher_project_once",
                violation_error_message=_("这份合同已经用了一张服务券。"),
            ),
            models.CheckConstraint(
                condition=Q(face_yuan__gt=0),
                name="cases_voucher_face",
                violation_error_message=_("面额须大于 0。"),
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__isnull=True)
                | Q(amount_yuan__gt=0, amount_yuan__lte=F("face_yuan")),
                name="cases_voucher_amount",
                violation_error_message=_("兑付金额须大于 0，且不超过面额。"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:voucher", args=[self.number])

    @property
    def is_demo(self) -> bool:
        """Select `programme` and `enterprise`."""
        return self.programme.is_demo or self.enterprise.is_demo

    @property
    def payee(self) -> str:
        """Whom the money goes to; empty until the mode is chosen. Select the project's platform."""
        if self.mode == VoucherMode.DEDUCT and self.project:
            return str(self.project.platform)
        return str(self.enterprise) if self.mode else ""
