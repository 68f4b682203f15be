"""Statistics by mode of operation (L08): pure sums, the page, the chapter, REST."""

from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.enums import Role
from reporting.enums import Includes
from reporting.publishing.blocks import BLOCKS, Material
from reporting.publishing.figures import Moment
from reporting.publishing.reports import reported
from reporting.selectors.modes import sums_by_mode
from tests.factories.accounts import person
from tests.factories.evaluations import accepted, open_year
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import TermFactory, chengdu, guangdong

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


@pytest.fixture
def as_staff(client, settings):
    settings.DEMO_MODE = True

    def sign(region):
        user = person(Role.GOVERNMENT, region=region)
        type(user).objects.filter(pk=user.pk).update(is_demo=True)
        client.force_login(user)
        return client

    return sign


def lines(page):
    return {line.code: line for line, _cells in page.context["rows"]}


def test_a_report_counts_in_each_of_its_modes():
    found = sums_by_mode([
        (["a", "b"], {"SRV-02": D(2)}.get), (["a"], {"SRV-02": D(3), "TRF-02": D(1)}.get),
        ([], {}.get),
    ])  # fmt: skip

    assert {code: (one.reports, one.sums) for code, one in found.items()} == {
        "a": (2, {"SRV-02": D(5), "TRF-02": D(1)}), "b": (1, {"SRV-02": D(2)}), "": (1, {}),
    }  # fmt: skip


def test_everybody_sees_how_many_platforms_there_are(client, cycle):
    page = client.get("/statistics/modes/")

    found = lines(page)
    assert [found[code].platforms for code in ("in-house-rd", "talent-cluster", "")] == [1, 1, 1]
    assert found["in-house-rd"].reports is None
    assert "业绩年度" not in page.content.decode()
    assert client.get(f"/statistics/modes/?cycle={cycle.pk}").context["cycle"] is None


def test_staff_see_what_those_of_a_mode_did(as_staff, cycle):
    client = as_staff(guangdong())

    found = lines(client.get(f"/statistics/modes/?region=440000&cycle={cycle.pk}"))

    assert (found["in-house-rd"].reports, found["in-house-rd"].numbers[:2]) == (2, [D(7), D(100)])
    assert (found["talent-cluster"].reports, found["talent-cluster"].numbers[0]) == (1, D(4))
    assert (found[""].reports, found[""].numbers[0]) == (1, D(1))
    sheet = client.get(f"/statistics/modes/?cycle={cycle.pk}&export=csv").content.decode()
    assert "自主研发,1,2,7" in sheet.replace("\r", "")


def test_staff_elsewhere_see_no_results(as_staff, cycle):
    page = as_staff(chengdu()).get(f"/statistics/modes/?cycle={cycle.pk}")

    assert page.context["cycle"] is None


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


def test_rest_counts_platforms(api, cycle):
    rows = api.get("/api/v1/operation-modes/?region=440000").json()["results"]

    assert [(row["code"], row["platforms"]) for row in rows if row["platforms"]] == [
        ("in-house-rd", 1), ("talent-cluster", 1), ("", 1),
    ]  # fmt: skip
    assert api.get("/api/v1/operation-modes/?region=0").status_code == 400
    assert api.get("/api/v1/operation-modes/?cycle=x").status_code == 400
    assert api.get(f"/api/v1/operation-modes/?cycle={cycle.pk}").status_code == 404
