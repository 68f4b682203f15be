"""One search over everything: all kinds, what each reader may see, any word as a last resort."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.enums import Role
from core.search import search_vector
from demands.enums import Confidentiality
from portal.selectors.search import BY_KEY, KINDS, found_rows, search_page
from reporting.models import Publication, PublishedList
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.cases import published_case
from tests.factories.demands import DemandFactory, disclose, open_demand
from tests.factories.platforms import (
    CapabilityFactory,
    EquipmentFactory,
    ExpertFactory,
    LineFactory,
    PlatformFactory,
    RegisterEntryFactory,
    SolutionFactory,
)
from tests.factories.policies import (
    DocumentFactory,
    InterpretationFactory,
    NewsFactory,
    TopicFactory,
)
from tests.factories.taxonomy import guangdong
from tests.portal.conftest import indexed

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def found(user, query: str) -> dict[str, int]:
    return {group.kind.key: group.count for group in search_page(user, query).groups}


def everything(word: str) -> None:
    """A public row of every kind that has the word in its name."""
    platform = indexed(PlatformFactory(name=f"{word}平台"))
    indexed(CapabilityFactory(platform=platform, title=f"{word}放大"))
    indexed(SolutionFactory(platform=platform, title=f"{word}方案"))
    indexed(EquipmentFactory(platform=platform, name=f"{word}设备"))
    indexed(LineFactory(platform=platform, name=f"{word}中试线"))
    indexed(ExpertFactory(platform=platform, name="钱某", expertise=word))
    name = f"{word}数据集"
    RegisterEntryFactory(platform=platform, title=name, search=search_vector(title=name))
    indexed(open_demand(title=f"{word}需求"))
    indexed(published_case(platform=platform, title=f"{word}案例"))
    for factory in (DocumentFactory, InterpretationFactory, NewsFactory, TopicFactory):
        indexed(factory(title=f"{word}通知"))
    indexed(out_publication(f"{word}能力手册"))
    indexed(out_list(f"{word}平台清单"))


def out_publication(title: str) -> Publication:
    return Publication.objects.create(
        kind="handbook", region=guangdong(), year=2026, title=title, status="published",
        edition=Publication.objects.count() + 1, published_at=timezone.now(),
        made_by=person(Role.GOVERNMENT),
    )  # fmt: skip


def out_list(title: str) -> PublishedList:
    return PublishedList.objects.create(
        kind="platforms", number=PublishedList.objects.count() + 1, region=guangdong(),
        title=title, status="published", published_at=timezone.now(),
        issued_by=person(Role.GOVERNMENT),
    )  # fmt: skip


def test_every_kind_is_found():
    everything("冻干")

    assert found(VISITOR, "冻干") == {kind.key: 1 for kind in KINDS}


@pytest.mark.parametrize("key", BY_KEY)
def test_every_kind_is_paged_with_links(key, client):
    everything("冻干")

    response = client.get("/search/", {"q": "冻干", "kind": key})

    assert response.status_code == 200
    assert len(response.context["hits"]) == 1
    assert client.get(response.context["hits"][0].url.partition("#")[0]).status_code == 200


def test_hits_carry_what_tells_them_apart():
    platform = PlatformFactory(name="树脂平台", operator_name="某研究院")
    indexed(platform)
    indexed(CapabilityFactory(platform=platform, title="树脂放大", description="三批"))

    first, second = (group.hits[0] for group in search_page(VISITOR, "树脂").groups)

    assert (first.title, first.note) == ("树脂平台", f"{platform.region.name} · 某研究院")
    assert (second.title, second.summary, second.note) == ("树脂放大", "三批", "树脂平台")


def test_names_weigh_more_than_texts():
    second = indexed(open_demand(title="放大", description="需要冻干"))
    first = indexed(open_demand(title="冻干", description="需要放大"))

    assert list(found_rows(VISITOR, BY_KEY["demands"], "冻干")) == [first, second]


def test_drafts_are_found_by_their_owner_only():
    home = OrganisationFactory()
    indexed(DemandFactory(organisation=home, title="冻干放大"))

    assert found(VISITOR, "冻干") == {}
    assert found(person(Role.ENTERPRISE), "冻干") == {}
    assert found(person(Role.ENTERPRISE, organisation=home), "冻干") == {"demands": 1}


def test_listings_in_review_are_found_by_their_operator_only():
    operator = person(Role.OPERATOR)
    platform = PlatformFactory(organisation=operator.organisations[0])
    indexed(CapabilityFactory(platform=platform, title="冻干放大", status="in_review"))

    assert found(VISITOR, "冻干") == {}
    assert found(person(Role.OPERATOR), "冻干") == {}
    assert found(operator, "冻干") == {"capabilities": 1}


@pytest.fixture
def secret():
    return indexed(
        open_demand(
            title="放大服务",
            description="催化剂配方为铑膦络合物",
            confidentiality=Confidentiality.TEASER,
            teaser="需要反应釜",
            is_anonymous=True,
        )
    )


def test_a_confidential_text_cannot_be_probed_by_anybody(secret):
    partner = person(Role.OPERATOR)
    disclose(secret, partner.organisations[0])

    for user in (VISITOR, person(Role.ENTERPRISE), partner, person(Role.GOVERNMENT)):
        assert search_page(user, "催化剂").total == 0
        assert search_page(user, "络合物").total == 0


def test_a_confidential_demand_is_found_by_its_teaser_without_its_text(secret, client):
    page = client.get("/search/", {"q": "反应釜", "kind": "demands"}).content.decode()

    assert "需要反应釜" in page
    assert "催化剂" not in page
    assert secret.organisation.name not in page


def test_rows_with_all_words_come_without_those_with_any():
    indexed(NewsFactory(title="冻干", summary=""))
    both = indexed(NewsFactory(title="冻干 发酵", summary=""))

    result = search_page(VISITOR, "冻干 发酵")

    assert (result.total, result.is_loose) == (1, False)
    assert result.groups[0].hits[0].title == both.title


def test_any_word_when_none_has_all(client):
    indexed(NewsFactory(title="冻干", summary=""))
    indexed(DocumentFactory(title="发酵", summary=""))

    response = client.get("/search/", {"q": "冻干 发酵"})

    assert response.context["result"].is_loose
    assert response.context["result"].total == 2
    assert "没有同时包含全部关键词的结果" in response.content.decode()


def test_a_kind_is_paged_loosely_too(client):
    indexed(NewsFactory(title="冻干", summary=""))

    response = client.get("/search/", {"q": "冻干 发酵", "kind": "news"})

    assert [hit.title for hit in response.context["hits"]] == ["冻干"]


def test_a_kind_shows_twenty_a_page_and_a_wrong_page_the_last(client):
    for _ in range(21):
        indexed(NewsFactory())
    query = {"q": "动态", "kind": "news"}

    pages = [client.get("/search/", query | {"page": page}) for page in ("", "2", "9", "x")]

    assert [len(response.context["hits"]) for response in pages] == [20, 1, 1, 20]


def test_tabs_keep_the_query_and_mark_the_kind(client):
    indexed(NewsFactory(title="冻干&发酵"))

    tabs = client.get("/search/", {"q": "冻干&发酵", "kind": "news"}).context["tabs"]

    assert [(tab["label"], tab["count"], tab["active"]) for tab in tabs] == [
        ("全部", 1, False),
        ("动态", 1, True),
    ]
    assert tabs[1]["url"] == "?q=%E5%86%BB%E5%B9%B2%26%E5%8F%91%E9%85%B5&kind=news"


@pytest.mark.parametrize("query", ["", "   ", "，。", "!&|():*", "\x00"])
def test_a_query_without_words_finds_nothing_and_does_no_harm(query, client):
    indexed(NewsFactory())

    response = client.get("/search/", {"q": query})

    assert response.status_code == 200
    assert response.context["result"].total == 0


@pytest.mark.parametrize("kind", ["nonsense", "Platforms", "' OR 1=1"])
def test_an_unknown_kind_shows_all(kind, client):
    indexed(NewsFactory(title="冻干"))

    response = client.get("/search/", {"q": "冻干", "kind": kind})

    assert response.context["kind"] is None
    assert response.context["result"].total == 1


def test_a_long_query_is_cut(client):
    response = client.get("/search/", {"q": "冻" * 500})

    assert len(response.context["q"]) == 200


def test_nothing_found_says_what_to_do(client):
    page = client.get("/search/", {"q": "不存在的词"}).content.decode()

    assert "没有找到“不存在的词”" in page
    assert "发布中试需求" in page


def test_a_query_is_shown_as_text(client):
    page = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_search_counts_its_queries(rows, client, django_assert_num_queries):
    for _ in range(rows):
        everything("冻干")

    client.get("/search/", {"q": "冻干"})  # the first of the day makes the row that counts searches

    # a count and the best of each of the fifteen kinds, of two of them by key; one search more
    with django_assert_num_queries(33):
        client.get("/search/", {"q": "冻干"})


def test_demo_data_is_marked_among_the_hits():
    platform = indexed(PlatformFactory(name="冻干平台", is_demo=True))
    indexed(CapabilityFactory(platform=platform, title="冻干放大"))
    indexed(PlatformFactory(name="冻干基地"))

    groups = search_page(VISITOR, "冻干").groups

    assert {hit.title: hit.is_demo for group in groups for hit in group.hits} == {
        "冻干平台": True,
        "冻干放大": True,
        "冻干基地": False,
    }
