"""Columns of the list of bookings."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from platforms.models import Booking
from platforms.tables.listings import FactColumn

HOUR = "Y-m-d H:i"


class BookingTable(tables.Table):
    resource = FactColumn(verbose_name=_("设备或中试线"))
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    organisation = FactColumn()
    start_at = tables.DateTimeColumn(format=HOUR, order_by=("start_at", "pk"))
    end_at = tables.DateTimeColumn(format=HOUR, orderable=False)
    purpose = FactColumn()
    asked_at = tables.DateTimeColumn(format=HOUR, order_by=("asked_at", "pk"))
    reply_due_at = tables.DateTimeColumn(format=HOUR, orderable=False)
    decline_reason = FactColumn()
    used_hours = FactColumn()
    status = FactColumn()

    class Meta:
        model = Booking
        fields = ()
