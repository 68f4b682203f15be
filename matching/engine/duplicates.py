"""How much alike two texts are: the same need or capability written down again."""

from .documents import Doc, body_text, title_text
from .text import tokens

LIKE = 0.6


def _words(doc: Doc) -> frozenset[str]:
    return frozenset(tokens(f"{title_text(doc)}\n{body_text(doc)}"))


def likeness(one: Doc, other: Doc) -> float:
    """Shared tokens of title and description over all of both (Jaccard); 0 where both are empty."""
    mine, theirs = _words(one), _words(other)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0
