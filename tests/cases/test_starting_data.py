import json

import pytest
from django.conf import settings

from cases.enums import CaseStatus
from cases.models import Case
from cases.services import load_cases
from core.models import ActivityLog, Event
from platforms.services.starting_data import load_platforms
from tests.taxonomy.conftest import code_lists  # noqa: F401  a fixture of another folder

ROW = {
    "id": "c-1",
    "title": "树脂中试",
    "platform": "某中试基地",
    "platform_id": "unknown",
    "client": "某企业",
    "industry": "新材料",
    "city": "盘锦市",
    "summary": "完成三批放大",
    "outcome": "转入量产",
    "source_url": "https://example.org/1",
    "source_kind": "mirror",
}


def lines(name):
    text = (settings.BASE_DIR / f"data/{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.usefixtures("code_lists")
def test_all_rows_load_and_loading_twice_changes_nothing(now):
    load_platforms(rows=lines("platforms"), now=now)
    events = Event.objects.count()

    first = load_cases(rows=lines("cases"), now=now)
    second = load_cases(rows=lines("cases"), now=now)

    assert (first.created, first.updated, first.unchanged) == (46, 0, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 46)
    assert Case.objects.published().exclude(search=None).count() == 46
    assert Case.objects.filter(platform__isnull=False).count() == 44
    assert not Case.objects.filter(source_url="").exists()
    assert ActivityLog.objects.filter(action="cases.case.load").count() == 46
    assert Event.objects.count() == events


@pytest.mark.usefixtures("code_lists")
def test_a_row_keeps_its_words_and_finds_its_codes(now):
    load_cases(rows=[ROW], now=now)

    case = Case.objects.get()
    assert (case.slug, case.status) == ("c-1", CaseStatus.PUBLISHED)
    assert (case.platform, case.shown_platform) == (None, "某中试基地")
    assert (case.field.name, case.region.name) == ("新材料", "盘锦市")
    assert (case.client_name, case.result) == ("某企业", "转入量产")
    assert (case.source_is_linkable, case.source_date, case.consented_at) == (False, "", None)
    assert case.is_demo is False


@pytest.mark.usefixtures("code_lists")
def test_a_changed_row_is_brought_up_to_date_but_keeps_its_state(now):
    load_cases(rows=[ROW], now=now)
    Case.objects.update(status=CaseStatus.WITHDRAWN)

    count = load_cases(rows=[ROW | {"outcome": "获得订单"}], now=now)

    assert (count.created, count.updated) == (0, 1)
    assert Case.objects.get().result == "获得订单"
    assert Case.objects.get().status == CaseStatus.WITHDRAWN
