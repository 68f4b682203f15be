"""Bookings of what a platform shares."""

from datetime import datetime, timedelta

import factory
from django.utils import timezone

from platforms.models import Booking
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.platforms import EquipmentFactory


def hour(days: int, at: int = 9, minute: int = 0) -> datetime:
    """A full hour (unless a minute is given), `days` from today."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=at, minute=minute, second=0, microsecond=0)


class SharedFactory(EquipmentFactory):
    """A piece of equipment that others may book."""

    is_open = True
    takes_bookings = True


class BookingFactory(factory.django.DjangoModelFactory):
    """Asked for yesterday, for three hours in five days, not answered."""

    class Meta:
        model = Booking

    equipment = factory.SubFactory(SharedFactory)
    platform = factory.LazyAttribute(lambda row: (row.equipment or row.line).platform)
    organisation = factory.SubFactory(OrganisationFactory)
    asked_by = factory.SubFactory(UserFactory)
    start_at = factory.LazyFunction(lambda: hour(5))
    end_at = factory.LazyAttribute(lambda row: row.start_at + timedelta(hours=3))
    purpose = "树脂分散试验"
    asked_at = factory.LazyFunction(lambda: hour(-1))
    reply_due_at = factory.LazyFunction(lambda: hour(2))
    unit = factory.LazyAttribute(
        lambda row: 1 if row.status in {"accepted", "used", "blocked"} else None
    )
    status = "requested"
