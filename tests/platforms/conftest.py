"""People around one platform: its operator, the city's and another city's staff."""

from __future__ import annotations

import pytest

from accounts.enums import Role
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import chengdu, zhongshan


@pytest.fixture
def operator(db):
    return person(Role.OPERATOR)


@pytest.fixture
def platform(operator):
    return PlatformFactory(organisation=operator.organisations[0])


@pytest.fixture
def staff(db):
    return person(Role.GOVERNMENT, region=zhongshan())


@pytest.fixture
def other_staff(db):
    return person(Role.GOVERNMENT, region=chengdu())


@pytest.fixture
def department(db):
    """Somebody of a department that is asked for answers and opinions."""
    return person(Role.DEPARTMENT, organisation=OrganisationFactory(name="市生态环境部门"))


@pytest.fixture
def stranger(db):
    return person(Role.OPERATOR, organisation=OrganisationFactory(name="别家"))


@pytest.fixture
def sign_in(client, settings):
    """Sign a person in; staff as demo people, who need no second factor in demo mode."""

    def sign(user):
        settings.DEMO_MODE = True
        type(user).objects.filter(pk=user.pk).update(is_demo=True)
        client.force_login(user)
        return client

    return sign
