"""The ticked applications of a queue go their next step at once."""

import pytest

from platforms import services
from platforms.models import Application
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import ApplicationFactory
from tests.factories.taxonomy import zhongshan


@pytest.fixture
def waiting(platform):
    """One that waits for its decision, one for the experts' scores, one for the province."""
    others = [PlatformFactory(region=zhongshan()) for _ in range(2)]
    stages = ["decision", "experts", "province"]
    pairs = zip([platform, *others], stages, strict=True)
    return [ApplicationFactory(platform=row, status=stage) for row, stage in pairs]


def statuses(rows):
    found = dict(Application.objects.values_list("pk", "status"))
    return [found[row.pk] for row in rows]


def test_each_goes_its_own_next_step(province, waiting, now):
    found = services.advance_applications(
        actor=province, applications=waiting, now=now, reason="同意", decision_number="1号"
    )

    assert found.done == 2
    assert [line.endswith("还没有专家评分。") for line in found.refused] == [True]
    assert statuses(waiting) == ["recognised", "experts", "experts"]
    assert waiting[0].opinions.get().body == "同意"


def test_a_decision_without_a_document_stays(province, waiting, now):
    found = services.advance_applications(
        actor=province, applications=waiting[:1], now=now, decision_number=" "
    )

    assert (found.done, len(found.refused)) == (0, 1)
    assert statuses(waiting[:1]) == ["decision"]


def test_what_is_not_ones_turn_stays(staff, stranger, waiting, now):
    for actor in (staff, stranger):
        found = services.advance_applications(
            actor=actor, applications=waiting, now=now, decision_number="1号"
        )
        assert (found.done, len(found.refused)) == (0, 3)
    assert statuses(waiting) == ["decision", "experts", "province"]


def test_a_finished_one_has_no_next_step(province, platform, now):
    over = ApplicationFactory(platform=platform, status="recognised")

    found = services.advance_applications(actor=province, applications=[over], now=now)

    assert (found.done, len(found.refused)) == (0, 1)


def test_the_queue_takes_ticks(sign_in, province, operator, waiting):
    client = sign_in(province)
    url = "/review/applications/advance/"
    assert url in client.get("/review/applications/").content.decode()
    ticked = {"ids": [row.pk for row in waiting], "decision_number": "粤发改〔2026〕1号"}

    told = client.post(url, ticked, follow=True).content.decode()

    assert "已办理 2 件" in told
    assert "还没有专家评分" in told
    assert statuses(waiting) == ["recognised", "experts", "experts"]
    assert "请先勾选申报" in client.post(url, follow=True).content.decode()
    assert sign_in(operator).post(url, ticked).status_code == 403
