"""Official code lists with source and edition. Codes are stable keys; nothing is deleted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from taxonomy.querysets import RegionQuerySet, TermQuerySet


class CodeList(models.Model):
    """A list of codes: where it comes from and which edition is loaded."""

    slug = models.SlugField(_("标识"), primary_key=True, max_length=40)
    name = models.CharField(_("名称"), max_length=100)
    source = models.CharField(_("来源"), max_length=300)
    edition = models.CharField(_("版本"), max_length=60)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("代码表")

    def __str__(self) -> str:
        return self.name


class RegionLevel(models.IntegerChoices):
    COUNTRY = 0, _("国家")
    PROVINCE = 1, _("省级")
    CITY = 2, _("地市级")
    COUNTY = 3, _("县区级")


class Region(models.Model):
    """A division of GB/T 2260. Depth is uneven: 东莞 and 中山 have no counties."""

    code = models.CharField(_("代码"), primary_key=True, max_length=6)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30)
    level = models.PositiveSmallIntegerField(_("级别"), choices=RegionLevel.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    edition = models.CharField(_("版本"), max_length=20)
    pinyin_key = models.CharField(_("拼音"), max_length=200, db_index=True)
    is_active = models.BooleanField(_("有效"), default=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("行政区划")

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The leading digits every region inside shares: 440000 → 44, 442000 → 4420."""
        if self.level == RegionLevel.COUNTRY:
            return ""
        if self.level == RegionLevel.COUNTY:
            return self.code
        return self.code[: 2 * self.level]

    def contains(self, code: str) -> bool:
        """Whether the region `code` lies inside this one (or is it)."""
        return code.startswith(self.prefix)


class Industry(models.Model):
    """GB/T 4754-2017, two levels: 门类 (letter) and 大类 (two digits)."""

    code = models.CharField(_("代码"), primary_key=True, max_length=4)
    name = models.CharField(_("名称"), max_length=100)
    level = models.PositiveSmallIntegerField(_("级别"))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    is_active = models.BooleanField(_("有效"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("国民经济行业")

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """One entry of any other list: a field, a service type, a certificate, a hazard class …"""

    code_list = models.ForeignKey(CodeList, models.PROTECT, related_name="terms")
    code = models.SlugField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=100)
    description = models.CharField(_("说明"), max_length=500, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    order = models.PositiveSmallIntegerField(_("次序"), default=0)
    is_active = models.BooleanField(_("有效"), default=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("词条")
        constraints = [
            models.UniqueConstraint(fields=["code_list", "code"], name="taxonomy_term_once")
        ]

    def __str__(self) -> str:
        return self.name


class TermMapping(models.Model):
    """How an entry of one list relates to an entry of another, or to an industry."""

    class Relation(models.TextChoices):
        EXACT = "exact", _("等同")
        BROADER = "broader", _("上位")
        NARROWER = "narrower", _("下位")
        RELATED = "related", _("相关")

    source = models.ForeignKey(Term, models.CASCADE, related_name="mappings")
    target = models.ForeignKey(Term, models.CASCADE, null=True, blank=True, related_name="+")
    industry = models.ForeignKey(Industry, models.CASCADE, null=True, blank=True, related_name="+")
    relation = models.CharField(_("关系"), max_length=10, choices=Relation.choices)

    class Meta:
        verbose_name = verbose_name_plural = _("词条对应")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "industry"],
                nulls_distinct=False,
                name="taxonomy_mapping_once",
            ),
            models.CheckConstraint(
                condition=models.Q(target__isnull=False) ^ models.Q(industry__isnull=False),
                name="taxonomy_mapping_one_target",
                violation_error_message=_("对应关系须指向一个词条或一个行业。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_relation_display()} {self.target or self.industry}"
