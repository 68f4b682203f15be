"""Words of messages: groups and choices of mail; kinds of webhook and what became of one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailGroup(models.TextChoices):
    """Kinds of message that a person sets mail for together, in the order of the page."""

    PROJECTS = "projects", _("咨询、对接与预约")
    MATCHING = "matching", _("匹配与订阅")
    LISTINGS = "listings", _("平台、需求与申报")
    REPORTING = "reporting", _("年报、评价与运行")
    RELEASES = "releases", _("报告与清单发布")


class MailChoice(models.TextChoices):
    NOW = "now", _("立即")
    DAILY = "daily", _("每天一封")
    NEVER = "never", _("不发邮件")


class WebhookKind(models.TextChoices):
    """What another system may ask to be told of; `portal/webhooks.py` says from which events."""

    PLATFORM_PUBLISHED = "platform.published", _("平台发布")
    PLATFORM_CHANGED = "platform.changed", _("平台资料变更")
    PLATFORM_WITHDRAWN = "platform.withdrawn", _("平台下架")
    CAPABILITY_PUBLISHED = "capability.published", _("能力发布")
    CAPABILITY_CHANGED = "capability.changed", _("能力变更")
    CAPABILITY_WITHDRAWN = "capability.withdrawn", _("能力下架")
    DEMAND_PUBLISHED = "demand.published", _("需求发布")
    DEMAND_CHANGED = "demand.changed", _("需求变更、到期或完成")
    DEMAND_WITHDRAWN = "demand.withdrawn", _("需求撤回")
    MATCH_LIST_CHANGED = "match_list.changed", _("本单位的匹配名单有新结果")
    PROJECT_CHANGED = "project.changed", _("本单位的对接有进展")
    BOOKING_CHANGED = "booking.changed", _("本单位的预约有进展")
    CONTENT_PUBLISHED = "content.published", _("政策、解读、动态发布")
    PUBLICATION_PUBLISHED = "publication.published", _("报告发布")
    LIST_PUBLISHED = "list.published", _("清单发布")
    RECOGNITION_CHANGED = "recognition.changed", _("认定变动")


PING = "ping"  # what a test sends


class WebhookStatus(models.TextChoices):
    WAITING = "waiting", _("待送达")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("未送达")
