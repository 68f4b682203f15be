"""揭榜挂帅 of technology needs: a demand put forward, the bids for it, what judges think (Z06)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.enums import BidStatus, ChallengeStatus
from cases.models.calls import Score
from cases.models.projects import Project
from cases.querysets import BidQuerySet, ChallengeQuerySet
from core.model_fields import user_field
from core.models import BaseModel
from taxonomy.term_fields import region_field

# how bids are marked; the same for every challenge, so that everybody knows before bidding
CRITERIA: tuple[dict[str, Any], ...] = (
    {"name": "技术方案", "marks": 50},
    {"name": "团队与条件", "marks": 30},
    {"name": "报价与周期", "marks": 20},
)


class ChallengeList(BaseModel):
    """榜单: the numbered edition in which challenges of a region were published."""

    region = region_field(_("发布地区"), required=True)
    year = models.PositiveSmallIntegerField(_("年份"))
    number = models.PositiveSmallIntegerField(_("批次"))
    published_date = models.DateField(_("发布日期"))
    published_by = user_field(required=True)

    class Meta:
        verbose_name = verbose_name_plural = _("技术需求榜单")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "number"], name="cases_challenge_list_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.year} 年第 {self.number} 批"


@pghistory.track(exclude=["updated_at"])
class Challenge(BaseModel):
    """技术揭榜项目: what a demand does not say yet, to let others bid for it. What is to be done
    and reached is the demand's; amounts in 万元."""

    demand = models.ForeignKey("demands.Demand", models.PROTECT, related_name="challenges")
    region = region_field(_("受理地区"), required=True)
    proposed_by = user_field(required=True)
    bounty_wan = models.DecimalField(_("榜金（万元）"), max_digits=12, decimal_places=2)
    payer = models.CharField(_("出资方"), max_length=100)
    conditions = models.TextField(_("揭榜条件"), max_length=2000, blank=True)
    due_date = models.DateField(_("揭榜截止日"))
    listing = models.ForeignKey(
        ChallengeList, models.PROTECT, null=True, blank=True, related_name="challenges",
        verbose_name=_("榜单"),
    )  # fmt: skip
    # working days that the choice is made public before it holds; none: it holds at once
    publicity_days = models.PositiveSmallIntegerField(
        _("公示（工作日）"), default=0, validators=[MaxValueValidator(30)]
    )
    publicity_until = models.DateField(_("公示至"), null=True, blank=True)
    reviewers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("评审专家")
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=ChallengeStatus.choices, default=ChallengeStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("技术揭榜项目")
        constraints = [
            models.UniqueConstraint(
                fields=["demand"],
                condition=~Q(status__in=["done", "failed", "withdrawn"]),
                name="cases_challenge_once",
                violation_error_message=_("这条需求已经提出揭榜。"),
            ),
            models.CheckConstraint(
                condition=Q(bounty_wan__gt=0),
                name="cases_challenge_bounty",
                violation_error_message=_("榜金须大于 0。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.demand)

    def get_absolute_url(self) -> str:
        return reverse("cases:challenge", args=[self.pk])

    @property
    def is_demo(self) -> bool:
        return self.demand.is_demo

    @property
    def criteria(self) -> tuple[dict[str, Any], ...]:
        """How bids are marked, as the form of marks knows it."""
        return CRITERIA

    def takes_bids(self, day: date) -> bool:
        """Whether bids may be handed in, changed or taken back on this day."""
        return self.status == ChallengeStatus.OPEN and day <= self.due_date


@pghistory.track(exclude=["updated_at"])
class Bid(BaseModel):
    """揭榜方案: what an organisation offers to do for a challenge. Sealed until bids are opened."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="bids")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="bids", verbose_name=_("牵头单位")
    )
    platform = models.ForeignKey(
        "platforms.Platform", models.PROTECT, related_name="bids", verbose_name=_("承担平台")
    )
    capability = models.ForeignKey(
        "platforms.Capability", models.PROTECT, null=True, blank=True, related_name="bids",
        verbose_name=_("所用能力"),
    )  # fmt: skip
    partners = models.CharField(_("合作单位"), max_length=500, blank=True)
    plan = models.TextField(_("方案"), max_length=10_000)
    price_yuan = models.DecimalField(_("报价（元）"), max_digits=14, decimal_places=2)
    lead_days = models.PositiveSmallIntegerField(_("周期（天）"))
    made_by = user_field(required=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    # what it became: the bid is its first quote
    project = models.OneToOneField(
        Project, models.PROTECT, null=True, blank=True, related_name="bid",
        verbose_name=_("对接项目"),
    )  # fmt: skip
    status = models.CharField(
        _("状态"), max_length=10, choices=BidStatus.choices, default=BidStatus.DRAFT
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    objects = BidQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("揭榜方案")
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "organisation"],
                name="cases_bid_once",
                violation_error_message=_("本单位已经揭榜，请修改原来的方案。"),
            ),
            models.UniqueConstraint(
                fields=["challenge"], condition=Q(status="won"), name="cases_bid_one_winner"
            ),
            models.CheckConstraint(
                condition=Q(price_yuan__gt=0),
                name="cases_bid_price",
                violation_error_message=_("报价须大于 0。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    def get_absolute_url(self) -> str:
        return reverse("cases:bid", args=[self.pk])


class BidScore(Score):
    """What one person gave a bid: `marks` in the order of CRITERIA."""

    bid = models.ForeignKey(Bid, models.CASCADE, related_name="scores")

    class Meta:
        verbose_name = verbose_name_plural = _("揭榜方案评分")
        constraints = [
            models.UniqueConstraint(fields=["bid", "reviewer"], name="cases_bid_score_once"),
            models.CheckConstraint(condition=Q(total__lte=100), name="cases_bid_score_total"),
        ]


class ChallengeObjection(BaseModel):
    """公示异议: somebody objects under their name to the choice; it is answered before it holds."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="objections")
    made_by = user_field(_("提出人"), required=True)
    text = models.TextField(_("异议内容"), max_length=2000)
    answer = models.TextField(_("核实答复"), max_length=2000, blank=True)
    answered_by = user_field(_("答复人"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("公示异议")

    def __str__(self) -> str:
        return self.text[:40]
