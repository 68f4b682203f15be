"""Who is told: people of an organisation, staff and brokers of a region."""

import pytest

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.selectors import (
    brokers_for_region,
    people_of_organisation,
    security_admins,
    staff_for_region,
)
from taxonomy.models import RegionLevel
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, person
from tests.factories.taxonomy import RegionFactory, chengdu, guangdong, zhongshan

pytestmark = pytest.mark.django_db


def nation() -> object:
    return RegionFactory(code="000000", name="全国", level=RegionLevel.COUNTRY, pinyin_key="quan2")


def test_people_of_an_organisation_by_role():
    organisation = OrganisationFactory()
    operator = person(Role.OPERATOR, organisation=organisation)
    enterprise = person(Role.ENTERPRISE, organisation=organisation)
    RoleAssignmentFactory(organisation=organisation, granted_at=None)
    gone = person(Role.ENTERPRISE, organisation=organisation)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert set(people_of_organisation(organisation.pk)) == {operator, enterprise}
    assert list(people_of_organisation(organisation.pk, [Role.OPERATOR])) == [operator]


def test_people_with_two_roles_are_named_once():
    organisation = OrganisationFactory()
    user = person(Role.OPERATOR, organisation=organisation)
    RoleAssignmentFactory(user=user, role=Role.ENTERPRISE, organisation=organisation)

    assert list(people_of_organisation(organisation.pk)) == [user]


def test_the_nearest_staff_are_told():
    province = person(Role.GOVERNMENT, region=guangdong())
    city = person(Role.GOVERNMENT, region=zhongshan())
    everywhere = person(Role.GOVERNMENT, region=nation())

    assert list(staff_for_region("442000")) == [city]
    assert list(staff_for_region("440300")) == [province]
    assert list(staff_for_region(chengdu().pk)) == [everywhere]


def test_nobody_is_told_where_nobody_is():
    person(Role.GOVERNMENT, region=guangdong())

    assert not staff_for_region("510100").exists()


def test_inactive_staff_do_not_stand_in_the_way():
    city = person(Role.GOVERNMENT, region=zhongshan())
    User.objects.filter(pk=city.pk).update(is_active=False)
    province = person(Role.GOVERNMENT, region=guangdong())

    assert list(staff_for_region("442000")) == [province]


def test_brokers_are_asked_for_by_region_too():
    broker = person(Role.BROKER, region=guangdong())
    person(Role.GOVERNMENT, region=zhongshan())

    assert list(brokers_for_region("442000")) == [broker]


def test_security_admins(security_admin):
    person(Role.AUDITOR)

    assert list(security_admins()) == [security_admin]


def test_organisations_are_chained_by_region_and_review():
    here = OrganisationFactory()
    OrganisationFactory(region=chengdu())
    OrganisationFactory(status="pending")

    assert list(Organisation.objects.in_region("44").approved()) == [here]


def test_people_are_found_by_address_in_any_case():
    user = person(Role.ENTERPRISE)

    assert User.objects.get_by_natural_key(user.email.upper()) == user
    assert user.organisation == user.organisations[0]
    assert person(Role.AUDITOR).organisation is None
