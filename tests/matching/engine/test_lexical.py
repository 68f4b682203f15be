import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.documents import CapabilityDoc
from matching.engine.lexical import (
    DOCUMENT_SCALE,
    MOST_WEIGHT,
    Postings,
    document_terms,
    term_weight,
    term_weights,
    whole_weights,
)
from matching.engine.weights import shipped_weights

WORDS = ("锂电", "正极", "发酵", "中试", "SiC", "PA66", "，", "酶")
texts = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)
documents = st.lists(st.tuples(texts, texts), min_size=1, max_size=12)
queries = st.dictionaries(
    st.sampled_from("锂电正极发酵中试酶无"), st.integers(1, 65_000), max_size=6
)
bounded = settings(max_examples=60)
LEXICAL = shipped_weights().lexical


def made(found):
    docs = [CapabilityDoc(f"c{at}", title, body) for at, (title, body) in enumerate(found)]
    return Postings.build(docs, LEXICAL), [document_terms(doc, LEXICAL) for doc in docs]


@bounded
@given(documents, queries)
def test_sums_are_those_of_plain_python(found, query):
    postings, terms = made(found)
    query = whole_weights(query)
    sums = np.zeros(len(terms), np.float32)

    postings.add_sums(query, sums)

    assert sums.tolist() == [sum(query[t] * row.get(t, 0) for t in query) for row in terms]


@bounded
@given(documents)
def test_lengths_of_rows_are_those_of_plain_python(found):
    postings, terms = made(found)
    vocabulary = list(postings.vocabulary)
    frequencies = postings.frequencies([], {})
    counts = np.array([1.0, 0.35, 0.0])[postings.kinds]
    weights = term_weights(len(terms), frequencies, counts) // 64
    of_term = dict(zip(vocabulary, weights.tolist(), strict=True))

    lengths = postings.length_of_rows(frequencies, len(terms), 0.35)

    assert lengths.tolist() == [sum(of_term[t] * w for t, w in row.items()) for row in terms]


def test_lengths_are_the_same_however_many_terms_are_taken_at_once(monkeypatch):
    postings, _ = made([("锂电正极中试", "发酵"), ("发酵中试", "SiC PA66"), ("", "锂电")])
    frequencies = postings.frequencies([], {})
    whole = postings.length_of_rows(frequencies, 3, 0.35)

    monkeypatch.setattr("matching.engine.lexical._PORTION", 2)

    assert postings.length_of_rows(frequencies, 3, 0.35).tolist() == whole.tolist()


@bounded
@given(documents)
def test_the_value_of_a_term_in_a_row(found):
    postings, terms = made(found)

    for row, weights in enumerate(terms):
        for term in (*postings.vocabulary, "无此词"):
            assert postings.value(term, row) == weights.get(term, 0)


@given(st.dictionaries(st.text(min_size=1, max_size=2), st.integers(1, 10**9), max_size=40))
def test_weights_of_a_query_keep_sums_exact_in_single_precision(heaviest):
    weights = whole_weights(heaviest)

    assert sum(weights.values()) * DOCUMENT_SCALE < 2**24
    assert all(heaviest[one] >= heaviest[other] for one in weights for other in weights
               if weights[one] > weights[other])  # fmt: skip
    assert sum(heaviest.values()) == 0 or sum(weights.values()) > MOST_WEIGHT - len(heaviest) - 1


@given(st.integers(1, 10**6), st.data())
def test_a_term_weighs_the_same_alone_and_among_others(size, data):
    frequency = data.draw(st.integers(0, size))

    among = term_weights(size, np.array([frequency, 1]), 0.35)

    assert abs(term_weight(size, frequency, 0.35) - int(among[0])) <= 1  # two libraries' logarithms
