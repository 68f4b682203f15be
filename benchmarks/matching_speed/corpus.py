"""Many capabilities and demands recombined from the clauses of real ones, always the same."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.quantities import find_quantities

DIMENSIONS = 128
_CLAUSE = re.compile(r"[^。;；，,、:：()()]{4,}")
_REGIONS = ("440100", "440300", "442000", "441900", "320500", "510100", "371300", "330100")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _clauses(texts: list[str]) -> list[str]:
    return sorted({clause.strip() for text in texts for clause in _CLAUSE.findall(text)})


def _title(draw: random.Random, titles: list[str]) -> str:
    """The head of one title with the tail of another."""
    head, tail = draw.choice(titles), draw.choice(titles)
    return head[: max(2, len(head) // 2)] + tail[len(tail) // 2 :]


def capabilities(platforms: Path, size: int, seed: int = 1) -> list[CapabilityDoc]:
    """``size`` capabilities of about 100 characters."""
    draw = random.Random(seed)
    owners = list(_records(platforms))
    real = [capability for owner in owners for capability in owner["capabilities"]]
    titles = [capability["title"] for capability in real]
    clauses = _clauses(
        [c["description"] for c in real] + [owner.get("summary", "") for owner in owners]
    )
    scale = find_quantities("10–500 公斤/批")
    return [
        CapabilityDoc(
            f"c{number:07d}",
            _title(draw, titles),
            "，".join(draw.choices(clauses, k=5)),
            platform_id=f"p{number // 40}",
            platform=draw.choice(owners)["name"],
            industry=draw.choice(real)["industry"],
            scale=scale if number % 3 == 0 else (),
            region_code=draw.choice(_REGIONS),
            is_open=number % 10 != 0,
            trl_low=4,
            trl_high=draw.randint(5, 8),
        )
        for number in range(size)
    ]


def demands(path: Path, size: int, seed: int = 2) -> list[DemandDoc]:
    """``size`` demands of about 120 characters; one in five states a scale, one in ten a region."""
    draw = random.Random(seed)
    real = list(_records(path))
    titles = [demand["title"] for demand in real]
    clauses = _clauses([demand["description"] for demand in real])
    scale = find_quantities("50 公斤/批")
    return [
        DemandDoc(
            f"d{number:07d}",
            _title(draw, titles),
            "，".join(draw.choices(clauses, k=7)),
            industry=draw.choice(real)["industry"],
            scale=scale if number % 5 == 0 else (),
            region_code=draw.choice(_REGIONS),
            region_required=number % 10 == 0,
            trl_low=5,
            trl_high=7,
        )
        for number in range(size)
    ]


def vectors(size: int, seed: int) -> np.ndarray:
    """Unit vectors in clusters: speed does not depend on what they mean."""
    draw = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((200, DIMENSIONS)).astype(np.float32)
    rows = centres[draw.integers(0, len(centres), size)]
    rows += draw.standard_normal((size, DIMENSIONS), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
