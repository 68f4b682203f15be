"""Facts that a platform registers once and every annual report counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel, SearchableModel
from platforms.enums import ManagerLevel, RegisterKind
from platforms.models.platform import Platform
from platforms.querysets import RegisterQuerySet
from platforms.registers import KINDS, EntryKind


class RegisterEntry(BaseModel, SearchableModel):
    """登记事项 (TAL-06, SHR-09, TRF-10, ECO-01, ECO-03, ECO-06; L12, G39, G42).

    What the columns mean for each kind says `platforms.registers.KINDS`. `title` of a certificate
    or licence is a person or firm and never public: only what is public is found by `search`.
    """

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="register_entries", verbose_name=_("平台")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=RegisterKind.choices)
    title = models.CharField(_("名称"), max_length=200)
    level = models.CharField(_("级别"), max_length=6, choices=ManagerLevel.choices, blank=True)
    patent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="licences",
        verbose_name=_("专利"),
    )  # fmt: skip
    number = models.CharField(_("编号"), max_length=80, blank=True)
    started_date = models.DateField(_("日期"))
    # the last day on which it holds or goes on
    ended_date = models.DateField(_("截止日期"), null=True, blank=True)
    end_reason = models.CharField(_("停止原因"), max_length=500, blank=True)
    link = models.URLField(_("网址"), max_length=300, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = RegisterQuerySet.as_manager()

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("登记事项")
        indexes = [
            *SearchableModel.Meta.indexes,
            models.Index(fields=["platform", "kind", "started_date"]),
            # the order of the open resources
            models.Index(fields=["-started_date", "-id"], name="platforms_register_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_date__isnull=True) | Q(ended_date__gte=F("started_date")),
                name="platforms_register_days",
                violation_error_message=_("截止日期不能早于开始的日期。"),
            ),
            models.CheckConstraint(
                condition=Q(kind=RegisterKind.LICENCE, patent__isnull=False)
                | (~Q(kind=RegisterKind.LICENCE) & Q(patent__isnull=True)),
                name="platforms_register_patent",
                violation_error_message=_("被许可须写明是哪件专利。"),
            ),
            models.UniqueConstraint(
                fields=["platform", "kind", "number"],
                condition=~Q(number=""),
                name="platforms_register_number",
                violation_error_message=_("本平台已登记这个编号。"),
            ),
            models.UniqueConstraint(
                fields=["platform", "kind", "title", "started_date", "number", "patent"],
                nulls_distinct=False,
                name="platforms_register_once",
                violation_error_message=_("这一项已经登记。"),
            ),
        ]

    def __str__(self) -> str:
        """By its name where that is public, else by kind and number: logs keep no person's name."""
        if self.is_public:
            return self.title
        return f"{self.get_kind_display()} {self.number}".strip()

    def get_absolute_url(self) -> str:
        return reverse("platforms:register_entry", args=[self.pk])

    @property
    def rules(self) -> EntryKind:
        return KINDS[RegisterKind(self.kind)]

    @property
    def is_public(self) -> bool:
        return self.rules.is_public

    @property
    def is_over(self) -> bool:
        """Its last day has passed; a day of its own that is not given is one day."""
        last = self.ended_date or (self.started_date if self.rules.is_event else None)
        return last is not None and last < timezone.localdate()

    @property
    def standing(self) -> str:
        """In one word where it stands today; empty where it just happened."""
        coming, current, over = self.rules.states
        if self.started_date > timezone.localdate():
            return coming
        return over if self.is_over else current
