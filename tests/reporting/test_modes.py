"""Statistics by mode of operation (L08): pure sums, the analysis, the chapter."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from core.access import SYSTEM
from reporting.analysis import Question
from reporting.enums import Includes
from reporting.publishing.blocks import BLOCKS, Material
from reporting.publishing.figures import Moment
from reporting.publishing.reports import reported
from reporting.selectors.analysis import answer_to
from reporting.selectors.modes import sums_by_mode
from tests.factories.evaluations import accepted, open_year
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import TermFactory, guangdong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]
D = Decimal


@pytest.fixture
def modes():
    names = {"in-house-rd": "自主研发", "talent-cluster": "人才集聚"}
    return {
        code: TermFactory(code_list__slug="operation-mode", code=code, name=name, order=order)
        for order, (code, name) in enumerate(names.items())
    }


@pytest.fixture
def cycle(modes):
    """Two platforms of one mode, one of them of another too, and one that says none."""
    made = open_year()
    both = {"BAS_05": ["in-house-rd", "talent-cluster"], "SRV_02": 4, "SRV_12": 100}
    accepted(made, PlatformFactory(operation_mode=modes["in-house-rd"]),
             BAS_05=["in-house-rd"], SRV_02=3, SRV_12=None)  # fmt: skip
    accepted(made, PlatformFactory(operation_mode=modes["talent-cluster"]), **both)
    accepted(made, PlatformFactory(), SRV_02=1)
    return made


def test_a_report_counts_in_each_of_its_modes():
    found = sums_by_mode([
        (["a", "b"], {"SRV-02": D(2)}.get), (["a"], {"SRV-02": D(3), "TRF-02": D(1)}.get),
        ([], {}.get),
    ])  # fmt: skip

    assert {code: (one.reports, one.sums) for code, one in found.items()} == {
        "a": (2, {"SRV-02": D(5), "TRF-02": D(1)}), "b": (1, {"SRV-02": D(2)}), "": (1, {}),
    }  # fmt: skip


def test_the_analysis_counts_each_mode_that_a_report_states(cycle):
    question = Question(by="mode", cycle=cycle, code="SRV-02", region=guangdong())
    number = cycle.indicators.get(code="SRV-02")

    found = answer_to(question, number, user=SYSTEM)
    one = answer_to(replace(question, terms={"mode": "talent-cluster"}), number, user=SYSTEM)

    assert [(row.name, row.now.n, row.now.total) for row in found.groups] == [
        ("自主研发", 2, D(7)), ("人才集聚", 1, D(4)), ("未注明", 1, D(1)),
    ]  # fmt: skip
    assert (found.whole.now.total, one.whole.now.total) == (D(8), D(4))


def test_everybody_sees_how_many_platforms_there_are(client, cycle):
    page = client.get("/statistics/modes/", follow=True)

    found = {one.group.code: one.group.now.reports for one in page.context["page"].lines}
    assert found == {"in-house-rd": 1, "talent-cluster": 1, "": 1}


def test_the_development_report_has_the_same_sums(cycle):
    rows = reported(cycle, Includes.ACCEPTED)
    names = {"SRV-02": "完成项目", "SRV-12": "收入", "TRF-02": "产业化", "TRF-04": "上市"}
    definitions = {code: {"name": name, "unit": "项"} for code, name in names.items()}
    moment = Moment(cycle, Includes.ACCEPTED, timezone.now())

    drawn, table = BLOCKS["modes"](Material(moment, rows, {}, definitions))

    assert drawn["labels"] == ["自主研发", "人才集聚", "未注明"]
    assert [row[:4] for row in table["rows"]] == [
        ["自主研发", "2", "7", "100"], ["人才集聚", "1", "4", "100"], ["未注明", "1", "1", "300"],
    ]  # fmt: skip
