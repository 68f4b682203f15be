"""Why a pair was matched, from the same numbers that ranked it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np

from .constraints import Check
from .documents import Doc
from .encoder import Encoder
from .fusion import shares
from .index import Index
from .text import Span, normalise, phrases, tokens
from .words import word_runs

_MAX_TERMS = 12
_MAX_PHRASES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one text of a document: ``field`` is title, description or another attribute's
    name."""

    field: str
    span: Span


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """Words both texts share, where they stand in each, and the share of the lexical score they
    bring."""

    text: str
    share: float
    query_places: tuple[Place, ...]
    document_places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class NearPhrases:
    """Two phrases, one of each text, that mean nearly the same; ``cosine`` orders, it is no
    probability."""

    query_place: Place
    document_place: Place
    query_text: str
    document_text: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a page shows of one pair."""

    terms: tuple[MatchedTerm, ...]
    phrases: tuple[NearPhrases, ...]
    shares: Mapping[str, float]
    checks: tuple[Check, ...]


def _texts(doc: Doc) -> dict[str, str]:
    """The texts of ``doc`` that retrieval reads, by attribute."""
    found = {"title": doc.title, "description": doc.description, "industry": doc.industry}
    for name in ("platform", "parameters", "scale_text"):
        found[name] = getattr(doc, name, "")
    return {name: text for name, text in found.items() if text} | {
        f"{name}.{at}": text
        for name in ("equipment", "materials", "standards")
        for at, text in enumerate(getattr(doc, name, ()))
    }


def _tokens(texts: Mapping[str, str]) -> set[str]:
    return {token for text in texts.values() for token in tokens(text)}


def _runs(
    texts: Mapping[str, str], wanted: Set[str], shared: Set[str]
) -> dict[str, tuple[Place, ...]]:
    """Whole words that both documents hold, in their normal form, with their places here."""
    found: dict[str, list[Place]] = {}
    for field, text in texts.items():
        for span in word_runs(text, wanted, shared):
            words = normalise(text[span.start : span.end])
            found.setdefault(words, []).append(Place(field, span))
    return {words: tuple(places) for words, places in found.items()}


def matched_terms(
    query: Doc, document: Doc, contributions: Mapping[str, float]
) -> tuple[MatchedTerm, ...]:
    """Whole words both texts hold, heaviest first; never the pairs across words that retrieval
    also counts, nor mere units of measure.

    ``contributions`` is what each shared token brings to the lexical score.
    """
    mine, theirs = _texts(query), _texts(document)
    shared = _tokens(mine) & _tokens(theirs)
    ours = _runs(mine, contributions.keys(), shared)
    offered = _runs(theirs, contributions.keys(), shared)
    whole = sum(contributions.values()) or 1.0
    found: list[MatchedTerm] = []
    used: set[str] = set()
    for words, places in ours.items():
        fresh = (set(tokens(words)) & contributions.keys()) - used
        used |= fresh
        if fresh:
            there = [
                place
                for other, at in offered.items()
                if other in words or words in other
                for place in at
            ]
            share = sum(contributions[token] for token in fresh) / whole
            found.append(MatchedTerm(words, share, places, tuple(there)))
    found.sort(key=lambda term: (-term.share, term.text))
    return tuple(found[:_MAX_TERMS])


def near_phrases(query: Doc, document: Doc, encoder: Encoder) -> tuple[NearPhrases, ...]:
    """The closest phrases of the two documents by the encoder: the words behind a semantic hit."""
    mine = [
        (f, span, text)
        for f in ("title", "description")
        for text, span in phrases(getattr(query, f))
    ]
    theirs = [
        (f, span, text)
        for f in ("title", "description")
        for text, span in phrases(getattr(document, f))
    ]
    if not mine or not theirs:
        return ()
    left = encoder.encode([text for _, _, text in mine], "query")
    right = encoder.encode([text for _, _, text in theirs], "passage")
    cosines = left @ right.T
    found: list[NearPhrases] = []
    rows, columns = set(), set()
    for at in np.argsort(-cosines, axis=None, kind="stable"):
        row, column = divmod(int(at), len(theirs))
        if row in rows or column in columns:
            continue
        rows.add(row)
        columns.add(column)
        (field, span, text), (other, other_span, other_text) = mine[row], theirs[column]
        cosine = round(float(cosines[row, column]), 4)
        found.append(
            NearPhrases(Place(field, span), Place(other, other_span), text, other_text, cosine)
        )
        if len(found) == _MAX_PHRASES:
            break
    return tuple(found)


def explain(
    index: Index,
    query: Doc,
    document_id: str,
    *,
    vector: np.ndarray | None = None,
    encoder: Encoder | None = None,
) -> Explanation:
    """Why ``document_id`` stands where it does for ``query``.

    Pass the query's ``vector`` if it was ranked with one; ``encoder`` adds the nearest phrases
    (some 100 ms: in a worker). Raises KeyError if the index holds no such document.
    """
    document = index.document(document_id)
    features = index.features(query, document_id, vector)
    weights = index.weights.features(has_vector="semantic" in features)
    return Explanation(
        matched_terms(query, document, index.contributions(query, document_id)),
        near_phrases(query, document, encoder) if encoder else (),
        shares(weights, features),
        index.checks(query, document_id),
    )
