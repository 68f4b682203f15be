"""Pages of matches: who sees them, what they show, what they do."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.models import Event
from matching.models import Feedback, Match, MatchRun, Subscription
from matching.services.runs import start_demand_run
from tests.factories.accounts import person
from tests.factories.demands import open_demand
from tests.factories.matching import (
    match_demand,
    metal_capability,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import chengdu

pytestmark = pytest.mark.django_db


def page(name, *args):
    return reverse(f"matching:{name}", args=args)


@pytest.fixture
def demand():
    return polymer_demand()


@pytest.fixture
def capability():
    return polymer_capability()


@pytest.mark.parametrize(
    ("role", "status"), [(Role.GOVERNMENT, 200), (Role.BROKER, 200), (Role.ENTERPRISE, 404)]
)
def test_matches_of_a_demand_by_role(client, mfa_done, demand, role, status):
    client.force_login(mfa_done(person(role)))

    assert client.get(page("demand", demand.slug)).status_code == status


def test_staff_of_elsewhere_do_not_see_the_matches(client, mfa_done, demand):
    client.force_login(mfa_done(person(Role.BROKER, region=chengdu())))

    assert client.get(page("demand", demand.slug)).status_code == 404


def test_any_official_sees_matches_of_public_sources(client, mfa_done):
    demand = open_demand(organisation=None, region=None)
    client.force_login(mfa_done(person(Role.BROKER, region=chengdu())))

    assert client.get(page("demand", demand.slug)).status_code == 200


def test_visitor_is_sent_to_sign_in(client, demand):
    response = client.get(page("demand", demand.slug))

    assert response.status_code == 302
    assert reverse("account_login") in response.url


def test_owner_sees_ranked_explained_capabilities(client, demand, capability):
    match_demand(demand)
    client.force_login(owner_of(demand))

    html = client.get(page("demand", demand.slug)).content.decode()

    assert "<mark>聚合反应放大中试</mark>" in html
    assert capability.platform.name in html
    assert "对外开放" in html
    assert "资料不足" in html


@pytest.mark.parametrize("count", [1, 3])
def test_demand_page_costs_the_same_for_more_rows(client, django_assert_num_queries, demand, count):
    for _ in range(count):
        polymer_capability(platform=PlatformFactory(region=demand.region))
    match_demand(demand)
    client.force_login(owner_of(demand))

    with django_assert_num_queries(15):
        client.get(page("demand", demand.slug))


@pytest.mark.parametrize("count", [1, 3])
def test_capability_page_costs_the_same_for_more_rows(
    client, django_assert_num_queries, capability, count
):
    for _ in range(count):
        match_demand(polymer_demand())
    client.force_login(operator_of(capability.platform))

    with django_assert_num_queries(13):
        client.get(page("capability", capability.slug))


def test_page_without_relevant_capability_offers_other_ways(client, demand):
    metal_capability(is_open=False)
    match_demand(demand)
    Match.objects.update(score=0.1)
    client.force_login(owner_of(demand))

    html = client.get(page("demand", demand.slug)).content.decode()

    assert "暂时没有足够相关的能力" in html
    assert "有新的就通知我" in html
    assert "浏览全部能力" in html


def test_page_shows_progress_while_it_runs(client, demand):
    start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())
    client.force_login(owner_of(demand))

    html = client.get(page("demand", demand.slug)).content.decode()

    assert page("demand_progress", demand.slug) in html
    assert "匹配排队中" in html


def test_progress_asks_to_load_anew_when_over(client, demand):
    run = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())
    client.force_login(owner_of(demand))
    during = client.get(page("demand_progress", demand.slug))
    MatchRun.objects.filter(pk=run.pk).update(status="done")

    after = client.get(page("demand_progress", demand.slug))

    assert "HX-Refresh" not in during.headers
    assert after.headers["HX-Refresh"] == "true"


def test_failed_run_is_told(client, demand):
    MatchRun.objects.create(kind="demand", demand=demand, status="failed", error="出错了")
    client.force_login(owner_of(demand))

    html = client.get(page("demand", demand.slug)).content.decode()

    assert "这次匹配没有完成" in html
    assert "出错了" in html


def test_owner_starts_a_run(client, demand, django_capture_on_commit_callbacks):
    client.force_login(owner_of(demand))

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(page("start_demand", demand.slug))

    assert response.url == page("demand", demand.slug)
    assert MatchRun.objects.get().status == "done"


def test_runs_are_not_started_by_get(client, demand):
    client.force_login(owner_of(demand))

    assert client.get(page("start_demand", demand.slug)).status_code == 405


def test_owner_judges_a_capability(client, demand, capability):
    client.force_login(owner_of(demand))

    response = client.post(
        page("judge_capability", demand.slug, capability.slug),
        {"verdict": "unsuitable", "reason": "scale", "note": "太小"},
    )

    assert response.url == page("demand", demand.slug)
    assert Feedback.objects.get().note == "太小"


def test_missing_reason_is_shown_at_its_field_and_nothing_is_lost(client, demand, capability):
    client.force_login(owner_of(demand))

    response = client.post(
        page("judge_capability", demand.slug, capability.slug),
        {"verdict": "unsuitable", "note": "设备偏小"},
    )

    assert response.status_code == 200
    assert response.context["form"].errors["reason"] == ["请选择不合适的原因。"]
    assert "设备偏小" in response.content.decode()


def test_owner_takes_a_judgement_back(client, demand, capability):
    client.force_login(owner_of(demand))
    address = page("judge_capability", demand.slug, capability.slug)
    client.post(address, {"verdict": "suitable"})

    client.post(address, {"withdraw": "1"})

    assert Feedback.objects.count() == 0


def test_operator_sees_the_demands_that_fit(client, demand, capability):
    match_demand(demand)
    client.force_login(operator_of(capability.platform))

    one = client.get(page("capability", capability.slug)).content.decode()
    every = client.get(page("fitting"))

    assert demand.title in one.replace("<mark>", "").replace("</mark>", "")
    assert [row.record.demand for row in every.context["table"].paginated_rows] == [demand]


def test_operator_of_another_platform_sees_nothing(client, demand, capability):
    match_demand(demand)
    client.force_login(operator_of(PlatformFactory()))

    assert client.get(page("capability", capability.slug)).status_code == 404
    assert client.get(page("fitting")).context["total"] == 0


def test_overview_of_a_withheld_demand_shows_the_teaser(client, capability):
    demand = polymer_demand(confidentiality="teaser", teaser="高分子放大")
    match_demand(demand)
    client.force_login(operator_of(capability.platform))

    html = client.get(page("fitting")).content.decode()
    sheet = client.get(page("fitting"), {"export": "csv"}).content.decode()

    assert "高分子放大" in html
    assert demand.description not in html + sheet


@pytest.mark.parametrize("count", [1, 3])
def test_overview_costs_the_same_for_more_rows(
    client, django_assert_num_queries, capability, count
):
    for _ in range(count):
        match_demand(polymer_demand())
    client.force_login(operator_of(capability.platform))

    with django_assert_num_queries(12):
        client.get(page("fitting"))


def test_operator_judges_a_demand(client, demand, capability):
    client.force_login(operator_of(capability.platform))

    response = client.post(
        page("judge_demand", capability.slug, demand.slug), {"verdict": "suitable"}
    )

    assert response.url == page("capability", capability.slug)
    assert Feedback.objects.get().side == "capability"


def test_owner_asks_for_a_broker(client, demand, django_capture_on_commit_callbacks):
    broker = person(Role.BROKER)
    client.force_login(owner_of(demand))

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("ask_broker", demand.slug))

    assert Event.objects.filter(name="matching.help.requested").count() == 1
    assert broker.notifications.get().url == page("demand", demand.slug)


def test_help_is_asked_once_and_the_page_says_of_whom(client, demand):
    broker = person(Role.BROKER)
    client.force_login(owner_of(demand))
    before = client.get(page("demand", demand.slug)).content.decode()
    for _ in range(2):
        client.post(page("ask_broker", demand.slug))

    after = client.get(page("demand", demand.slug)).content.decode()

    assert Event.objects.filter(name="matching.help.requested").count() == 1
    assert page("ask_broker", demand.slug) in before
    assert page("ask_broker", demand.slug) not in after
    assert f"请{broker.name}协助" in after


def test_owner_subscribes_and_unsubscribes(client, demand):
    owner = owner_of(demand)
    client.force_login(owner)
    client.post(page("subscribe_demand", demand.slug))
    first = Subscription.objects.filter(user=owner, demand=demand).count()

    client.post(page("subscribe_demand", demand.slug), {"cancel": "1"})

    assert (first, Subscription.objects.count()) == (1, 0)


def test_operator_matches_and_watches_a_capability(client, demand, capability):
    client.force_login(operator_of(capability.platform))

    started = client.post(page("start_capability", capability.slug))
    during = client.get(page("capability_progress", capability.slug)).content.decode()
    shown = client.get(page("capability", capability.slug)).content.decode()
    MatchRun.objects.update(status="done")
    after = client.get(page("capability_progress", capability.slug))

    assert started.url == page("capability", capability.slug)
    assert "匹配排队中" in during
    assert page("capability_progress", capability.slug) in shown
    assert after.headers["HX-Refresh"] == "true"


def test_operator_subscribes_to_a_capability(client, capability):
    operator = operator_of(capability.platform)
    client.force_login(operator)

    client.post(page("subscribe_capability", capability.slug))

    assert Subscription.objects.get().capability == capability


def test_judging_what_one_may_not_is_refused(client, mfa_done, demand, capability):
    auditor = person(Role.AUDITOR)
    client.force_login(mfa_done(auditor))

    response = client.post(
        page("judge_capability", demand.slug, capability.slug), {"verdict": "suitable"}
    )

    assert response.status_code == 404
