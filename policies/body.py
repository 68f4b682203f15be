"""The editor's light markup made into sanitised HTML: paragraphs, headings, lists, links, tables.

Officials paste from Word or type; one line is one paragraph, as in official documents. Whatever
else is typed, HTML included, is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

import nh3

TAGS = {
    "p",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "a",
    "strong",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto"}
# other schemes stay text
LINK = re.compile(r"\[([^\[\]]+)\]\(((?:https?://|mailto:|/)[^()\s]+)\)")
STRONG = re.compile(r"\*\*([^*]+)\*\*")
RULE = re.compile(r"^\|[\s|:-]+\|$")  # the |---|---| line people bring from Markdown
# how a line begins → what it is
KINDS = (
    ("h3", re.compile(r"^###\s+(.+)$")),
    ("h2", re.compile(r"^##?\s+(.+)$")),
    ("ul", re.compile(r"^[-*•]\s+(.+)$")),
    ("ol", re.compile(r"^\d+[.、]\s*(?=\D)(.+)$")),
    ("table", re.compile(r"^(\|.*\|)$")),
)


def render_body(text: str) -> str:
    """Sanitised HTML of the typed `text`; safe to print unescaped."""
    lines = (line.strip() for line in text.replace("\r\n", "\n").split("\n"))
    typed = [_classify(line) for line in lines]
    html = "\n".join(
        block
        for kind, group in groupby(typed, key=lambda pair: pair[0])
        for block in _blocks(kind, [content for _kind, content in group])
    )
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener"
    )


def _classify(line: str) -> tuple[str, str]:
    if not line:
        return "blank", ""
    for kind, pattern in KINDS:
        found = pattern.match(line)
        if found:
            return kind, found.group(1)
    return "p", line


def _blocks(kind: str, contents: list[str]) -> Iterator[str]:
    if kind == "blank":
        return
    if kind in {"ul", "ol"}:
        items = "".join(f"<li>{_inline(content)}</li>" for content in contents)
        yield f"<{kind}>{items}</{kind}>"
    elif kind == "table":
        yield _table(contents)
    else:
        for content in contents:
            yield f"<{kind}>{_inline(content)}</{kind}>"


def _table(lines: list[str]) -> str:
    rows = [
        [_inline(cell.strip()) for cell in line.strip("|").split("|")]
        for line in lines
        if not RULE.match(line)
    ]
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _inline(text: str) -> str:
    safe = escape(text)
    linked = LINK.sub(lambda found: f'<a href="{found.group(2)}">{found.group(1)}</a>', safe)
    return STRONG.sub(r"<strong>\1</strong>", linked)
