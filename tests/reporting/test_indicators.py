"""The declared indicators: complete, sourced, versioned; their public pages and endpoints."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.access import SYSTEM
from core.errors import DomainError, Refused
from reporting import catalogue
from reporting.catalogue import CatalogueError, Declared, declared
from reporting.models import Indicator
from reporting.services.indicators import load_indicators
from tests.factories.accounts import UserFactory

ROW = Declared(
    code="SRV-90", part="annual", group="SRV", group_name="服务业绩", order=1, name="试验指标",
    kind="int", fill="M", period="Y", definition="口径一", sources=("本平台增设",),
)  # fmt: skip


def load(*rows: Declared):
    return load_indicators(actor=SYSTEM, rows=rows, now=timezone.now())


def test_catalogue_holds_part_a_and_b():
    rows = declared()

    assert len({row.code for row in rows if row.part == "annual"}) == 155
    assert len({row.code for row in rows if row.part == "portal"}) == 18


@pytest.mark.parametrize("row", declared(), ids=lambda row: row.code)
def test_each_indicator_follows_the_house_rules(row):
    if row.unit == "万元":
        assert row.kind in {"dec", "list"}  # rule 2: two decimals
    if row.kind == "pct":
        assert row.unit == "%"
    if row.fill == "D":
        assert bool(row.formula) != row.query.startswith("report.")
    elif row.fill in "AC":
        assert row.query
    else:
        assert not row.formula
        assert not row.query
    if row.unit == "家" and "服务企业数" in row.name and row.period == "Y":
        assert row.options["events"] == "SRV-07"  # rule 1: 家 is not 家次
    assert row.definition.endswith("。")


def test_year_and_total_are_separate_codes():
    periods = {row.code: row.period for row in declared()}

    assert periods["SRV-04"] == "Y"
    assert periods["SRV-04T"] == "T"


@pytest.mark.django_db
def test_load_twice_changes_nothing():
    first, second = load(ROW), load(ROW)

    assert (first.created, second.created, second.unchanged) == (1, 0, 1)


@pytest.mark.django_db
def test_new_version_becomes_current_and_the_old_one_stays():
    load(ROW)
    load(ROW, replace(ROW, version=2, definition="口径二"))

    assert list(
        Indicator.objects.order_by("version").values_list("version", "definition", "is_current")
    ) == [(1, "口径一", False), (2, "口径二", True)]


@pytest.mark.django_db
def test_changed_definition_without_new_version_is_refused():
    load(ROW)

    with pytest.raises(DomainError, match="新版本"):
        load(replace(ROW, definition="口径二"))
    assert Indicator.objects.get().definition == "口径一"


@pytest.mark.django_db
def test_only_the_loader_loads():
    with pytest.raises(Refused):
        load_indicators(actor=UserFactory(), rows=[ROW], now=timezone.now())


@pytest.mark.django_db
def test_the_database_refuses_to_edit_a_definition():
    load(ROW)

    with pytest.raises(ProgrammingError), transaction.atomic():
        Indicator.objects.update(digest="x")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Indicator.objects.all().delete()


def test_unknown_reference_is_refused(tmp_path):
    (tmp_path / "sources.toml").write_text('own = "自设"', "utf-8")
    group = '[[groups]]\ncode="SRV"\nname="服务"\nindicators=[{entry}]'
    base = 'code="SRV-01", name="甲", kind="int", fill="D", period="Y", own=true, definition="。"'
    (tmp_path / "portal.toml").write_text("groups = []", "utf-8")

    for tail in ('formula="SRV-02"', 'part_of="SRV-02"', "unknown=1"):
        text = group.replace("entry", f"{base}, {tail}")
        (tmp_path / "annual.toml").write_text(text, "utf-8")
        with pytest.raises(CatalogueError):
            catalogue.declared(tmp_path)


@pytest.mark.usefixtures("indicators")
def test_list_page(client):
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("reporting:indicators"))

    assert page.context["total"] == 173
    assert len(queries) == 2


@pytest.mark.usefixtures("indicators")
def test_list_filters(client):
    page = client.get(reverse("reporting:indicators"), {"fill": "C", "q": "企业数"})

    codes = [row.code for group in page.context["groups"] for row in group.indicators]
    assert codes == ["SRV-04", "SRV-04T", "SRV-05", "SRV-06", "SRV-08", "TRF-07"]


@pytest.mark.usefixtures("indicators")
def test_list_by_family(client, api):
    page = client.get(reverse("reporting:indicators"), {"family": "ecology"})
    rows = api.get("/api/v1/indicators/", {"family": "transfer", "page_size": 100}).json()

    assert {row.group for group in page.context["groups"] for row in group.indicators} == {
        "SHR", "ECO"
    }  # fmt: skip
    assert {row["group"] for row in rows["results"]} == {"TRF", "INN"}
    assert "中试生态构建" in page.content.decode()


@pytest.mark.usefixtures("indicators")
def test_references_stand_beside_what_they_compare_with(client):
    page = client.get(reverse("reporting:indicator", args=["SHR-02"])).content.decode()
    other = client.get(reverse("reporting:indicator", args=["SAF-01"])).content.decode()

    assert "1599 小时/台" in page
    assert "REF-04" in page
    assert "公开参考值" not in other


@pytest.mark.usefixtures("indicators")
def test_detail_page_shows_formula_and_uses(client):
    page = client.get(reverse("reporting:indicator", args=["SRV-13"]))

    assert [row.code for row in page.context["needs"]] == ["SRV-12", "SRV-12a"]
    assert "pct(SRV-12a, SRV-12)" in page.content.decode()
    assert client.get(reverse("reporting:indicator", args=["XXX-00"])).status_code == 404


@pytest.mark.usefixtures("indicators")
def test_api(api):
    listed = api.get("/api/v1/indicators/", {"part": "portal"}).json()
    one = api.get("/api/v1/indicators/SRV-04/").json()
    versions = api.get("/api/v1/indicators/SRV-04/versions/").json()

    assert listed["count"] == 18
    assert one["definition"].startswith("当年完成服务的企业家数")
    assert [row["version"] for row in versions] == [1]
