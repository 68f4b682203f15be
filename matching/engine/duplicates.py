"""How much alike two texts are: the same need or capability written down again."""

from collections.abc import Set

from .text import tokens

LIKE = 0.6


def distinct_tokens(title: str, body: str = "") -> frozenset[str]:
    """The tokens of a title and a description, which `likeness` compares."""
    return frozenset(tokens(f"{title}\n{body}"))


def likeness(mine: Set[str], theirs: Set[str]) -> float:
    """Shared tokens over all of both (Jaccard); 0 where both are empty."""
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0
