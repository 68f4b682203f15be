import json
from datetime import date

import numpy as np
import pytest

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.index import Index
from matching.engine.quantities import parse_quantity
from matching.engine.storage import pack, unpack

CAPABILITY = CapabilityDoc(
    "c1",
    "锂电池正极材料中试",
    "磷酸铁锂",
    equipment=("烧结炉",),
    scale=(parse_quantity("10-50 kg/批"),),
    certificates=frozenset({"CNAS", "CMA"}),
    available_from=date(2026, 12, 1),
    is_open=False,
)
DEMAND = DemandDoc(
    "d1", "磷酸铁锂放大", needed_by=date(2027, 1, 1), hazard_class="甲类", needs_open=False
)


def test_unpack_gives_back_what_was_packed():
    packed = unpack(pack(CAPABILITY))

    assert packed.scale[0].interval == CAPABILITY.scale[0].interval
    assert pack(packed) == pack(CAPABILITY)
    assert unpack(pack(DEMAND)) == DEMAND


def test_an_opened_index_ranks_like_the_saved_one(tmp_path):
    draw = np.random.default_rng(0)
    docs = [CAPABILITY, CapabilityDoc("c2", "电解液评测"), CapabilityDoc("c3", "发酵中试")]
    vectors = {doc.id: draw.standard_normal(384) for doc in docs}
    query = draw.standard_normal(384)
    index = Index.build(docs, vectors).changed(
        [CapabilityDoc("c4", "磷酸铁锂烧结")], removed=["c2"]
    )

    index.save(tmp_path / "index")
    opened = Index.open(tmp_path / "index")

    assert opened.rank(DEMAND, 5, query) == index.rank(DEMAND, 5, query)
    assert isinstance(opened.segments[0].vectors.base, np.memmap)


def test_an_unfinished_directory_is_refused(tmp_path):
    Index.build([CAPABILITY]).save(tmp_path / "index")
    (tmp_path / "index" / "manifest.json").unlink()

    with pytest.raises(FileNotFoundError):
        Index.open(tmp_path / "index")


@pytest.mark.parametrize("key", ["format", "lexicon"])
def test_what_an_earlier_release_saved_is_refused(tmp_path, key):
    Index.build([CAPABILITY]).save(tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {key: "old"}))

    with pytest.raises(ValueError, match="earlier release"):
        Index.open(tmp_path / "index")
