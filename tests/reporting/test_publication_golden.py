"""One small year: every number on the page is that of the snapshot, the workbook, Word and PDF."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from core.files import files_of
from reporting.publishing.catalogue import annual_plan
from tests.factories import publications as made
from tests.reporting.golden import EXPECTED, golden_report
from tests.reporting.pdf_text import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture
def publication():
    report = golden_report()
    actor = made.staff()
    made.accepted(report, actor=actor)
    return made.published(made.frozen(actor, cycle=report.cycle), actor)


def content(publication, form):
    stored = next(row for row in files_of(publication) if row.name.endswith(f".{form}"))
    with stored.file.open("rb") as kept:
        return kept.read()


def test_totals_of_one_platform_are_its_own_values(publication):
    """With a single report, every total that is not a choice is the report's value."""
    numbers = publication.snapshot["numbers"]
    methods = annual_plan().totals
    told = {
        code: numbers[code]["value"] for code in EXPECTED
        if code in numbers and methods[code] not in {"choices", "yes"}
    }  # fmt: skip
    expected = {
        code: None if EXPECTED[code] is None else f"{EXPECTED[code].normalize():f}" for code in told
    }

    assert told == expected
    assert len(told) > 50


def test_every_number_stands_in_every_format(publication):
    page = Client().get(publication.get_absolute_url()).content.decode()
    pdf = text_of(content(publication, "pdf"))
    word = Document(BytesIO(content(publication, "docx")))
    texts = [node.text or "" for node in word.element.body.iter() if node.tag.endswith("}t")]
    cells = "\n".join(texts)
    book = load_workbook(BytesIO(content(publication, "xlsx")))["主要数字"]
    rows = {line[1].value: line[3].value for line in book.iter_rows(min_row=2)}

    shown = [code for chapter in publication.snapshot["chapters"] for code in chapter["numbers"]]
    assert len(set(shown)) > 60
    for code in shown:
        number = publication.snapshot["numbers"][code]
        assert f'<b class="nowrap">{number["words"]}</b>' in page, code
        assert number["words"] in cells, code
        assert number["words"].replace(" ", "") in pdf, code
        assert float(rows[code]) == float(number["value"]), code
        assert f'id="def-{code}"' in page
        assert publication.snapshot["definitions"][code]["definition"] in page


def test_public_money_stands_beside_what_the_platform_did(publication):
    chapter = next(c for c in publication.snapshot["chapters"] if c["code"] == "operation")
    block = next(b for b in chapter["blocks"] if b["id"] == "funding")

    assert block["rows"] == [
        ["市级", "市创新券", "1", "50.555", "5", "2", "1"],
        ["省级", "省中试专项", "1", "300", "5", "2", "1"],
    ]


def test_the_page_says_what_the_snapshot_holds(publication):
    page = Client().get(publication.get_absolute_url()).content.decode()

    assert publication.sha256 in page
    assert "2027-02-01 10:00" in page or "数据封存于" in page
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<svg") > 3


def test_the_press_kit_holds_files_charts_and_numbers_with_definitions(publication):
    kit = ZipFile(BytesIO(content(publication, "zip")))
    names = kit.namelist()
    numbers = kit.read("主要数字.txt").decode()
    about = kit.read("说明.txt").decode()

    assert [name.rsplit(".", 1)[-1] for name in names[:5]] == ["txt", "txt", "xlsx", "pdf", "docx"]
    drawn = [name for name in names if name.startswith("图表/")]
    assert len(drawn) == 2 * sum(
        block["type"] != "table"
        for chapter in publication.snapshot["chapters"] for block in chapter["blocks"]
    )  # fmt: skip
    assert len(drawn) > 6
    assert all(kit.read(name).startswith(b"\x89PNG") for name in drawn if name.endswith(".png"))
    for chapter in publication.snapshot["chapters"]:
        for code in chapter["numbers"]:
            assert f"：{publication.snapshot['numbers'][code]['words']}" in numbers, code
            assert publication.snapshot["definitions"][code]["definition"] in numbers, code
    assert f"核验码：{publication.verification_code}" in about
    assert publication.get_absolute_url() in about
    assert kit.read(names[3]) == content(publication, "pdf")
