"""Reading public content for pages, and the look after it that government sites are checked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from core.files import files_of
from core.templatetags.portal_format import day
from policies.lent import LentPiece, lent_pieces, pieces_on_offer
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


def document_facts(document: PolicyDocument, validity: str) -> tuple[list[tuple[str, str]], str]:
    """The official fields of a document that are stated, in order, and the names of the others."""
    region = document.region.name if document.region else ""
    rows = (
        ("文号", document.doc_number), ("索引号", document.index_number),
        ("发文机关", document.issuer), ("适用地区", document.region_text or region),
        ("成文日期", day(document.signed_date)),
        ("发布日期", day(document.issued_date) or document.source_date),
        ("实施日期", day(document.effective_date)), ("失效日期", day(document.expiry_date)),
        ("有效性", validity), ("公开方式", document.publicity), ("主题分类", document.topic),
        ("体裁", document.genre), ("服务对象", document.audience), ("主题词", document.keywords),
    )  # fmt: skip
    return (
        [(label, str(value)) for label, value in rows if value],
        "、".join(label for label, value in rows if not value),
    )


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


def topic_pieces(topic: Topic, *, published: bool) -> list[Content | LentPiece]:
    """The pieces of a topic in their order; with `published` those everybody may read."""
    return pieces_by_topic([topic], published=published)[topic.pk]


def pieces_by_topic(
    topics: Iterable[Topic], *, published: bool
) -> dict[int, list[Content | LentPiece]]:
    """The pieces of each topic by its id. One query, and one for each kind that another app lends
    to any of them."""
    found: dict[int, list[Content | LentPiece]] = {topic.pk: [] for topic in topics}
    rows = TopicItem.objects.filter(topic__in=found).order_by("position", "pk")
    items = list(rows.select_related("document", "interpretation", "news"))
    lent = lent_pieces((row.kind, row.slug) for row in items if row.kind)
    for row in items:
        piece = row.piece or lent.get((row.kind, row.slug))
        if piece is not None and (piece.is_published or not published):
            found[row.topic_id].append(piece)
    return found


def pieces_to_gather() -> list[Content | LentPiece]:
    """What a topic may take: every published piece, newest first within its kind, without text."""
    kinds: tuple[type[Content], ...] = (News, PolicyDocument, Interpretation)
    rows = (model._default_manager.published().newest_first() for model in kinds)
    own = [row for found in rows for row in found.defer("body_source", "body")]
    return [*own, *pieces_on_offer()]


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
