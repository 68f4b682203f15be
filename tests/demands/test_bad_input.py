"""Bad input has a defined message at its field, on the page and for machines."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role, Scope
from core.errors import DomainError
from demands.models import Demand
from demands.services import create_draft, save_draft
from demands.services.posting import check_complete
from tests.factories.accounts import person, with_token
from tests.factories.demands import DemandFactory
from tests.factories.taxonomy import CodeListFactory, TermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return person(Role.ENTERPRISE)


@pytest.fixture
def draft(writer):
    return DemandFactory(organisation=writer.organisations[0], posted_by=writer)


@pytest.mark.parametrize("name", ["title", "description"])
@pytest.mark.parametrize("text", ["，。！？……", "😀😀😀", "<>&//--", "  \u3000 .  "])
def test_text_without_words_is_refused_at_its_field(name, text):
    demand = DemandFactory(**{name: text})

    with pytest.raises(DomainError) as caught:
        check_complete(demand)

    assert (caught.value.code, caught.value.field) == ("no_words", name)


@pytest.mark.parametrize(
    "text", ["<b>聚合</b>反应", "聚合😀反应", "聚合反應放大", "ＰＡ６６ 聚合", "酶"]
)
def test_odd_but_readable_text_is_taken(text):
    check_complete(DemandFactory(title=text, description=text))


def test_longest_text_is_taken_and_one_more_is_refused_at_its_field(writer, draft):
    now = timezone.now()
    save_draft(actor=writer, demand=draft, values={"description": "聚" * 20_000}, now=now)

    with pytest.raises(DomainError) as caught:
        save_draft(actor=writer, demand=draft, values={"description": "聚" * 20_001}, now=now)

    assert caught.value.field == "description"
    assert len(Demand.objects.get().description) == 20_000


def test_unknown_unit_is_refused_with_the_known_ones(writer, draft):
    TermFactory(code_list=CodeListFactory(slug="scale-unit"), code="kg-batch", name="kg/批")

    with pytest.raises(DomainError, match="不认识单位“筐”，请从这些里选：kg/批。") as caught:
        save_draft(
            actor=writer, demand=draft, values={"scale_high": 5, "scale_unit": "筐"},
            now=timezone.now(),
        )  # fmt: skip

    assert caught.value.field == "scale_unit"
    assert Demand.objects.get().scale_unit == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scale_low": "80", "scale_high": "50", "scale_unit": "kg/批"}, "scale_high"),
        ({"budget_low_yuan": "9", "budget_high_yuan": "5"}, "budget_high_yuan"),
        ({"trl_current": "7", "trl_target": "4"}, "trl_target"),
    ],
)
def test_contradicting_ends_are_told_to_machines_at_the_field(api, writer, values, field):
    with_token(api, writer, Scope.DEMANDS_WRITE)

    answer = api.post("/api/v1/demands/", {"title": "聚合反应放大"} | values, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert Demand.objects.count() == 0


def test_markup_is_shown_as_it_was_typed(client, writer):
    now = timezone.now()
    demand = create_draft(
        actor=writer, organisation=writer.organisations[0], now=now,
        values={"title": "<script>alert(1)</script>聚合"},
    )  # fmt: skip
    client.force_login(writer)

    page = client.get(reverse("demands:edit", args=[demand.slug, "preview"])).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
