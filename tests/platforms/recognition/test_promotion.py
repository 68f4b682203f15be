"""The ladder a platform climbs: where it stands, what comes next, what is missing."""

import pytest
from django.utils import timezone

from platforms.selectors.promotion import promotion_of
from tests.factories.recognition import (
    ApplicationFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchemeFactory,
    dongguan,
)
from tests.factories.taxonomy import zhongshan


@pytest.fixture
def ladder(db):
    """Cultivation and city of 中山, the province above, and another city beside."""
    SchemeFactory(name="东莞市级中试平台", level="city", region=dongguan())
    province = SchemeFactory()
    city = SchemeFactory(
        name="市级中试平台", level="city", region=zhongshan(),
        criteria=[
            {"name": "场地", "minimum": 100, "unit": "平方米", "measure": "floor_area_sqm"},
            {"name": "收入", "minimum": 200, "unit": "万元", "measure": ""},
        ],
    )  # fmt: skip
    pool = SchemeFactory(name="中试培育单位", level="city", region=zhongshan())
    return pool, city, province


def standing(platform):
    return promotion_of(platform, timezone.localdate())


def test_the_ladder_is_drawn_from_the_bottom(ladder, platform):
    found = standing(platform)

    assert [(row["label"], row["state"]) for row in found.steps] == [
        ("中试培育单位", "current"), ("市级中试平台", "todo"), ("省中试平台", "todo"),
    ]  # fmt: skip


def test_the_next_rung_lists_what_is_missing(ladder, platform):
    pool, city, _province = ladder
    RecognitionFactory(platform=platform, scheme=pool)
    platform.floor_area_sqm = 80

    rung = standing(platform).next

    assert rung.scheme == city
    assert [(row.label, row.advice, row.measure) for row in rung.missing] == [
        ("场地", "还差 20 平方米。", "floor_area_sqm"),
        ("收入", "还没有数据，请在申报表中填写。", ""),
    ]


def test_what_was_declared_before_counts(ladder, platform):
    pool, city, _province = ladder
    RecognitionFactory(platform=platform, scheme=pool)
    programme = ProgrammeFactory(scheme=city)
    ApplicationFactory(
        platform=platform, programme=programme, status="withdrawn", declared={"收入": "300"}
    )
    platform.floor_area_sqm = 200

    rung = standing(platform).next

    assert (rung.missing, rung.application, rung.programme) == ([], None, programme)


def test_a_higher_status_covers_skipped_rungs_and_a_lost_one_does_not(ladder, platform):
    _pool, city, province = ladder
    RecognitionFactory(
        platform=platform, scheme=province, status="expired", ended_date="2026-01-02"
    )
    lost = standing(platform).next.scheme
    RecognitionFactory(platform=platform, scheme=city)

    assert lost.name == "中试培育单位"
    assert standing(platform).next.scheme == province


def test_at_the_top_nothing_is_next(ladder, platform):
    RecognitionFactory(platform=platform, scheme=ladder[2])

    found = standing(platform)
    assert found.next is None
    assert [row["state"] for row in found.steps] == ["skipped", "skipped", "done"]


def test_the_workbench_offers_the_batch_or_shows_the_application(
    ladder, sign_in, operator, platform
):
    pool = ladder[0]
    programme = ProgrammeFactory(scheme=pool)
    url = f"/manage/platforms/{platform.slug}/"

    offered = sign_in(operator).get(url).content.decode()
    ApplicationFactory(platform=platform, programme=programme, status="city")
    applied = sign_in(operator).get(url).content.decode()

    assert "下一步可以申报：中试培育单位" in offered
    assert f"/programmes/{programme.slug}/apply/" in offered
    assert "已申报：市级审核" in applied
