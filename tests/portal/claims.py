"""What public pages claim in numbers: each claim has a definition and a date beside it.

A claim is a number that the portal itself counted or computed. Words of records (cards, tables of
rows, texts of policies, prices) are somebody's statement with its own source; the length of a list
is what stands below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

EACH = 3  # pages of one kind that are looked at
CLAIMS = ("stat", "module-count", "meter", "reply-facts", "svg-chart", "chart", "figure-link")
SCOPES = ("stat", "card", "section")
RECORDS = ("card", "table", "prose", "pagination", "toolbar", "filters", "tag", "chips", "help",
           "section-head", "dl", "definitions", "form", "how", "toc", "stats", "modules", "meter",
           "empty", "details", "drawn", "article")  # fmt: skip
DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
DEFINES = re.compile(r"#def-|/about/#|/indicators/.|/evaluations/schemes/")
PAGE = re.compile(r"/(?!files/)(?!.*/(download|feed)/)[^?]*$")  # of this portal, and no file
NUMBER = re.compile(r"\d[\d,.]*\s*(家|项|条|个|份|人|次|万元|[%％]|篇|台|件|户)")


@dataclass(frozen=True)
class Page:
    url: str
    view: str
    tree: Any


def public_pages() -> Iterator[Page]:
    """What a visitor reaches from the home page by links, a few of each kind."""
    client, waiting, seen = Client(), ["/"], {"/"}
    of_kind: Counter[str] = Counter()
    while waiting:
        url = waiting.pop(0)
        try:
            view = resolve(url).view_name
        except Resolver404:
            continue
        if of_kind[view] >= EACH:
            continue
        answer = client.get(url)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        of_kind[view] += 1
        tree = html.fromstring(answer.content.decode())
        for link in tree.xpath("//a/@href"):
            path = link.partition("#")[0]
            if PAGE.match(path) and path not in seen:
                seen.add(path)
                waiting.append(path)
        yield Page(url, view, tree)


def faults(page: Page) -> list[str]:
    """What is claimed on the page without a definition or a date."""
    found = []
    for main in page.tree.xpath("//main"):
        heads = main.xpath(".//header[contains(@class, 'page-header')]")
        heads += main.xpath(".//*[@data-moment]")  # one note for every number of the page
        for node in main.iter():
            if not isinstance(node.tag, str):
                continue
            if node.tag == "h1" or node.xpath("ancestor-or-self::*[@data-record]"):
                continue  # a record's own name, and what it states
            if node.xpath("ancestor-or-self::*[@aria-hidden='true']"):
                continue  # a bar drawn beside a number says nothing of its own
            if classes(node) & set(CLAIMS):
                found += _lacking(page, node, [*scopes_of(node, main), *heads])
            elif is_loose(node, main):
                found += _lacking(page, node, [main])
    return found


def classes(node: Any) -> set[str]:
    return set((node.get("class") or "").split())


def scopes_of(node: Any, main: Any) -> list[Any]:
    """Where a claim's definition and date must stand: in the nearest block around it, or in the
    note of the strip it stands in."""
    around = [node, *node.iterancestors()]
    nearest = next(
        one for one in around
        if classes(one) & set(SCOPES) or one.tag in {"tr", "section"} or one is main
    )  # fmt: skip
    strips = [one for one in around if classes(one) & {"stats-block", "modules-block"}]
    return [nearest, *(note for strip in strips for note in strip.xpath("./p"))]


def is_loose(node: Any, main: Any) -> bool:
    """Whether the node itself says a number with a measure word, outside of records."""
    own = " ".join([node.text or "", *(child.tail or "" for child in node)])
    if not NUMBER.search(own):
        return False
    for one in [node, *node.iterancestors()]:
        if one is main:
            return True
        if classes(one) & set(RECORDS) or one.tag in {"table", "form", "article", "dl", "nav"}:
            return False
    return False


def _lacking(page: Page, node: Any, scopes: list[Any]) -> list[str]:
    said = " ".join(node.text_content().split())[:40]
    lacks = []
    if not any(DATE.search(scope.text_content()) for scope in scopes):
        lacks.append(f"{page.url} “{said}”: no date")
    if not any(is_defined(scope) for scope in scopes):
        lacks.append(f"{page.url} “{said}”: no definition")
    return lacks


def is_defined(scope: Any) -> bool:
    """A definition in place, or a link that leads to one."""
    marked = scope.get("data-definition") is not None or scope.xpath(".//*[@data-definition]")
    return bool(marked) or any(DEFINES.search(link) for link in scope.xpath(".//a/@href"))


def dead_definitions(pages: list[Page]) -> list[str]:
    """Links to a definition whose place is not on the page they lead to."""
    client, known, dead = Client(), {page.url: page.tree for page in pages}, set()
    for page in pages:
        for link in page.tree.xpath("//main//a/@href"):
            path, _, place = link.partition("#")
            if not place or not DEFINES.search(link):
                continue
            url = path or page.url
            if url not in known:
                known[url] = html.fromstring(client.get(url).content.decode())
            if not known[url].xpath("//*[@id=$place]", place=place):
                dead.add(f"{page.url} → {link}")
    return sorted(dead)
