"""What every listing shares: life cycle, freshness and completeness."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel
from platforms.enums import ListingStatus


class Listing(BaseModel):
    """Something a platform shows to others. `status` moves only through the state engine."""

    slug = models.SlugField(_("编号"), max_length=80, unique=True, allow_unicode=False)
    status = models.CharField(
        _("状态"), max_length=12, choices=ListingStatus.choices, default=ListingStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    # when somebody responsible last said "this is still true"; None: nobody ever did
    confirmed_at = models.DateTimeField(_("最近确认时间"), null=True, blank=True)
    completeness = models.PositiveSmallIntegerField(_("完整度"), default=0)  # percent

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.status == ListingStatus.PUBLISHED
