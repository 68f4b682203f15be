"""The register of platforms."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel, SearchableModel, SourcedModel
from platforms.enums import ClaimStatus, ReportKind, ReportStatus
from platforms.models.listing import Listing
from platforms.querysets import PlatformQuerySet
from taxonomy.term_fields import region_field, term_field, terms_field


@pghistory.track(exclude=["updated_at", "search", "completeness"])
class Platform(Listing, SourcedModel, SearchableModel):
    """A facility that offers pilot-test services (中试平台, 基地, 概念验证中心 …)."""

    name = models.CharField(_("平台名称"), max_length=200)
    pinyin_key = models.CharField(_("拼音"), max_length=200, db_index=True)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="platforms",
        verbose_name=_("运营单位"),
    )
    operator_name = models.CharField(_("依托单位"), max_length=200, blank=True)
    region = region_field(_("所在地区"), required=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    kind = term_field("platform-kind", _("平台类别"))
    host_type = term_field("host-type", _("建设主体类型"))
    host_type_text = models.CharField(_("建设主体（来源原文）"), max_length=60, blank=True)
    operation_mode = term_field("operation-mode", _("运营模式"))
    # G01: whether entering the register is a duty, G16: how it was built, G45: who governs it
    inclusion_basis = term_field("inclusion-basis", _("纳入依据"))
    build_type = term_field("build-type", _("建设类型"))
    governance = term_field("governance", _("治理方式"))
    fields = terms_field("field-data", _("服务领域"))
    level = term_field("platform-level", _("梯度层级"))
    level_text = models.CharField(_("级别（来源原文）"), max_length=60, blank=True)
    run_status = term_field("run-status", _("建设运行状态"))
    stage_text = models.CharField(_("建设运行状态（来源原文）"), max_length=60, blank=True)
    summary = models.TextField(_("平台简介"), max_length=3000, blank=True)
    website = models.URLField(_("网站"), max_length=300, blank=True)
    # the director of 院长（主任）负责制 (G45); not shown to the public, watched for changes (G12)
    leader_name = models.CharField(_("平台负责人"), max_length=50, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=50, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    contact_email = models.EmailField(_("联系邮箱"), blank=True)
    floor_area_sqm = models.DecimalField(
        _("场地面积（平方米）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    is_open = models.BooleanField(_("对外服务"), null=True, blank=True)
    # C11, L18: how much of the working hours serves others
    external_share_percent = models.PositiveSmallIntegerField(
        _("对外服务占比（%）"), null=True, blank=True
    )
    niche = models.CharField(_("专精方向"), max_length=100, blank=True)  # G37 “小而美”
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = PlatformQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("中试平台")
        indexes = [
            *SearchableModel.Meta.indexes,
            # the order of the directory
            models.Index(
                F("confirmed_at").desc(nulls_last=True),
                F("completeness").desc(),
                "pinyin_key",
                "id",
                condition=Q(status="published"),
                name="platforms_platform_shown",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(floor_area_sqm__isnull=True) | Q(floor_area_sqm__gte=0),
                name="platforms_platform_area",
                violation_error_message=_("场地面积不能为负数。"),
            ),
            models.CheckConstraint(
                condition=Q(external_share_percent__isnull=True)
                | Q(external_share_percent__lte=100),
                name="platforms_platform_external",
                violation_error_message=_("对外服务占比不能超过 100%。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("platforms:platform", args=[self.slug])

    @property
    def operator_display(self) -> str:
        """Who runs it: the organisation here, else the words of the source."""
        return str(self.organisation) if self.organisation else self.operator_name

    @property
    def region_display(self) -> str:
        """广东省中山市 (select `region__parent`)."""
        region = self.region
        return f"{region.parent or ''}{region}" if region.level > 1 else str(region)


class PlatformClaim(BaseModel):
    """An organisation says: we run this platform. Staff decide with the evidence."""

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="claims")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="platform_claims"
    )
    claimed_by = user_field(required=True)
    note = models.TextField(_("认领说明"), max_length=1000)
    status = models.CharField(
        _("状态"), max_length=10, choices=ClaimStatus.choices, default=ClaimStatus.PENDING
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("平台认领")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "organisation"],
                condition=Q(status="pending"),
                name="platforms_claim_once",
                violation_error_message=_("贵单位的认领申请正在审核，无需重复提交。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} → {self.platform}"


class ListingReport(BaseModel):
    """Somebody who used the register says that it is wrong (complaint 1: dead listings)."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="reports", verbose_name=_("平台")
    )
    kind = models.CharField(_("问题"), max_length=12, choices=ReportKind.choices)
    page = models.CharField(_("页面"), max_length=300, blank=True)
    note = models.TextField(_("说明"), max_length=1000, blank=True)
    contact = models.CharField(_("您的联系方式"), max_length=100, blank=True)
    reported_by = user_field()
    status = models.CharField(
        _("状态"), max_length=10, choices=ReportStatus.choices, default=ReportStatus.OPEN
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("信息纠错")
        indexes = [models.Index(fields=["status", "created_at"])]

    def __str__(self) -> str:
        return f"{self.platform} {self.get_kind_display()}"
