"""专题: gathers published pieces in an order, keeps no copies, shows what is public (G24)."""

import pytest

from core.errors import DomainError, Refused
from core.models import ActivityLog
from policies.enums import ContentStatus
from policies.models import Interpretation, News, PolicyDocument, Topic
from policies.pieces import piece_label
from policies.selectors import topic_pieces
from policies.services import create_content, edit_content, move_content
from tests.factories.policies import (
    DocumentFactory,
    InterpretationFactory,
    NewsFactory,
    TopicFactory,
)

S = ContentStatus
pytestmark = pytest.mark.django_db


def page(answer):
    return answer.content.decode()


@pytest.fixture
def pieces():
    """One of each kind."""
    return [NewsFactory(), DocumentFactory(), InterpretationFactory()]


def inside(topic):
    return topic_pieces(topic, published=False)


def test_create_puts_pieces_in_their_order(cast, pieces, now):
    topic = create_content(
        actor=cast.staff, model=Topic, values={"title": "中试月", "pieces": pieces}, now=now
    )

    assert inside(topic) == pieces
    assert topic.slug.startswith("zt-")
    assert topic.status == S.DRAFT
    assert ActivityLog.objects.get().action == "policies.topic.create"


def test_edit_changes_the_order_and_logs_it_once(cast, pieces, now):
    topic = TopicFactory(pieces=pieces)

    for _ in range(2):
        edit_content(actor=cast.staff, content=topic, values={"pieces": pieces[::-1]}, now=now)

    assert inside(topic) == pieces[::-1]
    assert ActivityLog.objects.get().data["fields"] == ["pieces"]


def test_pieces_can_be_taken_out_and_stay_themselves(cast, pieces, now):
    topic = TopicFactory(pieces=pieces)

    edit_content(actor=cast.staff, content=topic, values={"pieces": []}, now=now)

    assert inside(topic) == []
    assert News.objects.count() == PolicyDocument.objects.count() == 1
    assert Interpretation.objects.count() == 1


@pytest.mark.parametrize("who", ["broker", "owner", "visitor", "city_staff", "far_staff"])
def test_edit_by_others_is_refused(cast, pieces, now, who):
    topic = TopicFactory(pieces=pieces)

    with pytest.raises(Refused):
        edit_content(actor=getattr(cast, who), content=topic, values={"pieces": []}, now=now)

    assert inside(topic) == pieces


def test_what_is_not_public_is_not_taken(cast, pieces, now):
    topic = TopicFactory(pieces=pieces)

    with pytest.raises(DomainError) as refused:
        edit_content(
            actor=cast.staff,
            content=topic,
            values={"pieces": [*pieces, NewsFactory(status=S.DRAFT)]},
            now=now,
        )

    assert (refused.value.code, refused.value.field) == ("unpublished", "pieces")
    assert inside(topic) == pieces


def test_a_piece_is_taken_once(cast, pieces, now):
    topic = TopicFactory(pieces=pieces)

    with pytest.raises(DomainError) as refused:
        edit_content(actor=cast.staff, content=topic, values={"pieces": [pieces[0]] * 2}, now=now)

    assert (refused.value.code, refused.value.field) == ("twice", "pieces")
    assert inside(topic) == pieces


def test_what_was_withdrawn_since_may_stay(cast, pieces, now):
    topic = TopicFactory(pieces=pieces)
    News.objects.update(status=S.WITHDRAWN)

    edit_content(actor=cast.staff, content=topic, values={"pieces": inside(topic)[::-1]}, now=now)

    assert inside(topic) == pieces[::-1]
    assert topic_pieces(topic, published=True) == [pieces[2], pieces[1]]


def test_a_topic_without_public_pieces_is_not_published(cast, now):
    topic = TopicFactory(status=S.DRAFT, published_at=None, pieces=[NewsFactory()])
    News.objects.update(status=S.WITHDRAWN)

    with pytest.raises(DomainError) as refused:
        move_content(actor=cast.staff, content=topic, name="publish", now=now)

    assert (refused.value.code, refused.value.field) == ("empty", "pieces")
    topic.refresh_from_db()
    assert (topic.status, topic.published_at) == (S.DRAFT, None)


def test_publish_then_publish_again_is_a_wrong_state(cast, pieces, now):
    topic = TopicFactory(status=S.DRAFT, published_at=None, pieces=pieces)

    move_content(actor=cast.staff, content=topic, name="publish", now=now)
    with pytest.raises(DomainError) as refused:
        move_content(actor=cast.staff, content=topic, name="publish", now=now)

    assert refused.value.code == "wrong_state"
    topic.refresh_from_db()
    assert (topic.status, topic.published_at) == (S.PUBLISHED, now)


