"""Mail of messages: one by itself, one a day with what gathered, and the choice between them.

Rows stay locked while their mail goes out, so two workers cannot both send it. An error of the
mail server rises: nothing is marked, and the sweep tries again. A worker that dies after sending
and before the commit leaves it to be sent again, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.queue import enqueue
from notifications.enums import MailChoice, MailGroup
from notifications.mail_rules import MailRules, group_of
from notifications.models import Notification, NotificationPreference
from notifications.querysets import MAIL_FOR
from taxonomy.jurisdiction import current_jurisdiction

TEXT = """{name}，您好：

{body}

——
{portal}
这是系统自动发送的邮件，请勿直接回复。选择哪些消息发邮件、何时发：
{settings}
"""
STOP = """{what}：
{link}
"""
ALL = "除期限、退回和账号安全外，不再收到邮件"
signer = Signer(salt="notifications.unsubscribe")


@transaction.atomic
def mail_notification(*, notification_id: int, now: datetime) -> bool:
    """Mail one message to its person, once; False when there is nothing (more) to send."""
    row = (
        Notification.objects.to_mail(now=now)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("user")
        .filter(pk=notification_id, in_digest=False)
        .first()
    )
    if row is None:
        return False
    body = row.body or row.title
    if row.url:
        body += f"\n\n查看详情：{_absolute(row)}"
    _send(row.user, row.title, body, key=f"message-{row.pk}", group=group_of(row.kind))
    row.mailed_at = now
    row.save(update_fields=["mailed_at"])
    return True


@transaction.atomic
def mail_digest(*, user_id: int, now: datetime) -> bool:
    """Mail what gathered for a person since the last time, by group; False when nothing did."""
    people = User.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    user = people.filter(pk=user_id).first()
    if user is None:  # or another worker has them
        return False
    due = Notification.objects.to_mail(now=now).filter(user=user, in_digest=True)
    rows = sorted(due, key=lambda row: (_place(row), row.created_at, row.pk))
    if not rows:
        return False
    parts = [
        "\n".join([f"【{label}】", *map(_line, part)]) for label, part in groupby(rows, key=_label)
    ]
    day = timezone.localdate(now)
    title = f"{day.month}月{day.day}日：{len(rows)} 条新消息"
    _send(user, title, "\n\n".join(parts), key=f"digest-{user.pk}-{rows[-1].pk}", group="")
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
    return True


def _place(row: Notification) -> int:
    group = group_of(row.kind)
    return list(MailGroup).index(group) if group else -1


def _label(row: Notification) -> str:
    group = group_of(row.kind)
    return str(group.label) if group else "其他"


def _line(row: Notification) -> str:
    text = f"· {row.title}（{timezone.localtime(row.created_at):%m-%d %H:%M}）"
    return f"{text}\n  {_absolute(row)}" if row.url else text


def _absolute(row: Notification) -> str:
    return f"{settings.SITE_URL}{row.get_absolute_url()}"


def _send(user: User, title: str, body: str, *, key: str, group: str | None) -> None:
    """One mail; with a way out of its group (empty: of all) unless it is one that always goes."""
    portal, home = current_jurisdiction().title, settings.SITE_URL
    page = f"{home}{reverse('notifications:mail_settings')}"
    text = TEXT.format(name=user.name, body=body, portal=portal, settings=page)
    headers = {"Message-ID": f"<{key}@{urlsplit(home).hostname}>"}
    if group is not None:
        token = signer.sign(f"{user.pk}:{group}")
        link = f"{home}{reverse('notifications:unsubscribe', args=[token])}"
        what = f"不再收到“{MailGroup(group).label}”的邮件" if group else ALL
        text += STOP.format(what=what, link=link)
        headers |= {
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        }
    EmailMessage(f"{title}【{portal}】", text, None, [user.email], headers=headers).send()


def mail_waiting(*, now: datetime, limit: int = 2000) -> int:
    """Queue what is due: held until now, gathered for the day, or left unsent for a minute by a
    dead broker or mail server. Returns how many mails."""
    rows = Notification.objects.to_mail(now=now)
    left = rows.filter(in_digest=False, mail_at__lt=now - timedelta(minutes=1))
    ids = list(left.order_by("mail_at", "pk").values_list("pk", flat=True)[:limit])
    for notification_id in ids:
        enqueue("notifications.mail", notification_id=notification_id)
    gathered = rows.filter(in_digest=True).order_by("user").values_list("user", flat=True)
    people = list(gathered.distinct()[:limit])
    for user_id in people:
        enqueue("notifications.mail_digest", user_id=user_id)
    return len(ids) + len(people)


@transaction.atomic
def choose_mail(
    *, actor: User, choices: Mapping[str, str], quiet_from: int, quiet_until: int, now: datetime
) -> NotificationPreference:
    """Keep how the actor wants mail, and plan anew what is not sent yet.

    Errors: `choices` for an unknown group or choice, `hour` at quiet_from or quiet_until.
    """
    if not set(choices) <= set(MailGroup) or not set(choices.values()) <= set(MailChoice):
        raise DomainError("choices", "没有这个选项。")
    for name, hour in (("quiet_from", quiet_from), ("quiet_until", quiet_until)):
        if not 0 <= hour <= 23:
            raise DomainError("hour", "请选择 0 至 23 点。", name)
    kept, _ = NotificationPreference.objects.update_or_create(
        user=actor,
        defaults={
            "choices": dict(choices), "quiet_from": quiet_from, "quiet_until": quiet_until,
        },
    )  # fmt: skip
    _plan_anew(actor, kept.rules, now)
    return kept


def _plan_anew(user: User, rules: MailRules, now: datetime) -> None:
    """What waits goes by the new rules; what was not to be mailed stays so."""
    waiting = Notification.objects.filter(user=user, mailed_at=None, mail_at__gt=now - MAIL_FOR)
    for row in waiting.select_for_update():
        row.mail_at, row.in_digest = rules.plan(row.kind, now)
        row.save(update_fields=["mail_at", "in_digest"])


def unsubscription(token: str) -> tuple[User, str] | None:
    """Whose link out of a mail it is, and of which group (empty: of all); None when it is none."""
    try:
        user_id, _, group = signer.unsign(token).partition(":")
    except BadSignature:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return (user, group) if user and group in ("", *MailGroup.values) else None


def unsubscribe(*, token: str, now: datetime) -> bool:
    """Mail no more of the group that the link names; whoever has the mail may. False: no link."""
    found = unsubscription(token)
    if found is None:
        return False
    user, group = found
    kept = NotificationPreference.objects.filter(user=user).first()
    rules = kept.rules if kept else MailRules()
    groups = [group] if group else list(MailGroup.values)
    choose_mail(
        actor=user, choices={**rules.choices, **dict.fromkeys(groups, str(MailChoice.NEVER))},
        quiet_from=rules.quiet_from, quiet_until=rules.quiet_until, now=now,
    )  # fmt: skip
    return True
