"""What platforms ask the departments for, and what became of it (G48, C18)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import SupportKind, TicketStatus
from platforms.models.platform import Platform


@pghistory.track(exclude=["updated_at"])
class SupportTicket(BaseModel):
    """A platform asks for something; a department answers by a day; the platform says how well."""

    number = models.SlugField(_("诉求编号"), max_length=40, unique=True)
    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="tickets", verbose_name=_("平台")
    )
    kind = models.CharField(_("类别"), max_length=12, choices=SupportKind.choices)
    title = models.CharField(_("诉求"), max_length=120)
    body = models.TextField(_("具体情况"), max_length=3000, blank=True)
    # who answers; empty: the staff of the region themselves
    department = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("承办部门"),
    )  # fmt: skip
    due_at = models.DateTimeField(_("答复期限"), null=True, blank=True)
    answered_at = models.DateTimeField(_("首次答复时间"), null=True, blank=True)
    is_on_time = models.BooleanField(_("按期答复"), null=True, blank=True)
    is_satisfied = models.BooleanField(_("平台满意"), null=True, blank=True)
    # where it came from, so that it is opened once: report:<id>:<digest of the line>
    origin = models.CharField(_("来源"), max_length=80, blank=True)
    raised_by = user_field()
    is_demo = models.BooleanField(_("演示数据"), default=False)
    status = models.CharField(
        _("状态"), max_length=10, choices=TicketStatus.choices, default=TicketStatus.SUBMITTED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("要素诉求")
        indexes = [models.Index(fields=["status", "due_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["origin"], condition=~Q(origin=""), name="platforms_ticket_origin"
            ),
            models.CheckConstraint(
                condition=~Q(status="handling") | Q(due_at__isnull=False),
                name="platforms_ticket_due",
                violation_error_message=_("分办时须定答复期限。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:ticket", args=[self.number])

    @property
    def is_overdue(self) -> bool:
        """Still unanswered after its day."""
        is_late = self.due_at is not None and self.due_at < timezone.now()
        return is_late and self.status == TicketStatus.HANDLING


class TicketReply(BaseModel):
    """One message of a ticket; `is_answer` is the department's answer."""

    ticket = models.ForeignKey(SupportTicket, models.PROTECT, related_name="replies")
    body = models.TextField(_("内容"), max_length=3000)
    is_answer = models.BooleanField(_("正式答复"), default=False)
    author = user_field(_("填写人"), required=True)

    class Meta:
        verbose_name = verbose_name_plural = _("诉求往来")

    def __str__(self) -> str:
        return f"{self.ticket}：{self.body[:30]}"
