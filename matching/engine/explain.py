"""Why a pair was matched, from the same numbers that ranked it."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np

from .constraints import Check
from .documents import Doc
from .encoder import Encoder
from .fusion import shares
from .index import Index
from .quantities import is_measure
from .text import Span, phrases, token_spans

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


def _places(doc: Doc, wanted: Container[str]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for field, text in _texts(doc).items():
        for token, span in token_spans(text):
            if token in wanted:
                found.setdefault(token, []).append(Place(field, span))
    return found


def _merged(places: list[Place]) -> tuple[Place, ...]:
    """Places with those that touch or overlap made one: bigrams become the words they are part
    of."""
    result: list[Place] = []
    for place in sorted(places, key=lambda p: (p.field, p.span.start, p.span.end)):
        last = result[-1] if result else None
        if last and last.field == place.field and place.span.start <= last.span.end:
            result[-1] = Place(
                last.field, Span(last.span.start, max(last.span.end, place.span.end))
            )
        else:
            result.append(place)
    return tuple(result)


def matched_terms(
    query: Doc, document: Doc, contributions: Mapping[str, float]
) -> tuple[MatchedTerm, ...]:
    """Runs of the query's text made of tokens the document has too, heaviest first; mere units of
    measure are left out, since sharing 公斤 says nothing.

    ``contributions`` is what each shared token brings to the lexical score.
    """
    mine, theirs = _places(query, contributions), _places(document, contributions)
    texts = _texts(query)
    whole = sum(contributions.values()) or 1.0
    runs: dict[str, list[Place]] = {}
    for run in _merged([place for places in mine.values() for place in places]):
        runs.setdefault(texts[run.field][run.span.start : run.span.end].lower(), []).append(run)
    found: list[MatchedTerm] = []
    used: set[str] = set()
    for words, places in runs.items():
        inside = {token for token, _ in token_spans(words)} & set(theirs)
        fresh = inside - used
        if not inside or not fresh or is_measure(words):
            continue
        used |= fresh
        document_places = _merged([place for token in inside for place in theirs[token]])
        share = sum(contributions[token] for token in fresh) / whole
        found.append(MatchedTerm(words, share, tuple(places), document_places))
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
