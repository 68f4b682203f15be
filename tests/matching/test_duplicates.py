"""Near-duplicates pointed out while typing: whose, how alike, how often one may ask."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from core.search import search_vector
from demands.models import Demand
from demands.services.posting import demand_search
from matching.selectors.duplicates import similar_capabilities, similar_demands
from platforms.models import Capability
from platforms.services.listings import index_listing
from tests.factories.accounts import person
from tests.factories.demands import DemandFactory, disclose, open_demand
from tests.factories.matching import (
    metal_capability,
    operator_of,
    owner_of,
    polymer_capability,
)

pytestmark = pytest.mark.django_db

TITLE = "全自动铸铁锅坯抛光机"
TEXT = "砂带加磨轮恒压力跟踪磨削，内外表面均匀抛光，节拍不超过四分钟"


def indexed(demand):
    Demand.objects.filter(pk=demand.pk).update(search=demand_search(demand))
    return demand


def published(**values):
    return indexed(open_demand(**{"title": TITLE, "description": TEXT} | values))


@pytest.fixture
def writer():
    return person(Role.ENTERPRISE)


def test_same_need_in_another_order_of_words_is_found(writer):
    demand = published(title="铸铁锅坯全自动抛光机")

    (found,) = similar_demands(writer, title=TITLE, description=TEXT)

    assert (found.row, found.is_own) == (demand, False)
    assert found.percent > 80


def test_copy_is_found_where_more_rows_share_its_sentences_than_are_looked_at(writer, monkeypatch):
    monkeypatch.setattr("matching.selectors.duplicates.SHARING", 2)
    other = "去除花椒中的苦味物质，保留挥发油，每批两百公斤，成品含水率低于百分之八，颜色不变深"
    for _ in range(4):
        published(title="花椒脱苦装备", description=f"{TEXT}，{other}")
    demand = published()

    found = similar_demands(writer, title=TITLE, description=TEXT)

    assert [one.row for one in found] == [demand]


def test_title_alone_finds_its_like(writer):
    demand = published()

    assert [one.row for one in similar_demands(writer, title=TITLE)] == [demand]


@pytest.mark.parametrize("title", ["", "铸铁", "，。！？……", "😀😀😀😀", "花椒精油低温提取"])
def test_nothing_typed_or_something_else_finds_nothing(writer, title):
    published()

    assert similar_demands(writer, title=title, description="") == []


def test_own_draft_is_found_and_the_one_being_written_is_not(writer):
    organisation = writer.organisations[0]
    draft = DemandFactory(organisation=organisation, title=TITLE, description=TEXT)

    (found,) = similar_demands(writer, title=TITLE, description=TEXT)

    assert (found.row, found.is_own) == (draft, True)
    assert similar_demands(writer, title=TITLE, description=TEXT, leave_out=draft.slug) == []


def test_draft_of_another_organisation_is_never_shown(writer):
    indexed(DemandFactory(title=TITLE, description=TEXT))

    assert similar_demands(writer, title=TITLE, description=TEXT) == []


def test_withheld_text_cannot_be_probed(writer):
    published(
        title="某装备研制", confidentiality="teaser", teaser="一种厨具加工设备", description=TEXT
    )

    assert similar_demands(writer, title="抛光设备研制", description=TEXT) == []


def test_disclosed_demand_that_is_not_open_is_not_shown(writer):
    demand = indexed(DemandFactory(title=TITLE, description=TEXT, status="withdrawn"))
    disclose(demand, writer.organisations[0])

    assert similar_demands(writer, title=TITLE, description=TEXT) == []


def test_closed_demand_of_others_is_not_shown(writer):
    published(status="fulfilled")

    assert similar_demands(writer, title=TITLE, description=TEXT) == []


def test_capability_written_twice_is_found():
    capability = polymer_capability()
    index_listing(capability)
    capability.save()
    hidden = polymer_capability(status="draft")

    found = similar_capabilities(
        operator_of(metal_capability().platform),
        title=capability.title,
        description=capability.description,
    )

    assert [(one.row, one.is_own) for one in found] == [(capability, False)]
    mine = similar_capabilities(
        operator_of(hidden.platform), title=hidden.title, description=hidden.description
    )
    assert [(one.row, one.is_own) for one in mine if one.is_own] == [(hidden, True)]


@pytest.mark.parametrize("rows", [1, 3])
def test_hint_costs_the_same_queries_however_many_are_alike(
    writer, rows, django_assert_num_queries
):
    for _ in range(rows):
        published()
    similar_demands(writer, title=TITLE, description=TEXT)  # roles and statistics are kept

    with django_assert_num_queries(3):
        found = similar_demands(writer, title=TITLE, description=TEXT)

    assert len(found) == rows


def test_typing_shows_the_hint(client, writer):
    demand = published()
    client.force_login(writer)

    page = client.post(
        reverse("matching:similar_demands"), {"title": TITLE, "description": TEXT, "slug": "x"}
    ).content.decode()

    assert "可能与已有内容重复" in page
    assert demand.get_absolute_url() in page


def test_title_too_long_is_no_error_while_typing(client, writer):
    client.force_login(writer)

    answer = client.post(reverse("matching:similar_demands"), {"title": "长" * 300})

    assert (answer.status_code, answer.content.decode().strip()) == (200, "")


def test_who_asks_too_fast_is_held_up(client, writer):
    client.force_login(writer)
    url = reverse("matching:similar_capabilities")

    assert client.post(url, {"title": TITLE}).status_code == 200
    # more than two minutes' worth: on a slow machine the clock may turn in between
    assert any(client.post(url, {"title": TITLE}).status_code == 429 for _ in range(150))


def test_hint_is_for_people_who_are_signed_in(client):
    answer = client.post(reverse("matching:similar_demands"), {"title": TITLE})

    assert answer.status_code == 302


def test_form_and_preview_show_it_without_script(client):
    other = published()
    draft = DemandFactory(title=TITLE, description=TEXT)
    client.force_login(owner_of(draft))

    form = client.get(reverse("demands:edit", args=[draft.slug, "what"])).content.decode()
    preview = client.get(reverse("demands:edit", args=[draft.slug, "preview"])).content.decode()

    assert other.get_absolute_url() in form
    assert other.get_absolute_url() in preview
    assert 'name="is_secrecy_confirmed"' in preview


def test_capability_form_shows_it_without_script(client):
    capability = polymer_capability()
    Capability.objects.filter(pk=capability.pk).update(
        search=search_vector(title=capability.title, body=capability.description)
    )
    mine = polymer_capability(status="draft")
    client.force_login(operator_of(mine.platform))

    page = client.get(reverse("platforms:edit", args=["capabilities", mine.slug])).content.decode()

    assert "可能与已有内容重复" in page
    assert capability.get_absolute_url() in page
