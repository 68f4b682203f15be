import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.body import ATTRIBUTES, SCHEMES, TAGS, render_body

TABLE = (
    '<table><thead><tr><th scope="col">规模</th><th scope="col">比例</th></tr></thead>'
    "<tbody><tr><td>小型</td><td>30%</td></tr></tbody></table>"
)


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("第一条\n第二条", "<p>第一条</p>\n<p>第二条</p>"),
        ("一\r\n\r\n二", "<p>一</p>\n<p>二</p>"),
        ("# 总则\n## 总则\n### 目的", "<h2>总则</h2>\n<h2>总则</h2>\n<h3>目的</h3>"),
        ("- 甲\n• 乙", "<ul><li>甲</li><li>乙</li></ul>"),
        ("1. 甲\n2、乙", "<ol><li>甲</li><li>乙</li></ol>"),
        ("2025.10 起施行", "<p>2025.10 起施行</p>"),
        (
            "| 规模 | 比例 |\n|---|:-:|\n| 小型 | 30% |",
            TABLE,
        ),
        ("**重点** 支持", "<p><strong>重点</strong> 支持</p>"),
        (
            "见 [省厅](https://gd.gov.cn/a?b=1&c=2)",
            '<p>见 <a href="https://gd.gov.cn/a?b=1&amp;c=2" rel="nofollow noopener">省厅</a></p>',
        ),
        ("", ""),
        ("|---|", ""),
    ],
)
def test_markup(typed, html):
    assert render_body(typed) == html


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "[点我](javascript:alert(1))",
        '[x](https://a" onmouseover="alert(1))',
        "<img src=x onerror=alert(1)>",
        "[a](data:text/html,x)",
    ],
)
def test_nothing_typed_becomes_code(typed):
    html = render_body(typed)

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a" not in html


@given(st.text(alphabet="<>&\"'[]()*#-|1. 甲ahref:/\n", max_size=80))
def test_whatever_is_typed_is_clean(typed):
    html = render_body(typed)

    assert nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES,
                     link_rel="nofollow noopener") == html  # fmt: skip
