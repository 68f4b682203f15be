"""Pages of registering, and who opens which page of accounts."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Organisation, User
from tests.accounts.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    OrganisationFactory,
    UserFactory,
    make_uscc,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]
CODE = make_uscc(7_000_002)
FORM = {
    "organisation_name": "中山某某新材料有限公司",
    "uscc": CODE,
    "region": "广东省中山市",
    "size_class": "small",
    "name": "陈某",
    "email": "chen@example.com",
    "password": "lan-se-zhong-shi-2026",
    "consent": "on",
}


def test_registering_signs_in_and_shows_the_organisation(client):
    response = client.post(reverse("accounts:register"), FORM, follow=True)

    organisation = Organisation.objects.get(uscc=CODE)
    assert response.redirect_chain[-1][0] == organisation.get_absolute_url()
    assert "等待审核" in response.content.decode()
    assert response.wsgi_request.user.email == "chen@example.com"
    assert [m.to for m in mail.outbox] == [["chen@example.com"]]


def test_registering_for_a_known_organisation_says_who_answers(client):
    OrganisationFactory(uscc=CODE)

    response = client.post(reverse("accounts:register"), FORM, follow=True)

    assert response.redirect_chain[-1][0] == reverse("accounts:profile")
    assert "待同意" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("uscc", "91442000MA53FABC1", "统一社会信用代码应为 18 位，现在是 17 位。"),
        ("region", "火星市", "没有找到“火星市”，请写全称，如“广东省中山市”。"),
        ("password", "short", "密码太短，至少要 10 个字符。"),
        ("consent", "", "请勾选。"),
        ("email", "chen", "请输入合法的邮件地址。"),
    ],
)
def test_registering_wrongly_keeps_what_was_typed(field, value, error, client):
    response = client.post(reverse("accounts:register"), {**FORM, field: value})

    form = response.context["form"]
    assert form.errors[field] == [error]
    assert form["organisation_name"].value() == FORM["organisation_name"]
    assert not User.objects.exists()


def test_registering_with_a_known_address_says_so(client):
    UserFactory(email="chen@example.com")

    response = client.post(reverse("accounts:register"), FORM)

    assert response.context["form"].errors["email"] == ["该邮箱已注册，请直接登录，或找回密码。"]


def test_registering_again_while_signed_in_leads_to_the_profile():
    response = signed_in(person(Role.ENTERPRISE)).get(reverse("accounts:register"))

    assert response["Location"] == reverse("accounts:profile")


def test_registering_too_often_is_slowed_down(client):
    answers = [client.post(reverse("accounts:register"), {}).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]


PAGES = {
    "accounts:profile": set(Role),
    "accounts:my_activity": set(Role),
    "accounts:join": set(Role),
    "accounts:close": set(Role),
    "accounts:tokens": {Role.ENTERPRISE, Role.OPERATOR, Role.PARTNER, Role.GOVERNMENT},
    "accounts:organisations": {Role.GOVERNMENT, Role.SECURITY_ADMIN},
    "accounts:people": {Role.SECURITY_ADMIN},
    "accounts:invite": {Role.SECURITY_ADMIN},
    "accounts:activity": {Role.AUDITOR},
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", PAGES)
def test_who_opens_which_page(name, role):
    client = signed_in(person(role))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    response = client.get(reverse(name))

    assert response.status_code == (200 if role in PAGES[name] else 403)


def test_the_password_is_asked_before_the_form_for_tokens():
    response = signed_in(person(Role.OPERATOR)).get(reverse("accounts:tokens"))

    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_who_may_not_have_tokens_is_not_asked_for_a_password():
    response = signed_in(person(Role.AUDITOR)).get(reverse("accounts:tokens"))

    assert response.status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_visitors_are_asked_to_sign_in(name, client):
    assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))
