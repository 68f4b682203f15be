"""``python -m benchmarks.matching_speed --platforms data/platforms.jsonl --demands
data/demands.jsonl``."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the two workers are the two threads

import argparse
import importlib.util
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.matching_speed.corpus import capabilities, demands, vectors
from benchmarks.matching_speed.peers import PEERS, THREADS, K
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.explain import explain
from matching.engine.index import Index
from matching.engine.lexical import field_tokens
from matching.engine.lexicon import implied_tokens


def _apart(run: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """Run in a process of its own, so that memory and caches of one part do not touch another."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result = run(*arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sender.send(result | {"memory": max(peak - before, 0) / 1024})

    process = context.Process(target=work)
    process.start()
    while not receiver.poll(1.0):
        if not process.is_alive() and not receiver.poll():
            raise SystemExit(f"{run.__name__} ended without a result")
    result = receiver.recv()
    process.join()
    return result


def _build(found: list[CapabilityDoc], rows: np.ndarray, directory: Path) -> dict[str, float]:
    known = {doc.id: row for doc, row in zip(found, rows, strict=True)}
    started = time.perf_counter()
    index = Index.build(found, known)
    build = time.perf_counter() - started
    index.save(directory)
    return {"build": build}


def _batch(
    directory: Path, asked: list[DemandDoc], rows: np.ndarray, workers: int, *, encoder: bool
) -> dict[str, float]:
    """Seconds per demand of ``workers`` processes over one shared index, opening left out."""
    known = {doc.id: row for doc, row in zip(asked, rows, strict=True)} if encoder else {}
    index = Index.open(directory)
    index.rank(asked[0], K, known.get(asked[0].id))  # what an index makes once is made here
    context = multiprocessing.get_context("fork")

    def work(part: list[DemandDoc]) -> None:
        for _ in index.rank_many(part, K, known):
            pass

    parts = [asked[number::workers] for number in range(workers)]
    started, used = time.perf_counter(), _processor_seconds()
    processes = [context.Process(target=work, args=(part,)) for part in parts]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - started
    return {
        "query": seconds / len(asked),
        "processor": (_processor_seconds() - used) / len(asked),
    }


def _processor_seconds() -> float:
    """Processor time of this process and of its finished children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _single(
    directory: Path, asked: list[DemandDoc], rows: np.ndarray, *, encoder: bool
) -> dict[str, float]:
    """One new demand: ranking, constraint tables, explanation of the best, near misses."""
    index = Index.open(directory)
    index.rank(asked[0], K)
    seconds = []
    for demand, row in list(zip(asked, rows, strict=True))[1:21]:
        vector = row if encoder else None
        started = time.perf_counter()
        ranked = index.rank(demand, K, vector)
        for best in ranked[:5]:
            explain(index, demand, best.document_id, vector=vector)
        index.near_misses(demand, 5, vector)
        index.relaxations(demand, vector)
        seconds.append(time.perf_counter() - started)
    return {"median": float(np.median(seconds)), "worst": max(seconds)}


def _tokens(docs: list[CapabilityDoc]) -> list[list[str]]:
    return [[t for found in field_tokens(doc).values() for t in found] for doc in docs]


def _asked(docs: list[DemandDoc]) -> list[list[str]]:
    """The distinct tokens of title and description."""
    found = [field_tokens(doc) for doc in docs]
    return [sorted({*one["title"], *one["body"]}) for one in found]


def _reduced(directory: Path, docs: list[DemandDoc]) -> list[list[str]]:
    """Only the tokens the engine itself looks up."""
    index = Index.open(directory)
    return [sorted({*index.term_weights(doc), *implied_tokens(doc)}) for doc in docs]


def _report(size: int, name: str, figures: dict[str, float]) -> None:
    cells = "  ".join(
        f"{key} {value:.0f} MiB" if key == "memory" else f"{key} {value * 1000:.2f} ms"
        for key, value in figures.items()
    )
    print(f"{size:>7}  {name:36s} {cells}", flush=True)


def _measure(options: argparse.Namespace, size: int, directory: Path) -> dict[str, Any]:
    found = capabilities(options.platforms, size)
    asked = demands(options.demands, options.queries)
    offered, wanted = vectors(size, 1), vectors(options.queries, 2)
    results: dict[str, Any] = {}

    def keep(name: str, figures: dict[str, float]) -> None:
        results[name] = figures
        _report(size, name, figures)

    keep("engine: build", _apart(_build, found, offered, directory))
    for encoder, label in ((False, "without encoder"), (True, "fused")):
        for workers in (1, THREADS):
            run = _apart(
                lambda w=workers, e=encoder: _batch(directory, asked, wanted, w, encoder=e)
            )
            keep(f"engine: {label}, {workers} worker(s)", run)
        keep(
            f"engine: one demand explained, {label}",
            _apart(lambda e=encoder: _single(directory, asked, wanted, encoder=e)),
        )
    queries = {"all tokens": _asked(asked), "engine's terms": _reduced(directory, asked)}
    for name, peer in PEERS.items():
        if importlib.util.find_spec(name) and name in options.peers:
            for label, terms in queries.items():
                keep(f"{name}: {label}", _apart(peer, _tokens(found), terms))
    return results


def main() -> None:
    """Measure every size in turn; with ``--output`` keep the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_speed")
    parser.add_argument("--platforms", type=Path, required=True)
    parser.add_argument("--demands", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000, 300_000])
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--peers", nargs="*", default=sorted(PEERS))
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    results = {}
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as directory:
            results[size] = _measure(options, size, Path(directory) / "index")
    if options.output:
        options.output.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
