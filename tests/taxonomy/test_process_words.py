"""The words by which kinds of processes are recognised, and how far they reach on real texts."""

import csv
import json
from collections import Counter

import pytest
from django.conf import settings
from django.utils import timezone

from taxonomy.recognition import SEPARATOR, recognised_term
from taxonomy.services import load_code_lists

DATA = settings.BASE_DIR / "data"


def test_each_word_belongs_to_one_kind():
    with (DATA / "taxonomy/terms.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["list"] == "process-kind"]
    words = Counter(word for row in rows for word in row["description"].split(SEPARATOR))

    assert len(rows) == 26
    assert [word for word, count in words.items() if count > 1 or not word] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("二甲双胍缓释片一致性评价", "preparations"),
        ("喷涂废水漆渣絮凝长效处理", "treatment"),
        ("大型煤矿销轨整体模锻工艺与模具", "metal-forming"),
        ("GCr15轴承钢丝环保表面处理", "surface"),
        ("生防芽孢杆菌高产菌株与发酵", "fermentation"),
        ("磷酸锆核级树脂中试与造粒放大", "powder"),
        ("干法双拉锂电隔膜厚度均匀性", "polymer-forming"),
        ("六自由度运动平台控制", None),
    ],
)
def test_real_titles(title, code):
    load_code_lists(now=timezone.now())

    found = recognised_term("process-kind", title=title)

    assert (found.code if found else None) == code


@pytest.mark.django_db
def test_most_published_demands_are_recognised():
    load_code_lists(now=timezone.now())
    lines = (DATA / "demands.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]

    found = [
        recognised_term("process-kind", title=row["title"], text=row["description"]) for row in rows
    ]

    assert sum(term is not None for term in found) / len(rows) > 0.85
