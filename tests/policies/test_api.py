from datetime import date

import pytest

from policies.enums import ContentStatus
from tests.factories.policies import DocumentFactory, InterpretationFactory, NewsFactory


def test_documents_with_their_fields_and_interpretations(api, db):
    document = DocumentFactory(
        doc_number="粤府办〔2024〕7号",
        expiry_date=date(2020, 1, 1),
        source_url="http://mirror.example/a",
        source_kind="mirror",
    )
    interpretation = InterpretationFactory()
    interpretation.documents.add(document)
    InterpretationFactory(status=ContentStatus.DRAFT).documents.add(document)
    DocumentFactory(status=ContentStatus.DRAFT)

    answer = api.get("/api/v1/policies/").json()

    assert answer["count"] == 1
    row = answer["results"][0]
    assert (row["slug"], row["doc_number"], row["validity"], row["region"]) == (
        document.slug,
        "粤府办〔2024〕7号",
        "expired",
        "440000",
    )
    assert row["interpretations"] == [interpretation.slug]
    assert row["source_url"] == ""
    one = api.get(f"/api/v1/interpretations/{interpretation.slug}/").json()
    assert one["documents"] == [document.slug]


def test_news_filtered_as_on_the_page(api, db):
    wanted = NewsFactory(issued_date=date(2025, 3, 1))
    NewsFactory(issued_date=date(2026, 3, 1))

    rows = api.get("/api/v1/news/", {"year": "2025"}).json()["results"]

    assert [(row["slug"], row["date"]) for row in rows] == [(wanted.slug, "2025-03-01")]


def test_a_wrong_filter_is_told(api, db):
    answer = api.get("/api/v1/policies/", {"validity": "x"})

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["validity"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_queries(api, db, django_assert_num_queries, count):
    for _ in range(count):
        InterpretationFactory().documents.add(DocumentFactory())
    api.get("/api/v1/policies/")

    with django_assert_num_queries(4):  # years of the filter, count, page, interpretations
        api.get("/api/v1/policies/")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(api, db, method):
    document = DocumentFactory()

    answer = getattr(api, method)(f"/api/v1/policies/{document.slug}/", {})

    assert answer.status_code in {401, 403, 405}
