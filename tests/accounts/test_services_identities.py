"""Linking and unlinking identities, and how providers are configured."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured

from accounts import services
from accounts.enums import Role
from accounts.identity_providers import (
    Claims,
    Identity,
    is_safe_address,
    read_claims,
    read_identity_providers,
)
from accounts.models import RoleAssignment
from accounts.selectors import personal_data
from core.errors import DomainError, Refused
from core.models import ActivityLog
from tests.factories.accounts import OrganisationFactory, UserFactory, make_uscc, person
from tests.identities import CONFIGURATION

CODE = make_uscc(7_000_003)
IDENTITY = Identity("shengtong", "zhang", Claims(name="张某", uscc=CODE))
ROW = '[[provider]]\nid = "a"\nname = "甲"\nserver_url = "https://a.cn"\nclient_id = "x"\n'
SECRET = 'client_secret = "y"\n'


@pytest.mark.django_db
def test_linking_twice_changes_nothing(now):
    user = UserFactory()

    first = services.link_identity(actor=user, identity=IDENTITY, now=now)
    second = services.link_identity(actor=user, identity=IDENTITY, now=now)

    assert (first, first.user, first.extra_data) == (second, user, {"name": "张某"})
    assert ActivityLog.objects.filter(action="accounts.user.link_identity").count() == 1
    assert not RoleAssignment.objects.exists()  # nothing is granted


@pytest.mark.django_db
def test_an_identity_of_somebody_else_stays_theirs(now):
    owner = services.link_identity(actor=UserFactory(), identity=IDENTITY, now=now).user

    with pytest.raises(DomainError) as error:
        services.link_identity(actor=UserFactory(), identity=IDENTITY, now=now)

    assert error.value.code == "identity_taken"
    assert SocialAccount.objects.get().user == owner


@pytest.mark.django_db
def test_demo_accounts_take_no_identity(now):
    with pytest.raises(DomainError) as error:
        services.link_identity(actor=UserFactory(is_demo=True), identity=IDENTITY, now=now)

    assert (error.value.code, SocialAccount.objects.count()) == ("demo_account", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "is_known", "code"),
    [(Role.GOVERNMENT, True, "role_organisation"), (Role.ENTERPRISE, False, "no_organisation")],
)
def test_a_refused_request_links_nothing(role, is_known, code, now):
    if is_known:
        OrganisationFactory(uscc=CODE)

    with pytest.raises(DomainError) as error:
        services.link_identity(actor=UserFactory(), identity=IDENTITY, now=now, role=role)

    assert (error.value.code, SocialAccount.objects.count()) == (code, 0)


@pytest.mark.django_db
def test_unlinking_twice_changes_nothing(now):
    user = UserFactory()
    row = services.link_identity(actor=user, identity=IDENTITY, now=now)

    services.unlink_identity(actor=user, identity=row, now=now)
    services.unlink_identity(actor=user, identity=row, now=now)

    assert not SocialAccount.objects.exists()
    assert ActivityLog.objects.filter(action="accounts.user.unlink_identity").count() == 1


@pytest.mark.django_db
def test_the_identity_of_somebody_else_is_not_unlinked(now):
    row = services.link_identity(actor=UserFactory(), identity=IDENTITY, now=now)

    with pytest.raises(Refused):
        services.unlink_identity(actor=UserFactory(), identity=row, now=now)

    assert SocialAccount.objects.count() == 1


@pytest.mark.django_db
def test_the_last_way_to_sign_in_stays(now):
    user = UserFactory()
    first = services.link_identity(actor=user, identity=IDENTITY, now=now)
    user.set_unusable_password()
    user.save()

    with pytest.raises(DomainError) as error:
        services.unlink_identity(actor=user, identity=first, now=now)

    assert (error.value.code, SocialAccount.objects.count()) == ("last_sign_in", 1)
    services.link_identity(actor=user, identity=Identity("other", "z"), now=now)
    services.unlink_identity(actor=user, identity=first, now=now)
    assert SocialAccount.objects.get().provider == "other"


@pytest.mark.django_db
def test_identities_are_taken_away_and_erased_with_the_account(now):
    user = person(Role.ENTERPRISE)
    services.link_identity(actor=user, identity=IDENTITY, now=now)

    (kept,) = personal_data(user, now=now)["统一身份认证"]
    services.close_account(actor=user, now=now)

    assert (kept["提供方"], kept["用户标识"], kept["姓名"]) == ("shengtong", "zhang", "张某")
    assert not SocialAccount.objects.exists()


def test_claims_are_read_by_the_names_of_the_deployment():
    said = {"name": "张某", "org_code": f" {CODE.lower()} ", "email": None, "title": "经" * 80}

    claims = read_claims({"uscc": "org_code", "role": "title"}, said)

    assert claims == Claims(name="张某", uscc=CODE, role="经" * 50)
    assert read_claims({"uscc": "org_code"}, {"org_code": "123"}) == Claims()


def test_several_providers_are_configured():
    text = CONFIGURATION.format(address="https://a.cn/", client_id="c", secret="s") + ROW + SECRET

    first, second = read_identity_providers(text)

    assert (first["provider_id"], first["settings"]["server_url"]) == ("shengtong", "https://a.cn")
    assert (second["name"], second["settings"]["claims"]) == ("甲", {})
    assert first["settings"]["oauth_pkce_enabled"] is second["settings"]["oauth_pkce_enabled"]
    assert read_identity_providers("") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[provider", "不是正确的 TOML"),
        (ROW, "client_secret"),
        (f"{ROW}{SECRET}colour = 1\n", "colour"),
        (f'{ROW}{SECRET}[provider.claims]\nmail = "m"\n', "mail"),
        ((ROW + SECRET).replace('"a"', '"A b"'), "小写字母"),
        ((ROW + SECRET).replace("https", "http"), "https"),
        ((ROW + SECRET) * 2, "重复的 id"),
    ],
)
def test_a_wrong_configuration_stops_the_start(text, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        read_identity_providers(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.cn/token", True),
        ("http://127.0.0.1:8/token", True),
        ("http://a.cn/token", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_where_secrets_may_go(url, expected):
    assert is_safe_address(url) is expected
