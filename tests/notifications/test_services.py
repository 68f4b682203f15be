"""Writing and reading messages."""

import uuid
from datetime import timedelta

import pytest

from accounts.enums import Role
from core.errors import Refused
from notifications import services
from notifications.models import Notification
from tests.factories.accounts import UserFactory, person

pytestmark = pytest.mark.django_db


def tell(users, now, **options):  # type: ignore[no-untyped-def]
    options = {"kind": "news", "title": "有一条消息", "url": "/demands/", **options}
    return services.notify(users=users, now=now, **options)


def test_notify_writes_one_row_a_person(now):
    users = [UserFactory(), UserFactory()]

    written = tell([*users, users[0]], now, event_id=uuid.uuid4())

    assert written == 2
    assert Notification.objects.filter(created_at=now).count() == 2


def test_notify_twice_for_one_event_writes_nothing(now):
    user, event = UserFactory(), uuid.uuid4()
    tell([user], now, event_id=event)

    written = tell([user], now, event_id=event)

    assert written == 0
    assert Notification.objects.count() == 1


def test_notify_writes_another_kind_of_the_same_event(now):
    user, event = UserFactory(), uuid.uuid4()
    tell([user], now, event_id=event)

    assert tell([user], now, event_id=event, kind="other") == 1


def test_notify_without_event_writes_every_time(now):
    user = UserFactory()

    assert tell([user], now) + tell([user], now) == 2


def test_notify_leaves_out_inactive_people(now):
    assert tell([UserFactory(is_active=False)], now) == 0


def test_notify_cuts_a_long_title(now):
    tell([UserFactory()], now, title="长" * 300)

    assert Notification.objects.get().title == "长" * 200


@pytest.mark.parametrize("url", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_notify_refuses_addresses_outside(now, url):
    with pytest.raises(ValueError, match="not a path"):
        tell([UserFactory()], now, url=url)

    assert Notification.objects.count() == 0


def test_notify_counts_its_queries(now, django_assert_num_queries):
    users = [UserFactory() for _ in range(5)]

    with django_assert_num_queries(5):  # savepoint, known rows, how they want mail, insert, release
        tell(users, now, event_id=uuid.uuid4())


def test_reading_marks_once(now):
    user = UserFactory()
    tell([user], now)
    row = Notification.objects.get()

    services.read_notification(actor=user, notification=row, now=now)
    services.read_notification(actor=user, notification=row, now=now + timedelta(hours=1))

    row.refresh_from_db()
    assert row.read_at == now


def test_reading_anothers_message_is_refused(now):
    tell([UserFactory()], now)
    row = Notification.objects.get()

    with pytest.raises(Refused):
        services.read_notification(actor=UserFactory(), notification=row, now=now)

    row.refresh_from_db()
    assert row.read_at is None


def test_read_all_marks_own_messages_only(now):
    user, other = person(Role.ENTERPRISE), UserFactory()
    tell([user, other], now)

    assert services.read_all(actor=user, now=now) == 1
    assert services.read_all(actor=user, now=now) == 0
    assert Notification.objects.unread().get().user == other
