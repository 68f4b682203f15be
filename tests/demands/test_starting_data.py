import json

import pytest
from django.conf import settings

from core.models import ActivityLog, Event
from demands.enums import DemandStatus
from demands.models import Demand
from demands.services import load_demands
from tests.taxonomy.conftest import code_lists  # noqa: F401  a fixture of another folder

ROW = {
    "id": "d-1",
    "title": "特种塑料中试",
    "description": "聚合放大",
    "industry": "新材料",
    "stage": "小试完成",
    "organization": "山西某公司",
    "province": "河南省",
    "city": "林州市",
    "budget": "60万元",
    "source_title": "公开数据",
    "source_url": "https://example.org/1",
    "source_date": "2019",
    "source_kind": "mirror",
}


@pytest.mark.usefixtures("code_lists")
def test_all_rows_load_and_loading_twice_changes_nothing(now):
    lines = (settings.BASE_DIR / "data/demands.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]

    first = load_demands(rows=rows, now=now)
    asked = list(Event.objects.values_list("name", "payload"))
    second = load_demands(rows=rows, now=now)

    assert (first.created, first.updated, first.unchanged) == (168, 0, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 168)
    assert Demand.objects.open().filter(expires_date=None).count() == 168
    assert ActivityLog.objects.count() == 168
    assert asked == [("demands.starting_data.loaded", {"demand_count": 168})]
    assert Event.objects.count() == 1


@pytest.mark.usefixtures("code_lists")
def test_a_row_keeps_its_words_and_finds_its_codes(now):
    load_demands(rows=[ROW], now=now)

    demand = Demand.objects.get()
    assert demand.slug == "d-1"
    assert demand.shown_organisation == "山西某公司"
    assert (demand.field.name, demand.stage.code, demand.stage_text) == (
        "新材料",
        "lab",
        "小试完成",
    )
    assert demand.region.name == "林州市"
    assert demand.budget_text == "60万元"
    assert demand.budget_high_yuan is None
    assert demand.source_is_linkable is False
    assert demand.source_date == "2019"


@pytest.mark.usefixtures("code_lists")
def test_a_changed_row_is_brought_up_to_date_but_keeps_its_state(now):
    load_demands(rows=[ROW], now=now)
    Demand.objects.update(status=DemandStatus.RETURNED)

    count = load_demands(rows=[ROW | {"budget": "80万元"}], now=now)

    assert (count.created, count.updated) == (0, 1)
    assert Demand.objects.get().budget_text == "80万元"
    assert Demand.objects.get().status == DemandStatus.RETURNED
