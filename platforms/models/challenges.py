"""What a batch wants built (揭榜挂帅): the items of its challenge list (C05)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel
from platforms.models.recognition import Programme
from platforms.querysets import ChallengeItemQuerySet
from taxonomy.term_fields import region_field, term_field


@pghistory.track(exclude=["updated_at"])
class ChallengeItem(BaseModel):
    """A platform that is to be built: what it must be able to do, by when, with what support."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="challenge_items", verbose_name=_("批次")
    )
    title = models.CharField(_("榜单项目"), max_length=100)
    process_kind = term_field("process-kind", _("工艺"))
    field = term_field("field-data", _("领域"))
    region = region_field(_("建设地区"))
    requirement = models.TextField(
        _("建设要求"), max_length=3000, help_text=_("要建成的能力、规模和对外服务要求。")
    )
    finish_by_date = models.DateField(_("建成期限"))
    support_wan = models.DecimalField(
        _("支持资金（万元）"), max_digits=12, decimal_places=2, null=True, blank=True,
        help_text=_("最多给多少；没有就不填。"),
    )  # fmt: skip
    source = models.CharField(
        _("依据"), max_length=300, blank=True, help_text=_("文件文号或第几期急需紧缺清单。")
    )
    # open demands of this process, field and region without any fitting capability, when drafted
    unmet_count = models.PositiveIntegerField(_("起草时未满足需求（条）"), null=True, blank=True)

    objects = ChallengeItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("榜单项目")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "title"],
                name="platforms_challenge_once",
                violation_error_message=_("本批次已有同名的榜单项目。"),
            ),
            models.CheckConstraint(
                condition=Q(process_kind__isnull=False) | Q(field__isnull=False),
                name="platforms_challenge_place",
                violation_error_message=_("工艺和领域至少选一项。"),
            ),
            models.CheckConstraint(
                condition=Q(support_wan__isnull=True) | Q(support_wan__gt=0),
                name="platforms_challenge_support",
                violation_error_message=_("支持资金须大于 0；没有就不填。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("platforms:challenge", args=[self.pk])

    @property
    def place(self) -> str:
        """Process kind, field and region in words, as far as they are stated."""
        return " × ".join(
            str(part) for part in (self.process_kind, self.field, self.region) if part
        )

    @property
    def demands_query(self) -> str:
        """The query of the list of unmet demands behind it."""
        terms = {"process": self.process_kind, "field": self.field}
        asked = {name: term.code for name, term in terms.items() if term}
        return urlencode(asked | ({"region": self.region_id} if self.region_id else {}))
