"""Signing in and out: the log, the second factor, demo people, how long a session lasts."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import SECOND_FACTOR_ROLES, Role
from accounts.models import User
from accounts.services import sign_in
from accounts.tasks import purge_sessions
from core.models import ActivityLog
from core.services import source_address
from taxonomy.jurisdiction import current_jurisdiction
from tests.factories.accounts import PASSWORD, ServiceTokenFactory, UserFactory, person

pytestmark = pytest.mark.django_db


def log_in(client: Client, user: User, password: str = PASSWORD, email: str = "") -> Any:
    form = {"login": email or user.email, "password": password}
    return client.post(reverse("account_login"), form)


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def code_for(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def last_action() -> ActivityLog:
    return ActivityLog.objects.order_by("-pk")[0]


def test_signing_in_is_logged_with_the_address(client):
    user = person(Role.ENTERPRISE)

    log_in(client, user)

    entry = last_action()
    assert (entry.action, entry.actor, entry.ip_address) == (
        "accounts.user.sign_in",
        user,
        "127.0.0.1",
    )
    assert is_signed_in(client)


def test_whatever_is_done_is_logged_with_the_address(client):
    user = person(Role.ENTERPRISE)
    client.force_login(user)

    client.post(reverse("accounts:profile"), {"name": "李某", "phone": ""})

    entry = last_action()
    assert (entry.actor, entry.ip_address) == (user, "127.0.0.1")
    assert source_address.get() is None


def test_signing_in_ignores_the_case_of_the_address(client):
    user = person(Role.ENTERPRISE)

    log_in(client, user, email=user.email.upper())

    assert is_signed_in(client)


def test_signing_out_is_logged(client):
    user = person(Role.ENTERPRISE)
    client.force_login(user)

    client.post(reverse("account_logout"))

    assert last_action().action == "accounts.user.sign_out"
    assert not is_signed_in(client)


def test_a_wrong_password_is_logged_under_the_account(client):
    user = person(Role.ENTERPRISE)

    log_in(client, user, password="wrong-password")

    entry = last_action()
    assert (entry.action, entry.actor, entry.target_id) == (
        "accounts.user.sign_in_failed",
        None,
        str(user.pk),
    )


def test_an_unknown_address_is_logged_masked(client):
    client.post(reverse("account_login"), {"login": "zhang@example.com", "password": "x" * 12})

    entry = last_action()
    assert (entry.target_id, entry.target_label) == ("0", "z***@example.com")


@pytest.mark.parametrize(("email", "shown"), [("a@b.cn", "a***@b.cn"), ("", "***"), ("x", "***")])
def test_masking(email, shown):
    assert sign_in.masked(email) == shown


def test_the_sixth_wrong_password_is_not_even_tried(client):
    user = person(Role.ENTERPRISE)
    for _ in range(5):
        log_in(client, user, password="wrong-password")

    log_in(client, user)

    assert not is_signed_in(client)
    assert ActivityLog.objects.filter(action="accounts.user.sign_in_failed").count() == 5


def test_changing_the_password_is_logged(client):
    user = person(Role.ENTERPRISE)
    log_in(client, user)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "xin-mi-ma-2026", "password2": "xin-mi-ma-2026"},
    )

    assert last_action().action == "accounts.user.change_password"


@pytest.mark.parametrize("role", list(Role))
def test_who_is_held_up_for_a_second_factor(role, client):
    client.force_login(person(role))

    response = client.get(reverse("accounts:profile"))

    if role in SECOND_FACTOR_ROLES:
        assert (response.status_code, response["Location"]) == (302, reverse("mfa_activate_totp"))
    else:
        assert response.status_code == 200


def test_who_is_held_up_gets_json_from_the_api(client):
    client.force_login(person(Role.GOVERNMENT))

    response = client.get("/api/v1/me/")

    assert (response.status_code, response.json()["code"]) == (403, "second_factor")


def test_who_is_held_up_may_sign_out_and_meets_missing_pages(client):
    client.force_login(person(Role.GOVERNMENT))

    assert client.get("/no/such/page/").status_code == 404
    assert client.post(reverse("account_logout")).status_code == 302
    assert not is_signed_in(client)


def test_a_second_factor_is_set_up_and_then_asked_for(client, django_capture_on_commit_callbacks):
    user = person(Role.GOVERNMENT)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    log_in(client, user)
    activate = client.get(reverse("mfa_activate_totp"))
    assert activate["Location"].startswith(reverse("account_reauthenticate"))
    client.post(activate["Location"], {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})

    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert ActivityLog.objects.filter(action="accounts.user.add_factor", actor=user).exists()
    assert is_signed_in(client)

    other = Client()
    answer = log_in(other, user)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(other)
    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        other.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
        assert is_signed_in(other)


def test_a_wrong_code_is_logged_and_lets_nobody_in(client):
    user = person(Role.AUDITOR)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    log_in(client, user)

    page = client.post(reverse("mfa_authenticate"), {"code": code_for(secret, steps=500)})

    assert "安全密钥" not in page.content.decode()  # which this person has none of

    assert ActivityLog.objects.filter(action="accounts.user.fail_factor").count() == 1
    assert not is_signed_in(client)


def test_demo_people_are_let_in_without_second_factor_in_a_demonstration(client, settings):
    settings.DEMO_MODE = True
    user = person(Role.GOVERNMENT)
    User.objects.filter(pk=user.pk).update(is_demo=True)

    log_in(client, user)

    assert is_signed_in(client)


def test_demo_people_cannot_sign_in_outside_a_demonstration(client, settings):
    settings.DEMO_MODE = False
    user = person(Role.ENTERPRISE)
    User.objects.filter(pk=user.pk).update(is_demo=True)

    answer = log_in(client, user)

    assert answer["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)
    assert not ActivityLog.objects.filter(action="accounts.user.sign_in").exists()


def test_demo_sessions_and_tokens_end_with_the_demonstration(client, api, settings):
    settings.DEMO_MODE = True
    user = person(Role.PARTNER)
    User.objects.filter(pk=user.pk).update(is_demo=True)
    ServiceTokenFactory(user=user, secret="zs0123456789secret")
    log_in(client, user)
    assert is_signed_in(client)

    settings.DEMO_MODE = False

    assert not is_signed_in(client)
    api.credentials(HTTP_AUTHORIZATION="Bearer zs0123456789secret")
    assert api.get("/api/v1/me/").status_code == 401


def test_real_people_need_the_factor_in_a_demonstration_too(client, settings):
    settings.DEMO_MODE = True
    client.force_login(person(Role.GOVERNMENT))

    assert not is_signed_in(client)


@pytest.mark.parametrize(("minutes", "expected"), [(59, True), (61, False)])
def test_an_idle_session_ends(minutes, expected, client):
    start = timezone.now()
    with time_machine.travel(start):
        client.force_login(person(Role.ENTERPRISE))
        assert is_signed_in(client)

    with time_machine.travel(start + timedelta(minutes=minutes)):
        assert is_signed_in(client) is expected


def test_a_session_in_use_ends_after_eight_hours(client):
    start = timezone.now()
    client.force_login(person(Role.ENTERPRISE))

    seen = []
    for half_hours in range(17):
        with time_machine.travel(start + timedelta(minutes=30 * half_hours, seconds=half_hours)):
            seen.append(is_signed_in(client))

    assert seen == [True] * 16 + [False]


def test_a_session_in_use_is_written_once_a_minute(client, django_assert_max_num_queries):
    client.force_login(person(Role.ENTERPRISE))
    is_signed_in(client)
    before = Session.objects.get().session_data

    is_signed_in(client)

    assert Session.objects.get().session_data == before


def test_purging_forgets_dead_sessions(client, now):
    user = UserFactory()
    client.force_login(user)
    client.get(reverse("accounts:profile"))
    UserSession.objects.create(user=user, ip="127.0.0.1", session_key="gone", user_agent="x")
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))

    assert sign_in.purge_sessions(now=now) == 2
    purge_sessions()

    assert Session.objects.count() == 1
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("known", "subject", "said"),
    [
        (True, "请设置登录密码", "请打开下面的链接，设置登录密码"),
        (False, "这个邮箱还没有注册", "/register/"),
    ],
)
def test_mails_about_passwords_are_in_plain_words(known, subject, said, client):
    email = person(Role.ENTERPRISE).email if known else "nobody@example.com"

    client.post(reverse("account_reset_password"), {"email": email})

    (sent,) = mail.outbox
    portal = current_jurisdiction().title
    assert sent.subject == f"{subject}【{portal}】"
    assert said in sent.body
    assert sent.body.startswith("您好：")
    assert portal in sent.body
    assert "testserver" not in sent.body.replace("http://testserver/", "")
