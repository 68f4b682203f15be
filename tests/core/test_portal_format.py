"""Numbers and days as pages show them."""

from datetime import date

import pytest
from django.template import Context, Template

from core.templatetags.portal_format import dated, day, moment


def test_a_date_is_whole_on_a_page_and_plain_everywhere_else():
    shown = Template("{{ at|day }} {{ none|day|default:'未注明' }}").render(
        Context({"at": date(2026, 11, 22), "none": None})
    )

    assert shown == "<time>2026-11-22</time> 未注明"
    assert f"{day(date(2026, 11, 22))} 起" == "2026-11-22 起"
    assert moment(None) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-22", "<time>2026-11-22</time>"),
        ("2026-11-22 09:30", "<time>2026-11-22 09:30</time>"),
        ("至 2026-11-22", "至 2026-11-22"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_text_that_is_a_date_is_whole_too(text, shown):
    assert Template("{{ text|dated }}").render(Context({"text": text})) == shown


def test_what_is_no_text_stays():
    assert dated(3) == 3
