"""Which words two texts share, marked in both: from the terms the ranking asked for."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from matching.engine.text import Span, tokens
from matching.engine.words import word_runs

# terms far lighter than the heaviest are everyday words: marking them would hide the others
MIN_SHARE_OF_HEAVIEST = 0.15
MAX_WORDS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    is_marked: bool


class Text:
    """A text with the places of its tokens, read once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> frozenset[str]:
        return frozenset(tokens(self.text))

    def runs(self, wanted: Set[str], shared: Set[str]) -> list[Span]:
        """Whole words of `shared` tokens around the `wanted` ones."""
        return word_runs(self.text, wanted, shared)

    def pieces(self, wanted: Set[str], shared: Set[str]) -> list[Piece]:
        """The text cut at the marks; joined together it is the text again."""
        result, at = [], 0
        for run in self.runs(wanted, shared):
            result.append(Piece(self.text[at : run.start], False))
            result.append(Piece(self.text[run.start : run.end], True))
            at = run.end
        result.append(Piece(self.text[at:], False))
        return [piece for piece in result if piece.text]


def strong_terms(terms: Mapping[str, int]) -> dict[str, int]:
    """The terms worth marking; a single character says nothing."""
    least = MIN_SHARE_OF_HEAVIEST * max(terms.values(), default=0)
    return {t: w for t, w in terms.items() if w >= least and len(t) > 1}


def shared_words(text: Text, wanted: Mapping[str, int], shared: Set[str]) -> list[str]:
    """The marked words of `text`, the weightiest first, without doubles."""
    weights: dict[str, int] = {}
    for run in text.runs(wanted.keys(), shared):
        word = text.text[run.start : run.end]
        weights[word] = sum(wanted.get(token, 0) for token in set(tokens(word)))
    return sorted(weights, key=lambda word: (-weights[word], word))[:MAX_WORDS]
