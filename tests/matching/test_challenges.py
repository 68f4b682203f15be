"""Items of a challenge list are drafted from a cell of the gap atlas, with its demands counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from matching.selectors.atlas import unmet_count
from platforms.models import ChallengeItem
from tests.factories.accounts import person
from tests.factories.matching import match_demand, polymer_demand
from tests.factories.recognition import ChallengeItemFactory, ProgrammeFactory
from tests.factories.taxonomy import guangdong, process_kind, zhongshan

pytestmark = pytest.mark.django_db
NEW = "/manage/challenges/new/"


@pytest.fixture
def unmet():
    """Two unmet demands in 中山 and one of the demonstration, which does not count."""
    kind = process_kind()
    for more in ({}, {}, {"is_demo": True}):
        match_demand(polymer_demand(region=zhongshan(), process_kind=kind, **more))
    return kind


@pytest.fixture
def staff(client, settings):
    settings.DEMO_MODE = True
    user = person(Role.GOVERNMENT, region=guangdong())
    type(user).objects.filter(pk=user.pk).update(is_demo=True)
    client.force_login(user)
    return user


def sent(programme, kind, **more):
    return {
        "programme": programme.pk, "title": "聚合中试平台", "process_kind": kind.pk,
        "requirement": "千升级", "region": "442000",
        "finish_by_date": timezone.localdate() + timedelta(days=700),
    } | more  # fmt: skip


def test_unmet_demands_are_counted_by_what_is_stated(unmet):
    assert unmet_count(process="polymerisation", region="442000") == 2
    assert unmet_count(process="polymerisation", region="440000") == 2
    assert unmet_count(process="polymerisation", field="other") == 0


def test_a_cell_fills_the_form_in(client, staff, unmet):
    programme = ProgrammeFactory(status="draft")
    query = f"?process=polymerisation&region=442000&programme={programme.slug}"

    form = client.get(NEW + query).context["form"]

    assert form.initial["title"] == "中山市聚合中试平台"
    assert (form.initial["process_kind"], form.initial["programme"]) == (unmet, programme)
    assert "据此起草榜单项目" in client.get("/atlas/demands/?process=polymerisation").text


def test_saving_counts_the_demands_behind_it(client, staff, unmet):
    programme = ProgrammeFactory(status="draft")

    answer = client.post(NEW, sent(programme, unmet))

    item = ChallengeItem.objects.get()
    assert (answer.url, item.unmet_count) == (item.get_absolute_url(), 2)
    assert client.get(f"/atlas/demands/?{item.demands_query}").context["total"] == 2


def test_a_refusal_lands_on_its_field(client, staff, unmet):
    programme = ProgrammeFactory(status="draft")

    answer = client.post(NEW, sent(programme, unmet, finish_by_date=timezone.localdate()))

    assert "finish_by_date" in answer.context["form"].errors
    assert not ChallengeItem.objects.exists()


def test_an_item_is_corrected_until_it_is_published(client, staff, unmet):
    item = ChallengeItemFactory(programme=ProgrammeFactory(status="draft"))
    address = f"/manage/challenges/{item.pk}/edit/"

    client.post(address, sent(item.programme, unmet, title="改名"))
    item.refresh_from_db()
    assert (item.title, item.unmet_count) == ("改名", 2)
    type(item.programme).objects.update(status="open")
    assert client.get(address).status_code == 403


def test_without_a_batch_the_page_says_what_to_do(client, staff):
    assert "没有筹备中的批次" in client.get(NEW).text


def test_visitors_and_operators_do_not_draft(client, settings):
    assert client.get(NEW).status_code == 302
    client.force_login(person(Role.OPERATOR))
    assert client.get(NEW).status_code == 403
    assert "据此起草榜单项目" not in client.get("/atlas/demands/").text
