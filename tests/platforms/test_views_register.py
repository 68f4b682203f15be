"""Pages and endpoint of register entries."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.search import search_vector
from platforms.models import RegisterEntry
from platforms.registers import KINDS
from tests.factories.platforms import RegisterEntryFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_asks_for_what_its_kind_needs(kind, sign_in, operator, platform):
    page = sign_in(operator).get(f"/manage/platforms/{platform.slug}/register/new/?kind={kind}")

    assert set(page.context["form"].fields) == {*KINDS[kind].fields, "files"}
    assert KINDS[kind].counted in page.content.decode()


def test_the_keeper_registers_mends_ends_and_strikes(sign_in, operator, platform):
    client = sign_in(operator)
    new = f"/manage/platforms/{platform.slug}/register/new/?kind=dataset"
    values = {"title": "固化数据", "started_date": "2026-03-05", "note": "每季度更新"}

    refused = client.post(new, values | {"started_date": "2999-01-01"})
    assert refused.context["form"].errors == {"started_date": ["开放日期不能晚于今天。"]}
    assert client.post(new, values | {"more": "1"}).url == new
    page = RegisterEntry.objects.get().get_absolute_url()
    client.post(page, values | {"note": "每月更新"})
    assert "原为 说明“每季度更新”" in client.get(page).content.decode()
    client.post(f"{page}end/", {"reason": "不再开放", "ended_date": "2026-03-31"})
    assert "不再开放" in client.get(page).content.decode()
    assert client.post(f"{page}strike/", {"reason": ""}).url == page
    assert client.post(f"{page}strike/", {"reason": "错了"}).url == "/register-entries/"
    assert not RegisterEntry.objects.exists()


def test_a_certificate_has_no_public_page_and_the_staff_may_ask_for_correction(
    sign_in, client, staff, platform
):
    entry = RegisterEntryFactory(platform=platform, kind="manager", title="王某某", number="T1")
    page = entry.get_absolute_url()

    assert client.get(page).status_code == 404
    for public in ("/resources/open/", platform.get_absolute_url(), "/api/v1/register-entries/"):
        assert "王某某" not in client.get(public).content.decode()
    shown = sign_in(staff).get(page).content.decode()
    assert f"/platforms/{platform.slug}/report/?kind=wrong" in shown
    assert f"{page}strike/" not in shown
    told = client.get(f"/platforms/{platform.slug}/report/?kind=wrong&note=登记事项“王某某”：")
    assert told.context["form"].initial["note"] == "登记事项“王某某”："


def test_what_comes_stands_first_and_what_is_over_last(client, platform):
    today = timezone.localdate()
    for title, kind, day, last in (
        ("旧数据", "dataset", date(2026, 1, 1), date(2026, 2, 1)),
        ("办过的", "roadshow", date(2026, 2, 1), None),
        ("新数据", "dataset", date(2026, 3, 1), None),
        ("后办的", "roadshow", today + timedelta(days=9), None),
        ("先办的", "roadshow", today + timedelta(days=5), today + timedelta(days=6)),
    ):
        RegisterEntryFactory(
            platform=platform, title=title, kind=kind, started_date=day, ended_date=last,
            search=search_vector(title=title),
        )  # fmt: skip

    def titles(query=""):
        rows = client.get(f"/resources/open/{query}").context["table"].rows
        return [row.record.title for row in rows]

    assert titles() == ["后办的", "先办的", "新数据", "办过的", "旧数据"]
    assert titles("?kind=dataset&standing=current") == ["新数据"]
    assert titles("?standing=over&q=办过的") == ["办过的"]
    section = client.get(platform.get_absolute_url()).context["entries"]
    assert [entry.title for entry in section] == [
        "先办的", "后办的", "新数据", "办过的", "旧数据",
    ]  # fmt: skip


@pytest.mark.parametrize(("url", "queries"), [("/register-entries/", 11), ("/resources/open/", 12)])
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same(
    rows, url, queries, sign_in, operator, platform, django_assert_num_queries
):
    for _ in range(rows):
        RegisterEntryFactory(platform=platform)
    client = sign_in(operator)

    with django_assert_num_queries(queries):
        assert client.get(url).context["total"] == rows


def test_lists_are_exported(sign_in, operator, platform):
    RegisterEntryFactory(platform=platform, kind="manager", title="王某", level="senior")
    RegisterEntryFactory(platform=platform, title="固化数据")
    client = sign_in(operator)

    own = client.get("/register-entries/?export=csv").content.decode()
    public = client.get("/resources/open/?export=csv").content.decode()

    assert "王某,高级" in own
    assert ("固化数据" in public, "王某" in public) == (True, False)
