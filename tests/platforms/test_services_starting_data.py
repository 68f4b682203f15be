"""Starting data: complete, idempotent, and polite to what people have changed."""

import json

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from core.errors import DomainError
from platforms.models import Capability, Platform
from platforms.services import edit_listing
from platforms.services.starting_data import LoadCount, load_platforms
from taxonomy.services import load_code_lists
from tests.factories.accounts import OrganisationFactory

ROW = {
    "id": "zs-test", "name": "测试平台", "operator": "测试研究院", "province": "广东省",
    "city": "中山市", "industries": ["生物医药", "没有的领域"],
    "kind": "高校院所", "status": "运行", "level": "省级", "summary": "简介",
    "source_title": "文件",
    "source_url": "https://a.example/",
    "source_date": "2025-06", "source_kind": "gov",
    "capabilities": [
        {"id": "zs-test--a", "title": "安评", "description": "药物安评", "industry": "生物医药",
         "scale": "公斤级", "equipment": ["反应釜"]},
    ],
}  # fmt: skip


@pytest.fixture
def code_lists(db):
    cache.clear()
    load_code_lists(now=timezone.now())


def load(*rows):
    return load_platforms(rows=rows, now=timezone.now())


def test_load_keeps_every_fact_and_its_source(code_lists):
    assert load(ROW) == LoadCount(2, 0, 0)

    platform = Platform.objects.get()
    assert (platform.slug, platform.region_id, platform.host_type.code) == (
        "zs-test", "442000", "university",
    )  # fmt: skip
    assert (platform.level.code, platform.run_status.code) == ("province", "running")
    assert [term.code for term in platform.fields.all()] == ["biomedicine"]
    assert (platform.status, platform.confirmed_at) == ("published", None)
    assert (platform.source_title, platform.source_date) == ("文件", "2025-06")
    capability = Capability.objects.shown().get()
    assert (capability.slug, capability.scale_text, capability.field.code) == (
        "zs-test--a", "公斤级", "biomedicine",
    )  # fmt: skip
    assert capability.equipment_names == ["反应釜"]
    assert "安评" in capability.search


def test_load_twice_changes_nothing(code_lists):
    load(ROW)

    assert load(ROW) == LoadCount(0, 0, 2)


def test_load_follows_a_changed_file(code_lists):
    load(ROW)

    assert load({**ROW, "summary": "新简介"}) == LoadCount(0, 1, 1)
    assert Platform.objects.get().summary == "新简介"


def test_load_leaves_what_people_claimed_or_edited(code_lists, staff):
    load(ROW)
    edit_listing(
        actor=staff, listing=Capability.objects.get(), values={"title": "新名"},
        now=timezone.now(),
    )  # fmt: skip
    Platform.objects.update(organisation=OrganisationFactory())

    changed = {**ROW, "name": "旧名", "capabilities": [{**ROW["capabilities"][0], "title": "旧"}]}

    assert load(changed) == LoadCount(0, 0, 2)
    assert Capability.objects.get().title == "新名"


def test_load_refuses_an_unknown_province(code_lists):
    with pytest.raises(DomainError, match="行政区划中没有“某省”"):
        load({**ROW, "province": "某省", "city": ""})

    assert not Platform.objects.exists()


def test_load_takes_the_shipped_file(code_lists):
    lines = (settings.BASE_DIR / "data/platforms.jsonl").read_text(encoding="utf-8").splitlines()

    count = load(*map(json.loads, lines))

    assert count == LoadCount(189 + 392, 0, 0)
    assert not Platform.objects.filter(source_title="").exists()
    assert not Capability.objects.filter(field=None).exists()
