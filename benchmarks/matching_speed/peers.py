"""Peers that give one ranked list of the same tokens: tantivy and bm25s, where they are installed,
and PostgreSQL's full text, where there is a server."""

from collections.abc import Sequence
from typing import Any

K = 20
Tokens = Sequence[Sequence[str]]


class Tantivy:
    """A boolean OR of the query's tokens in an index of one segment, one thread."""

    def __init__(self, documents: Tokens, asked: Tokens) -> None:
        self.documents, self.asked, self.queries = documents, asked, len(asked)

    def prepare(self) -> None:
        import tantivy  # optional: a peer, not a dependency

        builder = tantivy.SchemaBuilder()
        builder.add_text_field(
            "text", stored=False, tokenizer_name="whitespace", index_option="freq"
        )
        self.schema = builder.build()
        index = tantivy.Index(self.schema)
        writer = index.writer(heap_size=400_000_000, num_threads=1)
        for tokens in self.documents:
            writer.add_document(tantivy.Document(text=[" ".join(tokens)]))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher, self.tantivy = index.searcher(), tantivy

    def answer(self) -> None:
        should, term = self.tantivy.Occur.Should, self.tantivy.Query.term_query
        for tokens in self.asked:
            terms = [(should, term(self.schema, "text", token, "freq")) for token in tokens]
            self.searcher.search(self.tantivy.Query.boolean_query(terms), K, count=False)

    def servers(self) -> Sequence[int]:
        return ()


class Bm25s:
    """Sparse arrays of scores made beforehand, in numpy, one thread."""

    def __init__(self, documents: Tokens, asked: Tokens) -> None:
        self.documents, self.asked, self.queries = documents, asked, len(asked)

    def prepare(self) -> None:
        import bm25s  # optional: a peer, not a dependency

        self.retriever: Any = bm25s.BM25()
        self.retriever.index([list(tokens) for tokens in self.documents], show_progress=False)

    def answer(self) -> None:
        asked = [list(tokens) for tokens in self.asked]
        self.retriever.retrieve(asked, k=K, n_threads=1, show_progress=False)

    def servers(self) -> Sequence[int]:
        return ()


class Postgres:
    """The tokens as a tsvector under a GIN index, ranked by ts_rank, in one connection.

    The table is temporary. The server's processor time is read where it runs on this machine.
    """

    def __init__(self, address: str, documents: Tokens, asked: Tokens) -> None:
        self.address, self.documents, self.asked = address, documents, asked
        self.queries = len(asked)

    def prepare(self) -> None:
        import psycopg  # only this peer needs it

        self.connection = psycopg.connect(self.address, autocommit=True)
        run = self.connection.execute
        run("SET max_parallel_workers_per_gather = 0")
        run("SET temp_buffers = '1GB'")
        run("SET maintenance_work_mem = '512MB'")
        run("CREATE TEMP TABLE corpus (number integer PRIMARY KEY, words tsvector NOT NULL)")
        with self.connection.cursor().copy("COPY corpus FROM STDIN") as rows:
            for number, tokens in enumerate(self.documents):
                rows.write_row((number, " ".join(map(_quoted, sorted(set(tokens))))))
        run("CREATE INDEX ON corpus USING gin (words) WITH (fastupdate = off)")
        run("VACUUM ANALYZE corpus")

    def answer(self) -> None:
        for tokens in self.asked:
            self.connection.execute(
                "SELECT number FROM corpus, CAST(%s AS tsquery) asked WHERE words @@ asked"
                " ORDER BY ts_rank(words, asked) DESC, number LIMIT %s",
                (" | ".join(map(_quoted, tokens)), K),
            ).fetchall()

    def servers(self) -> Sequence[int]:
        return (self.connection.info.backend_pid,)


def _quoted(token: str) -> str:
    """A token as a lexeme that no parser cuts up."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
