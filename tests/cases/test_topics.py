"""Topics gather cases beside policies and news (G24): what is lent, shown, and no longer shown."""

import pytest

from cases.models import Case
from cases.selectors.stories import cases_for_topics
from core.errors import DomainError
from policies.pieces import piece_label
from policies.selectors import topic_pieces
from policies.services import edit_content
from tests.factories.cases import published_case
from tests.factories.policies import NewsFactory, TopicFactory


@pytest.fixture
def case(cast):
    return published_case(platform=cast.platform, title="万吨树脂中试")


def lent(*cases):
    found = {piece.slug: piece for piece in cases_for_topics([row.slug for row in cases])}
    return [found[row.slug] for row in cases]


def gather(cast, topic, pieces, now):
    return edit_content(actor=cast.staff, content=topic, values={"pieces": pieces}, now=now)


def test_only_published_cases_are_on_offer(case):
    published_case(status="withdrawn")

    (piece,) = cases_for_topics(None)

    assert (piece.slug, piece.title, piece.issuer) == (case.slug, case.title, str(case.platform))
    assert (piece.kind_label, piece.url) == ("典型案例", case.get_absolute_url())


def test_a_case_stands_among_the_others_in_its_place(cast, case, now):
    news = [NewsFactory(), NewsFactory()]
    topic = TopicFactory(pieces=news)
    order = [news[1], *lent(case), news[0]]

    gather(cast, topic, order, now)
    gather(cast, topic, order, now)

    assert topic_pieces(topic, published=True) == order
    assert topic.items.count() == 3


def test_a_case_is_taken_once_and_only_while_published(cast, case, now):
    topic = TopicFactory(pieces=[NewsFactory()])
    draft = published_case(status="draft")
    for pieces, code in ((lent(case, case), "twice"), (lent(draft), "unpublished")):
        with pytest.raises(DomainError) as refused:
            gather(cast, topic, pieces, now)
        assert (refused.value.code, refused.value.field) == (code, "pieces")

    assert [piece.kind_label for piece in topic_pieces(topic, published=False)] == ["行业动态"]


def test_a_case_taken_down_is_shown_no_more_and_keeps_its_place(cast, case, now, visitor):
    topic = TopicFactory(pieces=[NewsFactory()])
    gather(cast, topic, [*lent(case), *topic_pieces(topic, published=True)], now)
    assert case.title in visitor.get(topic.get_absolute_url()).content.decode()

    Case.objects.update(status="withdrawn")

    page = visitor.get(topic.get_absolute_url()).content.decode()
    assert (case.title in page, "共 1 篇" in page) == (False, True)
    assert len(topic_pieces(topic, published=False)) == 2


def test_staff_pick_a_case_by_its_title(browse, cast, case):
    topic = TopicFactory(pieces=[NewsFactory()])
    page, address = browse("staff"), f"/manage/policies/topics/{topic.slug}/"
    label = piece_label(lent(case)[0])
    assert label in page.get(address).content.decode()

    page.post(address, {"title": topic.title, "summary": "导语", "pieces": [case.title]})

    assert topic_pieces(topic, published=True) == lent(case)
    assert f'value="{label}"' in page.get(address).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_and_endpoint_read_cases_at_once(
    cast, case, now, visitor, api, count, django_assert_num_queries
):
    for _ in range(count):
        topic = TopicFactory(pieces=[])
        gather(cast, topic, lent(*(published_case() for _ in range(count)), case), now)
    visitor.get(topic.get_absolute_url())

    with django_assert_num_queries(5):  # topic, pieces, cases, attachments, fields
        visitor.get(topic.get_absolute_url())
    api.get("/api/v1/topics/")
    with django_assert_num_queries(5):  # years of the filter, count, page, pieces, cases
        answer = api.get("/api/v1/topics/").json()
    assert answer["results"][0]["pieces"][-1] == {
        "kind": "典型案例", "slug": case.slug, "title": case.title, "url": case.get_absolute_url(),
    }  # fmt: skip
