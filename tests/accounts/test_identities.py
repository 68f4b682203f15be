"""Signing in through an identity provider that runs in a process of its own."""

import time

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Organisation, RoleAssignment, User
from core.models import ActivityLog
from tests.accounts.conftest import said
from tests.factories.accounts import PASSWORD, OrganisationFactory, UserFactory, person
from tests.identities import WITH_FACTOR, WITH_LEVEL, configured, go_and_come_back, way_back
from tests.identity_provider import ZHANG

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]
START = "/identity/shengtong/"
HERE = "/identity/"


def linked(user: User, uid: str = "zhang") -> SocialAccount:
    return SocialAccount.objects.create(user=user, provider="shengtong", uid=uid)


def log_in(client: Client, user: User, then: str = "") -> None:
    form = {"login": user.email, "password": PASSWORD, "next": then}
    client.post(reverse("account_login"), form)


def signed_in_as(client: Client) -> str:
    """The address of who is signed in, or nobody."""
    response = client.get(reverse("accounts:profile"))
    return response.wsgi_request.user.email if response.status_code == 200 else ""


def test_without_a_provider_nothing_shows_and_nothing_answers(client):
    assert "统一身份认证" not in client.get(reverse("account_login")).content.decode()
    assert client.post(START).status_code == 404
    assert client.get(f"{START}callback/").status_code == 404
    assert client.get(HERE).status_code == 404
    assert client.get("/accounts/3rdparty/").status_code == 404
    assert client.post("/accounts/oidc/shengtong/login/").status_code == 404
    client.force_login(UserFactory())
    assert "统一身份认证" not in client.get(reverse("accounts:profile")).content.decode()


def test_a_linked_identity_signs_in(client, identity_provider):
    user = person(Role.ENTERPRISE)
    linked(user)
    assert "统一身份认证登录（省统一认证）" in client.get("/accounts/login/").content.decode()

    answer = go_and_come_back(client, "zhang", next="/demands/")

    assert (answer.status_code, answer["Location"]) == (302, "/demands/")
    assert signed_in_as(client) == user.email
    entry = ActivityLog.objects.get(action="accounts.user.sign_in")
    assert (entry.actor, entry.data) == (user, {"provider": "shengtong"})
    assert SocialAccount.objects.get().extra_data == {"name": "张某"}  # and nothing else is kept


def test_where_the_sign_in_leads_is_never_another_site(client, identity_provider):
    linked(person(Role.ENTERPRISE))

    answer = go_and_come_back(client, "zhang", next="https://evil.example/")

    assert answer["Location"] == reverse("portal:workbench")


def test_signing_out_says_that_the_provider_does_not(client, identity_provider):
    linked(person(Role.ENTERPRISE))
    go_and_come_back(client, "zhang")

    answer = client.post(reverse("account_logout"))

    assert "您在省统一认证的登录仍然有效，在公用电脑上请到省统一认证一并退出。" in said(answer)


def test_a_clock_that_is_a_little_off_does_no_harm(client, identity_provider):
    user = person(Role.ENTERPRISE)
    linked(user, "slightly-skewed")

    go_and_come_back(client, "slightly-skewed")

    assert signed_in_as(client) == user.email


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ("skewed", "时钟相差过大"),
        ("stale", "时钟相差过大"),
        ("wrong-issuer", "不是给本平台的"),
        ("wrong-audience", "不是给本平台的"),
        ("wrong-party", "不是给本平台的"),
        ("somebody-else", "不是给本平台的"),
        ("wrong-nonce", "未通过核验"),
        ("forged", "未通过核验"),
        ("unknown-key", "未通过核验"),
        ("no-token", "没有发来身份凭证"),
        ("unwilling", "没有同意这次登录"),
    ],
)
def test_what_a_provider_gets_wrong_lets_nobody_in(who, message, client, identity_provider):
    linked(person(Role.ENTERPRISE), who)

    answer = go_and_come_back(client, who)

    assert (answer.status_code, message in answer.content.decode()) == (401, True)
    assert signed_in_as(client) == ""
    entry = ActivityLog.objects.get(action="accounts.user.sign_in_failed")
    assert (entry.actor, entry.target_label) == (None, "省统一认证")


def test_who_cancels_there_is_back_at_the_sign_in_page(client, identity_provider):
    answer = go_and_come_back(client, "cancel")

    assert (answer["Location"], said(answer)) == ("/accounts/login/", ["已取消省统一认证登录。"])


