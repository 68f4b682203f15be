"""The inbox as people use it."""

import pytest
from django.test import Client
from django.urls import reverse

from notifications import services
from notifications.access import NotificationAccess
from notifications.models import Notification
from notifications.selectors import unread_count
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
INBOX = "/messages/"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def inbox(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def tell(user, now, title="有一条消息", url="/profile/") -> Notification:
    services.notify(users=[user], kind="news", title=title, body="详情", url=url, now=now)
    return Notification.objects.order_by("-pk")[0]


def test_unread_comes_first(inbox, user, now):
    read, unread = tell(user, now), tell(user, now.replace(year=2025))
    services.read_notification(actor=user, notification=read, now=now)

    rows = [row.record for row in inbox.get(INBOX).context["table"].rows]

    assert rows == [unread, read]


def test_only_unread_is_shown_when_asked(inbox, user, now):
    read, unread = tell(user, now), tell(user, now)
    services.read_notification(actor=user, notification=read, now=now)

    rows = inbox.get(INBOX, {"unread": "true"}).context["table"].rows

    assert [row.record for row in rows] == [unread]


def test_the_inbox_holds_ones_own_messages(inbox, now):
    tell(UserFactory(), now, title="别人的消息")

    page = inbox.get(INBOX).content.decode()

    assert "别人的消息" not in page
    assert "没有消息" in page


def test_the_inbox_counts_its_queries(inbox, user, now, django_assert_num_queries):
    tell(user, now)
    inbox.get(INBOX)
    with django_assert_num_queries(6):
        inbox.get(INBOX)

    tell(user, now)
    tell(user, now)

    with django_assert_num_queries(6):
        inbox.get(INBOX)


def test_the_inbox_is_paged(inbox, user, now):
    for _ in range(21):
        tell(user, now)

    response = inbox.get(INBOX, {"page": 2})

    assert len(response.context["table"].page.object_list) == 1


def test_opening_marks_as_read_and_leads_on(inbox, user, now):
    message = tell(user, now)

    response = inbox.get(message.get_absolute_url())

    assert response["Location"] == "/profile/"
    message.refresh_from_db()
    assert message.read_at is not None


def test_opening_what_leads_nowhere_stays_in_the_inbox(inbox, user, now):
    assert inbox.get(tell(user, now, url="").get_absolute_url())["Location"] == INBOX


def test_opening_anothers_message_is_a_404(inbox, now):
    message = tell(UserFactory(), now)

    assert inbox.get(message.get_absolute_url()).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_all_are_marked_at_once(inbox, user, now):
    tell(user, now)
    tell(user, now)

    response = inbox.post(reverse("notifications:read_all"))

    assert response["Location"] == INBOX
    assert unread_count(user) == 0


def test_marking_is_a_post(inbox):
    assert inbox.get(reverse("notifications:read_all")).status_code == 405


def test_visitors_have_no_messages(client, rf):
    from django.contrib.auth.models import AnonymousUser  # only here

    assert unread_count(AnonymousUser()) == 0
    assert not NotificationAccess(AnonymousUser()).visible().exists()
    assert client.get(INBOX)["Location"].startswith(reverse("account_login"))


def test_access_has_a_label_for_every_action():
    assert set(NotificationAccess.labels) == set(NotificationAccess.actions)
