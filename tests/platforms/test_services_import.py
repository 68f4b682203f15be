"""Equipment from a spreadsheet: all or nothing, errors by row and column."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from core.errors import DomainError, Refused
from platforms.models import Equipment
from platforms.services import ImportErrors, equipment_template, import_equipment
from platforms.services.equipment_import import EXAMPLE, MAX_ROWS, headings


def book(*rows, first=None):
    made = Workbook()
    made.active.append(first or headings())
    for row in rows:
        made.active.append(row)
    stream = BytesIO()
    made.save(stream)
    stream.seek(0)
    return stream


def load(actor, platform, file, now):
    return import_equipment(actor=actor, platform=platform, file=file, now=now)


def test_the_template_can_be_imported_as_it_is(operator, platform, now):
    assert load(operator, platform, BytesIO(equipment_template()), now) == 1

    made = Equipment.objects.get()
    assert (made.name, made.status, made.origin, made.quantity) == (
        EXAMPLE[0], "draft", "domestic", 2,
    )  # fmt: skip
    assert (made.value_yuan, made.acquired_date) == (Decimal(480000), date(2022, 5, 1))
    assert (made.is_open, made.open_hours_yearly) == (True, 1200)


def test_the_template_names_the_columns(db):
    sheet = load_workbook(BytesIO(equipment_template())).active

    assert [cell.value for cell in sheet[1]][:4] == ["设备名称", "型号", "制造商", "产地"]


def test_empty_cells_and_rows_stay_unknown(operator, platform, now):
    rows = [["反应釜", None, None, None, None, None, datetime(2020, 1, 2)], [None], ["离心机"]]

    assert load(operator, platform, book(*rows), now) == 2

    first, second = Equipment.objects.order_by("pk")
    assert (first.acquired_date, first.is_open, second.value_yuan) == (date(2020, 1, 2), None, None)


def test_every_wrong_cell_is_named_and_nothing_written(operator, platform, now):
    file = book(
        ["好的"],
        ["甲", None, None, "美国", "两台", "五万", "去年", None, None, "也许"],
        [None, "无名"],
        ["乙", None, None, None, 1.5, -3, None, None, None, None, None, 9000],
    )

    with pytest.raises(ImportErrors) as caught:
        load(operator, platform, file, now)

    assert not Equipment.objects.exists()
    assert [(error.row, error.column) for error in caught.value.errors] == [
        (3, "产地"), (3, "台（套）数"), (3, "原值（元）"), (3, "购置日期"), (3, "对外开放"),
        (4, "设备名称"), (5, "台（套）数"),
    ]  # fmt: skip
    assert caught.value.errors[0].message == "“美国”不在可选范围内，请填：国产、进口。"


def test_rules_of_the_record_hold_too(operator, platform, now):
    row = ["乙", None, None, None, 1, -3]

    with pytest.raises(ImportErrors) as caught:
        load(operator, platform, book(row), now)

    assert caught.value.errors[0].message == "原值不能为负数。"
    assert caught.value.errors[0].column == "整行"


@pytest.mark.parametrize("number", ["NaN", "inf"])
def test_numbers_are_finite(operator, platform, now, number):
    with pytest.raises(ImportErrors):
        load(operator, platform, book(["乙", None, None, None, None, number]), now)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (BytesIO(b"not a workbook"), "Excel"),
        (book(["甲"], first=["名称"]), "首行"),
        (book(), "没有内容"),
        (book(*([["甲"]] * (MAX_ROWS + 1))), "最多导入"),
    ],
)
def test_other_files_are_refused(operator, platform, now, file, message):
    with pytest.raises(DomainError, match=message):
        load(operator, platform, file, now)

    assert not Equipment.objects.exists()


def test_import_is_refused_to_strangers(stranger, platform, now):
    with pytest.raises(Refused):
        load(stranger, platform, BytesIO(equipment_template()), now)
