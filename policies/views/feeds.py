"""Atom feeds of policies, news and topics, for readers and for other sites."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from policies.access import ContentAccess, DocumentAccess, NewsAccess, TopicAccess
from policies.models import Content

NEWEST = 30


class ContentFeed(Feed):  # type: ignore[type-arg]
    """The newest published pieces of one kind, by the moment they appeared here."""

    feed_type = Atom1Feed
    access: type[ContentAccess]

    def items(self) -> list[Any]:
        public: Any = AnonymousUser()
        rows = self.access(public).visible().published()
        return list(rows.order_by("-published_at", "-pk")[:NEWEST])

    def item_title(self, item: Content) -> str:  # type: ignore[override]
        return item.title

    def item_description(self, item: Content) -> str:  # type: ignore[override]
        return item.summary

    def item_pubdate(self, item: Content) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Content) -> datetime:
        return item.updated_at


class DocumentFeed(ContentFeed):
    access = DocumentAccess
    title = "政策文件"
    subtitle = "中试相关政策文件，最新发布在前"

    def link(self) -> str:
        return reverse("policies:documents")


class NewsFeed(ContentFeed):
    access = NewsAccess
    title = "行业动态"
    subtitle = "中试行业动态，最新发布在前"

    def link(self) -> str:
        return reverse("policies:news_list")


class TopicFeed(ContentFeed):
    access = TopicAccess
    title = "专题"
    subtitle = "中试专题，最新发布在前"

    def link(self) -> str:
        return reverse("policies:topics")
