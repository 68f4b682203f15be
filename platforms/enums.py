"""Choices of the register of platforms and what they offer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListingStatus(models.TextChoices):
    """The life of everything a platform shows: see `platforms/states.py`."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("审核中")
    RETURNED = "returned", _("退回修改")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已下架")


class PriceModel(models.TextChoices):
    FIXED = "fixed", _("固定价")
    RANGE = "range", _("区间价")
    FORMULA = "formula", _("按公式")
    NEGOTIABLE = "negotiable", _("面议")


class Origin(models.TextChoices):
    DOMESTIC = "domestic", _("国产")
    IMPORTED = "imported", _("进口")


class LineKind(models.TextChoices):
    LINE = "line", _("中试线")
    WORKSHOP = "workshop", _("中试车间")
    LAB = "lab", _("实验室")


class EngagementMode(models.TextChoices):
    """G38: how an expert works with others."""

    SHORT_TERM = "short_term", _("短期服务")
    PROJECT = "project", _("项目合作")
    STATION = "station", _("专家工作站")
    MENTOR = "mentor", _("名师带徒")


class ClaimStatus(models.TextChoices):
    PENDING = "pending", _("待审核")
    APPROVED = "approved", _("已通过")
    REJECTED = "rejected", _("未通过")


class ReportKind(models.TextChoices):
    CONTACT = "contact", _("联系不上")
    CLOSED = "closed", _("已停止服务")
    WRONG = "wrong", _("内容有误")
    OTHER = "other", _("其他问题")


class ReportStatus(models.TextChoices):
    OPEN = "open", _("待处理")
    RESOLVED = "resolved", _("已更正")
    DISMISSED = "dismissed", _("情况不实")
