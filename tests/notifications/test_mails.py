"""Mail that people can bear: at once, once a day or never, and not at night."""

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from notifications import services
from notifications.enums import MailChoice, MailGroup
from notifications.mail_rules import GROUPS, MailRules, group_of
from notifications.models import Notification
from notifications.tasks import mail_digest, mail_waiting
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, tzinfo=CHINA)
NIGHT = datetime(2026, 11, 23, 23, tzinfo=CHINA)
MORNING = datetime(2026, 11, 24, 8, tzinfo=CHINA)
NOW_KIND, DAILY_KIND, URGENT = "project_quoted", "matching.demand_matched", "platforms.stage_due"


@pytest.fixture
def user():
    return UserFactory()


def tell(user, now, kind=NOW_KIND, **options):
    options = {"title": "收到报价", "url": "/demands/", "event_id": uuid.uuid4()} | options
    services.notify(users=[user], now=now, kind=kind, **options)
    return Notification.objects.order_by("-pk")[0]


def choose(user, now=NOON, hours=(22, 8), **choices):
    return services.choose_mail(
        actor=user, choices=choices, quiet_from=hours[0], quiet_until=hours[1], now=now
    )


def send(row, now):
    return services.mail_notification(notification_id=row.pk, now=now)


# --- rules ---


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("matching.search.7", MailGroup.MATCHING),
        ("outcome_claimed", MailGroup.PROJECTS),
        ("casecall_selected", MailGroup.PROJECTS),
        ("platforms.application", MailGroup.LISTINGS),
        ("demands.demand.published", MailGroup.LISTINGS),
        ("reporting.report.accepted", MailGroup.REPORTING),
        ("reporting.release.gone", MailGroup.RELEASES),
        # what always goes: deadlines and reminders, what was sent back, accounts and security
        ("project_overdue", None),
        ("cases.inspection_due", None),
        ("reporting.alert_due", None),
        ("reporting.report.reminded", None),
        ("demands.demand.returned", None),
        ("platforms.application.returned_1", None),
        ("role_ended", None),
        ("organisation_waiting", None),
        ("webhook_stopped", None),
    ],
)
def test_a_kind_has_its_group_or_always_goes(kind, group):
    assert group_of(kind) is group


def test_every_kind_that_services_write_is_sorted():
    words = set()
    for path in settings.BASE_DIR.glob("*/services/*.py"):
        text = path.read_text(encoding="utf-8")
        if "notify" in text or ".tell(" in text:
            words |= set(re.findall(r'\bkind=f?"([a-z]+)[._]', text))

    assert {"platforms", "matching", "disclosure"} <= words
    assert words <= set(GROUPS)


@pytest.mark.parametrize(
    ("kind", "at", "planned"),
    [
        (NOW_KIND, NOON, (NOON, False)),
        (NOW_KIND, NIGHT, (MORNING, False)),
        (NOW_KIND, MORNING - timedelta(hours=5), (MORNING, False)),
        (NOW_KIND, MORNING, (MORNING, False)),
        (DAILY_KIND, NOON, (MORNING, True)),
        (DAILY_KIND, MORNING - timedelta(hours=5), (MORNING, True)),
        (URGENT, NIGHT, (NIGHT, False)),
    ],
)
def test_by_default_mail_waits_for_the_morning(kind, at, planned):
    assert MailRules().plan(kind, at) == planned


def test_a_digest_waits_for_the_end_of_long_nights():
    assert MailRules({}, 21, 10).plan(DAILY_KIND, NOON) == (MORNING.replace(hour=10), True)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.sampled_from([*MailChoice.values, ""]),
    st.integers(0, 23),
    st.integers(0, 23),
)
def test_mail_is_never_late_nor_at_night(at, choice, start, end):
    now = at.replace(tzinfo=CHINA)
    planned, _ = MailRules({"projects": choice}, start, end).plan(NOW_KIND, now)

    if planned is None:
        assert choice == MailChoice.NEVER
        return
    hour = planned.astimezone(CHINA).hour
    assert now <= planned <= now + timedelta(days=2)
    assert not (start <= hour < end if start <= end else hour >= start or hour < end)


