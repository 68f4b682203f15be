"""Who wants to be told of what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel
from matching.models.runs import OfResource
from matching.querysets import SubscriptionQuerySet
from taxonomy.term_fields import region_field, term_field


class Subscription(BaseModel, OfResource):
    """A wish to be told: of what is new for a demand, new demands for a capability, resource or
    solution, or new capabilities that hold the words (and lie in the field and region) of a
    saved search."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="match_subscriptions"
    )
    demand = models.ForeignKey("demands.Demand", models.CASCADE, null=True, related_name="+")
    capability = models.ForeignKey(
        "platforms.Capability", models.CASCADE, null=True, related_name="+"
    )
    words = models.CharField(_("关键词"), max_length=100, blank=True)
    field = term_field("field-data", _("领域"))
    region = region_field(_("平台地区"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("匹配订阅")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "user",
                    "demand",
                    "capability",
                    "resource_kind",
                    "resource_id",
                    "words",
                    "field",
                    "region",
                ],
                nulls_distinct=False,
                name="matching_subscription_once",
                violation_error_message=_("您已经订阅过了。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.demand_id or self.capability_id or self.words}"
