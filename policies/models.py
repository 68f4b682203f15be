"""Public content: policy documents, their interpretations (linked both ways) and news."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel, SearchableModel, SourcedModel
from policies.enums import ContentStatus, Validity


class Content(BaseModel, SourcedModel, SearchableModel):
    """What every published piece shares. `published_at` is set once and never changes."""

    slug = models.SlugField(_("编号"), max_length=80, unique=True)
    title = models.CharField(_("标题"), max_length=300)
    summary = models.TextField(_("摘要"), max_length=300, blank=True)
    body = models.TextField(_("正文"), max_length=100_000, blank=True)  # sanitised HTML
    region = models.ForeignKey(
        "taxonomy.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("适用地区"),
    )
    region_text = models.CharField(_("地区(来源原文)"), max_length=60, blank=True)
    fields = models.ManyToManyField(
        "taxonomy.Term", blank=True, related_name="+", verbose_name=_("相关领域")
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=ContentStatus.choices, default=ContentStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(SearchableModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title


class PolicyDocument(Content):
    """政策文件 with the fields public policy pages carry (G06)."""

    doc_number = models.CharField(_("文号"), max_length=60, blank=True)
    index_number = models.CharField(_("索引号"), max_length=60, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=300, blank=True)
    signed_date = models.DateField(_("成文日期"), null=True, blank=True)
    issued_date = models.DateField(_("发布日期"), null=True, blank=True)
    effective_date = models.DateField(_("实施日期"), null=True, blank=True)
    expiry_date = models.DateField(_("失效日期"), null=True, blank=True)
    validity = models.CharField(
        _("有效性"), max_length=10, choices=Validity.choices, default=Validity.UNKNOWN
    )
    topic = models.CharField(_("主题分类"), max_length=60, blank=True)
    genre = models.CharField(_("体裁"), max_length=30, blank=True)
    audience = models.CharField(_("服务对象"), max_length=100, blank=True)
    keywords = models.CharField(_("主题词"), max_length=200, blank=True)
    publicity = models.CharField(_("公开方式"), max_length=20, blank=True)
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("替代文件"),
    )

    class Meta(Content.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("政策文件")
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_date__isnull=True)
                | Q(expiry_date__isnull=True)
                | Q(effective_date__lte=F("expiry_date")),
                name="policies_document_dates",
                violation_error_message=_("失效日期不能早于实施日期。"),
            ),
            models.UniqueConstraint(
                fields=["doc_number"],
                condition=~Q(doc_number=""),
                name="policies_document_number",
                violation_error_message=_("该文号已有文件。"),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("policies:document", args=[self.slug])


class Interpretation(Content):
    """政策解读, linked both ways with what it explains (D09)."""

    documents = models.ManyToManyField(
        PolicyDocument, related_name="interpretations", blank=True, verbose_name=_("解读的文件")
    )
    issuer = models.CharField(_("解读单位"), max_length=300, blank=True)
    issued_date = models.DateField(_("发布日期"), null=True, blank=True)

    class Meta(Content.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("政策解读")

    def get_absolute_url(self) -> str:
        return reverse("policies:interpretation", args=[self.slug])


class News(Content):
    """行业动态 (G05)."""

    issuer = models.CharField(_("来源单位"), max_length=300, blank=True)
    issued_date = models.DateField(_("日期"), null=True, blank=True)

    class Meta(Content.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("行业动态")

    def get_absolute_url(self) -> str:
        return reverse("policies:news", args=[self.slug])
