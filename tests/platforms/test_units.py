"""Units that nobody can read are refused where they are typed, and nothing is written."""

import pytest

from core.errors import DomainError
from platforms import services
from platforms.models import Capability
from platforms.units import check_unit, unit_examples

SHEET = [{"name": "温度", "low": 20, "unit": "℃"}]


@pytest.fixture
def capability(operator, platform, now):
    return services.create_listing(
        actor=operator, model=Capability, platform=platform, now=now,
        values={"title": "放大", "parameters": SHEET},
    )  # fmt: skip


@pytest.mark.parametrize("unit", ["", "  ", "℃", "kg/批", "CFU/mL"])
def test_a_readable_unit_or_none_is_fine(unit):
    check_unit(unit, "unit")


def test_message_names_the_unit_what_is_read_and_where_else_to_write_it():
    with pytest.raises(DomainError) as refused:
        check_unit("筐", "unit", else_in="规模说明")

    message = refused.value.message
    assert (refused.value.code, refused.value.field) == ("unknown_unit", "unit")
    assert message.startswith("不认识单位“筐”")
    assert unit_examples() in message
    assert "规模说明" in message


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"parameters": [*SHEET, {"name": "产量", "low": 5, "unit": "筐"}]}, "parameters"),
        ({"scale_high": 5, "scale_unit": "筐"}, "scale_unit"),
    ],
)
def test_unreadable_unit_changes_nothing(operator, capability, now, values, field):
    with pytest.raises(DomainError) as refused:
        services.edit_listing(actor=operator, listing=capability, values=values, now=now)

    capability.refresh_from_db()
    assert (refused.value.code, refused.value.field) == ("unknown_unit", field)
    assert capability.scale_unit == ""
    assert [row.value_display for row in capability.parameters.all()] == ["20 ℃ 起"]
