"""Writers of messages: to people in the portal, and by mail as they chose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from accounts.models import User
from core.queue import enqueue
from notifications.access import NotificationAccess
from notifications.models import Notification, NotificationPreference
from taxonomy.jurisdiction import current_jurisdiction

TITLE_LENGTH = Notification._meta.get_field("title").max_length
MAIL_TEXT = """{name}，您好：

{body}

{link}

——
{portal}
这是系统自动发送的邮件，请勿直接回复。不想再收到邮件，可在“消息”页关闭邮件提醒：
{preferences}
"""


@transaction.atomic
def notify(
    *,
    users: Iterable[User],
    kind: str,
    title: str,
    now: datetime,
    body: str = "",
    url: str = "",
    event_id: UUID | str | None = None,
    by_mail: bool = True,
) -> int:
    """Write one message to each active person of `users`; mail follows to those who want it.

    Once per event, person and kind: a second call with the same `event_id` writes nothing.
    `url` is a path of this portal, where the message leads. Without `by_mail` the caller mails by
    itself. Returns how many were written.
    """
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"not a path of this portal: {url}")
    people = {user.pk: user for user in users if user.is_active}
    if event_id is not None:
        rows = Notification.objects.filter(event_id=event_id, kind=kind, user__in=people)
        for user_id in rows.values_list("user_id", flat=True):
            del people[user_id]
    written = Notification.objects.bulk_create(
        [
            Notification(
                user=user, event_id=event_id, kind=kind, title=str(title)[:TITLE_LENGTH],
                body=body, url=url, created_at=now, mailed_at=None if by_mail else now,
            )
            for _, user in sorted(people.items())
        ]
    )  # fmt: skip
    mine = Notification.objects.filter(pk__in=[row.pk for row in written])
    _queue_mail(mine.to_mail(now=now).order_by("pk").values_list("pk", flat=True))
    return len(written)


def _queue_mail(ids: Iterable[int]) -> int:
    queued = list(ids)
    for notification_id in queued:
        enqueue("notifications.mail", notification_id=notification_id)
    return len(queued)


@transaction.atomic
def mail_notification(*, notification_id: int, now: datetime) -> bool:
    """Mail one message to its person, once; False when there is nothing (more) to send.

    The row stays locked while the mail goes out, so two workers cannot both send it. An error
    of the mail server rises: nothing is marked, and `mail_waiting` tries again.
    """
    row = (
        Notification.objects.to_mail(now=now)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("user")
        .filter(pk=notification_id)
        .first()
    )
    if row is None:
        return False
    portal = current_jurisdiction().title
    text = MAIL_TEXT.format(
        name=row.user.name,
        body=row.body or row.title,
        link=f"查看详情：{settings.SITE_URL}{row.get_absolute_url()}" if row.url else "",
        portal=portal,
        preferences=f"{settings.SITE_URL}/messages/",
    )
    send_mail(f"{row.title}【{portal}】", text, None, [row.user.email])
    row.mailed_at = now
    row.save(update_fields=["mailed_at"])
    return True


def mail_waiting(*, now: datetime, limit: int = 500) -> int:
    """Queue again what a dead broker or mail server left unsent for a minute; return how many."""
    rows = Notification.objects.to_mail(now=now).filter(created_at__lt=now - timedelta(minutes=1))
    return _queue_mail(rows.order_by("created_at", "pk").values_list("pk", flat=True)[:limit])


def read_notification(*, actor: User, notification: Notification, now: datetime) -> None:
    """Mark one message of the actor as read; reading it again changes nothing."""
    NotificationAccess(actor).require("read", notification)
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=now)


def read_all(*, actor: User, now: datetime) -> int:
    """Mark every message of the actor as read; return how many were not."""
    return NotificationAccess(actor).visible().unread().update(read_at=now)  # type: ignore[attr-defined]


@transaction.atomic
def choose_mail(*, actor: User, wants_mail: bool) -> NotificationPreference:
    """Keep whether the actor wants messages by mail as well."""
    preference, _ = NotificationPreference.objects.update_or_create(
        user=actor, defaults={"wants_mail": wants_mail}
    )
    return preference
