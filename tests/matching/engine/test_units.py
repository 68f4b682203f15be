"""Which units are understood."""

import csv

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.quantities import QuantityError, parse_quantity
from matching.engine.units import EXAMPLES, is_unit

UNDERSTOOD = (
    "℃ °C K MPa kPa mPa·s Pa·s r/min rpm 转/分 N·m kN % ppm mg/L g/cm³ kg/m3 m/s L/h m³/d t/a "
    "万吨/年 万片/月 台(套)/年 件/批 Nm3/h L/(m²·h) CFU/mL HRC 目 μm um 次/分 W/(m·K) S/cm mAh kVA "
    "kΩ pH 亩 元 KG 公斤 平方米 kWh/t mA/cm² Wh/kg ㎏ ｋｇ dBm cd/m²"
)


@pytest.mark.parametrize("unit", UNDERSTOOD.split())
def test_what_people_write_is_understood(unit):
    assert is_unit(unit)


@pytest.mark.parametrize(
    "unit",
    ["", " ", "筐", "公升斤", "kgg", "一些", "???", "5kg", "3", "-", "/", "kg/", "/kg", "温度"],
)
def test_anything_else_is_not(unit):
    assert not is_unit(unit)


def test_named_examples_are_understood():
    units, _, rates = EXAMPLES.partition("，以及 ")

    assert [unit for unit in units.split("、") if not is_unit(unit)] == []
    assert [rate for rate in rates.split("、") if not is_unit(f"kg{rate}")] == []


def test_units_of_the_scale_select_are_understood():
    with (settings.BASE_DIR / "data/taxonomy/terms.csv").open(encoding="utf-8") as stream:
        names = [row["name"] for row in csv.DictReader(stream) if row["list"] == "scale-unit"]

    assert names
    assert [name for name in names if not is_unit(name)] == []


@given(st.text(max_size=20))
def test_any_text_is_answered(text):
    assert is_unit(text) in {True, False}


@given(st.text(alphabet="kgtmLlh年天批/·²()万台片", max_size=8))
def test_what_is_compared_is_understood(unit):
    try:
        found = parse_quantity(f"5 {unit}")
    except QuantityError:
        return
    if found.text == f"5 {unit}".strip():
        assert is_unit(unit.strip()) or not unit.strip()
