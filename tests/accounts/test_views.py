"""Pages of accounts, as people meet them."""

import json
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Organisation, ServiceToken, User
from core.models import ActivityLog
from core.services import log_activity, seal_activity_log
from tests.factories.accounts import (
    PASSWORD,
    OrganisationFactory,
    RoleAssignmentFactory,
    ServiceTokenFactory,
    UserFactory,
    make_uscc,
    person,
)
from tests.factories.taxonomy import IndustryFactory, zhongshan

pytestmark = pytest.mark.django_db
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


@pytest.fixture(autouse=True)
def _regions(db: None) -> None:
    zhongshan()


def signed_in(user: User) -> Client:
    """A session of the person, with the second factor that the role may need."""
    if user.needs_second_factor:
        TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    return client


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


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
        ("consent", "", "该字段是必填项。"),
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
    "accounts:tokens": {Role.ENTERPRISE, Role.OPERATOR, Role.PARTNER},
    "accounts:organisations": {Role.GOVERNMENT, Role.SECURITY_ADMIN},
    "accounts:people": {Role.SECURITY_ADMIN},
    "accounts:invite": {Role.SECURITY_ADMIN},
    "accounts:activity": {Role.AUDITOR},
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", PAGES)
def test_who_opens_which_page(name, role):
    response = signed_in(person(role)).get(reverse(name))

    assert response.status_code == (200 if role in PAGES[name] else 403)


@pytest.mark.parametrize("name", PAGES)
def test_visitors_are_asked_to_sign_in(name, client):
    assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_the_own_organisation_is_found(people, organisation):
    response = signed_in(people["owner"]).get(reverse("accounts:organisation"))

    assert response["Location"] == organisation.get_absolute_url()


def test_people_without_organisation_are_led_to_joining():
    response = signed_in(UserFactory()).get(reverse("accounts:organisation"))

    assert response["Location"] == reverse("accounts:join")


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("city", 200), ("broker", 200), ("stranger", 404), ("elsewhere", 404)],
)
def test_who_sees_an_organisation(who, status, people, organisation):
    assert signed_in(people[who]).get(organisation.get_absolute_url()).status_code == status


def test_an_organisation_counts_its_queries(people, organisation, django_assert_num_queries):
    client = signed_in(people["city"])
    client.get(organisation.get_absolute_url())
    with django_assert_num_queries(10):
        client.get(organisation.get_absolute_url())

    for _ in range(2):
        RoleAssignmentFactory(organisation=organisation)
        RoleAssignmentFactory(organisation=organisation, granted_at=None)

    with django_assert_num_queries(10):
        client.get(organisation.get_absolute_url())


