"""Reading public content for pages, and the look after it that government sites are checked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.files import files_of
from policies.enums import ContentStatus
from policies.models import Content, Interpretation, News, PolicyDocument, Topic, TopicItem
from policies.querysets import ContentQuerySet


@dataclass(frozen=True)
class Check:
    """One line of the self-inspection: what is looked at, what was found, whether it is well."""

    name: str
    found: str
    is_well: bool
    rule: str


def years(rows: ContentQuerySet) -> list[tuple[str, str]]:
    """The years the rows are of, newest first, as choices of a filter."""
    found = (
        rows.dated().exclude(year="").values_list("year", flat=True).order_by("-year").distinct()
    )
    return [(year, f"{year} 年") for year in found]


def superseding(document: PolicyDocument) -> QuerySet[PolicyDocument]:
    """Published documents that took the place of this one."""
    return document.superseded_by.published().order_by("-pk")


def attachments(content: Content) -> list[dict[str, object]]:
    """The files of a piece, as c-files takes them."""
    return [
        {
            "pk": file.pk,
            "name": file.name,
            "url": file.get_absolute_url(),
            "size": file.size_bytes,
            "at": file.created_at,
        }
        for file in files_of(content)
    ]


def topic_pieces(topic: Topic, *, published: bool) -> list[Content]:
    """The pieces of a topic in their order; with `published` those everybody may read."""
    rows = published_items() if published else _items()
    return [row.piece for row in rows.filter(topic=topic)]


def published_items() -> QuerySet[TopicItem]:
    """The places of published pieces in topics, with the pieces, in order."""
    is_open = Q(document__status=ContentStatus.PUBLISHED)
    is_open |= Q(interpretation__status=ContentStatus.PUBLISHED)
    return _items().filter(is_open | Q(news__status=ContentStatus.PUBLISHED))


def _items() -> QuerySet[TopicItem]:
    pieces = ("document", "interpretation", "news")
    return TopicItem.objects.select_related(*pieces).order_by("position", "pk")


def pieces_to_gather() -> list[Content]:
    """What a topic may take: every published piece, newest first within its kind, without text."""
    kinds: tuple[type[Content], ...] = (News, PolicyDocument, Interpretation)
    rows = (model._default_manager.published().newest_first() for model in kinds)
    return [row for found in rows for row in found.defer("body_source", "body")]


def self_inspection(*, today: date) -> list[Check]:
    """How the columns stand against 国办秘函〔2019〕19号: stale columns, policies without 解读.

    动态 must move within two weeks, 政策文件 within six months; days are counted to `today`.
    """
    documents = PolicyDocument.objects.published()
    lonely = documents.exclude(interpretations__status="published").count()
    unnumbered = documents.filter(doc_number="").count()
    return [
        _freshness("行业动态更新", News.objects.published(), today, 14),
        _freshness("政策文件更新", documents, today, 183),
        Check("没有解读的政策文件", f"{lonely} 件", lonely == 0, "政策文件与解读应相互关联"),
        Check("未注明文号的政策文件", f"{unnumbered} 件", unnumbered == 0, "政策文件应标注文号"),
        _emptiness("政策解读", Interpretation.objects.published()),
    ]


def _freshness(name: str, rows: ContentQuerySet, today: date, days: int) -> Check:
    rule = f"{days} 天内应有更新"
    last = rows.order_by("-published_at", "-pk").values_list("published_at", flat=True).first()
    if last is None:
        return Check(name, "还没有内容", False, rule)
    day = timezone.localdate(last)
    return Check(name, f"最近发布 {day.isoformat()}", today - day <= timedelta(days=days), rule)


def _emptiness(name: str, rows: ContentQuerySet) -> Check:
    count = rows.count()
    return Check(f"栏目“{name}”", f"{count} 篇", count > 0, "栏目不应为空")
