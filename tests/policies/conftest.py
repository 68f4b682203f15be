"""The cast of the content tests."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from core.access import SYSTEM
from tests.conftest import own_copy
from tests.factories.accounts import person
from tests.factories.taxonomy import chengdu, zhongshan


@pytest.fixture
def cast(_cast, db):
    """Staff of the province that runs the portal, of a city in it, of another province."""
    return own_copy(_cast)


@pytest.fixture(scope="module")
def _cast(module_db):
    return SimpleNamespace(
        staff=person(Role.GOVERNMENT),
        city_staff=person(Role.GOVERNMENT, region=zhongshan()),
        far_staff=person(Role.GOVERNMENT, region=chengdu()),
        broker=person(Role.BROKER),
        owner=person(Role.ENTERPRISE),
        visitor=AnonymousUser(),
        system=SYSTEM,
    )
