"""Files of a numbered list: PDF and workbook tell the edition, its difference and its code."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.files import files_of
from reporting.documents import list_print
from reporting.documents.list_print import printed_list
from reporting.documents.pdf import list_pdf
from reporting.models import PublishedList
from reporting.services import published_lists
from tests.factories import publications as made
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import guangdong
from tests.reporting.pdf_text import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editions():
    """甲 stays, 乙 leaves, 丙 becomes 丁, 戊 comes."""
    guangdong()
    actor = made.staff()
    _kept, gone, renamed = (PlatformFactory(name=f"{name}平台") for name in "甲乙丙")
    first = made.issued(actor, "platforms")
    type(gone).objects.filter(pk=gone.pk).update(status="withdrawn")
    type(gone).objects.filter(pk=renamed.pk).update(name="丁平台")
    PlatformFactory(name="戊平台")
    return first, made.issued(actor, "platforms", now=made.NOW + timedelta(days=30))


def content(edition, form):
    stored = next(row for row in files_of(edition) if row.name.endswith(f".{form}"))
    with stored.file.open("rb") as kept:
        return kept.read()


def test_the_pdf_tells_the_edition_its_lines_and_its_difference(editions):
    first, second = editions

    told = text_of(content(second, "pdf"))

    for words in ("第2期", "2027-03-03", "在本平台公开发布的中试平台。", "核验码", "新增1条",
                  "移出1条", "变化1条", "甲平台", "乙平台", "丁平台", "戊平台"):  # fmt: skip
        assert words in told, words
    assert printed_list(second)["code"] == second.verification_code
    assert "这是第一期" in text_of(content(first, "pdf"))
    assert "演示数据" not in told


def test_a_demo_edition_is_marked_on_every_page(editions):
    _first, second = editions
    pages = text_of(list_pdf(printed_list(second) | {"is_demo": True}))

    assert pages.count("演示数据") >= 2


def test_a_long_edition_prints_no_lines(editions, monkeypatch):
    monkeypatch.setattr(list_print, "PRINTED_ROWS", 2)

    told = text_of(list_pdf(printed_list(editions[1])))

    assert "条目较多，不在本文件中列出" in told
    assert "甲平台" not in told
    assert "新增1条" in told


def test_the_workbook_holds_every_difference(editions):
    book = load_workbook(BytesIO(content(editions[1], "xlsx")))
    lines = [tuple(cell.value for cell in row) for row in book["与上一期比较"].iter_rows()]

    assert [line[:2] for line in lines[1:]] == [
        ("戊平台", "新增"), ("乙平台", "移出"), ("丁平台", "变化"),
    ]  # fmt: skip
    assert lines[3] == ("丁平台", "变化", "平台名称", "丙平台", "丁平台")
    assert "与上一期比较" not in load_workbook(BytesIO(content(editions[0], "xlsx"))).sheetnames


def test_words_find_lines_and_columns_are_no_words(editions):
    url = editions[1].get_absolute_url()

    found = Client().get(url, {"q": "戊"})
    nothing = Client().get(url, {"q": "name"})

    assert [row.key for row in found.context["table"].data.data] != []
    assert (found.context["total"], nothing.context["total"]) == (1, 0)


def test_the_code_of_a_list_is_verified(editions, client):
    first, second = editions
    told = client.get(f"/reports/verify/{second.verification_code}/")
    old = client.get(f"/reports/verify/{first.verification_code}/").content.decode()
    published_lists.withdraw_list(
        actor=second.issued_by, edition=second, now=made.NOW, reason="条件有误"
    )
    back = client.get(f"/reports/verify/{second.verification_code}/").content.decode()

    assert told.status_code == 200
    assert "核验通过" in told.content.decode()
    assert second.get_absolute_url() in told.content.decode()
    assert "最新一期为" in old
    assert "已经撤回：条件有误" in back
    assert client.get("/reports/verify/000000000000/").status_code == 404
    assert PublishedList.objects.count() == 2
