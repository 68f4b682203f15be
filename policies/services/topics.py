"""The pieces of a topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import DomainError
from policies.lent import LentPiece
from policies.models import Content, Interpretation, News, PolicyDocument, Topic, TopicItem
from policies.selectors import topic_pieces

PLACES: dict[type[Content], str] = {
    PolicyDocument: "document",
    Interpretation: "interpretation",
    News: "news",
}


def arrange_pieces(topic: Topic, pieces: Sequence[Content | LentPiece]) -> bool:
    """Put the pieces into the topic in this order; say whether that changed anything.

    Called inside the transaction of the edit, which has locked the topic and asked who may.
    Errors: `unpublished` (nothing new is taken that is not public), `twice`.
    """
    before = topic_pieces(topic, published=False)
    if list(pieces) == before:
        return False
    for piece in pieces:
        if not piece.is_published and piece not in before:
            raise DomainError("unpublished", f"“{piece}”还没有发布，不能放进专题。", "pieces")
    if len(set(pieces)) < len(pieces):
        raise DomainError("twice", "同一篇内容只能放一次。", "pieces")
    topic.items.all().delete()
    TopicItem.objects.bulk_create(
        TopicItem(topic=topic, position=position, **_place(piece))
        for position, piece in enumerate(pieces, start=1)
    )
    return True


def _place(piece: Content | LentPiece) -> dict[str, Any]:
    """The columns that name a piece."""
    if isinstance(piece, LentPiece):
        return {"kind": piece.kind, "slug": piece.slug}
    return {PLACES[type(piece)]: piece}
