"""What is compiled and published: development reports, handbooks, case compilations (G22, G23)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel, SearchableModel
from reporting.enums import Includes, PublicationKind, PublicationStatus
from reporting.models.cycle import ReportCycle
from reporting.querysets import PublicationQuerySet
from taxonomy.term_fields import region_field

CLOSED = f"('{PublicationStatus.PUBLISHED}', '{PublicationStatus.WITHDRAWN}')"
NEVER_AGAIN = f"""
IF EXISTS (SELECT 1 FROM reporting_publication
           WHERE id = COALESCE(NEW.publication_id, OLD.publication_id) AND status IN {CLOSED})
THEN RAISE EXCEPTION 'a published edition never changes'; END IF;
RETURN COALESCE(NEW, OLD);
"""  # noqa: S608 -- a trigger's text, of constants


def frozen_fields(*columns: str) -> pgtrigger.Condition:
    """The trigger's condition: an edition that was published, and one of its columns changes."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return pgtrigger.Condition(f"OLD.status IN {CLOSED} AND ROW({old}) IS DISTINCT FROM ROW({new})")


def once_published() -> pgtrigger.Trigger:
    """Refuses any change of the parts of an edition that was published."""
    return pgtrigger.Trigger(
        name="published_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=NEVER_AGAIN,
    )


def code_of(digest: str) -> str:
    """The verification code of frozen content: the first twelve digits of its digest."""
    return digest[:12].upper()


class Publication(BaseModel, SearchableModel):
    """One edition. Its numbers come from `snapshot` alone; published, nothing of it changes.

    It is found by words (`search`) while it is out.
    """

    kind = models.CharField(_("类别"), max_length=10, choices=PublicationKind.choices)
    region = region_field(_("地区"), required=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    edition = models.PositiveSmallIntegerField(_("版次"))
    cycle = models.ForeignKey(
        ReportCycle, models.PROTECT, null=True, blank=True, related_name="publications"
    )
    title = models.CharField(_("标题"), max_length=200)
    note = models.CharField(_("版本说明"), max_length=500, blank=True)
    includes = models.CharField(
        _("收录范围"), max_length=10, choices=Includes.choices, default=Includes.ACCEPTED
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=PublicationStatus.choices,
        default=PublicationStatus.DRAFT,
    )  # fmt: skip
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    reason = models.CharField(_("退回或撤回原因"), max_length=500, blank=True)
    snapshot = models.JSONField(_("封存内容"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("封存时间"), null=True, blank=True)
    # of the snapshot with the rows' digest, and of these with the texts once it is handed in
    sha256 = models.CharField(_("数据摘要"), max_length=64, blank=True)
    content_sha256 = models.CharField(_("内容摘要"), max_length=64, blank=True)
    # whether demonstrations are taken in on purpose; what they touch is marked by `is_demo`
    with_demo = models.BooleanField(_("收入演示数据"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    made_by = user_field(required=True)

    objects = PublicationQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("发布物")
        constraints = [
            models.UniqueConstraint(
                # a demo year and a real one have editions of their own
                fields=["kind", "region", "year", "cycle", "edition"],
                nulls_distinct=False,
                name="reporting_publication_once",
                violation_error_message=_("这一版已经建立。"),
            ),
            models.CheckConstraint(
                condition=Q(kind="annual", cycle__isnull=False)
                | (~Q(kind="annual") & Q(cycle__isnull=True)),
                name="reporting_publication_cycle",
                violation_error_message=_("年度发展报告须选择年度填报。"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_once",
                operation=pgtrigger.Update,
                condition=frozen_fields("kind", "region_id", "year", "edition", "title", "note",
                                   "snapshot", "sha256", "content_sha256", "is_demo",
                                   "published_at"),
            ),
            pgtrigger.Protect(
                name="kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(f"OLD.status IN {CLOSED}"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title}（第 {self.edition} 版）" if self.edition > 1 else self.title

    def get_absolute_url(self) -> str:
        return reverse("reporting:publication", args=[self.pk])

    @property
    def entries(self) -> models.QuerySet[PublicationRow]:
        """The frozen entries that are taken in, in order."""
        return self.rows.filter(is_included=True).order_by("order")

    @property
    def is_published(self) -> bool:
        return self.status == PublicationStatus.PUBLISHED

    @property
    def is_editable(self) -> bool:
        return self.status == PublicationStatus.DRAFT

    @property
    def verification_code(self) -> str:
        """What every page of its files carries; empty until it is handed in."""
        return code_of(self.content_sha256)


class PublicationSection(BaseModel):
    """The words of one chapter: the generated draft, and what people made of it (G21).

    `body` is None until somebody edits; freezing again renews `draft` and leaves `body` alone.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="sections")
    chapter = models.CharField(_("章节"), max_length=20)
    order = models.PositiveSmallIntegerField(_("次序"))
    title = models.CharField(_("标题"), max_length=60)
    draft = models.TextField(_("生成稿"), blank=True)
    body = models.TextField(_("正文"), max_length=20_000, null=True, blank=True)  # noqa: DJ001 -- None: nobody edited yet, "": left empty on purpose
    version = models.PositiveIntegerField(_("修改次数"), default=0)
    edited_by = user_field()
    edited_at = models.DateTimeField(_("修改时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("发布物章节")
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "chapter"], name="reporting_section_once"
            )
        ]
        triggers = [once_published()]

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> str:
        """What is printed, with its placeholders."""
        return self.draft if self.body is None else self.body


class PublicationRow(models.Model):
    """One frozen entry: a platform of the appendix or handbook, a case of the compilation."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="rows")
    order = models.PositiveIntegerField(_("次序"))
    key = models.CharField(_("标识"), max_length=80)
    group = models.CharField(_("分组"), max_length=60, blank=True)
    title = models.CharField(_("名称"), max_length=200)
    data = models.JSONField(_("内容"))
    # the yearly call for cases (G23): what the staff think of it, and whether it is taken in
    score = models.PositiveSmallIntegerField(_("评分"), null=True, blank=True)
    is_included = models.BooleanField(_("收录"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("发布物条目")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100),
                name="reporting_row_score",
                violation_error_message=_("评分为 0—100 分。"),
            ),
            models.UniqueConstraint(
                fields=["publication", "order"], name="reporting_publication_row"
            ),
        ]
        triggers = [once_published()]

    def __str__(self) -> str:
        return self.title