def test_staff_approve_by_a_button(people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")
    client = signed_in(people["city"])
    assert "审核通过" in client.get(organisation.get_absolute_url()).content.decode()

    response = client.post(f"{organisation.get_absolute_url()}approve/")

    assert (response["Location"], said(response)) == (
        organisation.get_absolute_url(),
        ["已完成：审核通过。"],
    )
    organisation.refresh_from_db()
    assert organisation.is_approved


def test_returning_without_reason_says_so(people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")

    response = signed_in(people["city"]).post(f"{organisation.get_absolute_url()}return/")

    assert said(response) == ["请写明原因。"]


def test_owners_do_not_approve_themselves(people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")

    response = signed_in(people["owner"]).post(f"{organisation.get_absolute_url()}approve/")

    assert response.status_code == 403
    assert "只有管辖部门可以这样做" in response.content.decode()


@pytest.mark.parametrize("name", ["fly", "edit_identity"])
def test_unknown_steps_are_refused(name, people, organisation):
    response = signed_in(people["city"]).post(f"{organisation.get_absolute_url()}{name}/")

    assert response.status_code == 403


def edit_form(client: Client, organisation: Organisation, **changes: Any) -> Any:
    url = reverse("accounts:edit_organisation", args=[organisation.pk])
    version = client.get(url).context["form"].initial["version"]
    form = {
        "name": organisation.name,
        "uscc": organisation.uscc,
        "region": "中山市",
        "version": version,
    }
    return client.post(url, {**form, **changes})


def test_owners_edit_the_facts_but_not_the_name(people, organisation):
    response = edit_form(
        signed_in(people["owner"]), organisation, name="改名", website="example.com"
    )

    assert response["Location"] == organisation.get_absolute_url()
    fresh = Organisation.objects.get(pk=organisation.pk)
    assert (fresh.name, fresh.website) == (organisation.name, "https://example.com")


def test_staff_edit_the_name(people, organisation):
    edit_form(signed_in(people["city"]), organisation, name="改名有限公司")

    assert Organisation.objects.get(pk=organisation.pk).name == "改名有限公司"


def test_editing_what_changed_meanwhile_keeps_what_was_typed(people, organisation):
    client = signed_in(people["owner"])
    old = "2026-01-01T00:00:00+00:00"

    response = edit_form(client, organisation, address="火炬开发区", version=old)

    assert response.context["form"].non_field_errors() == [
        "内容已被他人修改，请核对最新内容后再提交。"
    ]
    assert response.context["form"]["address"].value() == "火炬开发区"


def test_editing_with_a_broken_version_asks_to_reload(people, organisation):
    IndustryFactory(parent=IndustryFactory(code="C", name="制造业", level=1))

    response = edit_form(signed_in(people["owner"]), organisation, version="昨天")

    assert response.context["form"].errors["version"] == ["页面已过期，请刷新后再改。"]
    assert ("26", "26 化学原料和化学制品制造业") in response.context["form"].fields[
        "industry"
    ].choices[1][1]


def test_editing_to_anothers_code_says_so(people, organisation):
    other = OrganisationFactory()

    response = edit_form(signed_in(people["city"]), organisation, uscc=other.uscc)

    assert response.context["form"].errors["uscc"] == [
        "该统一社会信用代码已登记，请联系本单位管理员加入。"
    ]


def test_joining_by_code(organisation):
    user = UserFactory()

    response = signed_in(user).post(
        reverse("accounts:join"), {"uscc": organisation.uscc, "role": "operator"}
    )

    assert response["Location"] == reverse("accounts:profile")
    assert organisation.role_assignments.waiting().get().user == user


@pytest.mark.parametrize("is_twice", [True, False])
def test_joining_in_vain_says_why(is_twice, organisation):
    user = UserFactory()
    if is_twice:
        RoleAssignmentFactory(user=user, organisation=organisation, granted_at=None)
    uscc = organisation.uscc if is_twice else CODE

    response = signed_in(user).post(reverse("accounts:join"), {"uscc": uscc, "role": "enterprise"})

    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.parametrize(("answer", "is_member"), [("grant", True), ("decline", False)])
def test_requests_are_answered_on_the_page(answer, is_member, people, organisation):
    row = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    signed_in(people["owner"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": answer, "reason": "因故"}
    )

    user = User.objects.get(pk=row.user_id)
    assert bool(user.roles) is is_member


def test_declining_without_reason_says_so(people, organisation):
    row = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    response = signed_in(people["owner"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": "decline"}
    )

    assert said(response) == ["请写明原因。"]


def test_answering_ones_own_request_is_a_403(people, organisation):
    row = RoleAssignmentFactory(
        user=people["owner"], role=Role.OPERATOR, organisation=organisation, granted_at=None
    )

    response = signed_in(people["owner"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": "grant"}
    )

    assert response.status_code == 403


def test_strangers_find_no_request(people, organisation):
    row = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    response = signed_in(people["stranger"]).post(
        reverse("accounts:answer_request", args=[row.pk]), {"answer": "grant"}
    )

    assert response.status_code == 404


def test_a_colleague_is_let_go(people, organisation):
    row = RoleAssignmentFactory(organisation=organisation)

    response = signed_in(people["owner"]).post(reverse("accounts:end_role", args=[row.pk]))

    assert response["Location"] == organisation.get_absolute_url()
    row.refresh_from_db()
    assert row.ended_at


def test_the_review_queue_shows_the_region_with_waiting_first(people):
    waiting = OrganisationFactory(status="pending")
    client = signed_in(people["city"])

    response = client.get(reverse("accounts:organisations"))

    assert response.context["total"] == 3
    assert response.context["table"].page.object_list[0].record == waiting


def test_the_review_queue_is_filtered_and_exported(people):
    waiting = OrganisationFactory(status="pending", name="等待的公司")
    client = signed_in(people["city"])

    page = client.get(reverse("accounts:organisations"), {"status": "pending", "q": "等待"})
    export = client.get(reverse("accounts:organisations"), {"status": "pending", "export": "csv"})

    assert page.context["total"] == 1
    assert waiting.uscc in export.content.decode()
    assert len(export.content.decode().splitlines()) == 2


@pytest.mark.parametrize("name", ["accounts:organisations", "accounts:people", "accounts:activity"])
def test_lists_count_their_queries(name, people, django_assert_num_queries):
    who = {"organisations": "city", "people": "security_admin", "activity": "auditor"}
    expected = {"organisations": 9, "people": 9, "activity": 9}
    short = name.split(":")[1]
    client = signed_in(people[who[short]])
    client.get(reverse(name))
    with django_assert_num_queries(expected[short]):
        client.get(reverse(name))

    for _ in range(2):
        OrganisationFactory()
        client_of = person(Role.ENTERPRISE)
        log_activity(actor=client_of, action="x", target=client_of, now=client_of.date_joined)

    with django_assert_num_queries(expected[short]):
        client.get(reverse(name))


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"role": "government"}, 3),
        ({"role": "auditor"}, 1),
        ({"q": "不存在的人"}, 0),
        ({"is_active": "False"}, 0),
        ({"role": "nonsense"}, 11),
    ],
)
def test_people_are_filtered(query, total, people, security_admin):
    response = signed_in(security_admin).get(reverse("accounts:people"), query)

    assert response.context["total"] == total


def test_people_are_found_by_their_organisation(people, organisation, security_admin):
    response = signed_in(security_admin).get(reverse("accounts:people"), {"q": organisation.name})

    assert [row.record for row in response.context["table"].rows] == [people["owner"]]


def test_people_are_exported(people, security_admin):
    response = signed_in(security_admin).get(reverse("accounts:people"), {"export": "csv"})

    assert "政府工作人员（中山市）" in response.content.decode()


def test_a_role_is_granted_on_the_page(security_admin):
    user = UserFactory()

    response = signed_in(security_admin).post(
        reverse("accounts:person", args=[user.pk]), {"role": "government", "region": "中山市"}
    )

    assert response["Location"] == reverse("accounts:person", args=[user.pk])
    assert User.objects.get(pk=user.pk).covers_region(Role.GOVERNMENT, "442000")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"role": "government"}, "region"),
        ({"role": "operator"}, "organisation"),
        ({"role": "operator", "organisation": CODE}, "organisation"),
        ({"role": ""}, "role"),
    ],
)
def test_granting_without_scope_says_so_at_the_field(form, field, security_admin):
    user = UserFactory()

    response = signed_in(security_admin).post(reverse("accounts:person", args=[user.pk]), form)

    assert list(response.context["form"].errors) == [field]


