"""Who asks and what is shared: one reactor, one line, an enterprise, the platform's operator."""

from types import SimpleNamespace

import pytest

from accounts.enums import Role
from core.errors import DomainError
from core.models import Event
from platforms.models import Booking, UsageLog
from tests.factories.accounts import person
from tests.factories.booking import BookingFactory, SharedFactory
from tests.factories.platforms import LineFactory


@pytest.fixture
def enterprise(db):
    return person(Role.ENTERPRISE)


@pytest.fixture
def firm(enterprise):
    return enterprise.organisations[0]


@pytest.fixture
def reactor(platform):
    return SharedFactory(platform=platform, name="反应釜")


@pytest.fixture
def line(platform):
    return LineFactory(platform=platform, is_open=True, takes_bookings=True)


@pytest.fixture
def asked(reactor, firm, enterprise):
    """A request of the enterprise that nobody answered."""
    return BookingFactory(equipment=reactor, organisation=firm, asked_by=enterprise)


@pytest.fixture
def cast(operator, enterprise, staff, other_staff, stranger):
    return SimpleNamespace(
        operator=operator, enterprise=enterprise, staff=staff, other_staff=other_staff,
        stranger=stranger, rival=person(Role.ENTERPRISE),
    )  # fmt: skip


def refused(code, call, **values):
    """The call is refused with this code and leaves nothing behind; its error."""

    def state():
        rows = Booking.objects.order_by("pk").values_list("status", "unit", "used_hours")
        return list(rows), UsageLog.objects.count(), Event.objects.count()

    before = state()
    with pytest.raises(DomainError) as error:
        call(**values)
    assert error.value.code == code
    assert state() == before
    return error.value
