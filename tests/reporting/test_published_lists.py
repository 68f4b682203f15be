"""Numbered lists: frozen rows, what changed since the last one, who may see and issue them."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.files import files_of
from reporting.models import PublishedList, PublishedListRow, ReportingJob
from reporting.selectors import published_lists as selectors
from reporting.services import issuing, published_lists
from tests.factories import cases as cf
from tests.factories import publications as made
from tests.factories.accounts import person
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.factories.recognition import RecognitionFactory
from tests.factories.taxonomy import chengdu, guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_mode")]
GUANGDONG = {"region": "440000"}


@pytest.fixture
def actor():
    guangdong()
    return made.staff()


def told(edition):
    return [row.data for row in selectors.rows_of(edition)]


def test_an_edition_holds_what_met_its_criteria(actor):
    inside = PlatformFactory(name="甲平台", region=zhongshan())
    PlatformFactory(region=chengdu())
    PlatformFactory(status="draft")
    PlatformFactory(is_demo=True)

    edition = made.issued(actor, "platforms", GUANGDONG)

    assert (edition.number, edition.status, edition.row_count) == (1, "published", 1)
    assert [row["name"] for row in told(edition)] == ["甲平台"]
    assert selectors.rows_of(edition).get().key == inside.slug
    assert edition.criteria_words == ["在本平台公开发布的中试平台。", "地区：广东省"]
    assert not edition.is_demo
    assert str(edition) == "广东省中试平台清单 第 1 期"


def test_demo_rows_mark_the_whole_edition(actor):
    PlatformFactory(is_demo=True)

    edition = made.issued(actor, "platforms", {**GUANGDONG, "demo": True})

    assert edition.is_demo
    page = Client().get(edition.get_absolute_url()).content.decode()
    assert page.count("演示数据") > 1
    lines = Client().get(edition.get_absolute_url() + "download/csv/").getvalue().decode()
    assert "演示数据" in lines


def test_only_those_on_the_roster(actor):
    held = RecognitionFactory().platform
    PlatformFactory()

    edition = made.issued(actor, "platforms", {**GUANGDONG, "on_roster": True})

    assert [row.key for row in selectors.rows_of(edition)] == [held.slug]


def test_the_next_edition_says_what_changed(actor):
    kept, gone, renamed = (PlatformFactory(name=name) for name in ("甲", "乙", "丙"))
    made.issued(actor, "platforms", GUANGDONG)
    type(gone).objects.filter(pk=gone.pk).update(status="withdrawn")
    type(kept).objects.filter(pk=renamed.pk).update(name="丁")
    fresh = PlatformFactory(name="戊")

    second = made.issued(actor, "platforms", GUANGDONG, now=made.NOW + timedelta(days=30))

    assert second.number == 2
    assert second.previous.number == 1
    assert (second.added_count, second.removed_count, second.changed_count) == (1, 1, 1)
    assert [row.key for row in selectors.added_rows(second)] == [fresh.slug]
    assert [row.key for row in selectors.removed_rows(second)] == [gone.slug]
    rows = list(selectors.changed_rows(second))
    [(row, changes)] = selectors.changes_of(second, rows)
    assert row.key == renamed.slug
    assert [(one.label, one.before, one.after) for one in changes] == [("平台名称", "丙", "丁")]
    for show in ("added", "removed", "changed"):
        url = f"{second.get_absolute_url()}changes/?show={show}"
        assert Client().get(url).status_code == 200


def test_rows_do_not_move_with_the_register(actor):
    platform = PlatformFactory(name="甲")
    edition = made.issued(actor, "platforms", GUANGDONG)
    digest = edition.sha256

    type(platform).objects.filter(pk=platform.pk).update(name="乙")

    assert told(edition)[0]["name"] == "甲"
    for change in (
        lambda: PublishedListRow.objects.update(key="x"),
        lambda: PublishedListRow.objects.all().delete(),
        lambda: PublishedList.objects.update(title="x"),
        lambda: PublishedList.objects.update(sha256="x"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    edition.refresh_from_db()
    assert edition.sha256 == digest


def test_files_say_the_same_as_the_page(actor):
    PlatformFactory.create_batch(3)
    edition = made.issued(actor, "platforms", GUANGDONG)
    client, url = Client(), edition.get_absolute_url()

    whole = json.loads(client.get(url + "download/json/").getvalue())
    lines = client.get(url + "download/csv/").getvalue().decode("utf-8-sig").splitlines()
    with files_of(edition).get(name__endswith=".xlsx").file.open("rb") as stored:
        sheet = load_workbook(BytesIO(stored.read()))["清单"]

    names = [row["name"] for row in told(edition)]
    page = client.get(url).content.decode()
    assert [row["name"] for row in whole["rows"]] == names
    assert [line.split(",")[1] for line in lines[1:]] == names
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == names
    assert all(name in page for name in names)
    assert client.get(url + "download/xlsx/").status_code == 302
    assert client.get(url + "download/pdf/").status_code == 302
    assert client.get(url + "download/exe/").status_code == 404


def test_a_confidential_demand_tells_its_teaser_only(actor):
    open_demand(
        confidentiality="teaser", teaser="需要放大", description="配方甲乙丙", is_anonymous=True,
        budget_low_yuan=500_000, scale_low=50, scale_unit="L",
    )  # fmt: skip

    edition = made.issued(actor, "demands")

    [row] = told(edition)
    assert row["text"] == "需要放大"
    assert (row["organisation"], row["budget"], row["scale"]) == ("匿名企业", "不公开", "不公开")
    assert "甲乙丙" not in json.dumps(row, ensure_ascii=False)


def test_projects_and_products_need_consent(actor):
    project = cf.ProjectFactory(status="closed")
    cf.confirmed(project, kind="launched", product_name="新树脂")
    cf.CaseFactory(project=project, platform=project.platform, status="draft")
    for kind in ("projects", "products"):
        with pytest.raises(DomainError, match="没有符合条件"):
            made.issued(actor, kind)
    told_case = cf.CaseFactory(
        project=project, platform=project.platform, client_name="某公司", status="published",
        consented_at=made.NOW, published_at=made.NOW,
    )  # fmt: skip

    assert told(made.issued(actor, "projects"))[0]["title"] == told_case.title
    [product] = told(made.issued(actor, "products"))
    assert (product["product"], product["client"]) == ("新树脂", "某公司")


def test_supply_list(actor):
    CapabilityFactory(title="50 L 放大", scale_low=10, scale_high=50, scale_unit="L")
    CapabilityFactory(status="draft")

    [row] = told(made.issued(actor, "supply", GUANGDONG))

    assert (row["title"], row["scale"], row["price"]) == ("50 L 放大", "10–50 L", "未注明")


def test_only_the_staff_of_the_place_issue(actor):
    PlatformFactory()
    for other in (person(Role.GOVERNMENT, region=zhongshan()), person(Role.OPERATOR)):
        with pytest.raises(DomainError):
            made.issued(other, "platforms")
    with pytest.raises(Refused):
        made.issued(person(Role.ENTERPRISE), "platforms")
    with pytest.raises(DomainError, match="没有这种清单"):
        made.issued(actor, "nonsense")

    assert not PublishedList.objects.exists()


def test_one_edition_at_a_time_and_an_unfinished_one_can_be_dropped(actor):
    PlatformFactory()
    first = published_lists.issue_list(actor=actor, kind="platforms", criteria={}, now=made.NOW)
    with pytest.raises(DomainError, match="正在生成"):
        published_lists.issue_list(actor=actor, kind="platforms", criteria={}, now=made.NOW)
    with pytest.raises(DomainError, match="不能放弃"):
        published_lists.drop_list(actor=actor, edition=first, now=made.NOW)
    ReportingJob.objects.update(status="failed")

    published_lists.drop_list(actor=actor, edition=first, now=made.NOW)

    assert not PublishedList.objects.exists()


def test_a_killed_worker_leaves_nothing_and_the_next_run_finishes(actor, monkeypatch):
    PlatformFactory.create_batch(3)
    edition = published_lists.issue_list(actor=actor, kind="platforms", criteria={}, now=made.NOW)
    run = {"cycle": None, "now": made.NOW, "tell": made.go_on, "since": made.NOW,
           "published_list": edition.pk}  # fmt: skip
    killed = lambda edition: (_ for _ in ()).throw(SystemExit)  # noqa: E731 -- one line
    monkeypatch.setitem(issuing.FILES, "pdf", ("application/pdf", killed))
    with pytest.raises(SystemExit), transaction.atomic():
        issuing.fill_list(**run)
    assert not PublishedListRow.objects.exists()
    monkeypatch.undo()

    issuing.fill_list(**run)
    again = issuing.fill_list(**run)

    assert again == {"rows": 3}
    assert PublishedListRow.objects.count() == 3
    assert sorted(row.name[-4:] for row in files_of(edition)) == [".pdf", "xlsx"]


def test_a_withdrawn_edition_keeps_its_number_and_says_why(actor):
    PlatformFactory(name="甲平台")
    edition = made.issued(actor, "platforms")
    with pytest.raises(DomainError, match="原因"):
        published_lists.withdraw_list(actor=actor, edition=edition, now=made.NOW, reason=" ")

    published_lists.withdraw_list(actor=actor, edition=edition, now=made.NOW, reason="条件有误")

    page = Client().get(edition.get_absolute_url())
    body = page.content.decode()
    assert page.status_code == 200
    assert "条件有误" in body
    assert "甲平台" not in body
    assert Client().get(edition.get_absolute_url() + "download/csv/").status_code == 404
    for stored in files_of(edition):
        assert Client().get(stored.get_absolute_url()).status_code == 404
    with pytest.raises(DomainError):
        published_lists.withdraw_list(actor=actor, edition=edition, now=made.NOW, reason="再次")
    assert made.issued(actor, "platforms").number == 2


@pytest.mark.parametrize("count", [1, 3])
def test_an_edition_takes_the_same_queries(actor, count):
    PlatformFactory.create_batch(count)
    edition = made.issued(actor, "platforms")
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(edition.get_absolute_url())

    assert page.context["total"] == count
    assert len(queries) == 3


def test_pages_of_the_staff(actor, client):
    PlatformFactory(name="甲平台")
    actor.is_demo = True
    actor.save()
    client.force_login(actor)
    page = client.get("/manage/lists/new/platforms/")
    assert "甲平台" in page.content.decode()
    answer = client.post("/manage/lists/new/platforms/", {"region": "440000", "title": "名录"})
    assert answer.status_code == 302

    edition = PublishedList.objects.get()
    assert edition.title == "名录"
    assert client.get("/manage/lists/").status_code == 200
    assert Client().get("/lists/").status_code == 200
    assert Client().get("/lists/platforms/").status_code == 200
    assert Client().get("/lists/nonsense/").status_code == 404


def test_a_city_under_this_portal_issues_no_list_and_sees_no_door_to_it(client):
    city = person(Role.GOVERNMENT, region=zhongshan())
    city.is_demo = True
    city.save()
    client.force_login(city)

    assert client.get("/manage/lists/").status_code == 403
    assert client.get("/manage/lists/new/platforms/").status_code == 403
    assert "发布编号清单" not in client.get("/workbench/").content.decode()
    assert "发布清单" not in client.get("/lists/").content.decode()


def test_the_api_pages_rows(actor, api):
    PlatformFactory.create_batch(3)
    edition = made.issued(actor, "platforms")

    listed = api.get("/api/v1/lists/").json()
    rows = api.get(f"/api/v1/lists/{edition.pk}/rows/", {"page_size": 2}).json()

    assert [row["number"] for row in listed["results"]] == [1]
    assert (rows["count"], len(rows["results"])) == (3, 2)
    assert rows["results"][0]["data"]["name"] == told(edition)[0]["name"]
    one = api.get(f"/api/v1/lists/{edition.pk}/").json()
    files = {row["name"][-4:]: row for row in one["files"]}
    assert set(files) == {".pdf", "xlsx"}
    content = b"".join(Client().get(files[".pdf"]["url"]).streaming_content)
    assert (content[:5], sha256(content).hexdigest()) == (b"%PDF-", files[".pdf"]["sha256"])