def test_granting_to_oneself_is_a_403(security_admin):
    response = signed_in(security_admin).post(
        reverse("accounts:person", args=[security_admin.pk]), {"role": "reviewer"}
    )

    assert response.status_code == 403


def test_a_role_is_ended_on_the_page_of_the_person(security_admin):
    user = person(Role.REVIEWER)

    response = signed_in(security_admin).post(
        reverse("accounts:end_role", args=[user.assignments[0].pk]), {"next": "person"}
    )

    assert response["Location"] == reverse("accounts:person", args=[user.pk])
    assert User.objects.get(pk=user.pk).roles == frozenset()


def test_an_invited_person_gets_a_link_to_set_a_password(security_admin, client):
    response = signed_in(security_admin).post(
        reverse("accounts:invite"), {"name": "王某", "email": "wang@gd.gov.cn"}
    )

    user = User.objects.get(email="wang@gd.gov.cn")
    assert response["Location"] == reverse("accounts:person", args=[user.pk])
    link = next(w for w in mail.outbox[0].body.split() if "/password/reset/key/" in w)
    page = client.get(link, follow=True)
    client.post(
        page.redirect_chain[-1][0],
        {"password1": "xin-mi-ma-2026-a", "password2": "xin-mi-ma-2026-a"},
    )
    assert User.objects.get(pk=user.pk).check_password("xin-mi-ma-2026-a")


