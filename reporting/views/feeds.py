"""Atom feed of what is published: reports, handbooks, compilations, numbered lists (G24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from reporting.selectors.releases import newest_releases

NEWEST = 30


class PublicationFeed(Feed):  # type: ignore[type-arg]
    """The newest editions of every kind, by the moment they appeared."""

    feed_type = Atom1Feed
    title = "数据发布"
    subtitle = "年度发展报告、能力手册、案例汇编和编号清单，最新发布在前"

    def link(self) -> str:
        return reverse("reporting:publications")

    def items(self) -> list[Any]:
        return newest_releases(NEWEST)

    def item_title(self, item: Any) -> str:
        return f"{item}（演示数据）" if item.is_demo else str(item)

    def item_description(self, item: Any) -> str:
        return str(item.note)

    def item_pubdate(self, item: Any) -> datetime | None:
        return item.published_at  # type: ignore[no-any-return]

    def item_updateddate(self, item: Any) -> datetime:
        return item.updated_at  # type: ignore[no-any-return]
