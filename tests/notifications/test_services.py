"""Writing messages and mailing them."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail

from accounts.enums import Role
from accounts.models import User
from core.errors import Refused
from notifications import services
from notifications.models import Notification
from notifications.tasks import mail_waiting
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

    with django_assert_num_queries(5):  # savepoint, known rows, insert, whom to mail, release
        tell(users, now, event_id=uuid.uuid4())


def test_mail_is_sent_after_the_commit(now, django_capture_on_commit_callbacks, settings):
    user = UserFactory()

    with django_capture_on_commit_callbacks(execute=True):
        tell([user], now, body="请查看详情。")

    row = Notification.objects.get()
    assert [(m.to, m.subject) for m in mail.outbox] == [
        ([user.email], "有一条消息【省中试资源网络管理服务平台】")
    ]
    assert f"{settings.SITE_URL}/messages/{row.pk}/" in mail.outbox[0].body
    assert row.mailed_at is not None


def test_mail_goes_out_once(now):
    tell([UserFactory()], now)
    row = Notification.objects.get()

    first = services.mail_notification(notification_id=row.pk, now=now)
    second = services.mail_notification(notification_id=row.pk, now=now + timedelta(minutes=5))

    assert (first, second, len(mail.outbox)) == (True, False, 1)
    row.refresh_from_db()
    assert row.mailed_at == now


def test_mail_respects_the_preference(now):
    user = UserFactory()
    services.choose_mail(actor=user, wants_mail=False)
    tell([user], now)

    assert not services.mail_notification(notification_id=Notification.objects.get().pk, now=now)
    assert mail.outbox == []


def test_mail_is_not_sent_to_demo_people(now):
    tell([UserFactory(is_demo=True)], now)

    assert not services.mail_notification(notification_id=Notification.objects.get().pk, now=now)


def test_mail_server_error_leaves_the_message_waiting(now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tell([UserFactory()], now)
    row = Notification.objects.get()

    with pytest.raises(OSError):  # noqa: PT011 -- any failure of the network
        services.mail_notification(notification_id=row.pk, now=now)

    row.refresh_from_db()
    assert row.mailed_at is None


def test_mail_waiting_sends_what_was_left(now, django_capture_on_commit_callbacks):
    tell([UserFactory(), UserFactory()], now)

    with django_capture_on_commit_callbacks(execute=True):
        queued = services.mail_waiting(now=now + timedelta(minutes=10))

    assert (queued, len(mail.outbox)) == (2, 2)


def test_mail_waiting_leaves_old_news_alone(now):
    tell([UserFactory()], now)

    assert services.mail_waiting(now=now + timedelta(days=3)) == 0


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


def test_choosing_mail_twice_keeps_one_row():
    user = UserFactory()

    services.choose_mail(actor=user, wants_mail=False)
    services.choose_mail(actor=user, wants_mail=True)

    assert User.objects.get(pk=user.pk).notification_preference.wants_mail is True


def test_the_task_sends_what_was_left(now, django_capture_on_commit_callbacks):
    tell([UserFactory()], now - timedelta(minutes=5))

    with django_capture_on_commit_callbacks(execute=True):
        mail_waiting()

    assert len(mail.outbox) == 1
