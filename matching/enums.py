"""Choices of match runs and feedback."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunKind(models.TextChoices):
    DEMAND = "demand", _("一条需求")
    CAPABILITY = "capability", _("一项能力")
    RESOURCE = "resource", _("一项资源或方案")
    FULL = "full", _("全量重算")


class Side(models.TextChoices):
    """Whose list: the capabilities of a demand, or the demands of a capability."""

    DEMAND = "demand", _("需求方")
    CAPABILITY = "capability", _("能力方")


class ResourceKind(models.TextChoices):
    """What a platform offers besides its capabilities; each is matched by its own words."""

    EQUIPMENT = "equipment", _("设备")
    LINE = "line", _("中试线")
    EXPERT = "expert", _("专家")
    SOLUTION = "solution", _("解决方案")


class ChunkStatus(models.TextChoices):
    QUEUED = "queued", _("等待中")
    DONE = "done", _("已完成")


class Verdict(models.TextChoices):
    SUITABLE = "suitable", _("合适")
    UNSUITABLE = "unsuitable", _("不合适")


class MismatchReason(models.TextChoices):
    """Why a pair is not suitable: what staff and the weights learn from."""

    TOPIC = "topic", _("技术方向不符")
    SCALE = "scale", _("规模不符")
    STAGE = "stage", _("成熟度阶段不符")
    REGION = "region", _("地区太远")
    PRICE = "price", _("价格或预算不符")
    TIME = "time", _("时间排不开")
    CLOSED = "closed", _("平台不对外")
    OTHER = "other", _("其他")


class FeedbackSide(models.TextChoices):
    """In what capacity somebody judged a pair. A broker or official speaks for neither side."""

    DEMAND = "demand", _("需求方")
    CAPABILITY = "capability", _("平台方")
    BROKER = "broker", _("技术经理人或管理部门")


class Stage(models.TextChoices):
    """How far a pair came in deeds, as the app that follows projects tells it."""

    CONTACTED = "contacted", _("企业发起了咨询")
    OUT_OF_SCOPE = "out_of_scope", _("平台答复不在服务范围")
    CONTRACTED = "contracted", _("已签约")
    CONFIRMED = "confirmed", _("企业确认了成果")
