"""Platforms that may use the import-tax policy after vetting (G47)."""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.models.platform import Platform


@pghistory.track(exclude=["updated_at"])
class TaxEligibility(BaseModel):
    """A platform is on the vetted list from a day, by a document, until a day or an end."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="tax_eligibilities", verbose_name=_("平台")
    )
    document_number = models.CharField(
        _("核定文件"), max_length=150, help_text=_("核定名单的文件文号或名称。")
    )
    started_date = models.DateField(_("享受起始日"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    ended_date = models.DateField(_("停止享受日"), null=True, blank=True)
    end_reason = models.CharField(_("停止原因"), max_length=500, blank=True)
    verification_code = models.CharField(_("验证码"), max_length=20, unique=True)
    recorded_by = user_field()
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("进口税收资格")
        constraints = [
            models.UniqueConstraint(
                fields=["platform"],
                condition=Q(ended_date__isnull=True),
                name="platforms_tax_once",
                violation_error_message=_("该平台已在名单中；重新核定的，请先停止原来的资格。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("started_date")),
                name="platforms_tax_days",
                violation_error_message=_("有效期不能早于享受起始日。"),
            ),
            models.CheckConstraint(
                condition=Q(ended_date__isnull=True) | ~Q(end_reason=""),
                name="platforms_tax_end",
                violation_error_message=_("请写明停止的原因。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.platform)

    def get_absolute_url(self) -> str:
        return reverse("platforms:tax_proof", args=[self.verification_code])

    def is_valid_on(self, day: date) -> bool:
        """Whether the policy may be used on `day`: begun, not lapsed, not ended."""
        is_over = any(last is not None and last < day for last in (self.valid_until, self.last_day))
        return self.started_date <= day and not is_over

    @property
    def last_day(self) -> date | None:
        """The day before it was ended."""
        return self.ended_date and date.fromordinal(self.ended_date.toordinal() - 1)

    @property
    def is_valid(self) -> bool:
        return self.is_valid_on(timezone.localdate())
