"""People around an application: its operator, city and province staff, an expert."""

from __future__ import annotations

import pytest

from accounts.enums import Role
from tests.factories.accounts import person
from tests.factories.platforms import EquipmentFactory
from tests.factories.recognition import ProgrammeFactory
from tests.factories.taxonomy import guangdong


@pytest.fixture
def province(db):
    return person(Role.GOVERNMENT, region=guangdong())


@pytest.fixture
def expert(db):
    return person(Role.REVIEWER)


@pytest.fixture
def programme(db):
    return ProgrammeFactory()


@pytest.fixture
def equipment_of_platform(platform):
    return EquipmentFactory(platform=platform, name="反应釜")
