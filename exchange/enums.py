"""What is exchanged, and what became of a record that was read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """In the order of pulling: a capability needs its platform."""

    PLATFORM = "platform", _("中试平台")
    CAPABILITY = "capability", _("中试服务能力")
    DEMAND = "demand", _("中试需求")


class Outcome(models.TextChoices):
    CREATED = "created", _("新增")
    LINKED = "linked", _("与本站已有的对应")
    UPDATED = "updated", _("更新")
    CONFLICT = "conflict", _("有冲突")
    UNCHANGED = "unchanged", _("无变化")
    SKIPPED = "skipped", _("不取")
    WITHDRAWN = "withdrawn", _("对方撤下")


class Take(models.TextChoices):
    """How a conflict is settled."""

    THEIRS = "theirs", _("采用对方")
    OURS = "ours", _("保留本地")
