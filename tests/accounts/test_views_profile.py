"""Pages about oneself: profile, personal data, closing, tokens."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import ServiceToken, User
from accounts.templatetags.account_words import browser_name
from tests.accounts.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    ServiceTokenFactory,
    UserFactory,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]


def test_the_profile_is_saved():
    user = UserFactory()

    signed_in(user).post(reverse("accounts:profile"), {"name": "李某", "phone": "0760-1"})

    user.refresh_from_db()
    assert (user.name, user.phone) == ("李某", "0760-1")


def test_consent_is_withdrawn_on_the_page(now):
    user = UserFactory()
    consent = user.consents.create(purpose="注册", text_version="1", granted_at=now)
    url = reverse("accounts:withdraw_consent", args=[consent.pk])

    assert signed_in(UserFactory()).post(url).status_code == 404
    signed_in(user).post(url)

    consent.refresh_from_db()
    assert consent.withdrawn_at is not None


def test_asking_again_says_its_label_once(client):
    client.force_login(person(Role.ENTERPRISE))

    page = client.get(reverse("account_reauthenticate")).content.decode()

    assert 'type="password"' in page
    assert 'placeholder="密码' not in page
    assert 'placeholder="Password' not in page


def reauthenticated(user: User) -> Client:
    client = signed_in(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_personal_data_is_taken_away_after_the_password_was_asked():
    user = person(Role.ENTERPRISE)
    asked = signed_in(user).get(reverse("accounts:export"))

    response = reauthenticated(user).get(reverse("accounts:export"))

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert json.loads(response.content)["账号"]["邮箱"] == user.email
    assert response["Content-Disposition"].startswith("attachment")


def test_an_account_is_closed_and_signed_out():
    user = person(Role.ENTERPRISE)
    client = reauthenticated(user)

    response = client.post(reverse("accounts:close"), {"confirm": "on"})

    assert response["Location"] == "/"
    user.refresh_from_db()
    assert user.name == "已注销用户"
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_closing_needs_the_tick():
    user = person(Role.ENTERPRISE)

    response = reauthenticated(user).post(reverse("accounts:close"), {"other": "1"})

    assert list(response.context["form"].errors) == ["confirm"]
    user.refresh_from_db()
    assert user.is_active


def test_closing_a_demo_account_says_why(settings):
    settings.DEMO_MODE = True
    user = person(Role.ENTERPRISE)
    User.objects.filter(pk=user.pk).update(is_demo=True)

    response = reauthenticated(user).post(reverse("accounts:close"), {"confirm": "on"})

    assert response.context["form"].non_field_errors() == ["演示账号供大家共用，不能注销。"]


TOKEN = {"name": "ERP", "scopes": ["demands:read"]}


def test_a_token_is_shown_once(now):
    user = person(Role.ENTERPRISE)
    client = reauthenticated(user)
    form = {**TOKEN, "expires_date": (now.date()).replace(year=now.year + 1).isoformat()}

    response = client.post(reverse("accounts:tokens"), form)

    secret = response.context["secret"]
    token = ServiceToken.objects.get()
    assert secret.startswith(token.prefix)
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert secret not in client.get(reverse("accounts:tokens")).content.decode()


def test_a_token_of_yesterday_is_refused_at_its_field():
    client = reauthenticated(person(Role.ENTERPRISE))

    response = client.post(reverse("accounts:tokens"), {**TOKEN, "expires_date": "2020-01-01"})

    assert list(response.context["form"].errors) == ["expires_date"]


def test_making_a_token_asks_for_the_password():
    response = signed_in(person(Role.ENTERPRISE)).post(reverse("accounts:tokens"), TOKEN)

    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not ServiceToken.objects.exists()


def test_a_token_is_revoked_by_its_owner():
    token = ServiceTokenFactory()
    url = reverse("accounts:revoke_token", args=[token.pk])

    assert signed_in(person(Role.PARTNER)).post(url).status_code == 404
    signed_in(token.user).post(url)

    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130.0 Safari/537.36", "Chrome，Windows 电脑"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge，Windows 电脑",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Safari/604.1 MicroMessenger/8.0", "微信，iPhone"),
        ("curl/8.0", "其他浏览器"),
        ("", "其他浏览器"),
    ],
)
def test_devices_are_named_in_plain_words(said, shown):
    assert browser_name(said) == shown
