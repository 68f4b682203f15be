"""A region typed by name."""

import pytest
from django import forms

from taxonomy.fields import RegionField, region_names
from tests.factories.taxonomy import RegionFactory, chengdu, zhongshan

pytestmark = pytest.mark.django_db


class PlaceForm(forms.Form):
    region = RegionField(required=False)


@pytest.mark.parametrize("typed", ["中山市", "中山", "广东省中山市", " 中山市 ", "442000"])
def test_a_region_is_understood(typed):
    place = zhongshan()
    form = PlaceForm({"region": typed})

    assert form.is_valid()
    assert form.cleaned_data["region"] == place


def test_nothing_typed_is_no_region():
    form = PlaceForm({"region": ""})

    assert form.is_valid()
    assert form.cleaned_data["region"] is None


@pytest.mark.parametrize("typed", ["火星市", "999999"])
def test_an_unknown_region_is_told_and_kept(typed):
    form = PlaceForm({"region": typed})

    assert form.errors["region"] == [f"没有找到“{typed}”，请写全称，如“广东省中山市”。"]
    assert f'value="{typed}"' in str(form)


def test_a_stored_code_is_shown_as_its_path():
    zhongshan()

    assert 'value="广东省中山市"' in str(PlaceForm(initial={"region": "442000"}))


def test_the_suggestions_are_cities_and_the_counties_at_home():
    zhongshan()
    sichuan_county = chengdu()
    RegionFactory(
        code="510104", name="锦江区", short_name="锦江", level=3, parent=sichuan_county,
        pinyin_key="jin3jiang1",
    )  # fmt: skip

    assert region_names() == ["广东省", "广东省中山市", "四川省", "四川省成都市"]
