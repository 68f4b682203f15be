"""Near-duplicates: the same need or capability written down again, pointed out while it is
typed."""

from dataclasses import dataclass

from .documents import Doc, body_text, title_text
from .index import Index
from .scoring import best_rows
from .text import tokens

LIKE = 0.6
_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A document much like the one typed; ``likeness`` is 1 for the same words."""

    document_id: str
    likeness: float


def _words(doc: Doc) -> frozenset[str]:
    return frozenset(tokens(f"{title_text(doc)}\n{body_text(doc)}"))


def likeness(one: Doc, other: Doc) -> float:
    """Shared tokens of title and description over all of both (Jaccard); 0 where both are empty."""
    mine, theirs = _words(one), _words(other)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


def near_duplicates(
    index: Index, doc: Doc, *, at_least: float = LIKE, k: int = 5
) -> list[Duplicate]:
    """The documents of ``index`` most like ``doc``, likest first; ``doc`` itself (its id) is left
    out.

    Looked for among the lexically nearest, which a near-duplicate always is.
    """
    scores = index.scored(doc).columns["lexical"].all()
    ids = index.ids()
    nearest = best_rows(scores, index.live.__getitem__, _CANDIDATES, ids.__getitem__)
    found = [
        Duplicate(ids[row], round(likeness(doc, index.document(ids[row])), 4))
        for row in nearest
        if ids[row] != doc.id
    ]
    like = [one for one in found if one.likeness >= at_least]
    return sorted(like, key=lambda one: (-one.likeness, one.document_id))[:k]
