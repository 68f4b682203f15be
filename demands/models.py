"""Demand postings and who may read them in full."""

from __future__ import annotations

from decimal import Decimal

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel, SearchableModel, SourcedModel
from demands.enums import Confidentiality, DemandStatus, DisclosureStatus
from demands.querysets import DemandQuerySet, DisclosureQuerySet
from taxonomy.term_fields import region_field, term_field, terms_field


@pghistory.track(exclude=["updated_at", "search", "process_kind"])
class Demand(BaseModel, SourcedModel, SearchableModel):
    """中试需求: what an enterprise asks for, with constraints and a confidentiality level (G03)."""

    slug = models.SlugField(_("编号"), max_length=80, unique=True)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="demands",
        verbose_name=_("需求单位"),
    )
    organisation_name = models.CharField(_("需求单位（来源原文）"), max_length=200, blank=True)
    posted_by = user_field(_("发布人"))
    # who saved last: the same person's own autosave is no conflict
    edited_by = user_field(_("最近编辑人"))
    title = models.CharField(_("要做什么"), max_length=200, blank=True)
    description = models.TextField(_("具体需求"), max_length=20_000, blank=True)
    background = models.TextField(_("为什么要做"), max_length=3000, blank=True)
    field = term_field("field-data", _("领域"))
    # what kind of process it is about: stated by its people, else recognised from its public text
    stated_process_kind = term_field("process-kind", _("工艺类别"))
    process_kind = term_field("process-kind", _("工艺类别（填报或系统识别）"))
    stage = term_field("stage", _("所处阶段"))
    stage_text = models.CharField(_("所处阶段（来源原文）"), max_length=60, blank=True)
    trl_current = models.PositiveSmallIntegerField(_("目前成熟度"), null=True, blank=True)
    trl_target = models.PositiveSmallIntegerField(_("目标成熟度"), null=True, blank=True)
    scale_low = models.DecimalField(
        _("规模下限"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    scale_high = models.DecimalField(
        _("规模上限"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    scale_unit = models.CharField(_("规模单位"), max_length=20, blank=True)
    target_figures = models.TextField(_("指标要求"), max_length=2000, blank=True)
    materials = models.CharField(_("涉及物料"), max_length=300, blank=True)
    service_types = terms_field("service-type", _("需要的服务"))
    certificates = terms_field("certificate", _("要求的资质"))
    hazard_class = term_field("hazard-class", _("危险类别"))
    budget_low_yuan = models.DecimalField(
        _("预算下限（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    budget_high_yuan = models.DecimalField(
        _("预算上限（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    budget_text = models.CharField(_("预算（来源原文）"), max_length=100, blank=True)
    deadline_date = models.DateField(_("希望完成日期"), null=True, blank=True)
    region = region_field(_("所在地区"))
    # None: anywhere. Otherwise only platforms inside this region are possible.
    wanted_region = region_field(_("限定平台地区"))
    confidentiality = models.CharField(
        _("公开范围"),
        max_length=10,
        choices=Confidentiality.choices,
        default=Confidentiality.PUBLIC,
    )
    teaser = models.TextField(_("公开摘要"), max_length=500, blank=True)
    # the owner's own paragraph of the promise of secrecy
    promise_note = models.TextField(_("保密承诺的补充要求"), max_length=1000, blank=True)
    is_anonymous = models.BooleanField(_("不公开单位名称"), default=False)
    contact_name = models.CharField(_("联系人"), max_length=50, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    # the owner said at submission that no state secret is in it (L22)
    secrecy_confirmed_at = models.DateTimeField(_("保密自查时间"), null=True, blank=True)
    expires_date = models.DateField(_("有效期至"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=DemandStatus.choices, default=DemandStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = DemandQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("中试需求")
        indexes = [
            *SearchableModel.Meta.indexes,
            models.Index(fields=["status", "-published_at"]),
            models.Index(fields=["-published_at", "-id"], name="demands_demand_newest"),
            # what facets count, without the texts: at a hundred thousand rows a tenth of the pages
            models.Index(
                fields=["status", "region", "field", "stage", "trl_current"],
                include=[
                    "id",
                    "process_kind",
                    "is_demo",
                    "budget_low_yuan",
                    "budget_high_yuan",
                    "budget_text",
                ],
                name="demands_demand_counted",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(scale_low__isnull=True)
                | Q(scale_high__isnull=True)
                | Q(scale_low__lte=F("scale_high")),
                name="demands_demand_scale",
                violation_error_message=_("规模下限不能大于上限。"),
            ),
            models.CheckConstraint(
                condition=Q(budget_low_yuan__isnull=True)
                | Q(budget_high_yuan__isnull=True)
                | Q(budget_low_yuan__lte=F("budget_high_yuan")),
                name="demands_demand_budget",
                violation_error_message=_("预算下限不能大于上限。"),
            ),
            models.CheckConstraint(
                condition=(Q(trl_current__isnull=True) | Q(trl_current__range=(1, 9)))
                & (Q(trl_target__isnull=True) | Q(trl_target__range=(1, 9)))
                & (
                    Q(trl_current__isnull=True)
                    | Q(trl_target__isnull=True)
                    | Q(trl_current__lte=F("trl_target"))
                ),
                name="demands_demand_trl",
                violation_error_message=_("技术成熟度为 1–9 级，目标不能低于目前。"),
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(title=""),
                name="demands_demand_title",
                violation_error_message=_("请写明要做什么。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title or "未命名需求"

    def get_absolute_url(self) -> str:
        return reverse("demands:demand", args=[self.slug])

    @property
    def is_open(self) -> bool:
        return self.status == DemandStatus.OPEN

    @property
    def is_confidential(self) -> bool:
        """Whether strangers get the teaser instead of the text."""
        return self.confidentiality != Confidentiality.PUBLIC

    @property
    def public_text(self) -> str:
        """What anybody may read of it: the teaser of a confidential demand, else the text."""
        return self.teaser if self.is_confidential else self.description

    @property
    def is_process_recognised(self) -> bool:
        """Whether the portal, not a person, says what kind of process it is about."""
        return self.process_kind_id is not None and self.stated_process_kind_id is None

    @property
    def scale_display(self) -> str:
        """20–50 kg/批, or one number; empty when unknown."""
        return _span(self.scale_low, self.scale_high, self.scale_unit)

    @property
    def budget_display(self) -> str:
        """20–50 万元, or the words of the source; empty when unknown."""
        low, high = (
            None if amount is None else amount / 10_000
            for amount in (self.budget_low_yuan, self.budget_high_yuan)
        )
        return _span(low, high, "万元") or self.budget_text

    @property
    def trl_display(self) -> str:
        """4 → 7 级; empty when unknown."""
        levels = [str(level) for level in (self.trl_current, self.trl_target) if level]
        return f"{' → '.join(levels)} 级" if levels else ""

    @property
    def stage_display(self) -> str:
        """The words of the source where there are any, else the entry of the list."""
        return self.stage_text or (self.stage.name if self.stage else "")

    @property
    def shown_organisation(self) -> str:
        """The organisation's name for the public; empty when unknown, 匿名企业 when withheld."""
        if self.is_anonymous:
            return "匿名企业"
        return self.organisation.name if self.organisation else self.organisation_name


def _span(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    ends = [f"{end.normalize():,f}" for end in (low, high) if end is not None]
    if not ends:
        return ""
    if len(ends) == 1 or ends[0] == ends[1]:
        prefix = "不低于 " if high is None else ""
        return f"{prefix}{ends[0]} {unit}".strip()
    return f"{'–'.join(ends)} {unit}".strip()


class Disclosure(BaseModel):
    """An organisation and a confidential demand: asked for, granted, promised, taken back (D08)."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="disclosures")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    requested_by = user_field(_("申请人"))
    requested_at = models.DateTimeField(_("申请时间"), null=True, blank=True)
    request_note = models.CharField(_("申请说明"), max_length=300, blank=True)
    reply_due_at = models.DateTimeField(_("应答复时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("最近提醒"), null=True, blank=True)
    granted_by = user_field(_("同意人"))
    granted_at = models.DateTimeField(_("同意时间"), null=True, blank=True)
    status = models.CharField(
        _("状态"),
        max_length=10,
        choices=DisclosureStatus.choices,
        default=DisclosureStatus.REQUESTED,
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("需求披露")
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "organisation"], name="demands_disclosed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} → {self.organisation_id}"

    def get_absolute_url(self) -> str:
        return reverse("demands:promise", args=[self.demand.slug, self.pk])

    @property
    def is_standing(self) -> bool:
        return self.status in {DisclosureStatus.GRANTED, DisclosureStatus.PROMISED}


class SecrecyPromise(BaseModel):
    """What one person promised for the organisation before the first full reading. Never changed:
    the text is kept as it was read, whatever becomes of its versions."""

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="promises")
    person = user_field(_("承诺人"), required=True)
    accepted_at = models.DateTimeField(_("承诺时间"))
    version = models.CharField(_("文本版本"), max_length=20)
    text = models.TextField(_("承诺内容"))
    digest = models.CharField(_("内容摘要（SHA-256）"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("保密承诺")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.disclosure_id} {self.version}"


class FullReading(BaseModel):
    """Who, other than its owner, read a confidential demand in full, and how often."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="readings")
    reader = user_field(_("查看人"), required=True)
    # empty for staff and brokers, who act for no organisation
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_at = models.DateTimeField(_("首次查看"))
    last_at = models.DateTimeField(_("最近查看"))
    count = models.PositiveIntegerField(_("次数"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("查看记录")
        constraints = [
            models.UniqueConstraint(fields=["demand", "reader"], name="demands_read_once_each")
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.count}"
