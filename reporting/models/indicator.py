"""A defined number. No number is computed anywhere else."""

from __future__ import annotations

import re
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel
from reporting.enums import NUMBERS, Fill, Kind, Period
from reporting.querysets import IndicatorQuerySet

CODE = re.compile(r"[A-Z]{3}-\d{2}[A-Za-z]?")


class Indicator(BaseModel):
    """One version of one indicator, as `data/indicators/*.toml` declares it (G13).

    Versions are never changed: a trigger lets only `is_current` move.
    """

    code = models.CharField(_("代码"), max_length=8)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    part = models.CharField(_("部分"), max_length=10)  # annual, portal
    group = models.CharField(_("分组代码"), max_length=3)
    group_name = models.CharField(_("分组"), max_length=40)
    order = models.PositiveSmallIntegerField(_("次序"))
    name = models.CharField(_("名称"), max_length=60)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    kind = models.CharField(_("类型"), max_length=4, choices=Kind.choices)
    fill = models.CharField(_("来源"), max_length=1, choices=Fill.choices)
    period = models.CharField(_("统计期"), max_length=1, choices=Period.choices)
    definition = models.CharField(_("口径"), max_length=500)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    sources = ArrayField(models.CharField(max_length=200), default=list, verbose_name=_("出处"))
    is_own = models.BooleanField(_("本平台增设"), default=False)
    formula = models.CharField(_("公式"), max_length=200, blank=True)
    query = models.CharField(_("计算口径"), max_length=60, blank=True)
    prefill = models.CharField(_("预填口径"), max_length=60, blank=True)
    # columns, choices, part_of, events, sum_of, sum_column, plan, veto, alert_above, alert_below
    options = models.JSONField(_("选项"), default=dict, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)
    is_current = models.BooleanField(_("现行"), default=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="reporting_indicator_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(is_current=True), name="reporting_indicator_current"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("code", "version", "digest"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:indicator", args=[self.code])

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS

    @property
    def is_manual(self) -> bool:
        return self.fill == Fill.MANUAL

    @property
    def decimals(self) -> int:
        return 0 if self.kind == Kind.INT else 2

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Columns of a list, empty for lists of codes."""
        return self.options.get("columns", [])  # type: ignore[no-any-return]

    @property
    def choice_list(self) -> str:
        """The code list its values are taken from, empty for none."""
        return self.options.get("choices", "")  # type: ignore[no-any-return]

    @property
    def depends_on(self) -> list[str]:
        """Codes named in the formula."""
        return sorted(set(CODE.findall(self.formula)))

    @property
    def can_be_planned(self) -> bool:
        """A number that a platform can promise for a year."""
        return self.is_number and self.part == "annual" and self.period != Period.TOTAL
