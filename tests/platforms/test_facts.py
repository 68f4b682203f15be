"""Facts in words: a number carries its unit, a label does not."""

from decimal import Decimal

import pytest

from platforms.facts import fact_rows, told_facts
from tests.factories.platforms import EquipmentFactory, PlatformFactory

pytestmark = pytest.mark.django_db


def test_units_stand_behind_numbers():
    platform = PlatformFactory(floor_area_sqm=Decimal("3200.00"), external_share_percent=60)

    rows = {row.label: row.value for row in fact_rows(platform)}

    assert rows["场地面积"] == "3,200 平方米"
    assert rows["对外服务占比"] == "60%"


def test_money_keeps_its_own_unit():
    equipment = EquipmentFactory(value_yuan=Decimal(800_000), hourly_price_yuan=Decimal(136))

    rows = {row.label: row.value for row in fact_rows(equipment)}

    assert rows["原值"] == "80万元"
    assert rows["机时价"] == "136元/小时"


def test_what_nobody_told_is_named_without_its_unit():
    facts = told_facts(PlatformFactory(floor_area_sqm=None))

    assert "场地面积" in facts.missing.split("、")
