"""Evaluation: versioned schemes, runs over a year's accepted reports, results, disputes."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from reporting.enums import DisputeStatus, NullReason, RunStatus, SchemeUse
from reporting.models.cycle import ReportCycle
from reporting.models.report import AnnualReport, ReportVersion
from reporting.querysets import EvaluationRunQuerySet, ResultQuerySet
from taxonomy.term_fields import region_field

FROZEN = pgtrigger.Update | pgtrigger.Delete
EDITED_AFTER_DRAFT = (
    "NOT OLD.is_draft AND (OLD.slug, OLD.version, OLD.definition, OLD.digest) "
    "IS DISTINCT FROM (NEW.slug, NEW.version, NEW.definition, NEW.digest)"
)


class EvaluationScheme(BaseModel):
    """评价办法: one version of how platforms are judged (D1–D3).

    A draft may be edited and dropped; what was once in force is never changed, only followed.
    """

    slug = models.SlugField(_("代码"), max_length=40)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    name = models.CharField(_("名称"), max_length=60)
    use = models.CharField(_("用途"), max_length=10, choices=SchemeUse.choices)
    definition = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    is_current = models.BooleanField(_("现行"), default=True)
    is_draft = models.BooleanField(_("草稿"), default=False)
    reason = models.CharField(_("修改理由"), max_length=500, blank=True)
    created_by = user_field()

    class Meta:
        verbose_name = verbose_name_plural = _("评价办法")
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="reporting_scheme_once"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(is_current=True), name="reporting_scheme_current"
            ),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(is_draft=True), name="reporting_scheme_one_draft"
            ),
            models.CheckConstraint(
                condition=~Q(is_draft=True, is_current=True), name="reporting_scheme_draft_waits"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(EDITED_AFTER_DRAFT),
            ),
            pgtrigger.Protect(
                name="never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__is_draft=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第 {self.version} 版）"

    def get_absolute_url(self) -> str:
        return reverse("reporting:scheme", args=[self.slug, self.version])

    @property
    def grade_names(self) -> dict[str, str]:
        """Grade → its name, best first."""
        return {row["slug"]: row["name"] for row in self.definition["grades"]}


class EvaluationRun(BaseModel):
    """评价: one scheme version over the reports of one year in one region (L06, Z09, C10)."""

    scheme = models.ForeignKey(
        EvaluationScheme, models.PROTECT, related_name="runs", verbose_name=_("评价办法")
    )
    scheme_slug = models.SlugField(_("办法代码"), max_length=40)
    cycle = models.ForeignKey(
        ReportCycle, models.PROTECT, related_name="evaluations", verbose_name=_("年度填报")
    )
    region = region_field(_("地区"), required=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=RunStatus.choices, default=RunStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    notice = models.TextField(_("说明"), max_length=2000, blank=True)
    publicity_starts_at = models.DateTimeField(_("公示开始"), null=True, blank=True)
    publicity_ends_at = models.DateTimeField(_("公示截止"), null=True, blank=True)
    # a third party that looks through the results and comments (L06); government decides
    agency = models.CharField(_("受托机构"), max_length=100, blank=True)
    reviewers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("受托评审人员")
    )
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = EvaluationRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("评价")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "region", "scheme_slug"],
                condition=~Q(status="cancelled"),
                name="reporting_evaluation_once",
                violation_error_message=_("该年度已按这个办法开展评价。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.cycle.year}年度{self.scheme.name}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:evaluation", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it may still be computed anew."""
        return self.status in {RunStatus.DRAFT, RunStatus.COMPUTED, RunStatus.PUBLICITY}


class EvaluationRound(models.Model):
    """One computation of a run, with digests of what went in and what came out. Kept for ever."""

    run = models.ForeignKey(EvaluationRun, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("次数"))
    reason = models.CharField(_("计算原因"), max_length=300, blank=True)
    requested_at = models.DateTimeField(_("发起时间"))
    computed_at = models.DateTimeField(_("计算时间"))
    input_digest = models.CharField(_("输入摘要"), max_length=64)
    result_digest = models.CharField(_("结果摘要"), max_length=64)
    count = models.PositiveIntegerField(_("平台数"))

    class Meta:
        verbose_name = verbose_name_plural = _("评价计算")
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="reporting_round_once"),
            # a resumed job does not compute the same thing twice
            models.UniqueConstraint(fields=["run", "requested_at"], name="reporting_round_asked"),
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=FROZEN)]

    def __str__(self) -> str:
        return f"第 {self.number} 次计算"


