"""Choices of demand postings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemandStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("审核中")
    RETURNED = "returned", _("退回修改")
    OPEN = "open", _("征集中")
    FULFILLED = "fulfilled", _("已对接成功")
    EXPIRED = "expired", _("已到期")
    WITHDRAWN = "withdrawn", _("已撤回")


class DisclosureStatus(models.TextChoices):
    REQUESTED = "requested", _("待答复")
    GRANTED = "granted", _("已同意，待承诺")
    PROMISED = "promised", _("已承诺，可看全文")
    DECLINED = "declined", _("未同意")
    REVOKED = "revoked", _("已撤回")


class Confidentiality(models.TextChoices):
    """What strangers see. The full text goes to platforms the owner turns to, and to staff."""

    PUBLIC = "public", _("全部公开")
    TEASER = "teaser", _("只公开摘要")
