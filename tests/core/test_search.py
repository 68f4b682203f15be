"""Words of Chinese text and rows found by them."""

import pytest

from core.pinyin import pinyin_key
from core.search import search_rows, search_vector, words
from demands.models import Demand


def test_words_folds_width_and_drops_punctuation():
    assert words("ＭＭＡ，工艺！") == ["mma", "工艺"]


@pytest.mark.parametrize("text", ["", "，。！", "   "])
def test_words_of_nothing(text):
    assert words(text) == []


def test_pinyin_key_orders_as_officials_do():
    names = ["中山", "深圳", "广州", "佛山", "东莞"]

    assert sorted(names, key=pinyin_key) == ["东莞", "佛山", "广州", "深圳", "中山"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("丙烯酸", ["d-1"]),
        ("放大 工艺", ["d-1"]),
        ("冻干", ["d-2"]),
        ("放大 冻干", []),
        ("，。", []),
        ("' OR 1=1 --", []),
    ],
)
def test_search_rows_wants_every_word(query, found):
    for slug, title, body in [
        ("d-1", "甲基丙烯酸甲酯放大", "工艺放大到吨级"),
        ("d-2", "冻干粉针", "无菌冻干工艺"),
    ]:
        demand = Demand.objects.create(slug=slug, title=title)
        Demand.objects.filter(pk=demand.pk).update(search=search_vector(title=title, body=body))

    rows = search_rows(Demand.objects.order_by("slug"), query)

    assert [row.slug for row in rows] == found
