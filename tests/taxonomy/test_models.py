"""Properties of the code lists' rows that cost no query."""

import pytest

from taxonomy.models import CodeList, Industry, Region, Term, TermMapping


@pytest.mark.parametrize(
    ("code", "level", "prefix"),
    [("000000", 0, ""), ("440000", 1, "44"), ("442000", 2, "4420"), ("440106", 3, "440106")],
)
def test_region_prefix_is_shared_by_all_inside(code, level, prefix):
    assert Region(code=code, level=level).prefix == prefix


def test_region_contains_itself_and_what_lies_inside():
    province = Region(code="440000", level=1)

    assert [province.contains(code) for code in ("440000", "442000", "450000")] == [
        True, True, False,
    ]  # fmt: skip


def test_rows_are_called_by_their_names():
    term = Term(name="新材料")
    mapping = TermMapping(source=term, industry=Industry(name="化学纤维制造业"), relation="related")

    rows = (Region(name="中山市"), term, CodeList(name="计价方式"), mapping)

    assert [str(row) for row in rows] == [
        "中山市",
        "新材料",
        "计价方式",
        "新材料 相关 化学纤维制造业",
    ]
