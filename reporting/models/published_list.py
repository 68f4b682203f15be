"""Numbered, dated editions of lists (C02, C15, Z10, G35)."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel, SearchableModel
from reporting.enums import ListChange, ListKind, ListStatus
from reporting.models.publication import code_of, frozen_fields
from taxonomy.term_fields import region_field

SHOWN_LETTERS = 120  # of a cell in a table; files have the whole


class PublishedList(BaseModel, SearchableModel):
    """清单第 N 期: the rows that met `criteria` at `frozen_at`, and never change afterwards.

    It is found by words (`search`) while it is out.
    """

    kind = models.CharField(_("清单"), max_length=10, choices=ListKind.choices)
    number = models.PositiveSmallIntegerField(_("期号"), null=True, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    region = region_field(_("发布地区"), required=True)
    criteria = models.JSONField(_("入选条件"), default=dict, blank=True)
    criteria_words = ArrayField(
        models.CharField(max_length=200), default=list, verbose_name=_("入选条件（文字）")
    )
    columns = models.JSONField(_("栏目"), default=list)  # [{"name", "label"}]
    row_count = models.PositiveIntegerField(_("条数"), default=0)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("上一期")
    )
    added_count = models.PositiveIntegerField(_("新增"), default=0)
    removed_count = models.PositiveIntegerField(_("移出"), default=0)
    changed_count = models.PositiveIntegerField(_("变化"), default=0)
    sha256 = models.CharField(_("摘要"), max_length=64, blank=True)
    frozen_at = models.DateTimeField(_("数据时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=ListStatus.choices, default=ListStatus.ISSUING
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    reason = models.CharField(_("撤回原因"), max_length=500, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    issued_by = user_field(required=True)

    class Meta(SearchableModel.Meta):
        abstract = False
        verbose_name = verbose_name_plural = _("发布清单")
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="reporting_list_number"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(status="issuing"),
                name="reporting_list_issuing",
                violation_error_message=_("同类清单正在生成，请等它完成。"),
            ),
            models.CheckConstraint(
                condition=Q(status="issuing") | Q(number__isnull=False),
                name="reporting_list_numbered",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_once",
                operation=pgtrigger.Update,
                condition=frozen_fields("kind", "number", "title", "criteria", "row_count",
                                        "sha256", "published_at"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 期" if self.number else self.title

    def get_absolute_url(self) -> str:
        if self.number is None:
            return reverse("reporting:managed_lists")
        return reverse("reporting:list", args=[self.kind, self.number])

    @property
    def is_published(self) -> bool:
        return self.status == ListStatus.PUBLISHED

    @property
    def verification_code(self) -> str:
        """What every page of its files carries."""
        return code_of(self.sha256)


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"


class PublishedListRow(models.Model):
    """One frozen line. `key` is the same in every edition, `digest` tells whether it changed."""

    published_list = models.ForeignKey(PublishedList, models.PROTECT, related_name="rows")
    order = models.PositiveIntegerField(_("次序"))
    key = models.CharField(_("标识"), max_length=120)
    url = models.CharField(_("页面"), max_length=300, blank=True)
    data = models.JSONField(_("内容"))  # column → text
    digest = models.CharField(_("摘要"), max_length=64)
    # against the edition before, told once when the line is frozen; removed lines are only there
    change = models.CharField(_("变化"), max_length=7, choices=ListChange.choices, blank=True)
    search = SearchVectorField(null=True, editable=False)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("清单条目")
        indexes = [
            GinIndex(fields=["search"], name="reporting_list_row_words"),
            models.Index(
                fields=["published_list", "change", "order"],
                condition=~Q(change=""),
                name="reporting_list_row_changes",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["published_list", "key"], name="reporting_list_row_key"
            ),
            models.UniqueConstraint(
                fields=["published_list", "order"], name="reporting_list_row_order"
            ),
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.key

    def cells(self, columns: list[dict[str, str]]) -> list[tuple[str, str]]:
        """Label and text of each of the edition's columns, long texts cut for a table."""
        return [
            (column["label"], shortened(self.data.get(column["name"], ""))) for column in columns
        ]
