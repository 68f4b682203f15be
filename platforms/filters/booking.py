"""Filter of the list of bookings, shared by page and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet
from platforms.enums import BookingStatus
from platforms.models import Booking
from platforms.querysets import BookingQuerySet

NAMES = ("equipment__name", "line__name", "platform__name", "organisation__name")


class BookingFilter(FacetedFilterSet):
    """Narrow by name, state, and what is due."""

    facets = ("status",)
    q = django_filters.CharFilter(
        method="named", label=_("设备、平台或单位"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    status = django_filters.MultipleChoiceFilter(
        label=_("状态"),
        choices=[row for row in BookingStatus.choices if row[0] != BookingStatus.BLOCKED],
    )
    timing = django_filters.ChoiceFilter(
        method="timed", label=_("到期"), empty_label=_("不限"),
        choices=[("overdue", _("超时未答复")), ("unsettled", _("已结束，待登记使用"))],
    )  # fmt: skip

    class Meta:
        model = Booking
        fields: tuple[str, ...] = ()

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        found = Q(pk__in=[])
        for path in NAMES:
            found |= Q(**{f"{path}__icontains": value.strip()})
        return rows.filter(found)

    def timed(self, rows: BookingQuerySet, _name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        if value == "unsettled":
            return rows.unsettled(now=now)
        return rows.unanswered().filter(reply_due_at__lt=now)
