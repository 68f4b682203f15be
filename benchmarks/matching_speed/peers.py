"""Peers that give one ranked list of the same tokens: tantivy and bm25s, where they are
installed."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

K = 20
THREADS = 2


def _timed(run: Callable[[], Any], times: int = 1) -> dict[str, float]:
    """Wall and processor seconds of ``run``, each divided by ``times``."""
    started, used = time.perf_counter(), time.process_time()
    run()
    return {
        "query": (time.perf_counter() - started) / times,
        "processor": (time.process_time() - used) / times,
    }


def tantivy_search(
    documents: Sequence[Sequence[str]], queries: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Seconds to build, and per query: a boolean OR of the query's tokens, two threads."""
    import tantivy  # optional: a peer, not a dependency

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema)
    started = time.perf_counter()
    writer = index.writer(heap_size=200_000_000, num_threads=THREADS)
    for tokens in documents:
        writer.add_document(tantivy.Document(text=[" ".join(tokens)]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    build = time.perf_counter() - started
    searcher = index.searcher()

    def search(tokens: Sequence[str]) -> None:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", token, "freq"))
            for token in tokens
        ]
        searcher.search(tantivy.Query.boolean_query(terms), K, count=False)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(search, queries[:10]))
        return {"build": build} | _timed(lambda: list(pool.map(search, queries)), len(queries))


def bm25s_search(
    documents: Sequence[Sequence[str]], queries: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Seconds to build, and per query: sparse arrays in numpy, two threads."""
    import bm25s  # optional: a peer, not a dependency

    retriever = bm25s.BM25()
    build = _timed(lambda: retriever.index([list(d) for d in documents], show_progress=False))
    asked = [list(tokens) for tokens in queries]
    seconds = _timed(lambda: retriever.retrieve(asked, k=K, n_threads=THREADS, show_progress=False))
    return {"build": build, "query": seconds / len(queries)}


PEERS = {"tantivy": tantivy_search, "bm25s": bm25s_search}
