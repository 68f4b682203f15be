"""Who wants to be told when something is published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel


class ReleaseSubscription(BaseModel):
    """A wish to be told of each new edition of a kind of list, or of reports and handbooks."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="release_subscriptions"
    )
    # a kind of list, or `publications`; services check it, so that a new kind is no migration
    kind = models.CharField(_("发布类别"), max_length=12)

    class Meta:
        verbose_name = verbose_name_plural = _("发布订阅")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="reporting_release_subscription_once",
                violation_error_message=_("您已经订阅过了。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
