"""Equipment and lines booked for some hours (G09, Z02)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from platforms.enums import BookingRefusal, BookingStatus
from platforms.models.platform import Platform
from platforms.models.resource import Equipment, Line
from platforms.querysets import TAKING, BookingQuerySet

HORIZON = timedelta(days=90)
"""How far ahead may be booked or kept back, and as far the public calendar shows."""


def _once(resource: str) -> ExclusionConstraint:
    """No unit of one resource is held twice at the same time.

    Numbers are compared as ranges of one: the embedded PostgreSQL has no btree_gist.
    """
    same = RangeOperators.OVERLAPS
    return ExclusionConstraint(
        name=f"platforms_booking_{resource}_once",
        expressions=[
            (Func(F(f"{resource}_id"), F(f"{resource}_id"), Value("[]"), function="int8range"),
             same),
            (Func(F("unit"), F("unit"), Value("[]"), function="int4range"), same),
            (Func(F("start_at"), F("end_at"), function="tstzrange",
                  output_field=DateTimeRangeField()), same),
        ],
        condition=Q(status__in=TAKING, **{f"{resource}__isnull": False}),
        violation_error_message=_("这段时间已被占用。"),
    )  # fmt: skip


@pghistory.track(exclude=["updated_at"])
class Booking(BaseModel):
    """One unit of a resource for some hours: asked for by an organisation, or (without one) kept
    back by the platform itself. What is accepted holds a unit for the whole time."""

    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="bookings", verbose_name=_("平台")
    )
    equipment = models.ForeignKey(
        Equipment, models.PROTECT, null=True, blank=True, related_name="bookings",
        verbose_name=_("设备"),
    )  # fmt: skip
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, related_name="bookings",
        verbose_name=_("中试线或实验室"),
    )  # fmt: skip
    # which of several alike; given when it is accepted
    unit = models.PositiveSmallIntegerField(_("第几台"), null=True, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="bookings",
        verbose_name=_("预约单位"),
    )  # fmt: skip
    asked_by = user_field(_("申请人"), required=True)
    start_at = models.DateTimeField(_("开始时间"))
    end_at = models.DateTimeField(_("结束时间"))
    purpose = models.CharField(_("用途"), max_length=200)
    asked_at = models.DateTimeField(_("申请时间"))
    reply_due_at = models.DateTimeField(_("应答复时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("催办时间"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    decline_reason = models.CharField(
        _("婉拒原因"), max_length=12, choices=BookingRefusal.choices, blank=True
    )
    used_hours = models.DecimalField(
        _("实际使用（小时）"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=BookingStatus.choices, default=BookingStatus.REQUESTED
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("预约")
        indexes = [
            models.Index(fields=["platform", "asked_at"]),
            models.Index(
                fields=["reply_due_at"], condition=Q(status="requested"),
                name="platforms_booking_waiting",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(equipment__isnull=False, line__isnull=True)
                | Q(equipment__isnull=True, line__isnull=False),
                name="platforms_booking_resource",
                violation_error_message=_("一次预约一台设备或一条中试线。"),
            ),
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")),
                name="platforms_booking_times",
                violation_error_message=_("结束时间须晚于开始时间。"),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=TAKING) | Q(unit__isnull=False),
                name="platforms_booking_unit",
            ),
            models.UniqueConstraint(
                fields=["organisation", "equipment", "line", "start_at", "end_at"],
                condition=Q(status="requested"),
                nulls_distinct=False,
                name="platforms_booking_asked_once",
                violation_error_message=_("同样的预约已经申请，请等平台答复。"),
            ),
            _once("equipment"),
            _once("line"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {timezone.localtime(self.start_at):%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:booking", args=[self.pk])

    @property
    def resource(self) -> Equipment | Line:
        """What is booked."""
        found = self.equipment or self.line
        assert found is not None  # noqa: S101 -- platforms_booking_resource
        return found

    @property
    def hours(self) -> Decimal:
        """How long was asked for."""
        seconds = (self.end_at - self.start_at).total_seconds()
        return (Decimal(seconds) / 3600).quantize(Decimal("0.01"))

    @property
    def is_block(self) -> bool:
        """Kept back by the platform itself."""
        return self.organisation_id is None

    def is_overdue(self, now: datetime | None = None) -> bool:
        """Nobody answered within the promised working days, or before it was to begin."""
        due = self.reply_due_at
        now = now or timezone.now()
        return self.status == BookingStatus.REQUESTED and due is not None and due < now