def test_the_page_shows_public_pieces_in_order_and_nothing_else(visitor, pieces):
    pieces.insert(0, NewsFactory(title="撤下的消息", status=S.WITHDRAWN))
    topic = TopicFactory(pieces=pieces)

    text = page(visitor.get(topic.get_absolute_url()))

    places = [text.index(piece.get_absolute_url()) for piece in pieces[1:]]
    assert places == sorted(places)
    assert "撤下的消息" not in text
    assert "共 3 篇" in text


def test_drafts_are_for_staff(visitor, sign_in, cast):
    topic = TopicFactory(status=S.DRAFT)

    assert visitor.get(topic.get_absolute_url()).status_code == 404
    assert visitor.get("/topics/").context["total"] == 0
    assert "公众看不到" in page(sign_in(cast.staff).get(topic.get_absolute_url()))


def test_news_page_and_feed_lead_to_topics(visitor, pieces):
    assert "/topics/" not in page(visitor.get("/news/")).partition("<main")[2]
    topic = TopicFactory(title="中试月", pieces=pieces)
    hidden = TopicFactory(status=S.WITHDRAWN)

    for url in ("/news/", "/topics/", "/topics/feed/"):
        text = page(visitor.get(url))
        assert topic.get_absolute_url() in text, url
        assert hidden.get_absolute_url() not in text, url


@pytest.mark.parametrize("count", [1, 3])
def test_list_queries(visitor, django_assert_num_queries, count):
    for _ in range(count):
        TopicFactory(pieces=[NewsFactory()])
    visitor.get("/topics/")

    with django_assert_num_queries(5):  # total, page, facets, years and 全国
        visitor.get("/topics/")


@pytest.mark.parametrize("count", [1, 3])
def test_page_queries(visitor, django_assert_num_queries, count):
    topic = TopicFactory(pieces=[NewsFactory() for _ in range(count)])
    visitor.get(topic.get_absolute_url())

    with django_assert_num_queries(4):  # topic, pieces, attachments, fields
        visitor.get(topic.get_absolute_url())


def test_export_lists_topics(visitor):
    topic = TopicFactory(title="中试月")

    text = visitor.get("/topics/", {"export": "csv"}).content.decode("utf-8-sig")

    assert text.splitlines()[0] == "标题,地区,日期,摘要"
    assert topic.title in text


def post(browser, url, lines, **fields):
    return browser.post(url, {"title": "中试月", "summary": "导语", "pieces": lines} | fields)


def test_staff_write_a_topic_from_lines(sign_in, cast, pieces):
    browser = sign_in(cast.staff)
    form = page(browser.get("/manage/policies/topics/new/"))
    assert all(piece_label(piece) in form for piece in pieces)

    lines = [piece_label(pieces[2]), "", pieces[0].title]
    answer = post(browser, "/manage/policies/topics/new/", lines)

    topic = Topic.objects.get()
    assert answer.url == topic.get_absolute_url()
    assert inside(topic) == [pieces[2], pieces[0]]
    text = page(browser.get(f"/manage/policies/topics/{topic.slug}/"))
    assert text.index(f'value="{lines[0]}" aria') < text.index(
        f'value="{piece_label(pieces[0])}" aria'
    )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["没有这篇"], "没有找到“没有这篇”"),
        (["同名"], "没有找到“同名”"),
        (["独一", "独一"], "同一篇内容只能放一次"),
    ],
)
def test_wrong_lines_are_told_and_kept(sign_in, cast, lines, told):
    NewsFactory(title="同名")
    NewsFactory(title="同名")
    NewsFactory(title="独一")

    text = page(post(sign_in(cast.staff), "/manage/policies/topics/new/", lines))

    assert told in text
    assert f'value="{lines[0]}"' in text
    assert not Topic.objects.exists()


def test_api_tells_topics_with_public_pieces(api, pieces):
    topic = TopicFactory(pieces=[*pieces, NewsFactory(status=S.DRAFT)])
    TopicFactory(status=S.DRAFT)

    answer = api.get("/api/v1/topics/").json()

    assert [row["slug"] for row in answer["results"]] == [topic.slug]
    assert answer["results"][0]["pieces"] == [
        {
            "kind": kind,
            "slug": piece.slug,
            "title": piece.title,
            "url": piece.get_absolute_url(),
        }
        for kind, piece in zip(("行业动态", "政策文件", "政策解读"), pieces, strict=True)
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_api_queries(api, django_assert_num_queries, count):
    for _ in range(count):
        TopicFactory(pieces=[DocumentFactory()])
    api.get("/api/v1/topics/")

    with django_assert_num_queries(4):  # years of the filter, count, page, pieces
        api.get("/api/v1/topics/")
