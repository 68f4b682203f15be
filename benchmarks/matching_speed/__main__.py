"""``python -m benchmarks.matching_speed``: see README.md beside this file."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one thread a process, for every method

import argparse
import importlib.util
import json
import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.matching_speed.corpus import capabilities, demands, vectors
from benchmarks.matching_speed.ours import Batch, Build, Page, Slow
from benchmarks.matching_speed.peers import Bm25s, Postgres, Tantivy
from benchmarks.matching_speed.process import Method, at_once, in_turn, spread
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.index import Index
from matching.engine.lexical import field_tokens
from matching.engine.lexicon import implied_tokens

OURS = "engine: fused"
Results = dict[str, dict[str, list[float]]]


def _tokens(doc: CapabilityDoc | DemandDoc) -> list[str]:
    """The distinct tokens of title and body of a demand, all tokens of a capability."""
    fields = field_tokens(doc)
    if isinstance(doc, DemandDoc):
        return sorted({*fields["title"], *fields["body"]})
    return [token for found in fields.values() for token in found]


def _peers(
    options: argparse.Namespace, docs: list[CapabilityDoc], asked: list[DemandDoc], index: Index
) -> dict[str, Method]:
    documents = [_tokens(doc) for doc in docs]
    every = [_tokens(doc) for doc in asked]
    reduced = [sorted({*index.term_weights(doc), *implied_tokens(doc)}) for doc in asked]
    found: dict[str, Method] = {}
    if "tantivy" in options.peers and importlib.util.find_spec("tantivy"):
        found["tantivy: all tokens"] = Tantivy(documents, every)
        found["tantivy: engine's terms"] = Tantivy(documents, reduced)
    if "bm25s" in options.peers and importlib.util.find_spec("bm25s"):
        found["bm25s: all tokens"] = Bm25s(documents, every)
    if "postgresql" in options.peers and options.postgres:
        few = every[: options.postgres_queries]
        found["postgresql: all tokens"] = Postgres(options.postgres, documents, few)
    return found


def _print(size: int, results: Results) -> None:
    print(
        f"\n{size} capabilities; load {os.getloadavg()[0]:.1f}; median [least greatest] of rounds"
    )
    print(f"{'':36}{'processor ms':>24}{'times the engine':>22}{'elapsed ms':>26}{'MiB':>7}")
    ours = results[OURS]["processor"]
    for name, found in results.items():
        processor = [1000 * value for value in found["processor"]]
        times = [one / other for one, other in zip(found["processor"], ours, strict=True)]
        elapsed = [1000 * value for value in found["elapsed"]]
        print(
            f"{name:36}{spread(processor):>24}{spread(times):>22}{spread(elapsed):>26}"
            f"{max(found['memory']):>7.0f}",
            flush=True,
        )


def _measure(options: argparse.Namespace, size: int, directory: Path) -> Results:
    docs, asked = capabilities(options.platforms, size), demands(options.demands, options.queries)
    offered, wanted = vectors(size, 1), vectors(options.queries, 2)
    known = {doc.id: row for doc, row in zip(asked, wanted, strict=True)}
    built = in_turn({"build": Build(docs, offered, directory)}, 1)["build"]
    print(f"\nindex of {size}: {built['build'][0]:.1f} s of processor time, ", end="")
    print(f"{built['memory'][0]:.0f} MiB while building", flush=True)
    methods: dict[str, Method] = {
        OURS: Batch(directory, asked, known),
        "engine: without encoder": Batch(directory, asked, {}),
        "engine: fused, one by one": Slow(directory, asked[:50], known),
        "engine: a page, without encoder": Page(directory, asked[:20], {}),
        "engine: a page, fused": Page(directory, asked[:20], known),
    }
    results = in_turn(methods | _peers(options, docs, asked, Index.open(directory)), options.rounds)
    _print(size, results)
    return results | {"engine: build": built}


def _rematch(options: argparse.Namespace, size: int, directory: Path) -> dict[str, Any]:
    """``--rematch`` demands against the index by one worker and by two, and the whole of it."""
    count = options.rematch
    asked = demands(options.demands, count, seed=3)
    known = {doc.id: row for doc, row in zip(asked, vectors(count, 3), strict=True)}

    def part(number: int, workers: int) -> Method:
        return Batch(directory, asked[number::workers], known)

    figures: dict[str, Any] = {}
    for workers in (1, 2):
        found, seconds = at_once(part, workers)
        used = statistics.mean(one["processor"] for one in found) * count
        held = sum(one["memory"] for one in found)
        figures[f"{workers} workers"] = {"elapsed": seconds, "processor": used, "memory": held}
        print(
            f"{count} demands × {size}, {workers} worker(s): {used:.0f} s of processor time, "
            f"{seconds:.0f} s elapsed, {held:.0f} MiB; load {os.getloadavg()[0]:.1f}; "
            f"{size} demands by this rate: {used * size / count:.0f} s of processor time",
            flush=True,
        )
    return figures


def main() -> None:
    """Measure every size in turn; with ``--output`` keep the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_speed")
    add = partial(parser.add_argument)
    add("--platforms", type=Path, default=Path("data/platforms.jsonl"))
    add("--demands", type=Path, default=Path("data/demands.jsonl"))
    add("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000, 300_000])
    add("--queries", type=int, default=200)
    add("--rounds", type=int, default=5)
    add("--peers", nargs="*", default=["tantivy", "bm25s", "postgresql"])
    add("--postgres", default=os.environ.get("DATABASE_URL", ""), help="postgres://…")
    add("--postgres-queries", type=int, default=5)
    add("--rematch", type=int, default=0, help="so many demands against the largest size")
    add("--output", type=Path)
    options = parser.parse_args()
    results: dict[str, Any] = {}
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as directory:
            place = Path(directory) / "index"
            results[str(size)] = _measure(options, size, place)
            if options.rematch and size == max(options.sizes):
                results["rematch"] = _rematch(options, size, place)
    if options.output:
        options.output.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