def test_a_way_back_works_once_and_in_one_browser(client, identity_provider):
    user = person(Role.ENTERPRISE)
    linked(user)
    address = way_back(client, "zhang")

    stolen = Client().get(address)
    client.get(address)
    again = client.get(address)

    assert (stolen.status_code, "已过期" in stolen.content.decode()) == (401, True)
    assert (again.status_code, signed_in_as(client)) == (401, user.email)
    assert not ActivityLog.objects.filter(action="accounts.user.sign_in_failed").exists()


def test_a_wrong_secret_is_told_as_a_matter_of_settings(client, identity_provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS = configured(identity_provider, secret="wrong")

    answer = go_and_come_back(client, "zhang")

    assert (answer.status_code, "没有同意" in answer.content.decode()) == (401, True)


def test_an_unreachable_provider_is_told_before_leaving(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = configured("http://127.0.0.1:9")

    answer = client.post(START)

    assert answer.status_code == 502
    assert "暂时连不上省统一认证，请稍后再试，或用邮箱和密码登录。" in answer.content.decode()


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_provider_that_fails_half_way_is_told(is_gone, client, identity_provider, settings):
    address = way_back(client, "zhang" if is_gone else "silent")
    if is_gone:
        settings.SOCIALACCOUNT_PROVIDERS = configured("http://127.0.0.1:9")

    answer = client.get(address)

    assert (answer.status_code, "暂时连不上" in answer.content.decode()) == (502, True)


def test_no_secret_goes_where_others_can_read_it(client, identity_provider):
    (app,) = django_settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    open_road = {"token_endpoint": "http://elsewhere.example/token"}
    app["settings"]["openid_configuration_overrides"] = open_road

    answer = client.post(START)

    assert "服务设置不完整或不安全" in answer.content.decode()


def test_leaving_counts_against_the_limit_of_signing_in(client, identity_provider, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}

    assert [client.post(START).status_code for _ in range(3)] == [200, 200, 429]


def test_people_shut_out_stay_out(client, identity_provider):
    user = person(Role.ENTERPRISE)
    linked(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    answer = go_and_come_back(client, "zhang")

    assert (answer["Location"], signed_in_as(client)) == (reverse("account_inactive"), "")


def test_the_same_address_opens_no_account(client, identity_provider):
    UserFactory(email=ZHANG["email"])

    answer = go_and_come_back(client, "zhang")

    assert (answer["Location"], signed_in_as(client)) == (HERE, "")
    assert not SocialAccount.objects.exists()
    page = client.get(HERE).content.decode()
    assert "我有账号，登录后关联" in page
    assert "我没有账号，去注册" in page


def test_signing_in_locally_links_and_asks_to_join(client, identity_provider):
    user = person(Role.ENTERPRISE)
    OrganisationFactory(uscc=ZHANG["uscc"], name="中山某某材料有限公司")
    go_and_come_back(client, "zhang")
    log_in(client, user, then=HERE)

    assert "同时申请加入" in client.get(HERE).content.decode()
    answer = client.post(HERE, {"role": Role.OPERATOR})

    assert said(answer)[-1:] == ["已关联。以后可以用省统一认证登录。"]
    assert SocialAccount.objects.get().user == user
    request = RoleAssignment.objects.get(user=user, role=Role.OPERATOR)
    assert (request.organisation.uscc, request.is_waiting) == (ZHANG["uscc"], True)
    assert client.get(HERE).status_code == 404  # done with
    log = ActivityLog.objects.get(action="accounts.user.link_identity")
    assert log.data == {"provider": "shengtong", "role_there": "法定代表人"}


def test_who_was_signed_in_before_proves_it_again(client, identity_provider):
    user = person(Role.ENTERPRISE)
    log_in(client, user)
    time.sleep(0.01)
    go_and_come_back(client, "li")

    answer = client.post(HERE)

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not SocialAccount.objects.exists()
    client.post(answer["Location"], {"password": PASSWORD})
    assert SocialAccount.objects.get().user == user


def test_an_identity_is_given_up(client, identity_provider):
    go_and_come_back(client, "zhang")

    answer = client.post(HERE, {"forget": "1"})

    assert answer["Location"] == reverse("account_login")
    assert client.get(reverse("accounts:register")).context["form"].initial == {}


def test_an_identity_waits_half_an_hour(client, identity_provider):
    go_and_come_back(client, "zhang")

    with time_machine.travel(time.time() + 1801):
        assert client.get(HERE).status_code == 404


REGISTRATION = {
    "organisation_name": ZHANG["corp"], "uscc": ZHANG["uscc"], "region": "广东省中山市",
    "name": "张某", "email": ZHANG["email"], "password": "lan-se-zhong-shi-2026", "consent": "on",
}  # fmt: skip


def test_registering_is_filled_in_and_links(client, identity_provider):
    go_and_come_back(client, "zhang")

    form = client.get(reverse("accounts:register")).context["form"]
    client.post(reverse("accounts:register"), REGISTRATION)

    assert form.initial == {
        "name": "张某", "phone": "13800000000", "email": "zhang@example.com",
        "uscc": ZHANG["uscc"], "organisation_name": ZHANG["corp"],
    }  # fmt: skip
    user = SocialAccount.objects.get().user
    assert (user.email, user.organisation.uscc) == (ZHANG["email"], ZHANG["uscc"])
    other = Client()
    go_and_come_back(other, "zhang")
    assert signed_in_as(other) == ZHANG["email"]


def test_registering_for_a_known_organisation_asks_to_join(client, identity_provider):
    known = OrganisationFactory(uscc=ZHANG["uscc"], name="登记名称")
    go_and_come_back(client, "zhang")

    form = client.get(reverse("accounts:register")).context["form"]
    client.post(reverse("accounts:register"), REGISTRATION)

    assert (form.initial["organisation_name"], form.initial["region"]) == ("登记名称", known.region)
    assert RoleAssignment.objects.get().is_waiting
    assert Organisation.objects.count() == 1


def test_a_refused_registration_links_nobody(client, identity_provider):
    UserFactory(email=ZHANG["email"])
    go_and_come_back(client, "zhang")

    page = client.post(reverse("accounts:register"), REGISTRATION)

    assert "该邮箱已注册" in page.content.decode()
    assert not SocialAccount.objects.exists()


def test_what_the_provider_leaves_out_is_named(client, identity_provider):
    go_and_come_back(client, "li")

    page = client.get(HERE).content.decode()

    assert "省统一认证没有提供邮箱、统一社会信用代码，注册时请自行填写。" in page


@pytest.mark.parametrize(
    ("is_own", "message"),
    [(True, "这个省统一认证身份已关联您的账号。"), (False, "已关联其他账号，请先在那里解除。")],
)
def test_whoever_is_signed_in_stays_who_they_are(is_own, message, client, identity_provider):
    user = person(Role.ENTERPRISE)
    linked(user if is_own else UserFactory())
    client.force_login(user)

    answer = go_and_come_back(client, "zhang")

    assert answer["Location"] == reverse("accounts:profile")
    assert message in said(answer)[0]
    assert signed_in_as(client) == user.email


def test_a_set_up_factor_is_asked_for(client, identity_provider):
    user = person(Role.GOVERNMENT)
    TOTP.activate(user, generate_totp_secret())
    linked(user)

    answer = go_and_come_back(client, "zhang")

    assert (answer["Location"], signed_in_as(client)) == (reverse("mfa_authenticate"), "")


@pytest.mark.parametrize(
    ("who", "more", "is_let_in"),
    [
        ("zhang", "", False),
        ("zhang-with-factor", "", False),
        ("zhang", WITH_FACTOR, False),
        ("zhang-with-factor", WITH_FACTOR, True),
        ("zhang-with-factor", WITH_LEVEL, True),
    ],
)
def test_the_second_factor_of_privileged_roles(
    who, more, is_let_in, client, identity_provider, settings
):
    settings.SOCIALACCOUNT_PROVIDERS = configured(identity_provider, more=more)
    user = person(Role.GOVERNMENT)
    linked(user)

    go_and_come_back(client, who)

    assert signed_in_as(client) == (user.email if is_let_in else "")


def test_the_profile_lists_links_and_unlinks(client, identity_provider):
    user = person(Role.ENTERPRISE)
    row = linked(user)
    url = reverse("accounts:unlink_identity", args=[row.pk])
    client.force_login(UserFactory())
    stranger = client.post(url)
    client.post(stranger["Location"], {"password": PASSWORD})
    assert client.post(url).status_code == 404
    client = Client()
    log_in(client, user)
    page = client.get(reverse("accounts:profile")).content.decode()
    assert "关联（省统一认证）" not in page
    assert url in page

    answer = client.post(url)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    client.post(answer["Location"], {"password": PASSWORD})

    assert not SocialAccount.objects.exists()
    assert ActivityLog.objects.filter(action="accounts.user.unlink_identity").count() == 1
    assert "关联（省统一认证）" in client.get(reverse("accounts:profile")).content.decode()
