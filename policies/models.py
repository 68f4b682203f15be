"""Public content: policies, interpretations (linked both ways), news, and topics of them."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel, SearchableModel, SourcedModel
from core.templatetags.portal_format import dated, day
from policies.enums import ContentStatus, Validity
from policies.querysets import ContentQuerySet, TopicQuerySet
from taxonomy.term_fields import region_field


class Content(BaseModel, SourcedModel, SearchableModel):
    """What every published piece shares. `published_at` is set once and never changes."""

    slug = models.SlugField(_("编号"), max_length=80, unique=True)
    title = models.CharField(_("标题"), max_length=300)
    summary = models.TextField(_("摘要"), max_length=300, blank=True)
    # what the editor typed, and the sanitised HTML made of it by `policies.body`
    body_source = models.TextField(_("正文"), max_length=100_000, blank=True)
    body = models.TextField(_("正文（网页）"), blank=True, editable=False)
    region = region_field(_("适用地区"))
    region_text = models.CharField(_("地区（来源原文）"), max_length=60, blank=True)
    fields = models.ManyToManyField(
        "taxonomy.Term", blank=True, related_name="+", verbose_name=_("相关领域")
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=ContentStatus.choices, default=ContentStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    written_by = user_field()

    objects = ContentQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = True
        triggers = [
            # 国办秘函〔2019〕19号 forbids faked dates: nobody moves the moment of publication
            pgtrigger.Protect(
                name="published_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & pgtrigger.Q(old__published_at__df=pgtrigger.F("new__published_at")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str:
        """政策文件, 政策解读, 行业动态 or 专题."""
        return str(self._meta.verbose_name)

    @property
    def is_published(self) -> bool:
        return self.status == ContentStatus.PUBLISHED

    @property
    def is_demo(self) -> bool:
        """Written by a demo account (select `written_by`)."""
        return self.written_by is not None and self.written_by.is_demo

    @property
    def source_host(self) -> str:
        """The site a source lies on; named as text where it must not be linked."""
        return urlsplit(self.source_url).hostname or ""

    @property
    def shown_date(self) -> str:
        """The day of the piece, as precise as known: 2024, 2024-05 or 2024-05-20."""
        issued: date | None = getattr(self, "issued_date", None)
        if issued:
            return day(issued)
        if self.source_date or self.source_kind or not self.published_at:
            return dated(self.source_date)  # what came from elsewhere is not dated by us
        return day(self.published_at)


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

    def validity_on(self, today: date) -> Validity:
        """The validity of the day: what is past its last day has expired, whatever was typed."""
        is_past = self.expiry_date is not None and self.expiry_date < today
        if is_past and self.validity != Validity.REPEALED:
            return Validity.EXPIRED
        return Validity(self.validity)


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


class Topic(Content):
    """专题: published pieces brought together under a lead, in an order; no copies (G24)."""

    objects = TopicQuerySet.as_manager()  # type: ignore[misc]  # the days of its own

    class Meta(Content.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("专题")

    def get_absolute_url(self) -> str:
        return reverse("policies:topic", args=[self.slug])


def only(name: str = "") -> Q:
    """Items that are a piece of this column (without a name, of another app) and of no other."""
    columns = ("document", "interpretation", "news")
    own = Q(**{f"{column}__isnull": column != name for column in columns})
    return own & Q(kind="", slug="") if name else own


class TopicItem(models.Model):
    """The place of a piece in a topic."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("次序"))
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="+"
    )
    interpretation = models.ForeignKey(
        Interpretation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    news = models.ForeignKey(News, models.PROTECT, null=True, blank=True, related_name="+")
    # of a piece that another app lends (`policies.lent`): its kind and slug
    kind = models.CharField(_("类别"), max_length=20, blank=True)
    slug = models.CharField(_("编号"), max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("专题内容")
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "position"], name="policies_topic_item_position"
            ),
            models.CheckConstraint(
                condition=only("document")
                | only("interpretation")
                | only("news")
                | only() & ~Q(kind="") & ~Q(slug=""),
                name="policies_topic_item_one_piece",
                violation_error_message=_("每一项只能是一篇内容。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.position}"

    @property
    def piece(self) -> Content | None:
        """The piece itself, None when another app lends it; free of queries when the three are
        fetched along."""
        return self.document or self.interpretation or self.news
