"""The cast of the demand tests: everybody a demand may meet."""

from types import SimpleNamespace

import pytest

from accounts.enums import Role
from demands.enums import Confidentiality
from tests.conftest import own_copy
from tests.factories.accounts import OrganisationFactory, bystanders, person
from tests.factories.demands import DemandFactory, disclose, open_demand


@pytest.fixture
def cast(_cast, db):
    """Owner (enterprise and operator of one organisation), platform with and without disclosure,
    staff and brokers near and far, visitor and system."""
    return own_copy(_cast)


@pytest.fixture(scope="module")
def _cast(module_db):
    home = OrganisationFactory(name="中山甲材料有限公司")
    return SimpleNamespace(
        home=home,
        owner=person(Role.ENTERPRISE, organisation=home),
        operator_owner=person(Role.OPERATOR, organisation=home),
        platform=person(Role.OPERATOR),
        stranger=person(Role.ENTERPRISE),
        **bystanders(),
    )


@pytest.fixture
def demand(cast):
    return DemandFactory(organisation=cast.home, posted_by=cast.owner)


@pytest.fixture
def disclosed(cast, demand):
    """The demand is disclosed to the platform's organisation."""
    return disclose(demand, cast.platform.organisations[0])


def page(answer):
    return answer.content.decode()


@pytest.fixture
def secret_demand(cast):
    return open_demand(
        organisation=cast.home,
        posted_by=cast.owner,
        confidentiality=Confidentiality.TEASER,
        teaser="需要反应釜",
        is_anonymous=True,
        contact_name="张工",
    )
