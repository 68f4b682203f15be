"""What search engines are told of: every public page of a record, demo data left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from cases.access import CaseAccess
from core.access import Access
from demands.access import DemandAccess
from platforms.access import CapabilityAccess, PlatformAccess, RegisterAccess, SolutionAccess
from policies.access import DocumentAccess, InterpretationAccess, NewsAccess, TopicAccess
from portal.context_processors import FOOTER, NAVIGATION
from reporting.access import PublicationAccess, PublishedListAccess


class PlaceSitemap(Sitemap):  # type: ignore[type-arg]
    """The home page, the lists and what the footer leads to, but for the pages of programs."""

    def items(self) -> list[str]:
        linked = [name for _, name, *_ in (*NAVIGATION, *FOOTER) if name != "docs"]
        return ["portal:home", *linked]

    def location(self, item: str) -> str:
        return reverse(item)


class RecordSitemap(Sitemap):  # type: ignore[type-arg]
    """The records of one kind that a visitor sees.

    `demo`: the field that marks demo data; `names`: the fields that an address is made of.
    """

    limit = 5000  # addresses in one file

    def __init__(self, access: type[Access], demo: str = "", names: tuple[str, ...] = ("slug",)):
        self.access, self.demo, self.names = access, demo, names

    def items(self) -> QuerySet[Any]:
        rows = self.access(AnonymousUser()).visible()
        rows = rows.exclude(**{self.demo: True}) if self.demo else rows
        return rows.only(*self.names, "updated_at").order_by("pk")

    def lastmod(self, item: Any) -> datetime:
        return item.updated_at  # type: ignore[no-any-return]

    def get_latest_lastmod(self) -> datetime | None:
        """The newest change, asked of the database instead of reading every row."""
        newest: datetime | None = self.items().aggregate(at=Max("updated_at"))["at"]
        return newest


SITEMAPS: dict[str, Any] = {
    "pages": PlaceSitemap,
    "platforms": RecordSitemap(PlatformAccess, "is_demo"),
    "capabilities": RecordSitemap(CapabilityAccess, "platform__is_demo"),
    "solutions": RecordSitemap(SolutionAccess, "platform__is_demo"),
    "open": RecordSitemap(RegisterAccess, "is_demo", ()),
    "demands": RecordSitemap(DemandAccess, "is_demo"),
    "cases": RecordSitemap(CaseAccess, "project__is_demo"),
    "policies": RecordSitemap(DocumentAccess),
    "interpretations": RecordSitemap(InterpretationAccess),
    "news": RecordSitemap(NewsAccess),
    "topics": RecordSitemap(TopicAccess),
    "reports": RecordSitemap(PublicationAccess, "is_demo", ()),
    "lists": RecordSitemap(PublishedListAccess, "is_demo", ("kind", "number", "status")),
}