def test_inviting_a_known_address_says_so(security_admin):
    response = signed_in(security_admin).post(
        reverse("accounts:invite"), {"name": "王某", "email": security_admin.email}
    )

    assert list(response.context["form"].errors) == ["email"]


@pytest.mark.parametrize(("value", "reason", "expected"), [("0", "离职", False), ("0", "", True)])
def test_shutting_out_on_the_page(value, reason, expected, security_admin):
    user = UserFactory()

    signed_in(security_admin).post(
        reverse("accounts:set_active", args=[user.pk]), {"active": value, "reason": reason}
    )

    user.refresh_from_db()
    assert user.is_active is expected


def test_shutting_oneself_out_is_a_403(security_admin):
    response = signed_in(security_admin).post(
        reverse("accounts:set_active", args=[security_admin.pk]), {"active": "0", "reason": "x"}
    )

    assert response.status_code == 403


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


def reauthenticated(user: User) -> Client:
    client = signed_in(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_personal_data_is_taken_away_after_the_password_was_asked():
    user = person(Role.ENTERPRISE)
    asked = signed_in(user).get(reverse("accounts:export"))

    response = reauthenticated(user).get(reverse("accounts:export"))

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert json.loads(response.content)["账户"]["邮箱"] == user.email
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

    assert response.context["form"].non_field_errors() == ["演示账户供大家共用，不能注销。"]


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


@pytest.fixture
def log(now) -> list[ActivityLog]:
    user = person(Role.ENTERPRISE)
    return [
        log_activity(
            actor=user, action=action, target=user, now=now.replace(year=2025, month=month, day=15)
        )
        for action, month in (("accounts.user.edit", 1), ("accounts.user.sign_in", 2))
    ]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({}, 3),  # with the auditor's own sign-in
        ({"action": "accounts.user.edit"}, 1),
        ({"since": "2025-02-01"}, 2),
        ({"until": "2025-01-31"}, 1),
        ({"since": "不是日期"}, 3),
        ({"person": "没有此人"}, 0),
        ({"target": "用户"}, 3),
    ],
)
def test_the_log_is_filtered(query, total, log):
    response = signed_in(person(Role.AUDITOR)).get(reverse("accounts:activity"), query)

    assert response.context["total"] == total


def test_the_log_is_filtered_by_address(log):
    response = signed_in(person(Role.AUDITOR)).get(
        reverse("accounts:activity"), {"person": log[0].actor.email}
    )

    assert response.context["total"] == 2


def test_the_log_is_exported_in_words(log):
    response = signed_in(person(Role.AUDITOR)).get(reverse("accounts:activity"), {"export": "csv"})

    assert "修改了个人资料" in response.content.decode()


def test_the_chain_is_verified_on_the_page(log, now):
    client = signed_in(person(Role.AUDITOR))
    before = client.get(reverse("accounts:activity"), {"verify": "1"})
    seal_activity_log(now=now.replace(year=2027))

    after = client.get(reverse("accounts:activity"), {"verify": "1"})

    assert "还没有封存的记录" in before.content.decode()
    assert "校验通过" in after.content.decode()


def test_ones_own_activity_is_shown(log):
    response = signed_in(log[0].actor).get(reverse("accounts:my_activity"))

    assert response.context["total"] == 3  # the two and signing in
