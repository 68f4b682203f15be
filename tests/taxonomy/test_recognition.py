"""What a text is about, by the words of a code list."""

import pytest

from taxonomy.recognition import recognised_term
from tests.factories.taxonomy import process_kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def kinds():
    process_kind()
    process_kind(code="heat", name="热处理", description="退火、淬火、正火", order=1)
    process_kind(code="print", name="增材制造", description="3D打印、选区激光", order=2)
    process_kind(code="other", name="其他", description="", order=3)


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("连续聚合放大", "", "polymerisation"),
        ("熔铸件退火", "聚合、缩聚", "heat"),  # the title decides
        ("聚合物退火", "", "heat"),  # the last named among equals
        ("退火与淬火后聚合", "", "heat"),  # more words beat the last
        ("退火退火聚合", "", "polymerisation"),  # one word twice is one word
        ("３Ｄ打印件", "", "print"),  # full width, capitals
        ("某种材料", "先聚合，再缩聚，最后退火", "polymerisation"),
        ("某种材料", "淬火、正火，聚合、缩聚", "polymerisation"),  # first of the list among equals
    ],
)
def test_kind_is_recognised(kinds, title, text, code):
    assert recognised_term("process-kind", title=title, text=text).code == code


@pytest.mark.parametrize(
    ("title", "text"),
    [("", ""), ("某种材料", ""), ("某种材料", "顺便退火"), ("其他", "其他"), ("<>!、、、", "、")],
)
def test_too_little_is_not_recognised(kinds, title, text):
    assert recognised_term("process-kind", title=title, text=text) is None


def test_list_that_is_not_loaded_recognises_nothing():
    assert recognised_term("process-kind", title="聚合") is None
