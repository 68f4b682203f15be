"""Ladders (认定, 备案 …), the batches that open on them, and applications."""

from __future__ import annotations

import re
from datetime import date

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import (
    ApplicationStatus,
    BuildType,
    GovernmentLevel,
    ProgrammeStatus,
)
from platforms.models.platform import Platform
from platforms.querysets import ApplicationQuerySet, ProgrammeQuerySet
from taxonomy.term_fields import region_field


class Scheme(BaseModel):
    """A ladder of a jurisdiction: written in `data/jurisdictions/*.toml`, synced by a command.

    认定, 备案, 授牌 and 培育 are different schemes, never the same state (REQUIREMENTS 5.2).
    """

    slug = models.SlugField(_("编号"), max_length=80, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    level = models.CharField(_("级别"), max_length=10, choices=GovernmentLevel.choices)
    region = region_field(_("适用地区"), required=True)
    build_types = ArrayField(
        models.CharField(max_length=10, choices=BuildType.choices),
        default=list,
        blank=True,
        verbose_name=_("建设类型"),
    )
    # as in the file: [{slug, name, actor, stages, skipped_for, example}], in order
    steps = models.JSONField(_("步骤"), default=list)
    criteria = models.JSONField(_("条件"), default=list, blank=True)  # [{name, minimum, unit, …}]
    evidence = models.JSONField(_("证明材料"), default=list, blank=True)  # names
    vetoes = models.JSONField(_("一票否决"), default=list, blank=True)  # sentences
    score_sheet = models.JSONField(_("评分表"), default=list, blank=True)  # [{name, maximum}]
    publicity_workdays = models.PositiveSmallIntegerField(_("公示工作日"), null=True, blank=True)
    valid_years = models.PositiveSmallIntegerField(_("有效年数"), null=True, blank=True)
    certificate_prefix = models.CharField(_("证书编号前缀"), max_length=20)
    source = models.CharField(_("依据"), max_length=300)
    example_items = models.JSONField(_("示例设定"), default=list, blank=True)
    is_active = models.BooleanField(_("有效"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("认定办法")

    def __str__(self) -> str:
        return self.name

    @property
    def word(self) -> str:
        """What the decision is called: 备案 is not 认定."""
        return "备案" if "备案" in self.name else "认定"

    @property
    def basis(self) -> str:
        """The document itself, as a certificate cites it: `source` without remarks."""
        return self.source.split("；")[0]


@pghistory.track(exclude=["updated_at"])
class Programme(BaseModel):
    """A batch (批次) that opens on a scheme for some time."""

    slug = models.SlugField(_("编号"), max_length=80, unique=True)
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="programmes", verbose_name=_("认定办法")
    )
    title = models.CharField(_("批次名称"), max_length=120)
    year = models.PositiveSmallIntegerField(_("年度"))
    opens_date = models.DateField(_("开始受理日"))
    closes_date = models.DateField(_("截止日"), help_text=_("当日 24 时截止。"))
    notice = models.TextField(_("申报说明"), max_length=5000, blank=True)
    document_number = models.CharField(_("通知文号"), max_length=100, blank=True)
    publicity_workdays = models.PositiveSmallIntegerField(_("公示工作日"), default=5)
    status = models.CharField(
        _("状态"), max_length=10, choices=ProgrammeStatus.choices, default=ProgrammeStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("申报批次")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_date__gte=F("opens_date")),
                name="platforms_programme_days",
                violation_error_message=_("截止日不能早于开始受理日。"),
            ),
            models.CheckConstraint(
                condition=Q(publicity_workdays__gte=1),
                name="platforms_programme_publicity",
                violation_error_message=_("公示至少 1 个工作日。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("platforms:programme", args=[self.slug])

    def takes_applications(self, day: date) -> bool:
        """Open, and `day` lies between its first and last day."""
        is_open = self.status == ProgrammeStatus.OPEN
        return is_open and self.opens_date <= day <= self.closes_date


@pghistory.track(exclude=["updated_at"])
class Application(BaseModel):
    """A platform asks for a status. `path` are the stages it goes through, in order."""

    number = models.SlugField(_("申报编号"), max_length=40, unique=True)
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="applications", verbose_name=_("申报批次")
    )
    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="applications", verbose_name=_("平台")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("申报单位")
    )
    # what it bids for; only where the batch has a challenge list
    challenge_item = models.ForeignKey(
        "platforms.ChallengeItem", models.PROTECT, null=True, blank=True, related_name="bids",
        verbose_name=_("所揭榜单"),
    )  # fmt: skip
    build_type = models.CharField(
        _("建设类型"), max_length=10, choices=BuildType.choices, blank=True
    )
    statement = models.TextField(
        _("申报说明"),
        max_length=5000,
        blank=True,
        help_text=_("平台的优势、建设内容和预期目标。基本情况已从平台资料带出，不必重填。"),
    )
    # what the applicant states where the register cannot know: {name of the criterion: number}
    declared = models.JSONField(_("自报数值"), default=dict, blank=True)
    has_no_veto = models.BooleanField(_("不存在一票否决情形"), default=False)
    wants_funding = models.BooleanField(_("申请财政资金支持"), default=False)
    funding_reason = models.CharField(_("重复支持的理由"), max_length=500, blank=True)
    # facts and self-check as they were when it was submitted
    facts = models.JSONField(_("平台资料快照"), default=list, blank=True)
    self_check = models.JSONField(_("自评结果"), default=list, blank=True)
    path = ArrayField(
        models.CharField(max_length=12, choices=ApplicationStatus.choices),
        default=list,
        blank=True,
    )
    returned_from = models.CharField(
        _("退回环节"), max_length=12, choices=ApplicationStatus.choices, blank=True
    )
    publicity_starts_at = models.DateTimeField(_("公示开始"), null=True, blank=True)
    publicity_ends_at = models.DateTimeField(_("公示截止"), null=True, blank=True)
    decision_number = models.CharField(_("决定文号"), max_length=100, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    created_by = user_field(_("填报人"), required=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=ApplicationStatus.choices, default=ApplicationStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    # by when the present stage should be finished; empty where the ladder does not say
    stage_due_at = models.DateTimeField(_("本环节应办结"), null=True, blank=True, db_index=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("申报")
        indexes = [models.Index(fields=["status", "status_changed_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "platform"],
                condition=~Q(status__in=["withdrawn", "rejected"]),
                name="platforms_application_once",
                violation_error_message=_("该平台在本批次已有申报。"),
            ),
            models.UniqueConstraint(
                fields=["challenge_item"],
                condition=Q(status="recognised"),
                name="platforms_challenge_won_once",
                violation_error_message=_("该榜单项目已有平台揭榜。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}：{self.programme}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:application", args=[self.number])

    @property
    def scheme(self) -> Scheme:
        """The ladder it applies to (select `programme__scheme`)."""
        return self.programme.scheme

    @property
    def next_stage(self) -> str:
        """The stage that follows the present one; empty at the end or off the path."""
        if self.status == ApplicationStatus.SUBMITTED:
            return self.returned_from or (self.path[0] if self.path else "")
        if self.status not in self.path:
            return ""
        following = self.path[self.path.index(self.status) + 1 :]
        return following[0] if following else ""

    @property
    def next_label(self) -> str:
        """The stage that follows, in words; after the last one the status itself."""
        following = self.next_stage
        return str(ApplicationStatus(following or ApplicationStatus.RECOGNISED).label)

    @property
    def is_overdue(self) -> bool:
        """Whether the present stage takes longer than the ladder allows."""
        return self.stage_due_at is not None and self.stage_due_at < timezone.now()

    @property
    def serial(self) -> int:
        """The running number at the end of `number`."""
        found = re.search(r"(\d+)$", self.number)
        return int(found[1]) if found else 0
