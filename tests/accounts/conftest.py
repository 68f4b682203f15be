"""People and organisations that several modules here need."""

from typing import Any

import pytest

from accounts.enums import Role
from accounts.models import Organisation, User
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.taxonomy import chengdu, zhongshan


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