# --- one by itself ---


def test_mail_is_sent_after_the_commit(
    user, settings, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(NOON)
    with django_capture_on_commit_callbacks(execute=True):
        row = tell(user, NOON, body="请查看详情。", kind=URGENT)

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([user.email], "收到报价【省中试资源网络管理服务平台】")
    assert f"{settings.SITE_URL}/messages/{row.pk}/" in sent.body
    assert "List-Unsubscribe" not in sent.extra_headers  # a deadline cannot be switched off


def test_mail_goes_out_once_under_one_number(user):
    row = tell(user, NOON)

    assert send(row, NOON)
    assert not send(row, NOON + timedelta(minutes=5))
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<message-{row.pk}@")
    row.refresh_from_db()
    assert row.mailed_at == NOON


def test_at_night_it_is_held_and_sent_after(user, django_capture_on_commit_callbacks):
    row = tell(user, NIGHT)

    assert not send(row, NIGHT)
    assert services.mail_waiting(now=MORNING - timedelta(minutes=1)) == 0
    with django_capture_on_commit_callbacks() as queued:
        assert services.mail_waiting(now=MORNING + timedelta(minutes=5)) == 1
    assert len(queued) == 1
    assert send(row, MORNING)


def test_what_was_read_meanwhile_is_not_mailed(user):
    row = tell(user, NIGHT)
    services.read_notification(actor=user, notification=row, now=NIGHT)

    assert not send(row, MORNING)


def test_mail_is_not_sent_to_demo_people_or_who_left(user):
    demo = UserFactory(is_demo=True)
    rows = [tell(demo, NOON), tell(user, NOON)]
    user.is_active = False
    user.save()

    assert [send(row, NOON) for row in rows] == [False, False]


def test_mail_server_error_leaves_the_message_waiting(user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    row = tell(user, NOON)

    with pytest.raises(OSError):  # noqa: PT011 -- any failure of the network
        send(row, NOON)

    row.refresh_from_db()
    assert row.mailed_at is None


def test_the_sweep_sends_what_was_left_but_no_old_news(now, user, time_machine):
    row = tell(user, NOON, kind=URGENT)

    assert services.mail_waiting(now=NOON + timedelta(days=3)) == 0
    assert services.mail_waiting(now=NOON + timedelta(minutes=10)) == 1
    time_machine.move_to(NOON + timedelta(minutes=10))
    mail_waiting()
    assert send(row, NOON + timedelta(minutes=10))


# --- once a day ---


def test_a_digest_holds_the_day_by_group_and_goes_out_once(user, settings):
    choose(user, projects="daily")
    rows = [
        tell(user, NOON, DAILY_KIND, title="需求匹配完成"),
        tell(user, NOON, NOW_KIND, title="甲的报价"),
        tell(user, NIGHT, DAILY_KIND, title="有新能力适合您的需求"),
    ]
    read = tell(user, NOON, title="已经看过")
    services.read_notification(actor=user, notification=read, now=NOON)
    tell(UserFactory(), NOON, DAILY_KIND, title="别人的")

    early = services.mail_digest(user_id=user.pk, now=NIGHT)
    first = services.mail_digest(user_id=user.pk, now=MORNING)
    second = services.mail_digest(user_id=user.pk, now=MORNING + timedelta(minutes=5))

    assert (early, first, second) == (False, True, False)
    (sent,) = mail.outbox
    assert sent.subject.startswith("11月24日：3 条新消息")
    lines = [line for line in sent.body.splitlines() if line.startswith(("【", "·", "  http"))]
    at = f"{settings.SITE_URL}/messages"
    assert lines == [
        "【咨询、对接与预约】",
        "· 甲的报价（11-23 12:00）", f"  {at}/{rows[1].pk}/",
        "【匹配与订阅】",
        "· 需求匹配完成（11-23 12:00）", f"  {at}/{rows[0].pk}/",
        "· 有新能力适合您的需求（11-23 23:00）", f"  {at}/{rows[2].pk}/",
    ]  # fmt: skip


def test_the_sweep_queues_one_digest_a_person(user, django_capture_on_commit_callbacks):
    for _ in range(3):
        tell(user, NOON, DAILY_KIND)

    with django_capture_on_commit_callbacks() as queued:
        services.mail_waiting(now=MORNING + timedelta(minutes=1))

    assert len(queued) == 1
    mail_digest(user_id=0)  # somebody who is gone
    assert mail.outbox == []


def test_a_digest_that_the_server_refused_is_sent_whole_later(user, settings):
    rows = [tell(user, NOON, DAILY_KIND) for _ in range(2)]
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(OSError):  # noqa: PT011 -- any failure of the network
        services.mail_digest(user_id=user.pk, now=MORNING)
    settings.EMAIL_BACKEND = works

    assert services.mail_digest(user_id=user.pk, now=MORNING + timedelta(hours=1))
    assert mail.outbox[0].body.count("· ") == len(rows)


# --- the choice ---


def test_never_is_never_but_for_what_always_goes(user):
    choose(user, **dict.fromkeys(MailGroup.values, "never"))

    assert not send(tell(user, NOON), NOON)
    assert not services.mail_digest(user_id=user.pk, now=MORNING)
    assert send(tell(user, NOON, URGENT), NOON)


def test_a_choice_holds_for_what_waits(user):
    held, gathered = tell(user, NIGHT), tell(user, NIGHT, DAILY_KIND)

    choose(user, NIGHT, hours=(0, 0), projects="now", matching="never")

    assert send(held, NIGHT)
    gathered.refresh_from_db()
    assert gathered.mail_at is None


@pytest.mark.parametrize(
    ("given", "code"),
    [({"hobbies": "now"}, "choices"), ({"projects": "hourly"}, "choices"), ({}, "hour")],
)
def test_a_choice_that_is_none_is_refused(user, given, code):
    with pytest.raises(DomainError) as refused:
        choose(user, hours=(22, 8) if given else (22, 24), **given)

    assert refused.value.code == code
    assert not hasattr(type(user).objects.get(pk=user.pk), "notification_preference")


def test_the_link_in_a_mail_ends_its_group(user, client):
    send(tell(user, NOON), NOON)
    headers = mail.outbox[0].extra_headers
    path = headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")

    asked = client.get(path).content.decode()
    before = send(tell(user, NOON), NOON)
    client.post(path, {"List-Unsubscribe": "One-Click"})  # as mail programs do

    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "咨询、对接与预约" in asked
    assert before
    assert not send(tell(user, NOON), NOON)
    assert tell(user, NOON, DAILY_KIND).in_digest  # the other groups stay
    assert client.get(f"{path[:-2]}x/").status_code == 404


def test_the_link_in_a_digest_ends_all(user, client):
    tell(user, NOON, DAILY_KIND)
    services.mail_digest(user_id=user.pk, now=MORNING)
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")

    client.post(link.removeprefix("http://127.0.0.1:8000"))

    user.refresh_from_db()
    assert set(user.notification_preference.choices.values()) == {"never"}
    assert not services.unsubscribe(token="forged", now=NOON)


def test_the_page_keeps_the_choice(client, user):
    client.force_login(user)
    given = dict.fromkeys(MailGroup.values, "daily") | {"quiet_from": 20, "quiet_until": 9}

    response = client.post("/profile/notifications/", given)
    page = client.get(response["Location"])

    assert page.context["form"]["matching"].initial == "daily"
    kept = type(user).objects.get(pk=user.pk).notification_preference
    assert (kept.quiet_from, kept.quiet_until) == (20, 9)
    assert client.post("/profile/notifications/", {"projects": "x"}).context["form"].errors
