"""Cases published of projects, or taken from public sources."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.enums import CaseStatus
from cases.models.projects import Project
from cases.querysets import CaseQuerySet
from core.model_fields import user_field
from core.models import BaseModel, SearchableModel, SourcedModel
from taxonomy.term_fields import term_field


class Case(BaseModel, SourcedModel, SearchableModel):
    """典型案例: the story of a project, or one taken from a public source (G04)."""

    slug = models.SlugField(_("编号"), max_length=80, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    platform = models.ForeignKey(
        "platforms.Platform", models.PROTECT, null=True, blank=True, related_name="cases"
    )
    platform_name = models.CharField(_("平台（来源原文）"), max_length=200, blank=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="cases"
    )
    client_name = models.CharField(_("服务企业"), max_length=200, blank=True)
    field = term_field("field-data", _("领域"))
    region = models.ForeignKey(
        "taxonomy.Region", models.PROTECT, null=True, blank=True, related_name="+"
    )
    summary = models.TextField(_("案例内容"), max_length=5000)
    result = models.TextField(_("取得成效"), max_length=2000, blank=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=CaseStatus.choices, default=CaseStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    consented_at = models.DateTimeField(_("企业同意时间"), null=True, blank=True)
    written_by = user_field()

    objects = CaseQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("典型案例")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(consented_at__isnull=False)
                | ~Q(source_title="")
                | ~Q(source_url=""),
                name="cases_case_consent",
                violation_error_message=_("企业同意后才能发布案例。"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cases:case", args=[self.slug])

    @property
    def is_demo(self) -> bool:
        """Told of a demonstration (select `project`); what comes from a source never is."""
        return bool(self.project and self.project.is_demo)

    @property
    def shown_platform(self) -> str:
        """The platform here (select it), else the words of the source."""
        return str(self.platform) if self.platform else self.platform_name