class EvaluationResult(models.Model):
    """One platform in one round: frozen inputs, the whole way to its score, its grade."""

    round = models.ForeignKey(EvaluationRound, models.PROTECT, related_name="results")
    platform = models.ForeignKey(
        "platforms.Platform", models.PROTECT, related_name="evaluation_results"
    )
    report = models.ForeignKey(AnnualReport, models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(ReportVersion, models.PROTECT, null=True, related_name="+")
    inputs = models.JSONField(_("封存的输入"))
    detail = models.JSONField(_("计算过程"))
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2, null=True)
    rank = models.PositiveIntegerField(_("总名次"), null=True)
    group = models.CharField(_("同类组"), max_length=200, blank=True)
    group_rank = models.PositiveIntegerField(_("组内名次"), null=True)
    grade = models.CharField(_("等次代码"), max_length=20)
    grade_name = models.CharField(_("等次"), max_length=20)
    is_vetoed = models.BooleanField(_("一票否决"), default=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("评价结果")
        constraints = [
            models.UniqueConstraint(fields=["round", "platform"], name="reporting_result_once")
        ]
        indexes = [models.Index(fields=["round", "rank"])]
        triggers = [pgtrigger.Protect(name="frozen", operation=FROZEN)]

    def __str__(self) -> str:
        return f"{self.platform} {self.grade_name}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:evaluated", args=[self.round.run_id, self.platform.slug])

    @property
    def vetoes(self) -> list[str]:
        """The names of the rules that ruled the platform out."""
        return [name for _slug, name in self.detail["vetoes"]]


class EvaluationDispute(BaseModel):
    """评价异议: what a platform contests within the publicity period, and the answer."""

    run = models.ForeignKey(EvaluationRun, models.PROTECT, related_name="disputes")
    platform = models.ForeignKey(
        "platforms.Platform", models.PROTECT, related_name="+", verbose_name=_("平台")
    )
    code = models.CharField(_("指标"), max_length=8)
    claim = models.CharField(_("认为正确的数值"), max_length=200, blank=True)
    reason = models.TextField(_("理由和依据"), max_length=2000)
    made_by = user_field(required=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=DisputeStatus.choices, default=DisputeStatus.OPEN
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    answer = models.TextField(_("答复"), max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("评价异议")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "platform", "code"],
                condition=Q(status="open"),
                name="reporting_dispute_once",
                violation_error_message=_("对这个指标的异议正在处理。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:evaluated", args=[self.run_id, self.platform.slug])


class EvaluationCorrection(models.Model):
    """A change of one frozen input, with the reason; computing applies them in order.

    `code` is an indicator, or `false_data` where false data were proven.
    """

    run = models.ForeignKey(EvaluationRun, models.PROTECT, related_name="corrections")
    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="+")
    dispute = models.OneToOneField(
        EvaluationDispute, models.PROTECT, null=True, blank=True, related_name="correction"
    )
    code = models.CharField(_("指标"), max_length=10)
    value = models.JSONField(_("更正为"), null=True)
    null_reason = models.CharField(
        _("空值原因"), max_length=10, choices=NullReason.choices, blank=True
    )
    reason = models.CharField(_("理由"), max_length=1000)
    made_by = user_field(required=True)
    made_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("评价更正")
        triggers = [pgtrigger.Protect(name="frozen", operation=FROZEN)]

    def __str__(self) -> str:
        return f"{self.platform} {self.code}"


class EvaluationComment(BaseModel):
    """What the entrusted third party, or staff, say of a run or of one platform in it."""

    run = models.ForeignKey(EvaluationRun, models.PROTECT, related_name="comments")
    platform = models.ForeignKey(
        "platforms.Platform", models.PROTECT, null=True, blank=True, related_name="+"
    )
    author = user_field(required=True)
    body = models.TextField(_("意见"), max_length=2000)

    class Meta:
        verbose_name = verbose_name_plural = _("评价意见")

    def __str__(self) -> str:
        return self.body[:40]
