"""Whatever a match reads is in the next run, whichever kind of fact changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.access import SYSTEM
from matching.selectors.index import current_index
from platforms.services.listings import edit_listing
from tests.factories.matching import match_demand, polymer_capability, polymer_demand
from tests.factories.platforms import EquipmentFactory
from tests.factories.taxonomy import CodeListFactory, RegionFactory, TermFactory

pytestmark = pytest.mark.django_db


def edit(listing, **values):
    edit_listing(actor=SYSTEM, listing=listing, values=values, now=timezone.now())


def term(code_list, code, name):
    return TermFactory(code_list=CodeListFactory(slug=code_list), code=code, name=name)


def status_of(demand, name):
    """What the stored list says of one constraint, after a run."""
    match_demand(demand)
    (match,) = demand.match_list.matches.all()
    (status,) = [check["status"] for check in match.checks if check["name"] == name]
    return status


def certificate(capability):
    cnas = term("certificate", "cnas", "CNAS")
    demand = polymer_demand()
    demand.certificates.add(cnas)
    return demand, lambda: edit(capability, certificates=[cnas])


def openness(capability):
    return polymer_demand(), lambda: edit(capability, is_open=True)


def openness_of_the_platform(capability):
    return polymer_demand(), lambda: edit(capability.platform, is_open=True)


def scale(capability):
    demand = polymer_demand(scale_high=50, scale_unit="kg")
    return demand, lambda: edit(capability, scale_high=100, scale_unit="kg")


def stage(capability):
    demand = polymer_demand(trl_current=4, trl_target=6)
    return demand, lambda: edit(capability, trl_low=4, trl_high=7)


def price(capability):
    demand = polymer_demand(budget_high_yuan=90_000)
    return demand, lambda: edit(capability, price_low_yuan=50_000)


def availability(capability):
    today = timezone.localdate()
    demand = polymer_demand(deadline_date=today + timedelta(days=60))
    return demand, lambda: edit(capability, next_free_date=today + timedelta(days=10))


def hazard(capability):
    flammable = term("hazard-class", "3", "易燃液体")
    demand = polymer_demand(hazard_class=flammable)
    return demand, lambda: edit(capability, hazard_class=flammable)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (certificate, "certificate"),
        (openness, "open"),
        (openness_of_the_platform, "open"),
        (scale, "scale"),
        (stage, "trl"),
        (price, "budget"),
        (availability, "availability"),
        (hazard, "hazard"),
    ],
)
def test_changed_fact_is_in_the_next_run(change, check):
    demand, act = change(polymer_capability())
    before = status_of(demand, check)

    act()

    assert (before in {"unknown", "not_met"}, status_of(demand, check)) == (True, "met")


def test_platform_that_moves_is_matched_where_it_is_now():
    capability = polymer_capability()
    guangzhou = RegionFactory(code="440100", name="广州市", level=2)
    demand = polymer_demand(wanted_region=guangzhou)
    before = status_of(demand, "region")

    edit(capability.platform, region=guangzhou)

    assert (before, status_of(demand, "region")) == ("not_met", "met")


@pytest.mark.parametrize(
    "change",
    [
        lambda c: edit(c, parameters=[{"name": "微波功率", "low": 1, "high": 5, "unit": "kW"}]),
        lambda c: edit(c, equipment=[EquipmentFactory(name="微波反应釜", platform=c.platform)]),
        lambda c: edit(c, materials="微波吸收剂"),
        lambda c: edit(c, standards="微波设备安全规范"),
        lambda c: edit(c, process="微波合成"),
        lambda c: edit(c.platform, name="微波中试平台"),
    ],
)
def test_changed_words_are_in_the_index(change):
    capability = polymer_capability()
    before = current_index("capability")

    change(capability)

    after = current_index("capability")
    assert "微波" not in str(before.document(str(capability.pk)))
    assert "微波" in str(after.document(str(capability.pk)))


def test_renamed_equipment_is_in_the_capability_that_uses_it():
    equipment = EquipmentFactory(name="反应釜")
    capability = polymer_capability(platform=equipment.platform)
    capability.equipment.add(equipment)
    current_index("capability")

    edit(equipment, name="微波反应釜")

    document = current_index("capability").document(str(capability.pk))
    assert document.equipment == ("微波反应釜",)


def test_equipment_taken_away_is_gone_from_the_index():
    equipment = EquipmentFactory(name="反应釜")
    capability = polymer_capability(platform=equipment.platform)
    capability.equipment.add(equipment)
    current_index("capability")

    capability.equipment.remove(equipment)

    assert current_index("capability").document(str(capability.pk)).equipment == ()
