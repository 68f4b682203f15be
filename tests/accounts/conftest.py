"""People and organisations that several modules here need."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.messages import get_messages
from django.test import Client

from accounts.enums import Role
from accounts.models import Organisation, User
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.taxonomy import chengdu, zhongshan
from tests.identities import configured, running_provider


@pytest.fixture
def organisation(db: None) -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def people(organisation: Organisation) -> dict[str, Any]:
    """One person for each standing towards `organisation`, which is registered in 中山."""
    return {
        "owner": person(Role.ENTERPRISE, organisation=organisation),
        "stranger": person(Role.ENTERPRISE),
        "province": person(Role.GOVERNMENT),
        "city": person(Role.GOVERNMENT, region=zhongshan()),
        "elsewhere": person(Role.GOVERNMENT, region=chengdu()),
        "broker": person(Role.BROKER),
        "reviewer": person(Role.REVIEWER),
        "system_admin": person(Role.SYSTEM_ADMIN),
        "security_admin": person(Role.SECURITY_ADMIN),
        "auditor": person(Role.AUDITOR),
    }


@pytest.fixture
def security_admin(db: None) -> User:
    return person(Role.SECURITY_ADMIN)


@pytest.fixture
def regions(db: None) -> None:
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


@pytest.fixture(scope="session")
def provider_address() -> Iterator[str]:
    """An identity provider in a process of its own."""
    with running_provider() as address:
        yield address


@pytest.fixture
def identity_provider(provider_address: str, settings: Any) -> str:
    """The same, configured for the test."""
    settings.SOCIALACCOUNT_PROVIDERS = configured(provider_address)
    return provider_address
