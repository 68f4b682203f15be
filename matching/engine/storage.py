"""A segment as files: arrays that every worker of one machine maps into memory and shares.

A directory holds ``documents.jsonl``, ``vocabulary.txt`` and one ``.npy`` file for each array. Only
arrays, text and JSON are read back, so a damaged directory can give an error but run nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from .documents import CapabilityDoc, DemandDoc, Doc
from .lexical import Postings
from .quantities import Interval, Quantity
from .segment import Segment

_KINDS: dict[str, type[CapabilityDoc] | type[DemandDoc]] = {
    "capability": CapabilityDoc,
    "demand": DemandDoc,
}
_DATES = ("available_from", "needed_by")
_SETS = ("certificates", "hazard_classes", "required_certificates")


def pack(doc: Doc) -> dict[str, Any]:
    """A document as plain JSON values; what equals its default is left out."""
    kind = "capability" if isinstance(doc, CapabilityDoc) else "demand"
    packed: dict[str, Any] = {"kind": kind}
    for field in fields(doc):
        value = getattr(doc, field.name)
        if value == field.default:
            continue
        if field.name == "scale":
            value = [[q.dimension, q.interval.low, q.interval.high, q.unit, q.text] for q in value]
        elif field.name in _DATES:
            value = value.isoformat()
        elif field.name in _SETS:
            value = sorted(value)
        packed[field.name] = value
    return packed


def unpack(packed: Mapping[str, Any]) -> Doc:
    """The document that `pack` packed."""
    given: dict[str, Any] = {}
    for name, value in packed.items():
        if name == "kind":
            continue
        if name == "scale":
            value = tuple(
                Quantity(dimension, Interval(low, high), unit, text)
                for dimension, low, high, unit, text in value
            )
        elif name in _DATES:
            value = date.fromisoformat(value)
        elif name in _SETS:
            value = frozenset(value)
        elif isinstance(value, list):
            value = tuple(value)
        given[name] = value
    return _KINDS[packed["kind"]](**given)


def save_segment(segment: Segment, directory: Path) -> None:
    """Write ``segment`` into an empty or new directory."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "documents.jsonl").open("w", encoding="utf-8") as lines:
        for doc in segment.docs:
            lines.write(json.dumps(pack(doc), ensure_ascii=False) + "\n")
    terms = "\n".join(segment.postings.vocabulary)
    (directory / "vocabulary.txt").write_text(terms, encoding="utf-8")
    arrays = {name: getattr(segment.postings, name) for name in ("values", "rows", "starts")}
    arrays["has_vector"] = segment.has_vector
    if segment.vectors is not None:
        arrays["vectors"] = segment.vectors
    for name, array in arrays.items():
        np.save(directory / f"{name}.npy", array)


def open_segment(directory: Path) -> Segment:
    """The segment saved in ``directory``; its arrays stay on disk and are shared by all readers."""

    def array(name: str) -> np.ndarray:
        # as a plain array over the mapping: slices of numpy's own kind of it are slow to make
        return np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r"))

    with (directory / "documents.jsonl").open(encoding="utf-8") as lines:
        docs = tuple(unpack(json.loads(line)) for line in lines)
    text = (directory / "vocabulary.txt").read_text(encoding="utf-8")
    vocabulary = {term: number for number, term in enumerate(text.split("\n"))} if text else {}
    postings = Postings.of(vocabulary, array("values"), array("rows"), array("starts"), len(docs))
    vectors = array("vectors") if (directory / "vectors.npy").exists() else None
    return Segment.of(docs, postings, vectors, np.array(array("has_vector")))
