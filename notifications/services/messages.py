"""Writers of messages to people, in the portal; `mails` sends them on as each person chose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.queue import enqueue
from notifications.access import NotificationAccess
from notifications.models import Notification
from notifications.selectors import mail_rules_of

TITLE_LENGTH = Notification._meta.get_field("title").max_length


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
    """Write one message to each active person of `users`; mail follows when and as they chose.

    Once per event, person and kind: a second call with the same `event_id` writes nothing.
    `url` is a path of this portal, where the message leads. Without `by_mail` the caller mails by
    itself. Returns how many were written.
    """
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"not a path of this portal: {url}")
    people = {user.pk: user for user in users if user.is_active}
    if event_id is not None:
        known = Notification.objects.filter(event_id=event_id, kind=kind, user__in=people)
        for user_id in known.values_list("user_id", flat=True):
            del people[user_id]
    rules = mail_rules_of(people.values()) if by_mail else {}
    rows = []
    for user_id in sorted(people):
        mail_at, in_digest = rules[user_id].plan(kind, now) if by_mail else (None, False)
        rows.append(
            Notification(
                user_id=user_id, event_id=event_id, kind=kind, title=str(title)[:TITLE_LENGTH],
                body=body, url=url, created_at=now, mail_at=mail_at, in_digest=in_digest,
            )
        )  # fmt: skip
    for row in Notification.objects.bulk_create(rows):
        if row.mail_at == now and not row.in_digest and not people[row.user_id].is_demo:
            enqueue("notifications.mail", notification_id=row.pk)
    return len(rows)


def read_notification(*, actor: User, notification: Notification, now: datetime) -> None:
    """Mark one message of the actor as read; reading it again changes nothing."""
    NotificationAccess(actor).require("read", notification)
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=now)


def read_all(*, actor: User, now: datetime) -> int:
    """Mark every message of the actor as read; return how many were not."""
    return NotificationAccess(actor).visible().unread().update(read_at=now)  # type: ignore[attr-defined]
